"""How numbers and foreign texts look."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.report.text import clean, interval, number, percent, printable, sentence, signed


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.0"), (-0.04, "0.0"), (49.149, "49.1"), (-12.4, "−12.4"), (100.0, "100.0"), (None, "–")],
)
def test_number(value: float | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(7.94, "+7.9"), (-7.96, "−8.0"), (0.04, "0.0"), (-0.04, "0.0"), (None, "–")]
)
def test_signed(value: float | None, text: str) -> None:
    assert signed(value) == text


def test_an_interval_uses_words_because_a_dash_would_read_as_a_minus() -> None:
    assert interval(-15.417, -9.383) == "−15.4 to −9.4"
    assert interval(None, 3.0) == "–"


def test_a_share_is_told_in_whole_per_cent() -> None:
    assert percent(0.0357) == "4\u00a0%"
    assert percent(None) == "–"


@given(st.floats(-1000, 1000), st.integers(0, 3))
def test_a_number_can_be_read_back(value: float, digits: int) -> None:
    text = number(value, digits)
    assert "-" not in text
    assert float(text.replace("−", "-")) == pytest.approx(round(value, digits), abs=10**-digits)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("North\u202eevil\u202c", "Northevil"),
        ("a\x00b\x1bc", "abc"),
        ("two\nlines\tand  spaces", "two lines and spaces"),
        ("\u2067שלום\u2069", "שלום"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("<b>&", "<b>&"),
        ("x" * 10_000, "x" * 119 + "…"),
    ],
)
def test_a_typed_text_becomes_one_harmless_line(typed: str, shown: str) -> None:
    assert clean(typed) == shown


@given(st.text(max_size=300))
def test_no_control_character_survives(typed: str) -> None:
    shown = clean(typed)
    assert len(shown) <= 120
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cs"}]
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def test_what_the_font_lacks_becomes_a_question_mark() -> None:
    assert printable("peace ☮ 平 שלום سلام мир −±…") == "peace ? ? שלום سلام мир −±…"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\u2068North\u2069:\x00 \u206695\u00a0%\u2069", "\u2068North\u2069: \u206695 %\u2069"),
        ("\u2068North", "North"),
        ("\u2069North\u2068", "North"),
        ("\u2068North\u2069\u202e\u200f", "\u2068North\u2069"),
        ("\u2068" + "x" * 2000 + "\u2069", "\u2068" + "x" * 998 + "\u2069…"),
    ],
)
def test_a_sentence_keeps_the_directions_that_its_names_and_numbers_have(written: str, shown: str) -> None:
    assert sentence(written) == shown


def test_no_typed_text_keeps_them_however_long_it_may_be() -> None:
    assert clean("\u2068North\u2069", limit=1000) == "North"


def test_isolates_are_no_characters_that_a_font_could_lack() -> None:
    assert printable("\u2066−3\u2069 \u2068שלום\u2069 \u202e") == "\u2066−3\u2069 \u2068שלום\u2069 ?"
