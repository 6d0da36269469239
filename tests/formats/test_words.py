"""How rows, values and strangers' text are named."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.formats import words
from impact.instruments.model import Item, Option


def test_rows_and_values_in_short() -> None:
    assert words.rows([3]) == "row 3"
    assert words.rows([9, 3]) == "rows 3 and 9"
    assert words.rows([5, 4, 3]) == "rows 3, 4 and 5"
    assert words.rows(range(2, 17)) == "rows 2, 3, 4 and 12 more"
    assert words.quoted(["a", "b", "a"]) == "“a” and “b”"
    assert words.quoted("abcde") == "“a”, “b”, “c” and 2 more"


def item(kind: str, *values: float | str, **more: float) -> Item:
    return Item("x", kind, {"en": "x"}, ("pre",), tuple(Option(v, {"en": "x"}) for v in values), **more)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (item("likert", 1, 2, 3, 4, 5, 6, 7), "1 to 7"),
        (item("likert", 1, 2, 4), "1, 2 or 4"),
        (item("likert", 0.5, 1.5, 2.5), "0.5 to 2.5"),
        (item("choice", 0, 1), "0 or 1"),
        (item("choice", "yes", "no", 9), "yes, no or 9"),
        (item("choice", *"abcdefghijklmno"), "a, b, c, d, e, f, g, h, i, j, k or …"),
        (item("number", minimum=0, maximum=120), "a number from 0 to 120 without decimals"),
        (item("number", minimum=1, decimals=2), "a number from 1 with at most 2 decimals"),
        (item("number", maximum=9), "a number up to 9 without decimals"),
    ],
)
def test_allowed_answers(question: Item, expected: str) -> None:
    assert words.allowed_answers(question) == expected


@given(st.text())
def test_what_is_shown_is_printable_and_short(text: str) -> None:
    found = words.shown(text)
    assert found.isprintable()  # neither control nor bidi characters, nor lone surrogates
    assert len(found) <= 40 * len("\\U0001f600")


def test_reading_a_file_loads_no_heavy_library(tmp_path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("a,b\n1,2\n")
    code = (
        "import sys; from pathlib import Path; import impact.formats; from impact.formats.csvfile import read_csv;"
        f"read_csv(Path({str(path)!r}));"
        "print([name for name in ('pandas', 'scipy', 'openpyxl', 'plotly', 'sqlalchemy') if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout == "[]\n"
