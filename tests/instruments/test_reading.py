"""YAML as people write it: words stay words."""

from __future__ import annotations

import time
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
    assert str(caught.value) == "a.yaml, line 1: the file is nested too deeply. Flatten it."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &x [1]\nb: *x\n", "a.yaml, line 1: “&x” is an anchor or alias of YAML, which is not read here. Write the content out in each place; a text that begins with * or & needs quotation marks."),
        ("a: 1\nb: *note\n", "a.yaml, line 2: “*note” is an anchor or alias of YAML, which is not read here. Write the content out in each place; a text that begins with * or & needs quotation marks."),
        ("a: 1\nb: !!int abc\n", "a.yaml, line 2: “abc” cannot be read as a whole number. Correct it, or put it between quotation marks if it is a text."),
        ("a: " + "9" * 5_000, "a.yaml, line 1: “9999999999999999999999999999999999999999…” cannot be read as a whole number. Correct it, or put it between quotation marks if it is a text."),
        ("a: !!float x\n", "a.yaml, line 1: “x” cannot be read as a number. Correct it, or put it between quotation marks if it is a text."),
        ("a: !!python/name:os.system x\n", "a.yaml, line 1: “x” cannot be read as “python/name:os.system”. Correct it, or put it between quotation marks if it is a text."),
        ("a: =\n", "a.yaml, line 1: “=” cannot be read as “value”. Correct it, or put it between quotation marks if it is a text."),
        ("é: 1\n? [a, b]\n: 1\n", "a.yaml, line 2: a list or mapping stands where a key should. Write “key: value”, and put braces or brackets that belong to a text between quotation marks."),
        ("é: 1\nb: \x07\n", "a.yaml, line 2: the character U+0007, which cannot be seen, may not stand in YAML. Remove it."),
        ("a: [1\nb: 2\n", "a.yaml, line 2: this is not valid YAML: expected ',' or ']', but got ':'. Check the indentation, the colons and the quotation marks around this line."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_line_and_remedy(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InstrumentInvalid) as caught:
        Document.read(path, InstrumentInvalid)
    assert str(caught.value) == message


def test_a_date_that_is_none_stays_a_word(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 2024-13-45\nb: 2024-01-31\nc: !!binary '@@@'\n", encoding="utf-8")
    assert Document.read(path, InstrumentInvalid).data == {"a": "2024-13-45", "b": "2024-01-31", "c": "@@@"}


def test_too_many_values_are_refused_soon_and_the_most_are_read_soon(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a:\n" + "- 1\n" * 600_000, encoding="utf-8")
    start = time.monotonic()
    with pytest.raises(InstrumentInvalid) as caught:
        Document.read(path, InstrumentInvalid)
    assert str(caught.value) == (
        "a.yaml, line 199999: the file holds more than 200000 values. "
        "Remove what does not belong to it; no content of this kind is that long."
    )
    path.write_text("a:\n" + "- 1\n" * 199_000, encoding="utf-8")
    assert Document.read(path, InstrumentInvalid).data == {"a": [1] * 199_000}
    assert time.monotonic() - start < 20


def test_suggestions() -> None:
    assert suggestion("lowr", ["higher", "lower"]) == "Did you mean “lower”?"
    assert suggestion("x", ["b", "a", "b"]) == "Use one of: b, a."
    assert suggestion("x", {"b", "a"}) == "Use one of: a, b."
    assert suggestion("x", []) == "Remove it."
