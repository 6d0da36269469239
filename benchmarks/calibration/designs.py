"""Designs A to E: made-up programmes of one cell of the grid, as answers on a scale.

A  one group in J workshops: mean change.
B  J workshops, half of them a waiting list: after by arm, allowing for before.
C  J workshops against as many people who were in none: likewise.
D  two sides inside each workshop: difference in change.
E  as D, and the difference between the sides varies from workshop to workshop as much as the change does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from impact.stats.draws import SCALES, Rooms, cut, draw_rooms

CORRELATION = 0.6
"""Of a person's two latent scores; the default of `draw_rooms`."""


class Cell(NamedTuple):
    """One cell, but for the scale: the same latent people answer on all three."""

    design: str
    workshops: int
    smallest: int
    largest: int
    icc: float

    def rng(self, chunk: int) -> np.random.Generator:
        """Of one chunk of this cell: any cell can be drawn again alone."""
        return np.random.default_rng(
            [3, ord(self.design), self.workshops, self.smallest, self.largest, round(1000 * self.icc), chunk]
        )

    @property
    def chunk(self) -> int:
        """Data sets drawn at once, so that no array passes 8 MB."""
        return max(50, min(2000, 1_000_000 // (self.workshops * self.largest)))


GRID = [
    Cell(design, workshops, smallest, largest, icc)
    for design in "ABCDE"
    for workshops in (2, 4, 8, 12, 24)
    for smallest, largest in ((6, 12), (3, 40))
    for icc in (0.0, 0.05, 0.2)
    if not (design == "B" and workshops == 2)
]


@dataclass(frozen=True, eq=False)
class Draw:
    """R made-up programmes. `treated` is who gets the shift: all, an arm or a side; `alone` only in design C."""

    cell: Cell
    rooms: Rooms
    treated: np.ndarray
    alone: Rooms | None = None


@dataclass(frozen=True, eq=False)
class Answers:
    """Answers of a `Draw`, (R, J, N), 0 where nobody is; `lone_*` (R, K) of the people of design C outside workshops."""

    draw: Draw
    before: np.ndarray
    after: np.ndarray
    lone_before: np.ndarray | None = None
    lone_after: np.ndarray | None = None


def draw(cell: Cell, sets: int, chunk: int) -> Draw:
    rng = cell.rng(chunk)
    sizes = rng.integers(cell.smallest, cell.largest + 1, (sets, cell.workshops))
    between_sides = cell.icc if cell.design == "E" else 0.0
    rooms = draw_rooms(rng, sizes, cell.icc, CORRELATION, cell.design == "A", between_sides)
    alone = None
    if cell.design == "C":
        people = sizes.sum(axis=1)
        alone = draw_rooms(
            rng, (np.arange(people.max()) < people[:, None]).astype(int), cell.icc, CORRELATION, split=False
        )
    if cell.design == "B":
        treated = np.broadcast_to((np.arange(cell.workshops) % 2 == 1)[:, None], rooms.present.shape)
    elif cell.design in "DE":
        treated = np.broadcast_to(np.arange(rooms.present.shape[2]) % 2 == 1, rooms.present.shape)
    else:
        treated = np.ones(rooms.present.shape, bool)
    return Draw(cell, rooms, treated, alone)


def answers(drawn: Draw, scale: str, shift: float, before: Answers | None = None) -> Answers:
    """What they answer, the treated after `shift` latent standard deviations; `before` saves cutting it again."""
    rooms, alone = drawn.rooms, drawn.alone
    after = cut(rooms.after + shift * drawn.treated, scale) * rooms.present
    if before is None:
        first = cut(rooms.before, scale) * rooms.present
        lone = () if alone is None else tuple(_lone(alone, wave, scale) for wave in ("before", "after"))
    else:  # people outside workshops are never treated
        first = before.before
        lone = () if alone is None else (before.lone_before, before.lone_after)
    return Answers(drawn, first, after, *lone)


def _lone(alone: Rooms, wave: str, scale: str) -> np.ndarray:
    return (cut(getattr(alone, wave), scale) * alone.present)[:, :, 0]


def one(given: Answers, r: int) -> dict[str, np.ndarray]:
    """Study r as an analyst has it, a row a person: after, before, treated (0 or 1), workshop."""
    present = given.draw.rooms.present[r]
    workshop = np.broadcast_to(np.arange(len(present))[:, None], present.shape)[present]
    columns = [given.after[r][present], given.before[r][present], given.draw.treated[r][present], workshop]
    if given.draw.alone is not None:
        who = given.draw.alone.present[r, :, 0]
        own = len(present) + np.arange(who.sum())  # everybody is a cluster of their own
        more = [given.lone_after[r][who], given.lone_before[r][who], np.zeros(who.sum()), own]
        columns = [np.concatenate(pair) for pair in zip(columns, more, strict=True)]
    return dict(
        zip(("after", "before", "treated", "workshop"), (c.astype(float) for c in columns), strict=True)
    )


def true_difference(cell: Cell, scale: str, shift: float) -> float:
    """What `shift` moves the mean answer by, exactly: from the normal probabilities of each answer."""
    share = cell.icc / (1.0 - cell.icc) * 2.0 * (1.0 - CORRELATION)
    variance = 1.0 + share * {"A": 0.25, "E": 1.25}.get(cell.design, 1.0)
    normal = NormalDist(0.0, math.sqrt(variance))
    return sum(normal.cdf(edge) - normal.cdf(edge - shift) for edge in SCALES[scale])
