"""Exact tests of paired scores, with ties and zeros: Wilcoxon's signed ranks and the sign-flip test.

Both null distributions are sums of independent terms ±a_i, so they are built up one term after another on a grid
of whole numbers (dynamic programming): n² to n³ steps instead of 2ⁿ sign patterns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from impact.stats.caveats import Caveat
from impact.stats.columns import (
    centre,
    check_rng,
    cluster_numbers,
    column,
    complete_pairs,
    labelled,
    magnitude,
    rounding,
    same_length,
)
from impact.stats.distributions import SMALLEST_P, two_sided_normal

EXACT_UP_TO = 300
GRID_STEPS = 60_000_000
GRID_POINTS = 4_000_000
HALVES_UP_TO = 36
RANDOM_PATTERNS = 99_999


@dataclass(frozen=True)
class SignedRank:
    """`statistic` is the sum of the ranks of those who rose (V); `method` is `exact` or `normal`.

    `smallest_p` is the smallest p-value that the exact test could give with these ties.
    """

    statistic: float | None
    p_value: float | None
    n: int
    zeros: int
    ties: int
    method: str
    smallest_p: float | None = None
    caveat: str | None = None


@dataclass(frozen=True)
class SignFlip:
    """`estimate` is the mean change; `method` is `exact` or `random`; `clusters` is None if each person flips alone."""

    estimate: float | None
    p_value: float | None
    n: int
    clusters: int | None
    method: str
    smallest_p: float | None = None
    caveat: str | None = None


def wilcoxon_signed_rank(before: Any, after: Any, zeros: str = "wilcox", method: str = "auto") -> SignedRank:
    """Wilcoxon's signed-rank test of paired scores, exact also with ties and zeros.

    Null hypothesis: the changes are symmetric around zero.

    before, after  (n,) scores of the same people; NaN = missing, such pairs are left out.
    zeros          people without change: `wilcox` leaves them out before ranking, `pratt` ranks them and then
                   leaves their ranks out.
    method         `exact`, `normal` (with the variance for ties, no continuity correction), or `auto`: exact up to
                   300 changes.

    Changes are tied where they differ by no more than rounding makes of them: 64 · 2.2e-16 of the largest score.
    Limits: people are taken as independent; with fewer than six changes no p-value of .05 exists (`smallest_p`).

    Sources: [1] Wilcoxon (1945), Biometrics Bulletin 1, 80–83. [2] Pratt (1959), JASA 54, 655–667. [3] Streitberg &
    Röhmel (1986), Statistical Software Newsletter 12, 10–17. [4] R `coin::wilcoxsign_test(distribution = "exact")`.

    >>> wilcoxon_signed_rank([1, 2, 3, 4, 5, 6, 7], [2, 4, 3, 7, 6, 9, 9])
    SignedRank(statistic=21.0, p_value=0.03125, n=7, zeros=1, ties=6, method='exact', smallest_p=0.03125, caveat=None)
    """
    if zeros not in ("wilcox", "pratt"):
        raise ValueError(f"zeros must be wilcox or pratt, it is {zeros!r}")
    if method not in ("auto", "exact", "normal"):
        raise ValueError(f"method must be auto, exact or normal, it is {method!r}")
    before, after, _, caveat = complete_pairs(before, after)
    n = len(before)
    if caveat or n == 0:
        return SignedRank(None, None, n, 0, 0, method, None, caveat or Caveat.NO_DATA)
    change = without_dust(after - before, rounding(magnitude(before, after)))
    unchanged = int((change == 0.0).sum())
    used = "exact" if method == "exact" or (method == "auto" and n - unchanged <= EXACT_UP_TO) else "normal"
    if unchanged == n:
        return SignedRank(0.0, None, n, unchanged, 0, used, None, Caveat.NOBODY_CHANGED)
    ranked = change[change != 0.0] if zeros == "wilcox" else change
    doubled = doubled_ranks(np.abs(ranked))[ranked != 0.0]
    rose = ranked[ranked != 0.0] > 0.0
    ties = _tied(np.abs(ranked[ranked != 0.0]))
    statistic = float(doubled[rose].sum()) / 2
    smallest = max(0.5 ** (len(doubled) - 1), SMALLEST_P)
    if used == "exact":
        p_value = _exact_p(doubled, abs(2 * int(doubled[rose].sum()) - int(doubled.sum())))
    else:
        spread = np.sqrt(float(np.sum(doubled.astype(np.float64) ** 2)) / 16)
        p_value = two_sided_normal((statistic - float(doubled.sum()) / 4) / spread)
    few = Caveat.FEW_FOR_P if smallest > 0.05 else None
    return SignedRank(statistic, p_value, n, unchanged, ties, used, smallest, few)


def sign_flip(
    before: Any, after: Any, clusters: Any = None, rng: np.random.Generator | None = None
) -> SignFlip:
    """Sign-flip (paired permutation) test of the mean change, by person or by workshop.

    Null hypothesis: the changes (with `clusters`: the changes of a whole workshop together) are as likely to have
    come out with the opposite sign.

    before, after  (n,) scores of the same people; NaN = missing, such pairs are left out.
    clusters       (n,) workshop labels, or None. With them, a workshop's people flip together; who has no label (NaN,
                   None, "") is left out.
    rng            for random sign patterns where the exact distribution is out of reach; default: seed 1.

    Exact with up to 36 people or workshops, and beyond where the changes are whole multiples of one unit that is coarse
    enough (answers on a scale, means of items, two decimals: n · Σ|change| up to 60,000,000 units); otherwise 99,999
    random patterns, p = (count + 1) / 100,000. What differs by no more than rounding makes of it (64 · 2.2e-16 of the
    largest score, for each change of a sum) is alike. Limits: with fewer than six people (or
    workshops) no p-value of .05 exists (`smallest_p`).

    Sources: [1] Fisher (1935), The Design of Experiments, §21. [2] R `exactRankTests::perm.test(paired = TRUE)`.
    [3] Phipson & Smyth (2010), Stat. Appl. Genetics Mol. Biol. 9, 39 (the + 1).

    >>> sign_flip([1, 2, 3, 4, 5, 6], [2, 4, 4, 7, 6, 9])
    SignFlip(estimate=1.8333333333333333, p_value=0.03125, n=6, clusters=None, method='exact', smallest_p=0.03125, caveat=None)
    """
    check_rng(rng)
    labels, there = (None, None) if clusters is None else labelled(clusters)
    before, after = column(before, "before"), column(after, "after")
    same_length(before=before, after=after, clusters=labels)
    if labels is not None and not there.all():
        before, after, labels = before[there], after[there], labels[there]
    before, after, kept, caveat = complete_pairs(before, after)
    n = len(before)
    if caveat or n == 0:
        return SignFlip(None, None, n, None if labels is None else 0, "exact", None, caveat or Caveat.NO_DATA)
    yardstick = magnitude(before, after)
    estimate, dust, count = centre(after - before, yardstick), rounding(yardstick), None
    change = without_dust(after - before, dust)
    if labels is not None:
        numbers, count = cluster_numbers(labels[kept])
        dust = rounding(yardstick, float(np.bincount(numbers).max()))
        change = without_dust(np.bincount(numbers, change, count), dust)
    moving = change[change != 0.0]
    if len(moving) == 0:
        return SignFlip(estimate, 1.0, n, count, "exact", 1.0, Caveat.NOBODY_CHANGED)
    smallest = max(0.5 ** (len(moving) - 1), SMALLEST_P)
    p_value, used = _flip_p(moving, dust, rng)
    few = Caveat.FEW_FOR_P if smallest > 0.05 else None
    return SignFlip(
        estimate, p_value, n, count, used, smallest, few or (Caveat.SIMULATED if used == "random" else None)
    )


def without_dust(change: np.ndarray, dust: float) -> np.ndarray:
    """Changes whose sizes differ by at most `dust` made exactly equal, and those up to it made exactly 0.

    Each is compared with the smallest of its kind, not with its neighbour: many close neighbours are no tie.
    """
    size = np.abs(change)
    size = np.where(size <= dust, 0.0, size)
    order = np.argsort(size, kind="stable")
    ordered = size[order]
    new = np.diff(ordered, prepend=-np.inf) > dust
    starts = np.flatnonzero(new)
    ends = np.append(starts[1:], len(ordered)) - 1
    for start, end in (
        zip(starts, ends, strict=True) if (ordered[ends] - ordered[starts] > dust).any() else ()
    ):
        first = start
        while ordered[end] - ordered[first] > dust:
            first += int(np.searchsorted(ordered[first : end + 1], ordered[first] + dust, side="right"))
            new[first] = True
    merged = np.empty_like(size)
    merged[order] = ordered[new][np.cumsum(new) - 1]
    return np.copysign(merged, change)


def doubled_ranks(size: np.ndarray) -> np.ndarray:
    """Twice the midranks: whole numbers."""
    _, inverse, counts = np.unique(size, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (2 * ends - counts + 1)[inverse].astype(np.int64)


def _tied(size: np.ndarray) -> int:
    """How many people share the size of their change with another."""
    counts = np.unique(size, return_counts=True)[1]
    return int(counts[counts > 1].sum())


def _exact_p(terms: np.ndarray, distance: int) -> float:
    """P(|Σ ±a_i| ≥ distance) for whole positive numbers a_i, all sign patterns equally likely.

    Works with Σ over the + terms, u = (Σ ±a_i + Σ a_i) / 2, so that the grid has Σ a_i + 1 points.
    """
    divisor = int(np.gcd.reduce(terms))
    terms, distance = np.sort(terms // divisor), -(-distance // divisor)
    total = int(terms.sum())
    weights = np.zeros(total + 1)
    weights[0], reached = 1.0, 0
    for term in terms:
        grown = weights[: reached + term + 1] * 0.5
        grown[term:] += 0.5 * weights[: reached + 1]
        reached += int(term)
        weights[: reached + 1] = grown
    low = (total - distance) // 2
    return min(1.0, max(2.0 * float(weights[: low + 1].sum()), SMALLEST_P)) if distance > 0 else 1.0


def _flip_p(change: np.ndarray, dust: float, rng: np.random.Generator | None) -> tuple[float, str]:
    terms = _grid(np.abs(change), dust)
    if terms is not None:
        signed = np.where(change > 0, terms, -terms)
        return _exact_p(terms, abs(int(signed.sum()))), "exact"
    reach = abs(float(change.sum())) - dust * len(change)
    if len(change) <= HALVES_UP_TO:
        return _halves_p(np.abs(change), reach), "exact"
    rng = rng or np.random.default_rng(1)
    sizes = np.sort(np.abs(change))  # whose sign is drawn when goes neither by rows nor by names
    count, left = 0, RANDOM_PATTERNS
    while left:
        size = min(left, max(1, 4_000_000 // len(change)))
        signs = rng.integers(0, 2, (size, len(change)), dtype=np.int8)
        count += int((np.abs(2.0 * (signs @ sizes) - sizes.sum()) >= reach).sum())
        left -= size
    return (count + 1) / (RANDOM_PATTERNS + 1), "random"


def _grid(size: np.ndarray, dust: float) -> np.ndarray | None:
    """The sizes as whole multiples of one unit, or None if there is no such unit that is coarse enough.

    The unit is the greatest common divisor of sizes that are each off by up to `dust`, with what that makes of it.
    """
    values, total = np.unique(size), float(size.sum())
    unit, off = float(values[0]), dust
    while total <= unit * min(GRID_POINTS, GRID_STEPS / len(size)):
        whole = np.rint(values / unit)
        allowed = dust + whole * off
        if allowed[-1] > unit / 8:  # anything would pass for a multiple
            return None
        wrong = np.abs(values - whole * unit) - allowed
        worst = int(np.argmax(wrong))
        if wrong[worst] > 0.0:
            unit, off = _common(float(values[worst]), dust, unit, off)
            continue
        unit = float(values @ whole) / float(whole @ whole)  # of all sizes together: off by less
        if np.abs(values - whole * unit).max() > 2.0 * dust:
            return None
        return np.rint(size / unit).astype(np.int64)
    return None


def _common(large: float, off_large: float, small: float, off_small: float) -> tuple[float, float]:
    """Euclid's greatest common divisor of two numbers that are off by so much, and how much it is off."""
    whole, dust = large, off_large
    while small > off_small:
        times = round(large / small)
        rest, off = abs(large - times * small), off_large + times * off_small
        large, off_large, small, off_small = small, off_small, rest, off
    times = round(whole / large)
    if times * off_large > large / 8:
        return large, off_large
    return (
        whole / times,
        dust / times,
    )  # it goes into the first number so often: off by less than on Euclid's way


def _halves_p(size: np.ndarray, reach: float) -> float:
    """P(|Σ ±a_i| ≥ reach) by all sums of one half against the sorted sums of the other."""
    first, second = _all_sums(size[::2]), np.sort(_all_sums(size[1::2]))
    above = len(second) - np.searchsorted(second, reach - first, side="left")
    share = float(above.sum()) / (float(len(first)) * len(second))
    return min(1.0, 2.0 * share) if reach > 0.0 else 1.0


def _all_sums(size: np.ndarray) -> np.ndarray:
    sums = np.zeros(1)
    for value in size:
        sums = np.concatenate([sums - value, sums + value])
    return sums
