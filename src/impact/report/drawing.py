"""The pieces of a drawing before it is markup: boxes, lines, marks and texts, each with a colour's name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_LETTER, _SMALL_LETTER = 6.1, 5.5  # average width of a letter of 12 and of 11 units, Rubik; generous


@dataclass(frozen=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float
    tone: str
    width: float = 1.0


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float
    tone: str
    stroke: str = ""


@dataclass(frozen=True)
class Text:
    x: float
    y: float
    text: str
    anchor: str = "start"
    tone: str = "quiet"
    strong: bool = False
    small: bool = False


@dataclass(frozen=True)
class Spot:
    """One mark: `path` in SVG's words; hollow ones are filled with the surface's colour."""

    path: str
    tone: str
    hollow: bool = False


@dataclass
class Drawing:
    """What a template needs, in the order of painting."""

    width: float
    height: float = 0.0
    boxes: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)


def mark_path(kind: str, x: float, y: float, size: float) -> str:
    """The outline of a mark of half-width `size` around (x, y); areas are about equal."""
    if kind == "circle":
        return f"M{x - size:.1f} {y:.1f}a{size:.1f} {size:.1f} 0 1 0 {2 * size:.1f} 0a{size:.1f} {size:.1f} 0 1 0 {-2 * size:.1f} 0z"
    if kind == "square":
        half = size * 0.89
        return f"M{x - half:.1f} {y - half:.1f}h{2 * half:.1f}v{2 * half:.1f}h{-2 * half:.1f}z"
    if kind == "triangle":
        return f"M{x:.1f} {y - size * 1.2:.1f}l{size * 1.15:.1f} {size * 2:.1f}h{-2.3 * size:.1f}z"
    half = size * 1.25
    return f"M{x:.1f} {y - half:.1f}l{half:.1f} {half:.1f}l{-half:.1f} {half:.1f}l{-half:.1f} {-half:.1f}z"


def shorten(text: str, room: float) -> str:
    """`text` cut to the room it has; the table below the chart holds all of it."""
    letters = max(4, int(room / _LETTER))
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def wrapped(drawing: Drawing, text: str, x: float, y: float, room: float, **look: Any) -> None:
    """`text` around the height `y`: on one line if it fits, else on two."""
    if look.get("small"):
        room *= _LETTER / _SMALL_LETTER
    if len(text) * _LETTER <= room or " " not in text:
        drawing.texts.append(Text(x, y, shorten(text, room), **look))
        return
    words = text.split()
    first = 1
    while first < len(words) and len(" ".join(words[: first + 1])) * _LETTER <= room:
        first += 1
    drawing.texts.append(Text(x, y - 7, shorten(" ".join(words[:first]), room), **look))
    drawing.texts.append(Text(x, y + 6, shorten(" ".join(words[first:]), room), **look))
