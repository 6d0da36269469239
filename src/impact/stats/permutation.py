"""Intervals from permutation tests: all shifts that the test does not reject.

Every test statistic here is a straight line in the shift θ: T_π(θ) = u_π − θ v_π for pattern π, and T(θ) = u − θ v as
observed, zero at the estimate u / v. Where |v_π| < v, |T_π| ≥ |T| holds on an interval that contains the estimate, with
the ends (u − u_π) / (v − v_π) and (u + u_π) / (v + v_π); elsewhere it holds without end on a side. So p(θ) falls on both
sides of the estimate, and the interval ends at order statistics of these ends: exact, without a search.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from impact.stats.caveats import Caveat
from impact.stats.columns import (
    DUST,
    check_confidence,
    check_rng,
    cluster_numbers,
    column,
    labelled,
    magnitude,
    same_length,
    unusable,
)

EXACT_UP_TO = 13
"""Workshops with so many, all sign patterns (half of them: the other half gives the same) are gone through."""

RANDOM_PATTERNS = 4_999


@dataclass(frozen=True)
class PermutationInterval:
    """`low` and `high` are None where no pattern of so few units could reject at this level; `caveat` says so.

    units     workshops, or people, whose signs or arms were exchanged; `method` is `exact` or `random`
    """

    estimate: float | None
    low: float | None
    high: float | None
    units: int
    method: str
    caveat: str | None = None


def sign_flip_interval(
    change: Any, clusters: Any, confidence: float = 0.95, rng: np.random.Generator | None = None
) -> PermutationInterval:
    """Interval of the mean change by inverting the sign-flip test, whole workshops flipped together.

    Null hypothesis at shift θ: the changes less θ of a workshop together are as likely to have come out with the
    opposite sign.

    change      (n,) after − before of each person, any unit; none missing.
    clusters    (n,) workshop labels of any kind.
    confidence  of the interval: all θ with p > 1 − confidence (`sign_flip` gives that p).
    rng         for random patterns, with more than 13 workshops; default: seed 1.

    Limits: with G workshops no p is below 2 / 2^G: at 95 % six are needed, at 98.75 % eight.

    Sources: [1] Fisher (1935), The Design of Experiments, §21. [2] Ernst (2004), Statistical Science 19, 676–685
    (intervals). [3] Phipson & Smyth (2010), Stat. Appl. Genetics Mol. Biol. 9, 39 (random patterns).

    >>> result = sign_flip_interval([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6])
    >>> result.estimate, result.low, result.high
    (3.5, 1.0, 6.0)
    """
    check_confidence(confidence)
    check_rng(rng)
    y, labels = column(change, "change"), np.asarray(clusters)
    same_length(change=y, clusters=labels)
    numbers, count = cluster_numbers(labels)
    if count == 0:
        return PermutationInterval(None, None, None, 0, "exact", Caveat.NO_DATA)
    sums, sizes = np.bincount(numbers, y, count), np.bincount(numbers, minlength=count).astype(np.float64)
    order = np.lexsort(
        (np.round(sums, 9), sizes)
    )  # random signs go by what is in a workshop, not by its place
    sums, sizes = sums[order], sizes[order]
    is_exact = count <= EXACT_UP_TO
    if is_exact:
        bits = np.arange(2 ** (count - 1))[:, None] >> np.arange(count) & 1
    else:
        bits = (rng or np.random.default_rng(1)).integers(0, 2, (RANDOM_PATTERNS, count), dtype=np.int8)
        bits = np.vstack([np.zeros((1, count), np.int8), bits])  # as observed: the + 1 of source 3
    signs = 1.0 - 2.0 * bits
    observed = float(sums.sum()), float(sizes.sum())
    return _inverted(observed, signs @ sums, signs @ sizes, magnitude(y), confidence, count, is_exact)


def arm_permutation_interval(
    after: Any, before: Any, arm: Any, clusters: Any = None, confidence: float = 0.95,
    rng: np.random.Generator | None = None,
) -> PermutationInterval:  # fmt: skip
    """Interval of the adjusted difference between two arms by exchanging the arms of whole workshops, or of people.

    Null hypothesis at shift θ: with θ taken from the scores after of the workshop arm, it made no difference to
    anybody's score which units were in which arm.

    after, before  (n,) scores, any unit; NaN = missing, such rows are left out.
    arm            (n,) 1 (True) in the workshop, 0 (False) in the comparison.
    clusters       (n,) labels of units that are in one arm each, rows without one (NaN, None, "") left out; or None:
                   people are exchanged one by one.
    confidence     of the interval: all θ with p > 1 − confidence.
    rng            of the random patterns; default: seed 1.

    The estimate is that of analysis of covariance; the statistic at θ is the sum over the workshop arm of the
    residuals of after − θ·arm on before. Limits: all patterns if there are at most 4,999, else so many random
    ones; too few units: no interval.

    Sources: [1] Rosenbaum (2002), Statistical Science 17, 286–327 (covariance adjustment). [2] Gail et al. (1996),
    Statistics in Medicine 15, 1069–1092 (whole groups).

    >>> result = arm_permutation_interval([5, 6, 8, 9, 4, 5, 5, 7], [3, 4, 5, 7, 3, 4, 5, 6], [1] * 4 + [0] * 4)
    >>> round(result.estimate, 4), round(result.low, 2), round(result.high, 2)
    (1.5045, 1.0, 3.0)
    """
    check_confidence(confidence)
    check_rng(rng)
    y, x, treated = column(after, "after"), column(before, "before"), column(arm, "arm")
    labels, there = labelled(np.arange(len(y)) if clusters is None else clusters)
    same_length(after=y, before=x, arm=treated, clusters=labels)
    kept = there & ~(np.isnan(y) | np.isnan(x) | np.isnan(treated))
    y, x, treated, labels = y[kept], x[kept], treated[kept], labels[kept]
    if not np.isin(treated, (0.0, 1.0)).all():
        raise ValueError("arm must be 1 (workshop) or 0 (comparison)")
    numbers, count = cluster_numbers(labels)
    caveat = unusable(magnitude(y), magnitude(x))
    if caveat:
        return PermutationInterval(None, None, None, count, "random", caveat)
    if count == 0 or treated.min() == treated.max():
        return PermutationInterval(
            None, None, None, count, "random", Caveat.ONE_ARM if count else Caveat.NO_DATA
        )
    of_unit = np.zeros(count, dtype=bool)
    of_unit[numbers] = treated > 0.5
    if (of_unit[numbers] != (treated > 0.5)).any():
        raise ValueError("a unit is in both arms")
    outcome, assigned = _residuals(x, y), _residuals(x, treated)
    sums, sizes = np.bincount(numbers, outcome, count), np.bincount(numbers, assigned, count)
    observed = float(of_unit @ sums), float(of_unit @ sizes)
    if observed[1] <= DUST * len(y):
        return PermutationInterval(None, None, None, count, "random", Caveat.COLLINEAR)
    # Random numbers go by what is in a unit, not by its name or place.
    order = np.lexsort((np.round(sizes, 9), np.round(sums, 9), of_unit))
    of_unit, sums, sizes = of_unit[order], sums[order], sizes[order]
    is_exact = math.comb(count, int(of_unit.sum())) <= RANDOM_PATTERNS
    patterns = _all_arms(count, int(of_unit.sum())) if is_exact else _random_arms(of_unit, rng)
    return _inverted(observed, patterns @ sums, patterns @ sizes, magnitude(y), confidence, count, is_exact)


def _all_arms(count: int, treated: int) -> np.ndarray:
    chosen = np.array(list(combinations(range(count), treated)))
    patterns = np.zeros((len(chosen), count))
    np.put_along_axis(patterns, chosen, 1.0, axis=1)
    return patterns


def _random_arms(of_unit: np.ndarray, rng: np.random.Generator | None) -> np.ndarray:
    """As observed, and random patterns."""
    patterns = np.repeat(of_unit[None].astype(np.int8), RANDOM_PATTERNS + 1, axis=0)
    patterns[1:] = (rng or np.random.default_rng(1)).permuted(patterns[1:], axis=1)
    return patterns


def _residuals(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    x, y = x - x.mean(), y - y.mean()
    square = float(x @ x)
    return y - x * (float(x @ y) / square) if square > 0.0 else y


def _inverted(
    observed: tuple[float, float], u: np.ndarray, v: np.ndarray, yardstick: float, confidence: float, units: int,
    is_exact: bool,
) -> PermutationInterval:  # fmt: skip
    total, slope = observed
    with np.errstate(all="ignore"):
        ends = np.stack([(total - u) / (slope - v), (total + u) / (slope + v)])
    is_open = np.abs(v) >= slope * (1.0 - 1e-12)
    lower = np.where(is_open, -np.inf, ends.min(axis=0))
    upper = np.where(is_open, np.inf, ends.max(axis=0))
    rejecting = int(np.floor((1.0 - confidence) * len(u) + 1e-9))
    low, high = float(np.sort(lower)[rejecting]), float(-np.sort(-upper)[rejecting])
    method, estimate = "exact" if is_exact else "random", total / slope
    if not (np.isfinite(low) and np.isfinite(high)):
        return PermutationInterval(estimate, None, None, units, method, Caveat.FEW_FOR_P)
    if high - low <= DUST * yardstick:
        return PermutationInterval(estimate, None, None, units, method, Caveat.NO_VARIATION)
    return PermutationInterval(estimate, low, high, units, method)
