"""How a number and a foreign text look: one rule for pages, charts and documents."""

from __future__ import annotations

import itertools
import struct
import unicodedata
from functools import cache

from impact.report.theme import font_folder

DIGITS = 1
MINUS = "−"
RANGE = " to "
MAXIMUM_LABEL = 120
ISOLATES, PDI = "\u2066\u2067\u2068", "\u2069"
_UNKNOWN = "?"


def number(value: float | None, digits: int = DIGITS) -> str:
    """`value` rounded, with a true minus sign and never a minus zero; an en dash where there is no number.

    >>> number(-0.04), number(49.149), number(None)
    ('0.0', '49.1', '–')
    """
    if value is None:
        return "–"
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def signed(value: float | None, digits: int = DIGITS) -> str:
    """As `number`, with a plus sign before what is above zero."""
    text = number(value, digits)
    return f"+{text}" if value is not None and float(text.replace(MINUS, "-")) > 0 else text


def interval(low: float | None, high: float | None, digits: int = DIGITS) -> str:
    """`−14.2 to −4.0`: words between the ends, because a dash would read as a minus."""
    if low is None or high is None:
        return "–"
    return f"{signed(low, digits)}{RANGE}{signed(high, digits)}"


def percent(share: float | None) -> str:
    """A share from 0 to 1 as whole per cent."""
    return "–" if share is None else f"{share * 100:.0f}\u00a0%"


def clean(value: object, limit: int = MAXIMUM_LABEL) -> str:
    """A text that somebody typed, made harmless for any page: one line, no control or direction characters.

    Characters that could turn the reading order of what stands beside them (U+202A…U+202E, U+2066…U+2069, marks)
    are dropped; each script's own direction is enough. Longer texts end with an ellipsis.
    """
    line = " ".join(_harmless(str(value)).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def sentence(value: object, limit: int = 1000) -> str:
    """A sentence of the evaluation: as `clean`, but names and numbers keep the direction that it gave them.

    Isolates (U+2066…U+2068, closed by U+2069) stay where each has its other half: such a pair steers nothing outside it.
    """
    line = " ".join(_harmless(str(value), ISOLATES + PDI).split())
    if not _is_balanced(line):
        line = " ".join(_harmless(line).split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1].rstrip()
    return cut + PDI * _open(cut) + "…"


def printable(text: str) -> str:
    """`text` with what the document's font cannot draw replaced: a missing glyph would stop the PDF."""
    known = _font_characters()
    return "".join(char if ord(char) in known or char in _UNDRAWN else _UNKNOWN for char in text)


_UNDRAWN = frozenset("\n" + ISOLATES + PDI)


def _is_balanced(text: str) -> bool:
    """Whether no isolate is closed before it is opened, and none stays open."""
    depths = [0, *itertools.accumulate((c in ISOLATES) - (c == PDI) for c in text)]
    return min(depths) == depths[-1] == 0


def _open(text: str) -> int:
    return sum((c in ISOLATES) - (c == PDI) for c in text)


def _harmless(text: str, kept: str = "") -> str:
    return "".join(" " if c in "\t\n\r" else c for c in text if c in kept or _is_harmless(c))


def _is_harmless(char: str) -> bool:
    if char in "\t\n\r":
        return True
    # Zero-width non-joiner: Persian spells with it.
    return char == "\u200c" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


@cache
def _font_characters() -> frozenset[int]:
    """Code points that the document's font has, from its `cmap` table (format 4)."""
    data = next(
        path for path in sorted(font_folder().glob("*.ttf")) if "Italic" not in path.name
    ).read_bytes()
    start = _table(data, b"cmap")
    (count,) = struct.unpack_from(">H", data, start + 2)
    for i in range(count):
        offset = start + struct.unpack_from(">HHI", data, start + 4 + 8 * i)[2]
        if struct.unpack_from(">H", data, offset)[0] == 4:
            return frozenset(_format_4(data, offset))
    raise ValueError("the document's font has no cmap of format 4")


def _table(data: bytes, name: bytes) -> int:
    (count,) = struct.unpack_from(">H", data, 4)
    for i in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * i)
        if tag == name:
            return offset
    raise ValueError(f"the document's font has no table {name.decode()}")


def _format_4(data: bytes, offset: int) -> set[int]:
    """Segments [start, end] of a format 4 sub-table; 0xFFFF closes the list and is no character."""
    (doubled,) = struct.unpack_from(">H", data, offset + 6)
    segments = doubled // 2
    ends = struct.unpack_from(f">{segments}H", data, offset + 14)
    starts = struct.unpack_from(f">{segments}H", data, offset + 16 + doubled)
    return {
        code
        for first, last in zip(starts, ends, strict=True)
        for code in range(first, last + 1)
        if code != 0xFFFF
    }
