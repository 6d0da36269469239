"""Power by trying: made-up programmes with a known change, each analysed as the engine analyses real ones."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from impact.stats.caveats import Caveat
from impact.stats.columns import DUST
from impact.stats.comparison import WORKING_ICC, ancova
from impact.stats.design import Design, check_effect, satterthwaite, whole
from impact.stats.draws import SCALES, cut, draw_rooms

AT_ONCE = 2_000_000
"""Scores held in memory at a time."""


@dataclass(frozen=True)
class SimulatedPower:
    """How often the change was found. The rest, from `effect` on, is what was asked for.

    power           share of the programmes whose interval leaves out zero; None if none gave a test (see `caveat`)
    standard_error  of `power`, from the number of programmes drawn (Monte-Carlo error)
    without_test    share that gave no test: fewer than two workshops had people left, or nothing varied
    people          average number of people analysed
    """

    power: float | None
    standard_error: float | None
    without_test: float
    people: float
    effect: float
    n_per_workshop: int
    workshops: int
    r: float
    icc: float
    attrition: float
    scale: str | None
    sets: int
    confidence: float
    comparison: int
    caveat: str | None = None


@dataclass(frozen=True, eq=False)
class Analyses:
    """`mean_change_cr2` of many programmes at once, one entry each; NaN where it gives no interval."""

    estimate: np.ndarray
    std_error: np.ndarray
    df: np.ndarray
    p_value: np.ndarray
    n: np.ndarray


def simulate_power(
    effect: float, n_per_workshop: int, workshops: int, r: float, icc: float, attrition: float = 0.0,
    scale: str | None = None, sets: int = 4000, confidence: float = 0.95, rng: np.random.Generator | None = None,
    comparison: int = 0,
) -> SimulatedPower:  # fmt: skip
    """How often a change is found in made-up programmes: the check of `power_clustered`, and the price of a scale.

    Null hypothesis of the test in each programme: over all workshops of this kind, the mean change is zero
    (`mean_change_cr2`). With a comparison: at the same score before, the mean score after is the same in both arms
    (`ancova` with its default widening).

    effect, n_per_workshop, workshops, r, icc, attrition, confidence   as in `power_clustered`; `r` is 0 or more.
    scale       None: the scores themselves, normal. Or what the scores before and after are cut into: “seven” even
                steps, “five_ceiling” (five steps, with 45 % of people at the top before), “eleven” (0 to 10). The
                change stays that of the score behind the answers, so the power shows what a coarse scale costs.
    sets        programmes to draw.
    rng         source of randomness; default: seed 1. The same seed gives the same bytes.
    comparison  groups of the same size that wait; there nobody changes but by chance and group. 0: no comparison.

    Limits: people stay or are lost by chance alone; everybody changes by the same amount but for chance and the
    workshop. Answers are one item's: a mean of several items lies between them and None. Programmes with a comparison
    are analysed one by one, a millisecond each.

    Sources: [1] Burton et al. (2006), Statistics in Medicine 25, 4279–4292. [2] `draws.draw_rooms`, and
    docs/methods.md, “Calibration”.

    >>> found = simulate_power(0.4, n_per_workshop=10, workshops=6, r=0.6, icc=0.05, sets=1000)
    >>> found.power, round(found.standard_error, 3), found.people
    (0.609, 0.015, 60.0)
    """
    design = Design(n_per_workshop, workshops, r, icc, attrition, confidence)
    check_effect(effect)
    if r < 0.0:
        raise ValueError(f"r must be 0 or more for a simulation, it is {r}")
    whole(sets, "sets", 1)
    if scale is not None and scale not in SCALES:
        raise ValueError(f"scale must be None or one of {', '.join(SCALES)}, it is {scale!r}")
    whole(comparison, "comparison", 0)
    rng = rng or np.random.default_rng(1)
    step = max(1, AT_ONCE // ((workshops + comparison) * n_per_workshop))
    found = without = people = 0
    for start in range(0, sets, step):
        before, after, present = _answers(rng, min(step, sets - start), design, effect, scale, comparison)
        if comparison:
            p_values = _comparisons(before, after, present, workshops)
        else:
            p_values = mean_changes(after - before, present).p_value
        found += int(np.sum(p_values <= 1.0 - confidence))  # NaN finds nothing
        without += int(np.isnan(p_values).sum())
        people += int(present.sum())
    power = found / sets if without < sets else None
    error = None if power is None else math.sqrt(power * (1.0 - power) / sets)
    caveat = (
        design.caveat(workshops + comparison if comparison else 0)
        if without < sets
        else _why_none(design, comparison)
    )
    return SimulatedPower(
        power, error, without / sets, people / sets, effect, n_per_workshop, workshops, r, icc, attrition, scale,
        sets, confidence, comparison, caveat,
    )  # fmt: skip


def _why_none(design: Design, comparison: int) -> Caveat:
    if comparison and min(design.workshops, comparison) < 2:
        return Caveat.ONE_CLUSTER_IN_ARM
    if design.workshops < 2:
        return Caveat.ONE_CLUSTER
    return Caveat.LOST_WORKSHOPS if design.attrition > 0.0 else Caveat.NO_VARIATION


def _answers(
    rng: np.random.Generator, sets: int, design: Design, effect: float, scale: str | None, comparison: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores before and after (R, J, N) of so many programmes, and who is there; the rest is padding."""
    shape = (sets, design.workshops + comparison)
    sizes = np.full(shape, design.n_per_workshop)
    if design.attrition > 0.0:
        sizes = rng.binomial(design.n_per_workshop, 1.0 - design.attrition, shape)
    rooms = draw_rooms(rng, sizes, design.icc, design.r, split=comparison == 0)
    gain = effect * (np.arange(shape[1]) < design.workshops)[:, None]
    before, after = rooms.before, rooms.after + gain
    return (*((before, after) if scale is None else (cut(before, scale), cut(after, scale))), rooms.present)


