"""The one file of SQLite: made, opened, watched, and rewritten so that it tells no order of arrival.

Random keys alone do not hide the order. The write-ahead log holds one copy of a page for each commit, and within
a page the cells lie in the order in which they were written. Emptying the log removes the first, VACUUM the second.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from impact.errors import SetupInvalid

_PATIENCE_MS = 250  # a checkpoint that waits for readers holds up the writers meanwhile


def prepare(path: Path) -> None:
    """Make the folder, and the file readable by its owner only; SQLite gives its side files the same mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.with_name(f".{path.name}.probe").touch()
        path.with_name(f".{path.name}.probe").unlink()
    except OSError as error:
        raise SetupInvalid.at(
            str(path),
            f"the database cannot be opened: {error.strerror}.",
            "Set IMPACT_DATA_DIR to a folder that this user may write.",
        ) from error


def opener(path: Path, wait_seconds: float) -> Callable[[], sqlite3.Connection]:
    """Connections to a file that exists: one that was moved away is not silently replaced by an empty one.

    autobegin of the driver is off (isolation_level None): it would begin too late and without the write lock.
    """
    address = f"{path.absolute().as_uri()}?mode=rw"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            address, uri=True, timeout=wait_seconds, isolation_level=None, check_same_thread=False
        )

    return connect


def settle(engine: Engine) -> bool:
    """Move what is committed from the write-ahead log into the file and empty the log (to zero bytes).

    False if a reader or writer was in the way for a quarter of a second.
    """
    return _run(engine, ())


def rewrite(engine: Engine) -> bool:
    """VACUUM, then `settle`. Raises sqlite3.OperationalError if somebody else holds the database."""
    return _run(engine, ("VACUUM",))


def _run(engine: Engine, first: tuple[str, ...]) -> bool:
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        for statement in first:
            cursor.execute(statement)
        waits = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
        try:
            is_busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {waits}")
            cursor.close()
        return not is_busy
    finally:
        connection.close()


class FileWatch:
    """Whether the path still leads to the file that the connections write to.

    A file that was deleted or moved can be written on without any error, and everything is lost at the end.
    """

    def __init__(self, path: Path, engine: Engine) -> None:
        self._path, self._engine = path, engine
        self._opened = self._identity()

    def is_in_place(self) -> bool:
        """False: what was written since is lost. Connections are then made anew, to what lies there next."""
        now = self._identity()
        if now == self._opened and now is not None:
            return True
        self._engine.dispose()
        self._opened = now or self._opened
        return False

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self._path)
        except OSError:
            return None
        return found.st_dev, found.st_ino
