"""The migrated schema is the one that the tables declare, to the last constraint, on both engines."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from impact.settings import Settings
from impact.store import Database, open_database, programmes
from impact.store.migrations import HEAD, VERSION_TABLE
from impact.store.tables import METADATA


def test_alembic_finds_no_difference(database: Database) -> None:
    with database.engine.connect() as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, METADATA) == []


def test_head_is_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", "impact.store:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_sqlite_schema_is_the_declared_one_word_for_word(settings: Settings) -> None:
    """Alembic compares no CHECK constraints and no WITHOUT ROWID; the text of the schema has both."""
    database = open_database(settings)
    declared = create_engine("sqlite://")
    METADATA.create_all(declared)
    with database.engine.connect() as migrated, declared.connect() as expected:
        assert _sqlite_schema(migrated) == _sqlite_schema(expected)
    declared.dispose()
    database.close()


def test_a_programme_of_the_first_schema_is_kept_and_has_no_lock(
    engine_settings: Settings, make_cast: Callable[[Database], Any]
) -> None:
    database = open_database(engine_settings)
    cast = make_cast(database)
    with database.session() as session:
        before = programmes.get(session, cast.programme_id).model_dump()
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE programme DROP COLUMN plan_lock"))
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0001'"))
    database.close()
    database = open_database(engine_settings)
    with database.session() as session:
        after = programmes.get(session, cast.programme_id).model_dump()
    database.close()
    assert after == before
    assert after["plan_lock"] is None


@pytest.mark.postgres
def test_postgresql_constraints_are_the_declared_ones(settings: Settings, postgres_url: str) -> None:
    database = open_database(Settings.for_folder(settings.data_dir, database_url=postgres_url))
    with database.engine.begin() as connection:
        migrated = _postgres_schema(connection)
        for table in reversed(METADATA.sorted_tables):
            connection.execute(text(f"DROP TABLE {table.name}"))
        METADATA.create_all(connection)
        assert _postgres_schema(connection) == migrated
    database.close()
    assert len(migrated) > 60


def _sqlite_schema(connection: Connection) -> dict[str, list[str]]:
    """Each statement as a sorted list of its clauses, since Alembic writes constraints in another order, and SQLite
    a column that was added later on the line of the last one."""
    query = text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> :own")
    return {
        name: sorted(
            re.sub(r"\s+", " ", clause).strip(" ,)") for clause in re.split(r",?\s*\n|, (?=\w+ TEXT)", sql)
        )
        for name, sql in connection.execute(query, {"own": VERSION_TABLE})
    }


def _postgres_schema(connection: Connection) -> list[tuple[str, ...]]:
    query = text(
        "SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace AND conrelid <> to_regclass(:own)"
        " UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes"
        " WHERE schemaname = 'public' AND tablename <> :own ORDER BY 1, 2, 3"
    )
    return [tuple(row) for row in connection.execute(query, {"own": VERSION_TABLE})]
