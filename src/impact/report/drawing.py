"""The pieces of a drawing before it is markup: boxes, lines, marks and texts, each with a colour's name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from impact.report.theme import Shaped, shape_of, tone

SIZE, SMALL = 12.0, 11.0  # of texts, in the drawing's units
_WIDE, _NARROW = "mwMWQOGD@%—…+−", "iljtfrI.,:;'’|()[]!1 ·-"
_EM_WIDE, _EM_NARROW, _EM_CAPITAL, _EM = 0.88, 0.36, 0.68, 0.62
"""Of Rubik at its boldest here, and of what stands in for it where it is not at hand; generous."""
_EM_DIGIT = 0.66


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


def arrow_head(x: float, y: float, way: int) -> str:
    """The end at `x` of a line or bar that goes on, to the left (−1) or the right (1)."""
    return f"M{x + way * 5:.1f} {y:.1f}l{-way * 7} -4v8z"


def text_width(text: str, size: float = SIZE) -> float:
    """About how wide `text` is set, rather too much than too little: nothing here can measure it."""
    ems = (
        _EM_WIDE
        if c in _WIDE
        else _EM_NARROW
        if c in _NARROW
        else _EM_CAPITAL
        if c.isupper()
        else _EM_DIGIT
        if c.isdecimal()
        else _EM
        for c in text
    )
    return size * sum(ems)


def shorten(text: str, room: float, size: float = SIZE) -> str:
    """`text` cut to the room it has; the table below the chart holds all of it."""
    if text_width(text, size) <= room:
        return text
    kept = text
    while len(kept) > 3 and text_width(kept + "…", size) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def in_lines(text: str, room: float, size: float = SIZE) -> tuple[str, ...]:
    """`text` on one line if it fits, else broken once; the second line may be too long."""
    words = text.split()
    if text_width(text, size) <= room or len(words) < 2:
        return (text,)
    first = 1
    while first < len(words) - 1 and text_width(" ".join(words[: first + 1]), size) <= room:
        first += 1
    return " ".join(words[:first]), " ".join(words[first:])


def fits(text: str, room: float, size: float = SIZE) -> bool:
    """Whether `text` can be read whole on one or two lines of `room`."""
    return all(text_width(line, size) <= room for line in in_lines(text, room, size))


def wrapped(drawing: Drawing, text: str, x: float, y: float, room: float, **look: Any) -> None:
    """`text` around the height `y`: on one line if it fits, else on two."""
    size = SMALL if look.get("small") else SIZE
    lines = in_lines(text, room, size)
    heights = (y,) if len(lines) == 1 else (y - 7, y + 6)
    for line, height in zip(lines, heights, strict=True):
        drawing.texts.append(Text(x, height, shorten(line, room, size), **look))


def mark_spot(marked: Shaped, x: float, y: float, size: float, hollow: bool = False) -> Spot:
    """The mark of a side or arm at (x, y), in its shape and colour."""
    return Spot(mark_path(shape_of(marked), x, y, size), tone(marked.side), hollow)


def named(drawing: Drawing, marked: Shaped, label: str, x: float, y: float, room: float) -> None:
    """A side's shape and name: never the colour alone."""
    drawing.spots.append(mark_spot(marked, x + 5, y - 4, 4.5))
    wrapped(drawing, label, x + 16, y, room - 16, tone=f"{tone(marked.side)}_text", strong=True)
