"""Catalogues of the sentences that a finding may say, one file a language; the words it may not use are beside them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).resolve().parent
SOURCE_LANGUAGE = "en"
STATUSES = ("source", "reviewed", "draft")


@cache
def languages() -> tuple[str, ...]:
    """Languages in which findings can be worded."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))


def language_for(language: str) -> str:
    """`language` if findings can be worded in it, else English."""
    return language if language in languages() else SOURCE_LANGUAGE


@cache
def words(language: str) -> dict[str, Any]:
    """The catalogue of `language`, or the English one; what a translation does not have yet is said in English."""
    source = _read(_FOLDER / f"{SOURCE_LANGUAGE}.yaml")
    if language_for(language) == SOURCE_LANGUAGE:
        return source
    return _over(source, _read(_FOLDER / f"{language}.yaml"))


@cache
def forbidden_words(language: str) -> dict[str, Any]:
    """The word lists of the linter for `language`, or the English ones; read only where a text is checked."""
    return _read(_FOLDER / "forbidden" / f"{language_for(language)}.yaml")


def _read(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _over(source: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    both = {
        key: _over(source[key], own[key])
        for key in source.keys() & own.keys()
        if isinstance(source[key], dict) and isinstance(own[key], dict)
    }
    return source | own | both


def worded_in(language: str, part: str) -> str:
    """`language` if its own catalogue has `part`, else English: whole sentences, never two languages in one."""
    own = language_for(language)
    return own if part in _own(own) else SOURCE_LANGUAGE


@cache
def _own(language: str) -> dict[str, Any]:
    """The file of `language` alone: `words` fills what it lacks."""
    return _read(_FOLDER / f"{language}.yaml")


def caveat(code: str, language: str, **values: str) -> dict[str, str]:
    """A caveat with its text, `{placeholders}` filled. An unknown code is a fault of ours: KeyError."""
    return {"code": code, "text": words(language)["caveats"][code].format(**values)}


def counted(noun: str, number: int, language: str) -> str:
    """`12 people` in the form that the language has for 12 (Unicode CLDR plural categories).

    >>> counted("people", 1, "en"), counted("workshops", 3, "en")
    ('1 person', '3 workshops')
    """
    forms = words(language)["plurals"][noun]
    return str(forms[plural(number, language_for(language))].format(n=number))


def plural(number: int, language: str) -> str:
    """The plural category of a whole number, as CLDR has it for our languages."""
    if language == "ar":
        return _arabic(number)
    if language == "he" and number == 2:
        return "two"
    return "one" if number == 1 else "other"


def _arabic(number: int) -> str:
    if number in (0, 1, 2):
        return ("zero", "one", "two")[number]
    rest = number % 100
    return "few" if 3 <= rest <= 10 else "many" if rest >= 11 else "other"
