"""What the raw bytes of the files tell a thief: no order of arrival, and nothing of what was removed."""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from impact.errors import StoreUnavailable
from impact.settings import Settings
from impact.store import Database, NewSubmission, Writer, open_database, sqlite_file, withdrawal
from impact.store.submissions import stored_key

SOON = 30


@pytest.fixture
def opened(settings: Settings) -> Iterator[Database]:
    """SQLite only: these are its files."""
    database = open_database(settings)
    yield database
    database.close()


@pytest.fixture
def arrived(opened: Database, make_cast) -> list[NewSubmission]:
    """Sixty submissions, each in a transaction of its own, as in a workshop."""
    cast = make_cast(opened)
    new = [cast.submission(texts={"why": bytes(40)}) for _ in range(60)]
    for one in new:
        assert opened.writer.add(one).result(SOON)
    return new


def file_of(settings: Settings) -> Path:
    return settings.data_dir / "impact.sqlite3"


def in_the_pages(path: Path, marks: Sequence[bytes], kind: int) -> list[list[int]]:
    """For each leaf page of `kind` the numbers of `marks` in the order in which their cells were written.

    Cells are written from the end of a page to its beginning (https://www.sqlite.org/fileformat2.html, 1.6).
    """
    content = path.read_bytes()
    size = struct.unpack(">H", content[16:18])[0]
    found = []
    for start in range(0, len(content), size):
        page = content[start : start + size]
        head = 100 if start == 0 else 0
        if page[head] != kind:
            continue
        cells = struct.unpack(">H", page[head + 3 : head + 5])[0]
        offsets = sorted(struct.unpack(f">{cells}H", page[head + 8 : head + 8 + 2 * cells]), reverse=True)
        ends = [size, *offsets]
        order = [
            number
            for offset, end in zip(offsets, ends, strict=False)
            for number, mark in enumerate(marks)
            if mark in page[offset:end]
        ]
        found.append(order)
    return [order for order in found if len(order) > 2]


def concordance(pages: list[list[int]]) -> float:
    """The share of pairs within pages that stand in the order of their numbers: 1 tells all, 0.5 nothing."""
    pairs = [(a, b) for page in pages for i, a in enumerate(page) for b in page[i + 1 :]]
    return sum(a < b for a, b in pairs) / len(pairs)


def test_before_tidying_the_pages_tell_the_order(
    settings: Settings, opened: Database, arrived: list[NewSubmission]
) -> None:
    """The measure itself works: this is what there is to hide. (0.5 would tell nothing; keys are random, and
    page splits leave 0.75 to 0.95 of it, so the bound lies well below.)"""
    assert sqlite_file.settle(opened.engine)
    assert (
        concordance(in_the_pages(file_of(settings), [mark_of(new)["open texts"] for new in arrived], 10))
        > 0.65
    )


@pytest.mark.parametrize("tree", ["submissions", "idempotency keys", "counts", "open texts"])
def test_after_tidying_cells_lie_in_the_order_of_their_random_keys(
    settings: Settings, opened: Database, arrived: list[NewSubmission], tree: str
) -> None:
    assert opened.tidy() is True
    marks = [mark_of(new)[tree] for new in arrived]
    pages = in_the_pages(file_of(settings), marks, 10)
    assert sum(map(len, pages)) >= len(arrived) - 3  # a few keys part the pages, in a page of their own
    for page in pages:
        keys = [marks[number] for number in page]
        assert keys in (sorted(keys), sorted(keys, reverse=True))
        assert page not in (sorted(page), sorted(page, reverse=True))


def mark_of(new: NewSubmission) -> dict[str, bytes]:
    """What only the cells of one tree hold: the columns of its key, in their order."""
    key = stored_key(new.programme_id, new.idempotency_key).encode()
    return {
        "submissions": new.programme_id.encode() + new.id + new.workshop_id.encode(),
        "idempotency keys": key + new.id,
        "counts": new.workshop_id.encode() + b"prea" + new.id,
        "open texts": new.id + b"why",
    }


def test_the_log_is_emptied_when_nothing_comes(settings: Settings, opened: Database, make_cast) -> None:
    cast = make_cast(opened)
    writer = Writer(opened.engine, settle=lambda: sqlite_file.settle(opened.engine), idle=0.05)
    log = Path(f"{file_of(settings)}-wal")
    assert writer.add(cast.submission()).result(SOON)
    wait_until(lambda: log.stat().st_size == 0)
    assert writer.add(cast.submission()).result(SOON)
    wait_until(lambda: log.stat().st_size == 0)
    writer.close()


