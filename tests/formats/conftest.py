"""A small instrument with every kind of item, and files written in a line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from impact.errors import DataInvalid
from impact.formats import read_data
from impact.instruments.model import CodeElement, Instrument, Item, Language, Option, Side

BOTH = ("pre", "post")
HEADER = "respondent,wave,workshop,side,trust,age,means,role"


def options(*values: float | str) -> tuple[Option, ...]:
    return tuple(Option(value, {"en": str(value)}) for value in values)


def make_instrument() -> Instrument:
    items = (
        Item("trust", "likert", {"en": "Trust"}, BOTH, options(1, 2, 3, 4, 5)),
        Item("age", "number", {"en": "Age"}, BOTH, minimum=0, maximum=120, decimals=1),
        Item("means", "choices", {"en": "Means"}, BOTH, options("talk", "letter", "call")),
        Item("role", "choice", {"en": "Role"}, ("pre",), options("lead", "guest")),
        Item("remark", "text", {"en": "Remark"}, ("post",)),
        Item("thanks", "note", {"en": "Thank you"}, BOTH),
    )
    numbers = tuple((str(n), str(n)) for n in range(1, 13))
    return Instrument(
        id="small",
        version=1,
        title={"en": "Small"},
        languages=(Language("en", "English", "ltr", "source"), Language("ar", "العربية", "rtl", "draft")),
        waves=BOTH,
        items=items,
        scales=(),
        pages=(),
        licence="CC BY 4.0",
        sha256="0" * 64,
        sides=(Side("north", {"en": "North"}), Side("south", {"en": "South"})),
        code_elements=(
            CodeElement("month", {"en": "Month"}, {"en": numbers, "ar": numbers}),
            CodeElement("pet", {"en": "Pet"}, {"en": (("cat", "Cat"), ("dog", "Dog"))}),
        ),
    )


@pytest.fixture(scope="session")
def instrument() -> Instrument:
    return make_instrument()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """write("header\\nrow", name="data.csv") → the path."""

    def _write(content: str | bytes, name: str = "data.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return _write


@pytest.fixture
def messages(instrument: Instrument, write: Callable[..., Path]) -> Callable[..., list[str]]:
    """The messages that the content of one file gives."""

    def _messages(content: str | bytes, name: str = "data.csv") -> list[str]:
        with pytest.raises(DataInvalid) as caught:
            read_data([write(content, name)], instrument)
        return [str(problem) for problem in caught.value.problems]

    return _messages


@pytest.fixture
def rows() -> Callable[..., str]:
    """Rows under the usual header."""
    return lambda *lines: "\n".join([HEADER, *lines, ""])
