"""Run the cells: how often each analysis errs, covers and finds."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import astuple, dataclass, fields
from functools import partial

import numpy as np

from benchmarks.calibration import twins
from benchmarks.calibration.designs import Answers, Cell, Draw, answers, draw, true_difference
from benchmarks.calibration.twins import Estimates, Geometry
from impact.stats.draws import SCALES

NULL, POWER, COVERAGE = 0.0, 0.35, 0.5
"""Shifts of the latent score, in its standard deviations: error, power and coverage are counted at these."""

FAMILY = 6
"""Main results that are judged together (two outcomes, two sides, or more): each at the level .05/6."""

DEFAULT = {"A": "cr2", "B": "cr2_widened", "C": "partially_nested", "D": "cr2", "E": "cr2"}

Analysis = Callable[[Answers], dict[str, Estimates]]


@dataclass(frozen=True)
class Row:
    """One line of results.csv; shares of all data sets. No interval counts as: rejects nothing, covers.

    `type1_of_six`: share with p < .05/6, times six: what six such main results may add up to, judged together (NaN
    where it was not counted).
    """

    design: str
    workshops: int
    smallest: int
    largest: int
    icc: float
    scale: str
    analysis: str
    sets: int
    type1: float
    coverage: float
    power: float
    unanswered: float
    type1_of_six: float

    @property
    def is_default(self) -> bool:
        return DEFAULT[self.design] == self.analysis

    @property
    def type1_se(self) -> float:
        """Monte-Carlo standard error."""
        return math.sqrt(self.type1 * (1.0 - self.type1) / self.sets)

    def cells(self) -> list[str]:
        return [f"{value:.10g}" if isinstance(value, float) else str(value) for value in astuple(self)]


COLUMNS = [field.name for field in fields(Row)]


def row_of(cells: dict[str, str]) -> Row:
    kinds = {"str": str, "int": int, "float": float}
    return Row(**{field.name: kinds[field.type](cells.get(field.name) or "nan") for field in fields(Row)})


def regression_columns(given: Answers) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """y (R, J, N), the column beside the intercept that is of interest, and the score before (B and C)."""
    is_two_sides = given.draw.cell.design in "DE"
    y = given.after - given.before if given.draw.cell.design in "ADE" else given.after
    present = given.draw.rooms.present
    return y, given.draw.treated * present, np.zeros_like(y) if is_two_sides else given.before


def known_of(given: Answers) -> Geometry:
    """[1] in A, [1, before, arm] in B and C, [1, side] in D and E."""
    present, design = given.draw.rooms.present.astype(float), given.draw.cell.design
    _, treated, x = regression_columns(given)
    columns = {"A": [present], "B": [present, x, treated], "C": [present, x, treated]}.get(
        design, [present, treated]
    )
    M = np.stack([np.stack([(a * b).sum(axis=2) for b in columns], axis=-1) for a in columns], axis=-1)
    lone = None
    if given.draw.alone is not None:
        who = given.draw.alone.present[:, :, 0].astype(float)
        lone = np.stack([who, given.lone_before, np.zeros_like(who)], axis=-1)
    return twins.geometry(M, len(columns) - 1, lone)


def regressions(given: Answers, known: Geometry) -> dict[str, Estimates]:
    y, treated, x = regression_columns(given)
    design = given.draw.cell.design
    sums, squares = [y.sum(axis=2)], np.einsum("rjn,rjn->r", y, y)
    if design in "BC":
        sums.append(np.einsum("rjn,rjn->rj", y, x))
    if design != "A":
        sums.append(np.einsum("rjn,rjn->rj", y, treated))
    if given.lone_after is not None:
        squares = squares + np.einsum("rk,rk->r", given.lone_after, given.lone_after)
    found = twins.regressions(known, np.stack(sums, axis=-1), squares, given.lone_after)
    if design == "B":
        cr2 = found["cr2"]
        found["cr2_widened"] = Estimates(cr2.estimate, cr2.error * np.sqrt(known.widening), cr2.df)
    return found


def default(given: Answers) -> Estimates:
    """The default analysis of the design, all studies at once."""
    if given.draw.cell.design == "C":
        return twins.partially_nested(given)
    return regressions(given, known_of(given))[DEFAULT[given.draw.cell.design]]


def everything(sets_done: int, rival_sets: int) -> Callable[[Draw, str], Analysis]:
    """The default and the rivals that need no search; in design C the rivals cost much, so they get fewer data sets."""
    shared: list[Geometry] = []

    def of(drawn: Draw, scale: str) -> Analysis:
        mine: list[Geometry] = shared if drawn.cell.design in "ADE" else []  # there the scale does not enter

        def analyse(given: Answers) -> dict[str, Estimates]:
            nested = {"partially_nested": twins.partially_nested(given)} if drawn.cell.design == "C" else {}
            if nested and sets_done >= rival_sets:
                return nested
            if not mine:
                mine.append(known_of(given))
            return nested | regressions(given, mine[0])

        return analyse

    return of


def run(
    cell: Cell, sets: int, rival_sets: int = 4000, scales: tuple[str, ...] = tuple(SCALES),
    analysis: Callable[[Draw, str], Analysis] | None = None,
) -> list[Row]:  # fmt: skip
    """A row for each scale and analysis of the cell. `analysis` replaces the default and its quick rivals."""
    counts: dict[tuple[str, str], np.ndarray] = defaultdict(lambda: np.zeros(6))
    done, chunk = 0, 0
    while done < sets:
        drawn = draw(cell, min(cell.chunk, sets - done), chunk)
        of = analysis or everything(done, rival_sets)
        for scale in scales:
            _count(counts, drawn, scale, of(drawn, scale))
        done, chunk = done + len(drawn.treated), chunk + 1
    return [
        Row(*cell, scale, name, int(total), *(float(c) for c in np.array(rest) / total))
        for (scale, name), (total, *rest) in counts.items()
    ]


def _count(counts: dict[tuple[str, str], np.ndarray], drawn: Draw, scale: str, analyse: Analysis) -> None:
    base = answers(drawn, scale, NULL)
    at = partial(answers, drawn, scale, before=base)
    null, power, covered = analyse(base), analyse(at(POWER)), analyse(at(COVERAGE))
    truth = true_difference(drawn.cell, scale, COVERAGE)
    for name, found in null.items():
        counts[scale, name] += (
            len(found.estimate),
            found.excludes(0.0).sum(),
            (~covered[name].excludes(truth)).sum(),
            power[name].excludes(0.0).sum(),
            (~found.answered).sum(),
            FAMILY * found.excludes(0.0, twins.LEVEL / FAMILY).sum(),
        )