def test_settling_is_tried_again_and_never_ends_the_writer(opened: Database, make_cast) -> None:
    cast, answers = make_cast(opened), [OSError("full"), False, True]
    seen = []

    def settle() -> bool:
        seen.append(len(seen))
        if isinstance(answers[seen[-1]], OSError):
            raise answers[seen[-1]]
        return answers[seen[-1]]

    writer = Writer(opened.engine, settle=settle, idle=0.02)
    assert writer.add(cast.submission()).result(SOON)
    wait_until(lambda: len(seen) == 3)
    time.sleep(0.1)
    assert seen == [0, 1, 2]
    assert writer.add(cast.submission()).result(SOON)
    writer.close()


def test_a_reader_who_stays_makes_settling_false_and_loses_nothing(
    opened: Database, arrived: list[NewSubmission]
) -> None:
    with opened.engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM submission")).scalar()
        assert sqlite_file.settle(opened.engine) is False
        assert opened.tidy() is False
    assert opened.tidy() is True


def test_closing_tidies_what_was_written(settings: Settings, make_cast) -> None:
    database = open_database(settings)
    cast = make_cast(database)
    new = [cast.submission(texts={"why": bytes(40)}) for _ in range(60)]
    for one in new:
        database.writer.add(one).result(SOON)
    database.close()
    marks = [one.id + b"why" for one in new]
    for page in in_the_pages(file_of(settings), marks, 10):
        keys = [marks[number] for number in page]
        assert keys in (sorted(keys), sorted(keys, reverse=True))


def test_what_was_removed_is_in_no_file_although_the_server_runs(
    settings: Settings, opened: Database, make_cast
) -> None:
    cast = make_cast(opened)
    others = [cast.submission(answers=os.urandom(40), texts={"why": os.urandom(80)}) for _ in range(200)]
    gone = cast.submission(answers=b"canary-answers-of-one", texts={"why": b"canary-text" * 9})
    for one in [*others[:100], gone, *others[100:]]:
        opened.writer.add(one)
    opened.writer.add(cast.submission()).result(SOON)
    elsewhere = open_database(settings)  # as the command does it, beside the server
    with elsewhere.session() as session:
        assert withdrawal.remove(session, cast.programme_id, [gone.id]) == 1
    assert elsewhere.tidy() is True
    elsewhere.close()
    key = stored_key(cast.programme_id, gone.idempotency_key).encode()
    traces = [gone.id, b"canary-answers", b"canary-text", gone.code_sealed, key]
    files = {path.name: path.read_bytes() for path in settings.data_dir.iterdir() if path.is_file()}
    assert set(files) >= {"impact.sqlite3", "impact.sqlite3-wal"}
    assert [(name, trace) for name, held in files.items() for trace in traces if trace in held] == []
    assert others[0].id in files["impact.sqlite3"]


@pytest.mark.skipif(os.name != "posix", reason="an open file cannot be moved elsewhere")
def test_no_thanks_for_what_goes_into_a_file_that_is_gone(settings: Settings, make_cast) -> None:
    database = open_database(settings)
    cast = make_cast(database)
    assert database.writer.add(cast.submission()).result(SOON)
    path, away = file_of(settings), settings.data_dir / "away"
    away.mkdir()
    parts = [path, Path(f"{path}-wal"), Path(f"{path}-shm")]
    for part in parts:
        part.rename(away / part.name)
    one = cast.submission()
    for _ in range(2):
        with pytest.raises(StoreUnavailable) as caught:
            database.writer.add(one).result(SOON)
        assert str(caught.value) == (
            "The database does not answer; nothing was stored. Try again in a moment."
        )
    assert not path.exists()  # no empty one in its place
    for part in parts:
        if (away / part.name).exists():
            (away / part.name).rename(part)
    assert database.writer.add(one).result(SOON) in (True, False)
    with database.session() as session:
        found = session.connection().execute(text("SELECT id FROM submission")).scalars().all()
    assert one.id in found
    database.close()


@pytest.mark.skipif(os.name != "posix", reason="an open file cannot be replaced elsewhere")
def test_another_file_in_its_place_is_taken_up(settings: Settings, make_cast) -> None:
    database = open_database(settings)
    cast = make_cast(database)
    assert sqlite_file.settle(database.engine)
    path = file_of(settings)
    backup = path.read_bytes()
    for part in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        part.unlink()
    path.write_bytes(backup)
    one = cast.submission()
    with pytest.raises(StoreUnavailable):
        database.writer.add(one).result(SOON)
    assert database.writer.add(one).result(SOON) is True
    database.close()
    again = open_database(settings)
    with again.session() as session:
        assert session.connection().execute(text("SELECT id FROM submission")).scalars().all() == [one.id]
    again.close()


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)
