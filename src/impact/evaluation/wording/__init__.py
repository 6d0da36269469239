"""Catalogues of the sentences that a finding may say, one file a language."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).resolve().parent
SOURCE_LANGUAGE = "en"


def languages() -> tuple[str, ...]:
    """Languages in which findings can be worded."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))


def language_for(language: str) -> str:
    """`language` if findings can be worded in it, else English."""
    return language if language in languages() else SOURCE_LANGUAGE


@cache
def words(language: str) -> dict[str, Any]:
    """The catalogue of `language`, or the English one."""
    path = _FOLDER / f"{language_for(language)}.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def worded_in(language: str, part: str) -> str:
    """`language` if its catalogue has `part`, else English: whole sentences, never two languages in one."""
    return language_for(language) if part in words(language) else SOURCE_LANGUAGE


def caveat(code: str, language: str, **values: str) -> dict[str, str]:
    """A caveat with its text, `{placeholders}` filled. An unknown code is a fault of ours: KeyError."""
    return {"code": code, "text": words(language)["caveats"][code].format(**values)}
