"""Opening a database: created, migrated, safe side by side, and clear words when it cannot be opened."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from impact.errors import SetupInvalid
from impact.settings import Settings
from impact.store import Database, open_database
from impact.store.database import _set_wal
from impact.store.migrations import HEAD


def _refused(settings: Settings) -> SetupInvalid:
    with pytest.raises(SetupInvalid) as caught:
        open_database(settings)
    return caught.value


def test_the_pragmas_that_keep_promises_are_set(settings: Settings) -> None:
    database = open_database(settings)
    with database.engine.connect() as connection:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "secure_delete")
        values = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}
    database.close()
    assert values == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "busy_timeout": 10_000,
        "secure_delete": 1,
    }


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_only_the_owner_may_read_the_database(settings: Settings) -> None:
    database = open_database(settings)
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM sign_in"))
        modes = {path.name: path.stat().st_mode & 0o777 for path in settings.data_dir.iterdir()}
    database.close()
    assert modes == {"impact.sqlite3": 0o600, "impact.sqlite3-wal": 0o600, "impact.sqlite3-shm": 0o600}
    assert settings.data_dir.stat().st_mode & 0o777 == 0o700


def test_opening_again_keeps_what_is_there(engine_settings: Settings) -> None:
    for _ in range(2):
        database = open_database(engine_settings)
        with database.session() as session:
            revision = session.connection().scalar(text("SELECT version_num FROM impact_schema_version"))
        database.close()
        assert revision == HEAD


_OPEN = """
import sys
from pathlib import Path
from impact.settings import Settings
from impact.store import open_database
sys.stdin.readline()
open_database(Settings.for_folder(Path(sys.argv[1]), database_url=sys.argv[2])).close()
"""


def test_two_processes_may_start_at_once(engine_settings: Settings) -> None:
    arguments = [sys.executable, "-c", _OPEN, str(engine_settings.data_dir), engine_settings.database_url]
    both = [
        subprocess.Popen(arguments, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in "12"
    ]
    for process in both:
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [(process.communicate(timeout=60)[1], process.returncode) for process in both] == [("", 0)] * 2


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    error = _refused(Settings.for_folder(tmp_path / "data"))
    assert str(error) == (
        f"{tmp_path}/data/impact.sqlite3: the database cannot be opened: File exists. "
        "Set IMPACT_DATA_DIR to a folder that this user may write."
    )


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="needs a folder that not even root may write")
def test_a_folder_that_cannot_be_written() -> None:
    error = _refused(Settings.for_folder(Path("/proc/impact")))
    assert str(error) == (
        "/proc/impact/impact.sqlite3: the database cannot be opened: No such file or directory. "
        "Set IMPACT_DATA_DIR to a folder that this user may write."
    )


def test_a_file_that_is_no_database(settings: Settings) -> None:
    settings.data_dir.mkdir()
    path = settings.data_dir / "impact.sqlite3"
    path.write_bytes(b"This is a letter to my aunt. " * 100)
    assert str(_refused(settings)) == (
        f"{path}: the database cannot be opened: file is not a database. "
        "Check IMPACT_DATA_DIR and IMPACT_DATABASE_URL, and the disk."
    )
    assert path.read_bytes() == b"This is a letter to my aunt. " * 100


@pytest.mark.parametrize("address", ["mysql://me@host/db", "sqlite://", "sqlite:///:memory:", "", "nonsense"])
def test_an_address_that_is_not_supported(settings: Settings, address: str) -> None:
    assert str(_refused(replace(settings, database_url=address))) == (
        "IMPACT_DATABASE_URL: the address names no database that is supported. "
        "Use sqlite:////path/to/file or postgresql://user@host/name."
    )


def test_an_unreachable_postgresql_is_named_without_its_password(settings: Settings) -> None:
    # Port 1 of this machine: nobody listens there.
    error = _refused(replace(settings, database_url="postgresql://ana:s3cret-word@127.0.0.1:1/impact"))
    message = str(error)
    assert message.startswith("postgresql://ana:***@127.0.0.1:1/impact: the database cannot be opened: ")
    assert message.endswith(". Check IMPACT_DATABASE_URL, and that the server runs and lets this user in.")
    assert "refused" in message
    assert "s3cret-word" not in message


def test_a_schema_of_the_future(engine_settings: Settings) -> None:
    database = open_database(engine_settings)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE impact_schema_version SET version_num = '9999'"))
    database.close()
    assert str(_refused(engine_settings)) == (
        "the database: its schema 9999 is newer than this version of impact. Update impact."
    )


def test_a_file_system_without_write_ahead_log() -> None:
    connection = sqlite3.connect(":memory:")
    with pytest.raises(SetupInvalid) as caught:
        _set_wal(connection)
    connection.close()
    assert str(caught.value) == (
        "the database: its file system allows no write-ahead log (SQLite answered “memory”). "
        "Put IMPACT_DATA_DIR on a local disk, or use PostgreSQL."
    )


def test_closing_leaves_one_file(settings: Settings, tmp_path: Path) -> None:
    open_database(settings).close()
    assert [path.name for path in settings.data_dir.iterdir()] == ["impact.sqlite3"]


def test_errors_hide_parameters(database: Database) -> None:
    with pytest.raises(Exception, match="canary") as caught, database.engine.begin() as connection:
        connection.execute(text("SELECT * FROM canary WHERE a = :answer"), {"answer": "my secret answer"})
    assert "my secret answer" not in str(caught.value)
