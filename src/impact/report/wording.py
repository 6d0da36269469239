"""Words that claim nothing (column names, states, methods) from `words/<language>.yaml`, English as fallback."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent / "words"
_SOURCE = "en"


def word(language: str, key: str, **values: object) -> str:
    """The text of `key` with its placeholders filled; an unknown key is a fault of ours: KeyError."""
    return _catalogue(language)[key].format(**values)


def word_or(language: str, key: str, default: str, **values: object) -> str:
    """As `word`; `default` where the key depends on an identifier that somebody chose freely."""
    text = _catalogue(language).get(key)
    return default if text is None else text.format(**values)


@cache
def _catalogue(language: str) -> dict[str, str]:
    path = _FOLDER / f"{language}.yaml"
    if not path.is_file():
        return _catalogue(_SOURCE) if language != _SOURCE else {}
    own = dict(_flat(yaml.safe_load(path.read_text(encoding="utf-8")), ""))
    return own if language == _SOURCE else {**_catalogue(_SOURCE), **own}


def _flat(tree: dict[str, Any], prefix: str) -> list[tuple[str, str]]:
    flat = []
    for key, value in tree.items():
        flat += (
            _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(f"{prefix}{key}", str(value))]
        )
    return flat
