"""The one thread that stores submissions: whatever waits is committed in one transaction.

With a transaction for each request, threads wait in turns for SQLite's write lock; here they share one commit
and one flush to the disk. A future is resolved only after the commit: thanks are never said too early.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future

from sqlalchemy import Engine
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from impact.errors import Conflict, ImpactError, StoreUnavailable
from impact.store.submissions import NewSubmission, insert_many

BATCH = 256
CAPACITY = 10_000

_Waiting = tuple[NewSubmission, "Future[bool]"]


class Writer:
    """Takes submissions from any thread. `batch` at most in one transaction, `capacity` at most waiting."""

    def __init__(self, engine: Engine, batch: int = BATCH, capacity: int = CAPACITY) -> None:
        self._engine = engine
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
        same submission may be sent again), Conflict (it breaks a constraint; others are not affected).
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
        while batch := self._next_batch():
            self._store(batch)

    def _next_batch(self) -> list[_Waiting]:
        """Up to `batch` submissions whose senders still wait; empty only when closed and drained."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                taken = [self._waiting.popleft() for _ in range(min(self._batch, len(self._waiting)))]
            # A sender that has gone away (a cancelled future) has not been thanked: nothing is stored for it.
            batch = [one for one in taken if one[1].set_running_or_notify_cancel()]
            if batch or not taken:
                return batch

    def _store(self, batch: Sequence[_Waiting]) -> None:
        try:
            stored = self._insert([new for new, _ in batch])
        except (OperationalError, PoolTimeout) as error:
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
            return insert_many(connection, new)


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


def _busy() -> StoreUnavailable:
    return StoreUnavailable("Very many people are sending answers right now. Try again in a few seconds.")


def _unavailable() -> StoreUnavailable:
    return StoreUnavailable("The database does not answer; nothing was stored. Try again in a moment.")
