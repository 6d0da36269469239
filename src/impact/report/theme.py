"""The one theme: colours, type and spacing from `templates/theme.json`, read by pages, charts and documents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from impact.resources import folder

MODES = ("light", "dark")
SIDE_COLOURS = 4


class Shaped(Protocol):
    """Anything of a side that may have a shape of its own."""

    @property
    def side(self) -> int: ...
    @property
    def shape(self) -> str: ...


@dataclass(frozen=True)
class Theme:
    """`light` and `dark`: colour name → `#rrggbb`; `shapes`: one mark a side, in the instrument's order."""

    light: Mapping[str, str]
    dark: Mapping[str, str]
    family: str
    stack: str
    print: Mapping[str, str]
    shapes: tuple[str, ...]

    def colours(self, mode: str) -> Mapping[str, str]:
        return self.light if mode == "light" else self.dark


@cache
def theme() -> Theme:
    """The theme, read once a process."""
    data = json.loads((folder("templates") / "theme.json").read_text(encoding="utf-8"))
    return Theme(
        light=data["light"],
        dark=data["dark"],
        family=data["font"]["family"],
        stack=data["font"]["stack"],
        print=data["print"],
        shapes=tuple(data["side_shapes"]),
    )


def tone(index: int) -> str:
    """Colour name of the side at `index` of the instrument; −1 (all sides together) is ink.

    More sides than colours: the colours repeat, and the printed label tells them apart.
    """
    return "side_all" if index < 0 else f"side_{index % SIDE_COLOURS + 1}"


def shape(index: int) -> str:
    """Mark of the side at `index`: never the colour alone tells sides apart."""
    shapes = theme().shapes
    return "diamond" if index < 0 else shapes[index % len(shapes)]


def shape_of(marked: Shaped) -> str:
    """The shape of a mark or lane: its own, or that of its side."""
    return marked.shape or shape(marked.side)


def font_folder() -> Path:
    """Where the font package keeps Rubik (Latin, Arabic, Hebrew, Cyrillic in one family)."""
    import fontpkg_rubik

    return Path(fontpkg_rubik.ROOT) / "files"
