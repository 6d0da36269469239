"""Schema migrations, run when the database is opened. Each is a file in `versions`, written by hand."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from impact.errors import SetupInvalid

HEAD = "0002"
"""The newest revision, so that an up-to-date database opens without loading Alembic (tests compare them)."""

VERSION_TABLE = "impact_schema_version"
"""A name of our own: in a shared database, `alembic_version` may be another program's."""


def upgrade(connection: Connection) -> None:
    """Bring the schema to HEAD within the caller's transaction, which must hold the migration lock."""
    current = current_revision(connection)
    if current == HEAD:
        return
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "impact.store:migrations")
    script = ScriptDirectory.from_config(config)
    if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
        raise SetupInvalid.at(
            "the database", f"its schema {current} is newer than this version of impact.", "Update impact."
        )
    environment = EnvironmentContext(
        config, script, fn=lambda revision, _context: script._upgrade_revs("head", revision)
    )
    environment.configure(connection=connection, version_table=VERSION_TABLE)
    environment.run_migrations()


def current_revision(connection: Connection) -> str | None:
    """None for an empty database."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 - our own constant
