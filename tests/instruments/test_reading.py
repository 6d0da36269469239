"""YAML as people write it: words stay words."""

from __future__ import annotations

from pathlib import Path

import pytest

from impact.errors import InstrumentInvalid
from impact.instruments.reading import Document, suggestion


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("Yes", "Yes"), ("no", "no"), ("on", "on"), ("true", True), ("False", False),
        ("12:30", "12:30"), ("010", "010"), ("0x1F", "0x1F"), ("1_000", "1_000"), ("2026-11-22", "2026-11-22"),
        ("12", 12), ("-3", -3), ("1.5", 1.5), (".nan", ".nan"), ("~", None), ('"7"', "7"),
    ],
)  # fmt: skip
def test_what_an_unquoted_word_means(tmp_path: Path, written: str, value: object) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"key: {written}\n{written if value == 'no' else 'x'}: 1\n", encoding="utf-8")
    data = Document.read(path, InstrumentInvalid).data
    assert data["key"] == value
    assert type(data["key"]) is type(value)
    assert list(data) == ["key", "no" if value == "no" else "x"]


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a:\n  - b: 1\n  - b: 2\n    c:\n      - 3\n", encoding="utf-8")
    document = Document.read(path, InstrumentInvalid)
    places = [("a",), ("a", 0, "b"), ("a", 1), ("a", 1, "c"), ("a", 1, "c", 0), ("a", 1, "absent")]
    assert [document.line(place) for place in places] == [1, 2, 3, 4, 5, 3]


def test_a_very_deep_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: " + "[" * 3_000, encoding="utf-8")
    with pytest.raises(InstrumentInvalid) as caught:
        Document.read(path, InstrumentInvalid)
    assert str(caught.value) == "a.yaml: the file is nested too deeply. Flatten it."


def test_suggestions() -> None:
    assert suggestion("lowr", ["higher", "lower"]) == "Did you mean “lower”?"
    assert suggestion("x", ["b", "a", "b"]) == "Use one of: a, b."
    assert suggestion("x", []) == "Remove it."
