"""The one thread that stores submissions: whatever waits is committed in one transaction.

With a transaction for each request, threads wait in turns for SQLite's write lock; here they share one commit
and one flush to the disk. A future is resolved only after the commit: thanks are never said too early.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from sqlalchemy import Engine
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from impact.errors import Conflict, ImpactError, StoreUnavailable
from impact.store.submissions import InvitationsClosed, NewSubmission, insert_many

log = logging.getLogger("impact.store")

BATCH = 256
CAPACITY = 10_000
IDLE_SECONDS = 2.0

_Waiting = tuple[NewSubmission, "Future[bool]"]


class Writer:
    """Takes submissions from any thread. `batch` at most in one transaction, `capacity` at most waiting.

    `is_in_place` tells, after each commit, whether what was written is the database that others will open;
    `settle` is called once nothing has come for `idle` seconds, again and again until it returns True.
    """

    def __init__(
        self,
        engine: Engine,
        batch: int = BATCH,
        capacity: int = CAPACITY,
        *,
        is_in_place: Callable[[], bool] = lambda: True,
        settle: Callable[[], bool] = lambda: True,
        idle: float = IDLE_SECONDS,
    ) -> None:
        self._engine = engine
        self._is_in_place = is_in_place
        self._settle = settle
        self._idle = idle
        self._unsettled = False
        self.has_stored = False
        self._batch = batch
        self._capacity = capacity
        self._waiting: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="impact-writer", daemon=True)
        self._thread.start()

    def add(self, new: NewSubmission) -> Future[bool]:
        """Never blocks. True: stored and on the disk; False: its idempotency key was stored before.

        Errors come through the future: StoreUnavailable (too many wait, or the database does not answer; the
        same submission may be sent again), Conflict (its link is closed, or it breaks a constraint; others are
        not affected).
        """
        future: Future[bool] = Future()
        with self._changed:
            if self._closed or len(self._waiting) >= self._capacity:
                future.set_exception(_busy())
            else:
                self._waiting.append((new, future))
                self._changed.notify()
        return future

    def close(self) -> None:
        """Store what waits and end the thread. What comes later is refused."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while (batch := self._next_batch()) is not None:
            if batch:
                self._unsettled = self.has_stored = True
                self._store(batch)
            else:
                self._rest()

    def _next_batch(self) -> list[_Waiting] | None:
        """Up to `batch` submissions whose senders still wait; empty when idle, None when closed and drained."""
        while True:
            with self._changed:
                patience = self._idle if self._unsettled else None
                if not self._changed.wait_for(lambda: self._waiting or self._closed, patience):
                    return []
                taken = [self._waiting.popleft() for _ in range(min(self._batch, len(self._waiting)))]
            # A sender that has gone away (a cancelled future) has not been thanked: nothing is stored for it.
            batch = [one for one in taken if one[1].set_running_or_notify_cancel()]
            if batch or not taken:
                return batch or None

    def _rest(self) -> None:
        try:
            self._unsettled = not self._settle()
        except Exception as error:  # to tidy up is tried again; it must never end the thread
            log.warning("the database could not be settled: %s", type(error).__name__)

    def _store(self, batch: Sequence[_Waiting]) -> None:
        try:
            stored = self._insert([new for new, _ in batch])
        except InvitationsClosed as error:
            _refuse([batch[position] for position in sorted(error.positions)], _closed(), error)
            rest = [one for position, one in enumerate(batch) if position not in error.positions]
            if rest:
                self._store(rest)
        except (OperationalError, PoolTimeout, _Displaced) as error:
            _refuse(batch, _unavailable(), error)
        except Exception as error:
            # One bad row must not sink the others, nor any error end the thread.
            if len(batch) > 1:
                for one in batch:
                    self._store([one])
            else:
                _refuse(batch, _reason(error), error)
        else:
            for position, (_, future) in enumerate(batch):
                future.set_result(position in stored)

    def _insert(self, new: Sequence[NewSubmission]) -> frozenset[int]:
        with self._engine.begin() as connection:
            stored = insert_many(connection, new)
        if not self._is_in_place():
            raise _Displaced
        return stored


class _Displaced(Exception):
    """What was written lies in a file that nobody will open again."""


def _refuse(batch: Sequence[_Waiting], problem: ImpactError, cause: Exception) -> None:
    for _, future in batch:
        own = type(problem)(*problem.problems)  # one object for each: tracebacks of several threads would mix
        own.__cause__ = cause
        future.set_exception(own)


def _reason(error: Exception) -> ImpactError:
    """Only a broken constraint is the sender's affair; all else may be over when it is sent again."""
    if isinstance(error, (IntegrityError, DataError)):
        return Conflict("The submission does not fit its programme or workshop. Open the link again.")
    return _unavailable()


def _closed() -> Conflict:
    return Conflict("This questionnaire is closed. Nothing was stored.")


def _busy() -> StoreUnavailable:
    return StoreUnavailable("Very many people are sending answers right now. Try again in a few seconds.")


def _unavailable() -> StoreUnavailable:
    return StoreUnavailable("The database does not answer; nothing was stored. Try again in a moment.")
