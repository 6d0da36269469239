"""One database layer for two engines: opening, pragmas, transactions, and errors that say what to do."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from impact.errors import Conflict, SetupInvalid, StoreUnavailable
from impact.settings import Settings
from impact.store import sqlite_file
from impact.store.migrations import upgrade
from impact.store.sqlite_file import FileWatch
from impact.store.writer import Writer

log = logging.getLogger("impact.store")

_WAIT_SECONDS = 10
_CACHE_KIB = 32_000  # random keys touch pages all over the file; an upper limit, not taken at once
_MIGRATION_LOCK = 0x696D_7061_6374  # “impact”: one advisory lock of PostgreSQL
_WRITES = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE"})


@dataclass(frozen=True)
class Database:
    """An open database: `session()` for reading and writing, `writer` for submissions from the web."""

    engine: Engine
    writer: Writer

    @contextlib.contextmanager
    def session(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back on any error.

        Both engines behave alike (read committed): reading takes no lock, on SQLite the first change takes
        the write lock and waits up to 10 seconds for it. Objects stay usable after the end.
        """
        with _errors_translated(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def tidy(self) -> bool:
        """Rewrite the file in the order of its keys and empty the write-ahead log: neither tells any more in what
        order submissions came, nor holds what was removed. SQLite only; PostgreSQL has no such file of ours.

        Takes about a second for 100 MB; writers wait meanwhile. False if somebody else held the database: what
        is stored is safe, and it may be tried again.
        """
        if self.engine.dialect.name != "sqlite":
            return True
        try:
            return sqlite_file.rewrite(self.engine)
        except (sqlite3.Error, DBAPIError, PoolTimeout) as error:
            log.warning("the database could not be tidied: %s", type(error).__name__)
            return False

    def close(self) -> None:
        """Store what waits, tidy up after it, then close all connections."""
        self.writer.close()
        if self.writer.has_stored:
            self.tidy()
        self.engine.dispose()


def open_database(settings: Settings) -> Database:
    """Open the database of `settings.database_url`; create it and bring its schema up to date if need be.

    SetupInvalid if that is not possible; the message never holds a password.
    """
    url = _normalised(settings.database_url)
    if url.get_backend_name() == "sqlite":
        sqlite_file.prepare(Path(url.database or ""))
    engine = _engine(url)
    try:
        with _lock_and_begin(engine) as connection:
            upgrade(connection)
    except (DBAPIError, PoolTimeout) as error:
        engine.dispose()
        raise _cannot_open(url, error) from error
    except BaseException:
        engine.dispose()
        raise
    if url.get_backend_name() != "sqlite":
        return Database(engine, Writer(engine))
    watch = FileWatch(Path(url.database or ""), engine)
    return Database(
        engine, Writer(engine, is_in_place=watch.is_in_place, settle=lambda: sqlite_file.settle(engine))
    )


def _normalised(address: str) -> URL:
    """The address with the driver that is used; only a file or PostgreSQL."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        url = None
    if url is not None and url.drivername in ("postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url is not None and url.drivername == "sqlite" and url.database and url.database != ":memory:":
        return url.set(query={})
    raise SetupInvalid.at(
        "IMPACT_DATABASE_URL",
        "the address names no database that is supported.",
        "Use sqlite:////path/to/file or postgresql://user@host/name.",
    )


def _engine(url: URL) -> Engine:
    # Parameters are hidden: an error in a log must not show answers. Threads of evaluators share the pool.
    common: dict[str, Any] = {
        "hide_parameters": True,
        "pool_size": 10,
        "max_overflow": 30,
        "pool_timeout": 30,
    }
    if url.get_backend_name() == "postgresql":
        return create_engine(
            url, pool_pre_ping=True, connect_args={"connect_timeout": _WAIT_SECONDS}, **common
        )
    # autobegin of the driver is off (isolation_level None): it would begin too late and without the write lock.
    creator = sqlite_file.opener(Path(url.database or ""), _WAIT_SECONDS)
    engine = create_engine(url, creator=creator, **common)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin_reading)
    event.listen(engine, "before_cursor_execute", _begin_writing)
    return engine


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    """FULL: a commit is on the disk before anybody is thanked. secure_delete: what is deleted is overwritten."""
    connection.execute(f"PRAGMA busy_timeout = {_WAIT_SECONDS * 1000}")
    _set_wal(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")


def _set_wal(connection: sqlite3.Connection) -> None:
    """Readers do not block the writer. While two processes switch at once, SQLite refuses without waiting."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
            continue
        if mode != "wal":
            raise SetupInvalid.at(
                "the database",
                f"its file system allows no write-ahead log (SQLite answered “{mode}”).",
                "Put IMPACT_DATA_DIR on a local disk, or use PostgreSQL.",
            )
        return


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
    connection.info["writing"] = False


def _begin_writing(connection: Connection, cursor: sqlite3.Cursor, statement: str, *_rest: object) -> None:
    """Before the first change of a transaction, take the write lock.

    A transaction that read first could not be upgraded once anybody else has written (SQLITE_BUSY without
    waiting). So the reading part ends here and the writing part begins, as in PostgreSQL's read committed.
    """
    if not connection.info.get("writing") and statement.lstrip()[:7].rstrip().upper() in _WRITES:
        cursor.execute("COMMIT")
        cursor.execute("BEGIN IMMEDIATE")
        connection.info["writing"] = True


@contextlib.contextmanager
def _lock_and_begin(engine: Engine) -> Iterator[Connection]:
    """A transaction that only one process at a time can have: others wait until the schema is complete."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.info["writing"] = True
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        yield connection


@contextlib.contextmanager
def _errors_translated() -> Iterator[None]:
    """What a person can act on, instead of the driver's words."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict(
            "This does not fit what is stored: it is there already, or what it belongs to is gone."
        ) from error
    except (OperationalError, PoolTimeout) as error:
        raise StoreUnavailable(
            "The database does not answer; nothing was stored. Try again in a moment."
        ) from error


def _cannot_open(url: URL, error: Exception) -> SetupInvalid:
    """Where, the first line of the driver's reason without the password, and what to do."""
    if url.get_backend_name() == "sqlite":
        where, remedy = str(url.database), "Check IMPACT_DATA_DIR and IMPACT_DATABASE_URL, and the disk."
    else:
        where = url.set(query={}).render_as_string(hide_password=True).replace("+psycopg", "")
        remedy = "Check IMPACT_DATABASE_URL, and that the server runs and lets this user in."
    reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0].rstrip(".")
    if url.password:
        reason = reason.replace(str(url.password), "***")
    return SetupInvalid.at(where, f"the database cannot be opened: {reason}.", remedy)  # type: ignore[return-value]
