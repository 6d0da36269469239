"""Plain tables for a terminal: aligned, two spaces between columns, one rule below the header.

A cell that is written from right to left has a direction of its own, so that the columns keep their order.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from impact.cli.bidi import isolated

GAP = "  "


@dataclass(frozen=True)
class Column:
    """A heading, and whether the cells stand to the right (numbers do)."""

    heading: str
    right: bool = False


def table(columns: Sequence[Column], rows: Sequence[Sequence[str] | str]) -> str:
    """The table as text, without a line break at its end. A row that is one text runs over all columns."""
    lines = [
        _own_way(line) if isinstance(line, str) else [_own_way(cell) for cell in line]
        for line in ([column.heading for column in columns], *rows)
    ]
    full = [line for line in lines if not isinstance(line, str)]
    widths = [max(width(line[i]) for line in full) for i in range(len(columns))]
    drawn = [line if isinstance(line, str) else _line(columns, line, widths) for line in lines]
    drawn.insert(1, "─" * (sum(widths) + len(GAP) * (len(widths) - 1)))
    return "\n".join(line.rstrip() for line in drawn)


def width(text: str) -> int:
    """Columns of a terminal that `text` takes: marks and what only steers take none, wide letters two."""
    return sum(
        0
        if unicodedata.combining(letter) or unicodedata.category(letter) == "Cf"
        else 2
        if unicodedata.east_asian_width(letter) in "WF"
        else 1
        for letter in text
    )


def _own_way(cell: str) -> str:
    """The cell with a direction of its own; spaces before it stay outside, at the left."""
    text = cell.lstrip(" ")
    return " " * (len(cell) - len(text)) + isolated(text)


def _line(columns: Sequence[Column], cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = []
    for column, cell, wide in zip(columns, cells, widths, strict=True):
        space = " " * (wide - width(cell))
        padded.append(space + cell if column.right else cell + space)
    return GAP.join(padded)
