"""Words of the interface, per language: catalogues in `locale/<language>.yaml`, English as fallback."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml

from impact.resources import LOCALE

SOURCE_LANGUAGE = "en"
RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur", "ckb", "ps", "yi", "dv"})


def direction(language: str) -> str:
    """`rtl` or `ltr` for a BCP 47 tag, by its primary subtag."""
    return "rtl" if language.split("-")[0].lower() in RIGHT_TO_LEFT else "ltr"


@cache
def catalogue(language: str) -> dict[str, str]:
    """All messages of one language, flat: `section.key` → text; a missing key falls back to English."""
    path = LOCALE / f"{language}.yaml"
    own = _flat(yaml.safe_load(path.read_text(encoding="utf-8"))) if path.is_file() else {}
    return own if language == SOURCE_LANGUAGE else {**catalogue(SOURCE_LANGUAGE), **own}


def message(language: str, key: str, **values: object) -> str:
    """The text of `key` with `{name}` placeholders filled. An unknown key is a fault of ours: KeyError."""
    return catalogue(language)[key].format(**values)


def languages() -> tuple[str, ...]:
    """Languages that have a catalogue of their own."""
    return tuple(sorted(path.stem for path in LOCALE.glob("*.yaml")))


def _flat(tree: dict[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = str(value)
    return flat
