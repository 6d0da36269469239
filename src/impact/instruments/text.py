"""Texts with the placeholders `{own}`, `{other}` and `{organisation}`, filled safely in both writing directions."""

from __future__ import annotations

import re

from impact.instruments.model import Text

PLACEHOLDERS = ("own", "other", "organisation")
_PLACEHOLDER = re.compile(r"\{(own|other|organisation)\}")
# First-strong isolate … pop: a Latin name inside Arabic text keeps its own order and disturbs nothing around it.
_ISOLATE, _POP = "\u2068", "\u2069"


def in_language(text: Text, language: str) -> str:
    """The words of `text` in `language`, else in the first declared language; empty if there are none."""
    return text.get(language) or next(iter(text.values()), "")


def fill(text: Text, language: str, own: str = "", other: str = "", organisation: str = "") -> str:
    """The words of `text` in `language` with its placeholders filled by names, each one bidi-isolated."""
    return fill_words(in_language(text, language), own, other, organisation)


def fill_words(words: str, own: str = "", other: str = "", organisation: str = "") -> str:
    """Fill a text that is already in one language, such as a paragraph of Consent.

    One pass: a name that itself contains `{other}` is not filled again. A name that is not given leaves nothing.
    """
    if "{" not in words:
        return words
    names = {"own": own, "other": other, "organisation": organisation}
    return _PLACEHOLDER.sub(lambda match: _isolated(names[match[1]]), words)


def _isolated(name: str) -> str:
    return f"{_ISOLATE}{name}{_POP}" if name else ""
