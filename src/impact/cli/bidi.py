"""Lines of a terminal that hold two directions of writing: what stands apart keeps its own, and its place.

Unicode UAX 9: a terminal lays out each line by itself and gives it the direction of its first letter outside
FSI…PDI. A name in Arabic or Hebrew at the head of a row of numbers would turn the row around; between FSI and PDI
it does not. A sentence broken into lines closes on each line what it opened there.
"""

from __future__ import annotations

import textwrap
import unicodedata

ISOLATES, PDI = "\u2066\u2067\u2068", "\u2069"
FSI = ISOLATES[2]


def isolated(text: str) -> str:
    """`text` with a direction of its own, if any of its letters runs from right to left."""
    if not any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text):
        return text
    return f"{FSI}{text}{PDI}"


def wrapped(text: str, wide: int, begin: str = "", after: str | None = None) -> list[str]:
    """`text` in lines of at most `wide`, the first behind `begin`, the others behind `after` (else as far in)."""
    indent = " " * len(begin) if after is None else after
    kept: list[str] = []
    opened = ""
    for line in textwrap.wrap(text, wide, initial_indent=begin, subsequent_indent=indent):
        lead = indent if kept else begin
        closed = opened + line.removeprefix(lead)
        opened = _still_open(closed)
        kept.append(lead + closed + PDI * len(opened))
    return kept


def _still_open(line: str) -> str:
    """The isolates that nothing in `line` closes."""
    found: list[str] = []
    for letter in line:
        if letter in ISOLATES:
            found.append(letter)
        elif letter == PDI and found:
            found.pop()
    return "".join(found)
