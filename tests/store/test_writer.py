"""The writer: acknowledged means stored; one bad row sinks no other; it heals by itself."""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest
from sqlalchemy import event, text

from impact.errors import Conflict, StoreUnavailable
from impact.settings import Settings
from impact.store import Database, Writer, open_database, submissions

SOON = 30


def _stored(database: Database) -> int:
    with database.session() as session:
        return session.connection().scalar(text("SELECT count(*) FROM submission"))


def test_true_for_the_first_and_false_for_the_same_again(database: Database, cast) -> None:
    one = cast.submission()
    assert database.writer.add(one).result(SOON) is True
    assert database.writer.add(one).result(SOON) is False
    assert database.writer.add(cast.submission(idempotency_key=one.idempotency_key)).result(SOON) is False
    assert _stored(database) == 1


def test_many_threads_store_each_submission_once(database: Database, cast) -> None:
    keys = [secrets.token_urlsafe(16) for _ in range(200)]
    new = [cast.submission(idempotency_key=key) for key in keys * 3]
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda one: database.writer.add(one).result(SOON), new))
    assert sum(results) == 200
    assert _stored(database) == 200


def test_the_future_is_resolved_after_the_commit(database: Database, cast) -> None:
    """Another connection sees the row at the moment of the acknowledgement."""
    for _ in range(20):
        before = _stored(database)
        seen: list[int] = []
        future = database.writer.add(cast.submission())
        future.add_done_callback(lambda _, seen=seen: seen.append(_stored(database)))
        future.result(SOON)
        deadline = time.monotonic() + SOON
        while not seen and time.monotonic() < deadline:
            time.sleep(0.001)
        assert seen == [before + 1]


def test_what_waits_shares_one_transaction(database: Database, cast) -> None:
    commits: list[int] = []
    event.listen(database.engine, "commit", lambda _: commits.append(1))
    with _blocked(database) as first:
        futures = [database.writer.add(cast.submission()) for _ in range(300)]
        first.set()
        assert all(future.result(SOON) for future in futures)
    assert 2 <= len(commits) <= 3  # 300 in batches of at most 256; the first may go alone


class _blocked:  # noqa: N801 - reads as a context
    """Keeps the writer from inserting until the event is set, so that submissions pile up."""

    def __init__(self, database: Database) -> None:
        self._writer = database.writer
        self._real = self._writer._insert
        self._go = threading.Event()

    def __enter__(self) -> threading.Event:
        def insert(new):
            assert self._go.wait(SOON)
            return self._real(new)

        self._writer._insert = insert
        return self._go

    def __exit__(self, *_exc: object) -> None:
        self._go.set()
        self._writer._insert = self._real


def test_a_bad_row_does_not_sink_the_others(database: Database, cast) -> None:
    with _blocked(database) as go:
        good = [database.writer.add(cast.submission()) for _ in range(5)]
        nowhere = database.writer.add(replace(cast.submission(), workshop_id="nowhere"))
        unbindable = database.writer.add(replace(cast.submission(), wave=object()))
        good += [database.writer.add(cast.submission()) for _ in range(5)]
        go.set()
        assert [future.result(SOON) for future in good] == [True] * 10
    with pytest.raises(Conflict) as caught:
        nowhere.result(SOON)
    assert str(caught.value) == "The submission does not fit its programme or workshop. Open the link again."
    with pytest.raises(StoreUnavailable):
        unbindable.result(SOON)
    assert _stored(database) == 10


def test_an_id_that_is_taken_is_refused(database: Database, cast) -> None:
    one = cast.submission()
    assert database.writer.add(one).result(SOON)
    with pytest.raises(Conflict):
        database.writer.add(cast.submission(id=one.id)).result(SOON)
    assert _stored(database) == 1


def test_closing_stores_what_waits_and_refuses_what_comes_later(engine_settings: Settings, make_cast) -> None:
    database = open_database(engine_settings)
    cast = make_cast(database)
    with _blocked(database) as go:
        futures = [database.writer.add(cast.submission()) for _ in range(1000)]
        go.set()
        database.writer.close()
    assert [future.result(0) for future in futures] == [True] * 1000
    assert _stored(database) == 1000
    with pytest.raises(StoreUnavailable):
        database.writer.add(cast.submission()).result(0)
    database.close()


def test_too_many_are_told_to_try_again(database: Database, cast) -> None:
    small = Writer(database.engine, batch=4, capacity=8)
    go = threading.Event()
    real = small._insert
    small._insert = lambda new: go.wait(SOON) and real(new)
    futures = [small.add(cast.submission()) for _ in range(20)]
    refused = [future for future in futures if future.done()]
    assert 8 <= len(refused) <= 12
    with pytest.raises(StoreUnavailable) as caught:
        refused[0].result(0)
    assert str(caught.value) == (
        "Very many people are sending answers right now. Try again in a few seconds."
    )
    go.set()
    accepted = [future for future in futures if future not in refused]
    assert all(future.result(SOON) for future in accepted)
    small.close()
    assert _stored(database) == len(accepted)


def test_a_cancelled_future_is_not_stored(database: Database, cast) -> None:
    with _blocked(database) as go:
        database.writer.add(cast.submission())
        time.sleep(0.1)  # the writer now holds the first one
        cancelled = database.writer.add(cast.submission())
        last = database.writer.add(cast.submission())
        assert cancelled.cancel()
        go.set()
        assert last.result(SOON)
    with pytest.raises(CancelledError):
        cancelled.result(0)
    assert _stored(database) == 2


def test_heals_after_the_tables_were_out_of_reach(database: Database, cast) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE submission RENAME TO away"))
    with pytest.raises(StoreUnavailable):
        database.writer.add(cast.submission()).result(SOON)
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO submission"))
    assert database.writer.add(cast.submission()).result(SOON)


def test_a_lock_that_stays_is_reported_and_survived(settings: Settings, make_cast) -> None:
    database = open_database(settings)
    event.listen(database.engine, "checkout", lambda dbapi, *_: dbapi.execute("PRAGMA busy_timeout = 50"))
    cast = make_cast(database)
    with closing(sqlite3.connect(settings.data_dir / "impact.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        futures = [database.writer.add(cast.submission()) for _ in range(3)]
        for future in futures:
            with pytest.raises(StoreUnavailable) as caught:
                future.result(SOON)
            assert str(caught.value) == (
                "The database does not answer; nothing was stored. Try again in a moment."
            )
        other.execute("ROLLBACK")
    assert database.writer.add(cast.submission()).result(SOON)
    assert _stored(database) == 1
    database.close()


def test_a_session_that_read_first_may_still_write_while_others_do(database: Database, cast) -> None:
    """On SQLite a plain transaction would fail here at once: it cannot be upgraded."""
    with database.session() as session:
        assert submissions.counts(session, cast.programme_id) == {}
        assert database.writer.add(cast.submission()).result(SOON)
        assert submissions.insert_many(session, [cast.submission()]) == {0}
    assert _stored(database) == 2


def test_reading_does_not_hold_up_the_writer(database: Database, cast) -> None:
    with database.session() as session:
        assert submissions.counts(session, cast.programme_id) == {}
        start = time.monotonic()
        assert database.writer.add(cast.submission()).result(SOON)
        assert time.monotonic() - start < 5
