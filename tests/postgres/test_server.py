"""What only a database server can do to us: end connections, restart, be used by several processes at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text

from impact.errors import StoreUnavailable
from impact.settings import Settings
from impact.store import Database, new_idempotency_key, open_database, submissions

pytestmark = pytest.mark.postgres
SOON = 30


@pytest.fixture
def server(settings: Settings, postgres_url: str) -> Settings:
    return replace(settings, database_url=postgres_url)


@pytest.fixture
def first(server: Settings) -> Iterator[Database]:
    opened = open_database(server)
    yield opened
    opened.close()


@pytest.fixture
def second(server: Settings, first: Database) -> Iterator[Database]:
    opened = open_database(server)
    yield opened
    opened.close()


def _end_other_connections(database: Database) -> None:
    with database.session() as session:
        session.connection().execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


def test_the_writer_heals_when_its_connection_was_ended(first: Database, second: Database, make_cast) -> None:
    cast = make_cast(first)
    for _ in range(3):
        assert first.writer.add(cast.submission()).result(SOON) is True
        _end_other_connections(second)
    assert first.writer.add(cast.submission()).result(SOON) is True
    with second.session() as session:
        assert submissions.counts(session, cast.programme_id) == {(cast.haifa, "pre", "a"): 4}


def test_a_session_whose_connection_ends_says_so(first: Database, second: Database, make_cast) -> None:
    cast = make_cast(first)
    with pytest.raises(StoreUnavailable) as caught, first.session() as session:  # noqa: PT012
        submissions.insert_many(session, [cast.submission()])
        _end_other_connections(second)
        submissions.insert_many(session, [cast.submission()])
    assert str(caught.value) == ("The database does not answer; nothing was stored. Try again in a moment.")
    with first.session() as session:
        assert submissions.counts(session, cast.programme_id) == {}


def test_two_writers_store_each_key_once(first: Database, second: Database, make_cast) -> None:
    cast = make_cast(first)
    keys = [new_idempotency_key() for _ in range(100)]
    new = [cast.submission(idempotency_key=key) for key in keys for _ in range(2)]
    writers = [first.writer, second.writer] * 100
    with ThreadPoolExecutor(8) as pool:
        futures = list(pool.map(lambda pair: pair[0].add(pair[1]), zip(writers, new, strict=True)))
    assert sum(future.result(SOON) for future in futures) == 100
    with first.session() as session:
        assert submissions.counts(session, cast.programme_id) == {(cast.haifa, "pre", "a"): 100}


def test_the_driver_may_be_named_in_the_address(server: Settings, first: Database) -> None:
    address = server.database_url.replace("postgresql://", "postgresql+psycopg://")
    open_database(replace(server, database_url=address)).close()


_OPEN = """
import sys
from pathlib import Path
from impact.settings import Settings
from impact.store import open_database
open_database(Settings.for_folder(Path(sys.argv[1]), database_url=sys.argv[2])).close()
"""


def test_no_sqlite_file_appears(server: Settings) -> None:
    arguments = [sys.executable, "-c", _OPEN, str(server.data_dir), server.database_url]
    assert subprocess.run(arguments, check=False, capture_output=True).stderr == b""
    assert not (server.data_dir / "impact.sqlite3").exists()
