"""Names and signed numbers in sentences that run from right to left: each keeps a direction of its own.

Unicode UAX 9: what stands between FSI and PDI is laid out by itself, so that a minus stays before its number, an
interval is read from low to high, and a name in Latin letters does not turn the words around it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_STEERING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that turn the direction of what follows: a name may not bring them along."""
_PLAIN = re.compile(r"[\d.]*")


def named(catalogue: Mapping[str, Any], **names: str) -> dict[str, str]:
    """Names that people gave, without what would steer the text around them."""
    return {key: isolated(catalogue, _STEERING.sub("", name)) for key, name in names.items()}


def numbered(catalogue: Mapping[str, Any], **numbers: str) -> dict[str, str]:
    """Numbers as `in_words` writes them."""
    return {key: isolated(catalogue, number) for key, number in numbers.items()}


def isolated(catalogue: Mapping[str, Any], text: str) -> str:
    """`text` for a sentence: where it runs from right to left, all but plain digits keeps a direction of its own."""
    if catalogue["direction"] != "rtl" or _PLAIN.fullmatch(text):
        return text
    return f"\u2068{text}\u2069"
