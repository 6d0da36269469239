"""Complementary suppression: which further counts must be hidden, so that no total gives a hidden one back.

Counts (cells) stand in linear relations that every reader knows: parts add up to a total, a step of a chain is not
larger than the one before. A hidden count is *narrow* if what is shown leaves it fewer than `least` values. As long
as one is narrow, the shown count whose hiding helps most is hidden too (a secondary cell), the smallest first
where several help alike: the least information is lost. Counts are of people, so all are whole and not negative.

Bounds come from interval propagation, which is exact where the relations form a tree (totals over disjoint parts,
chains); elsewhere it can miss what solving all at once would find, which tests check with integer programming.

Assumed of the reader: knows the rule, and even which of the hidden counts are small (0 … k − 1). Of the others, that
they are hidden tells nothing: they could be small as well.

Sources: Hundepool et al. 2012, Statistical Disclosure Control, ch. 4.3–4.4 (feasibility intervals, secondary cells);
Davis 1987, Artificial Intelligence 32, 281 (propagation of intervals).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from impact.evaluation.cells import VALUES

Cell = Hashable
Interval = tuple[float, float]
_ROUNDS = 60
"""Propagation that has not come to rest by then stops: its bounds are valid, if not the tightest."""


@dataclass(frozen=True)
class Relation:
    """low ≤ Σ factor · cell ≤ high."""

    terms: tuple[tuple[Cell, int], ...]
    low: float = 0.0
    high: float = math.inf


def adds_up(total: Cell, parts: Iterable[Cell]) -> Relation:
    """total = Σ parts."""
    return Relation(((total, 1), *((part, -1) for part in parts)), 0.0, 0.0)


def covers(wholes: Iterable[Cell], parts: Iterable[Cell], least: float = 0.0) -> Relation:
    """Σ wholes − Σ parts ≥ least."""
    return Relation((*((one, 1) for one in wholes), *((one, -1) for one in parts)), least)


@dataclass
class System:
    """What is known of the counts of one document.

    values     cell → count
    primary    cell → the largest number that its rule would hide: those that are hidden by themselves
    unguarded  cells that are not shown, and whose range is nobody's concern: their intervals beforehand
    kept       cells that are never hidden to protect others
    """

    values: dict[Cell, int] = field(default_factory=dict)
    primary: dict[Cell, int] = field(default_factory=dict)
    unguarded: dict[Cell, Interval] = field(default_factory=dict)
    kept: set[Cell] = field(default_factory=set)
    relations: list[Relation] = field(default_factory=list)


def secondary(system: System, k: int, *, least: int = VALUES, beside: Iterable[Cell] = ()) -> frozenset[Cell]:
    """Cells to hide beside the primary ones. `beside`: those that are hidden anyhow.

    >>> of_sides = System({"all": 27, "a": 20, "b": 3, "c": 4}, {"b": 4, "c": 4}, relations=[adds_up("all", "abc")])
    >>> sorted(secondary(of_sides, 5))
    ['a']
    """
    least = min(least, k)
    hidden = {cell for cell in beside if cell in system.values and cell not in system.primary}
    if not system.primary and not hidden:
        return frozenset(hidden)
    while True:
        short = _shortfall(system, hidden, least)
        if not short:
            return frozenset(hidden)
        chosen = _best(system, hidden, least, short)
        if chosen is None:
            return frozenset(hidden)
        hidden.add(chosen)


def ranges(system: System, hidden: Iterable[Cell]) -> dict[Cell, Interval]:
    """Cell → interval in which a reader can be sure that it lies, given what is shown."""
    hidden = set(hidden)
    intervals: dict[Cell, Interval] = dict(system.unguarded)
    for cell, value in system.values.items():
        if cell in system.primary:
            intervals[cell] = (0, system.primary[cell])
        else:
            intervals[cell] = (0, math.inf) if cell in hidden else (value, value)
    for _ in range(_ROUNDS):
        changed = [_tighten(relation, intervals) for relation in system.relations]
        if not any(changed):
            break
    return intervals


def _shortfall(system: System, hidden: set[Cell], least: int) -> dict[Cell, float]:
    """Narrow cells → how many values they lack."""
    intervals = ranges(system, hidden)
    lacks = {}
    for cell in (*system.primary, *hidden):
        low, high = intervals[cell]
        if high - low + 1 < least:
            lacks[cell] = least - (high - low + 1)
    return lacks


def _best(system: System, hidden: set[Cell], least: int, short: Mapping[Cell, float]) -> Cell | None:
    """The shown cell to hide next: of those that bear on a narrow one, where most is gained and least is lost."""
    now = sum(short.values())
    order = {cell: place for place, cell in enumerate(system.values)}
    near = _near(system, hidden, short)
    gains = []
    for cell in near:
        left = sum(_shortfall(system, hidden | {cell}, least).values())
        gains.append((min(left, now), system.values[cell], order[cell], cell))
    return min(gains, key=lambda gain: gain[:3])[3] if gains else None


def _near(system: System, hidden: set[Cell], short: Mapping[Cell, float]) -> list[Cell]:
    """Shown cells that stand in a relation with a narrow cell, or with one that is not shown and does so."""
    reached, found = set(short), set()
    grown = True
    while grown and not found:
        grown = False
        for relation in system.relations:
            cells = {cell for cell, _ in relation.terms}
            if cells & reached and not cells <= reached:
                found |= {cell for cell in cells if _is_shown(system, hidden, cell)}
                grown = grown or not cells <= reached
                reached |= {cell for cell in cells if not _is_shown(system, hidden, cell)}
    return [cell for cell in system.values if cell in found]


def _is_shown(system: System, hidden: set[Cell], cell: Cell) -> bool:
    return (
        cell in system.values
        and cell not in system.primary
        and cell not in hidden
        and cell not in system.kept
    )


def _tighten(relation: Relation, intervals: dict[Cell, Interval]) -> bool:
    """Narrows the intervals of the cells of one relation; whether any became narrower."""
    ends = [_ends(factor, intervals[cell]) for cell, factor in relation.terms]
    least, most = _sums(ends, 0), _sums(ends, 1)
    changed = False
    for (cell, factor), (low, high) in zip(relation.terms, ends, strict=True):
        others_low, others_high = _without(least, low, -math.inf), _without(most, high, math.inf)
        ours = sorted(((relation.low - others_high) / factor, (relation.high - others_low) / factor))
        old = intervals[cell]
        new = (max(old[0], _ceil(ours[0])), min(old[1], _floor(ours[1])))
        if new != old:
            intervals[cell], changed = new, True
    return changed


def _ends(factor: int, interval: Interval) -> Interval:
    low, high = (factor * end for end in interval)
    return (low, high) if factor > 0 else (high, low)


def _sums(ends: Sequence[Interval], side: int) -> tuple[float, int]:
    """(sum of the finite ends, how many are infinite)."""
    finite = [end[side] for end in ends if math.isfinite(end[side])]
    return sum(finite), len(ends) - len(finite)


def _without(total: tuple[float, int], end: float, infinity: float) -> float:
    """The sum without one end; `infinity` if another one is infinite."""
    finite, infinite = total
    is_finite = math.isfinite(end)
    return infinity if infinite - (not is_finite) else finite - (end if is_finite else 0)


def _ceil(value: float) -> float:
    return value if math.isinf(value) else math.ceil(value)


def _floor(value: float) -> float:
    return value if math.isinf(value) else math.floor(value)