def _comparisons(before: np.ndarray, after: np.ndarray, present: np.ndarray, workshops: int) -> np.ndarray:
    """p-values of the default analysis of two arms, programme by programme; NaN where it has none."""
    rooms = np.broadcast_to(np.arange(present.shape[1])[:, None], present.shape[1:])
    p_values = np.full(len(present), np.nan)
    for k, there in enumerate(present):
        labels = rooms[there]
        arm = (labels < workshops).astype(np.float64)
        found = ancova(after[k][there], before[k][there], arm, labels, working_icc=WORKING_ICC).p_value
        p_values[k] = np.nan if found is None else found
    return p_values


def mean_changes(change: np.ndarray, present: np.ndarray) -> Analyses:
    """`mean_change_cr2` of R programmes in one go, from changes (R, J, N) of those `present` (R, J, N).

    With w_g the share of the people that workshop g has, the variance is Σ w_g² (ȳ_g − ȳ)² / (1 − w_g).
    """
    from scipy.special import betainc

    change = change * present
    sizes = present.sum(axis=2).astype(np.float64)
    n = sizes.sum(axis=1)
    filled, people = np.maximum(sizes, 1.0), np.maximum(n, 1.0)[:, None]
    means = change.sum(axis=2) / filled
    share = sizes / people
    estimate = np.einsum("rg,rg->r", share, means)
    spread = (sizes > 0.0) * (means - estimate[:, None])
    left = 1.0 - share
    tested = (sizes > 0.0).sum(axis=1) >= 2
    weights = share * share / np.where(tested[:, None], left, 1.0)
    error = np.sqrt(np.einsum("rg,rg->r", weights, spread * spread))
    rest = (change - estimate[:, None, None]) * present
    sigma = np.sqrt(np.einsum("rgn,rgn->r", rest, rest) / np.maximum(n - 1.0, 1.0))
    largest = np.abs(change).max(axis=(1, 2), initial=0.0)
    tested &= (sigma > DUST * largest) & (error > 1e-9 * sigma / np.sqrt(people[:, 0]))
    df = np.where(tested, satterthwaite(share, filled), 1.0)
    statistic = estimate / np.where(tested, error, 1.0)
    p_value = betainc(df / 2.0, 0.5, df / (df + statistic * statistic))
    error, df, p_value = (np.where(tested, values, np.nan) for values in (error, df, p_value))
    return Analyses(estimate, error, df, p_value, n.astype(np.int64))
