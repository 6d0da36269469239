"""Whatever is in a file: Submissions, or DataInvalid with problems; and what was written is read."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impact.errors import DataInvalid
from impact.formats import read_data
from impact.formats.csvfile import read_csv
from impact.instruments.model import (
    MISSING_MASK,
    MISSING_NUMBER,
    NOT_ASKED,
    NOT_SHOWN,
    REFUSED,
    UNANSWERED,
    Instrument,
)
from impact.instruments.submissions import Submissions

HEADER = "respondent,wave,workshop,side,trust,age,means,role"
CODES = {"": UNANSWERED, ".r": REFUSED, ".s": NOT_SHOWN, ".w": NOT_ASKED}
CALM = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def read(content: bytes, name: str, instrument: Instrument) -> Submissions | DataInvalid:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            return read_data([path], instrument)
        except DataInvalid as fault:
            caught = fault
    assert caught.problems
    assert all(problem.what and problem.remedy for problem in caught.problems)
    return caught


pieces = st.sampled_from(
    [b"respondent", b"wave", b"side", b"trust", b"age", b",", b";", b"\t", b"\n", b"\r\n", b'"', b'""', b" ", b"3",
     b"pre", b"post", b"north", b".r", b"|", b"\xef\xbb\xbf", b"\xe9", b"\xd9\xa3", b"code.month", b"\r", b"1e9"]
)  # fmt: skip


@CALM
@given(st.binary(max_size=200) | st.lists(pieces, max_size=60).map(b"".join))
def test_any_bytes_as_csv(instrument: Instrument, content: bytes) -> None:
    read(content, "data.csv", instrument)
    read(HEADER.encode() + b"\n" + content, "data.csv", instrument)


@CALM
@given(st.binary(max_size=200))
def test_any_bytes_as_a_workbook(instrument: Instrument, content: bytes) -> None:
    assert isinstance(read(content, "data.xlsx", instrument), DataInvalid)
    read(b"PK\x03\x04" + content, "data.xlsx", instrument)


def _workbook() -> bytes:
    workbook = openpyxl.Workbook()
    workbook.active.append(HEADER.split(","))
    workbook.active.append(["p1", "pre", "w", "north", 3, 30, "talk", "lead"])
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


WORKBOOK = _workbook()


@CALM
@given(st.data())
def test_a_workbook_with_changed_parts(instrument: Instrument, data) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as old, zipfile.ZipFile(stream, "w") as new:
        target = data.draw(st.sampled_from(old.namelist()))
        for part in old.namelist():
            content = old.read(part)
            if part == target:
                at = data.draw(st.integers(0, len(content)))
                until = data.draw(st.integers(at, len(content)))
                content = content[:at] + data.draw(st.binary(max_size=20)) + content[until:]
            new.writestr(part, content)
    read(stream.getvalue(), "data.xlsx", instrument)


@CALM
@given(st.lists(st.tuples(st.integers(0, len(WORKBOOK) - 1), st.integers(0, 255)), min_size=1, max_size=5))
def test_a_workbook_with_changed_bytes(instrument: Instrument, changes: list[tuple[int, int]]) -> None:
    content = bytearray(WORKBOOK)
    for place, value in changes:
        content[place] = value
    read(bytes(content), "data.xlsx", instrument)


word = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=12
).filter(lambda text: text == text.strip())
means = st.sets(st.sampled_from(["talk", "letter", "call"]), min_size=1).map("|".join)
row = st.fixed_dictionaries(
    {
        "workshop": st.just("") | word,
        "side": st.sampled_from(["", "north", "south"]),
        "trust": st.sampled_from(["1", "2", "3", "4", "5", *CODES]),
        "age": st.integers(0, 1200).map(lambda n: f"{n / 10:g}") | st.sampled_from(list(CODES)),
        "means": means | st.sampled_from(list(CODES)),
    }
)


def stored(row: dict[str, str]) -> list[float]:
    """The same by the plainest way."""
    places = ["talk", "letter", "call"]
    trust, age, answer = row["trust"], row["age"], row["means"]
    mask = (
        MISSING_MASK[CODES[answer]]
        if answer in CODES
        else sum(1 << places.index(p) for p in answer.split("|"))
    )
    return [
        CODES[trust] if trust in CODES else int(trust) - 1,
        MISSING_NUMBER[CODES[age]] if age in CODES else float(age),
        mask,
    ]


@CALM
@given(
    st.lists(row, min_size=1, max_size=20),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
)
def test_what_was_written_is_read(
    instrument: Instrument, lines: list[dict[str, str]], separator: str, end: str, quoting: int
) -> None:
    stream = io.StringIO()
    writer = csv.DictWriter(
        stream, HEADER.split(","), delimiter=separator, lineterminator=end, quoting=quoting, restval=""
    )
    writer.writeheader()
    writer.writerows({"respondent": f"p{i}", "wave": "post", **line} for i, line in enumerate(lines))
    submissions = read(stream.getvalue().encode(), "data.csv", instrument)
    assert isinstance(submissions, Submissions), submissions
    answers = np.array([submissions.answers[name] for name in ("trust", "age", "means")], float).T
    assert answers.tolist() == [stored(line) for line in lines]
    labels = [*submissions.workshops, ""]
    assert [labels[i] for i in submissions.workshop] == [line["workshop"] for line in lines]
    assert list(submissions.workshops) == sorted({line["workshop"] for line in lines} - {""})
    sides = ["north", "south", ""]
    assert [sides[i] for i in submissions.side] == [line["side"] for line in lines]


cell = st.text(
    st.sampled_from(list('ab,;\t"é٣ \n😀0123456789')) | st.characters(exclude_categories=["Cs", "Cc"]),
    max_size=14,
)


@CALM
@given(st.lists(st.lists(cell, min_size=3, max_size=3), min_size=1, max_size=12), st.integers(1, 60))
def test_tables_equal_those_of_the_csv_module(lines: list[list[str]], chunk: int) -> None:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([["a", "b", "c"], *lines])
    expected = [[text.strip() for text in line] for line in lines if any(line)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.csv"
        path.write_bytes(stream.getvalue().encode())
        if not expected:
            return
        table = read_csv(path, chunk=chunk)
    columns = [[column.values[code] for code in column.codes.tolist()] for column in table.columns]
    assert [list(line) for line in zip(*columns, strict=True)] == expected
