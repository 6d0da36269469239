"""Counts of invited people: read as written, or every fault with its row."""

from __future__ import annotations

import pytest

from impact.errors import DataInvalid
from impact.formats import read_invited
from impact.workflow import find_plan


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "invited.csv"
        path.write_text(text, encoding="utf-8")
        return read_invited(path, *find_plan("dialogue-core"))

    return read


@pytest.mark.parametrize("separator", [",", ";"])
def test_counts_by_side(read, separator):
    text = "\ufeffside,invited,consented\na,20,18\n\nb,22,\n".replace(",", separator)
    assert read(text) == {
        ("workshop", "a"): {"invited": 20, "consented": 18},
        ("workshop", "b"): {"invited": 22, "consented": None},
    }


def test_every_fault_is_told_with_its_row(read):
    with pytest.raises(DataInvalid) as caught:
        read("side,invited,consented\na,20,28\nc,x,1\na,3,2\n")
    assert [str(one) for one in caught.value.problems] == [
        "invited.csv, row 2: 28 consented, and 20 were invited. Correct one of the two.",
        "invited.csv, row 3: “c” is no side of this plan. Use “a”, “b”.",
        "invited.csv, row 3: “x” under “invited” is no count of people. "
        "Write a whole number, or leave the cell empty if it is not known.",
        "invited.csv, row 4: this arm and side are there already. Keep one of the rows.",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("sid,invited\na,3\n", "the column “sid” is unknown"),
        ("side\na\n", "no column holds counts"),
        ("side,invited,invited\na,1,1\n", "the column “invited” is there twice"),
        ("side,invited\na,3,4\n", "more cells than there are columns"),
        ("side,invited\n,4\n", "the side is missing"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(read, text, message):
    with pytest.raises(DataInvalid, match=message):
        read(text)
