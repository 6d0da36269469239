"""The same submission twice, files given twice, files of one name, and remarks."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from impact.errors import DataInvalid, Problem
from impact.formats import read_data
from impact.formats.copies import check_copies
from impact.formats.table import Part
from impact.instruments.model import Instrument
from impact.instruments.submissions import Submissions

HEADER = "wave,workshop,side,code.month,code.pet,trust,remark"
ROW = "post,Bochum,north,4,cat,3,Good."
Write = Callable[..., Path]


def told(instrument: Instrument, *paths: Path) -> list[str]:
    with pytest.raises(DataInvalid) as caught:
        read_data(paths, instrument)
    return [str(problem) for problem in caught.value.problems]


def lines(*rows: str) -> str:
    return "\n".join([HEADER, *rows, ""])


def test_a_copied_row_is_refused_with_its_places(instrument: Instrument, write: Write) -> None:
    other = ROW.replace(",3,", ",4,")
    assert told(instrument, write(lines(ROW, other, ROW, ROW.replace("Bochum", "Essen"), other, ROW))) == [
        "data.csv: the same submission is there more than once, with the same code and the same answers: "
        "rows 2, 4 and 7; rows 3 and 6. Keep one of each. If they are two people, give each person a respondent."
    ]


@pytest.mark.parametrize(
    "second",
    [
        ROW.replace(",3,", ",4,"),
        ROW.replace(",3,", ",,"),
        ROW.replace("Good", "Bad"),
        ROW.replace("Bochum", "Essen"),
        ROW.replace("north", "south"),
        ROW.replace("post", "pre").replace("Good.", ""),
        ROW.replace("cat", "dog"),
        ROW.replace("cat", ""),
    ],
)
def test_the_same_code_is_no_copy_where_anything_differs(
    instrument: Instrument, write: Write, second: str
) -> None:
    assert len(read_data([write(lines(ROW, second))], instrument)) == 2


@pytest.mark.parametrize("rows", [[ROW.replace("4,cat", ",")] * 2])
def test_people_without_a_code_may_answer_alike(
    instrument: Instrument, write: Write, rows: list[str]
) -> None:
    assert len(read_data([write(lines(*rows))], instrument)) == 2


def test_rows_copied_to_another_file_are_told_by_file(instrument: Instrument, write: Write) -> None:
    first, second = write(lines(ROW), "a.csv"), write(lines(ROW.replace("4,cat", "5,dog"), ROW), "b.csv")
    assert told(instrument, first, second) == [
        "a.csv: the same submission is there more than once, with the same code and the same answers: "
        "a.csv row 2 and b.csv row 3. Keep one of each. If they are two people, give each person a respondent."
    ]


def test_a_file_given_twice_by_any_way_is_told_once(instrument: Instrument, write: Write) -> None:
    path = write(lines(ROW))
    link = path.with_name("link.csv")
    link.symlink_to(path)
    roundabout = Path(os.path.join(path.parent, "..", path.parent.name, path.name))
    assert told(instrument, path, roundabout, path, link) == [
        "data.csv: the file is given more than once. Give it once."
    ]


def test_files_of_one_name_are_told_apart_by_folder(
    instrument: Instrument, write: Write, tmp_path: Path
) -> None:
    paths = []
    for folder, row in (("may", ROW), ("june", ROW.replace(",3,", ",9,"))):
        (tmp_path / folder).mkdir()
        paths.append(write(lines(row), f"{folder}/data.csv"))
    assert told(instrument, *paths) == [
        "june/data.csv, row 2, column “trust”: “9” is no answer to “trust”. "
        "Answers are 1 to 5; leave the cell empty if unanswered."
    ]
    paths[1].write_text("")
    assert told(instrument, *paths)[0].startswith("june/data.csv: the file is empty.")


def test_remarks_are_read_beside_the_answers(instrument: Instrument, write: Write) -> None:
    rows = [
        f"post,Bochum,north,{i},cat,3,{text}"
        for i, text in enumerate(['"Äh, so"', "", ".r", ".s", " ja\x07 "], 1)
    ]
    assert read_data([write(lines(*rows))], instrument).texts == {"remark": ("Äh, so", "", "", "", "ja")}


def test_of_several_files_some_may_lack_the_remarks(instrument: Instrument, write: Write) -> None:
    without = write("wave,workshop,side,trust\npre,Bochum,north,3\n", "pre.csv")
    data = read_data([without, write(lines(ROW), "post.csv")], instrument)
    assert data.texts == {"remark": ("", "Good.")}


def test_a_remark_that_is_too_long_is_told(instrument: Instrument, write: Write) -> None:
    limit = instrument.item["remark"].maximum_length
    assert len(read_data([write(lines(ROW.replace("Good.", "x" * limit)))], instrument)) == 1
    assert told(instrument, write(lines(ROW, ROW.replace("Good.", "x" * (limit + 1))))) == [
        "data.csv, row 3, column “remark”: a text is longer than the 1000 characters that “remark” takes. Shorten it."
    ]


def test_a_million_rows_are_looked_through_quickly_and_the_one_copy_is_found() -> None:
    n, random = 1_000_000, np.random.default_rng(3)
    code = random.integers(0, 20, (n, 7))
    answers = {f"item_{i}": random.integers(0, 7, n).astype(np.uint8) for i in range(30)}
    code[-1] = code[0]
    for column in answers.values():
        column[-1] = column[0]
    none = np.zeros(n, np.int8)
    data = Submissions(
        wave=none, workshop=none.astype(np.int32), workshops=("A",), side=none, arm=none, language=none,
        respondent=np.full(n, -1), code=code, answers=answers,
    )  # fmt: skip
    problems: list[Problem] = []
    begin = time.perf_counter()
    check_copies([Part("data.csv", np.arange(2, n + 2), {})], data, problems)
    assert time.perf_counter() - begin < 5  # 0.5 s on a quiet machine; reading such a file takes longer
    assert [problem.what for problem in problems] == [
        "the same submission is there more than once, with the same code and the same answers: "
        "rows 2 and 1000001."
    ]
