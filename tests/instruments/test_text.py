"""Texts with names in them, in both writing directions."""

from __future__ import annotations

from impact.instruments import fill, fill_words, in_language

TEXT = {"en": "{own} and {other}", "ar": "{own} مع {other}"}


def test_names_are_isolated_from_the_text_around_them() -> None:
    assert fill(TEXT, "ar", own="North", other="الجنوب") == "\u2068North\u2069 مع \u2068الجنوب\u2069"
    assert fill_words("By {organisation}.", organisation="Bridge") == "By \u2068Bridge\u2069."


def test_an_unknown_language_falls_back_to_the_first_declared() -> None:
    assert fill(TEXT, "fr", "a", "b") == "\u2068a\u2069 and \u2068b\u2069"
    assert in_language({}, "en") == ""


def test_names_are_not_filled_again_and_nothing_else_is_evaluated() -> None:
    assert fill(TEXT, "en", own="{other}", other="{own}") == "\u2068{other}\u2069 and \u2068{own}\u2069"
    assert fill({"en": "{own.__class__} {0} {}"}, "en", own="x") == "{own.__class__} {0} {}"


def test_a_name_that_is_not_given_leaves_nothing() -> None:
    assert fill({"en": "{own}."}, "en") == "."
