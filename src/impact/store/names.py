"""Names that people give: what cannot be seen may not stand in them.

A control character breaks lists and logs; one that turns the direction of writing shows a reader another text
than is there (Unicode Technical Report 36, section 2.5). Joiners and direction marks that Arabic, Persian and Hebrew
need are let through.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from impact.errors import Problem

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})  # controls, halves of pairs, line and paragraph separators


def hidden_character(text: str) -> str | None:
    """The first character of `text` that may not stand in a name, as people can look it up; None if all is well.

    >>> hidden_character("Bri\\u202edges")
    'U+202E (right-to-left override)'
    >>> hidden_character("جسور") is None
    True
    """
    for character in text:
        if character in _TURNING or unicodedata.category(character) in _CATEGORIES:
            return f"U+{ord(character):04X} ({unicodedata.name(character, 'control character').lower()})"
    return None


def problems_of_names(named: Iterable[tuple[str, str, str]]) -> Iterator[Problem]:
    """One problem for each (where, the name of what, the name) that holds such a character."""
    for where, what, name in named:
        found = hidden_character(name)
        if found:
            yield Problem(where, f"{what} holds {found}, which cannot be seen.", "Remove it.", where)
