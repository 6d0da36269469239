"""Workshops against people who were in none: clusters in one arm only, and unequal variances.

The default of this design. Its parts: the slope of after on before is taken from differences inside workshops and
among the comparison people; each workshop counts by the precision of its adjusted mean, 1 / (τ² + σ² / people), with
Hedges and Olkin's τ²; its variance is the larger of what the spread of the workshops and what the model says; and
Welch's degrees of freedom join the arms, but not beyond `MOST_DF` a workshop: a spread of few workshops that happens to
come out small would make them jump.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from impact.stats.caveats import Caveat
from impact.stats.columns import (
    DUST,
    check_confidence,
    cluster_numbers,
    column,
    labelled,
    magnitude,
    same_length,
    unusable,
)
from impact.stats.distributions import t_quantile, two_sided_t

MOST_DF = 2.0
"""Degrees of freedom are at most so many times J − 1. Set by simulation on other seeds than those of the published
table (docs/methods.md, “Calibration”)."""


@dataclass(frozen=True)
class PartiallyNested:
    """The adjusted difference, workshops − comparison. None where it cannot be computed; `caveat` says why.

    slope   of after on before, inside workshops and among the comparison people
    icc     share of the variance of adjusted scores in the workshop arm that lies between workshops, 0 or more
    n       people in all; `clusters` workshops; `individuals` comparison people
    """

    estimate: float | None
    std_error: float | None
    df: float | None
    statistic: float | None
    p_value: float | None
    low: float | None
    high: float | None
    n: int
    clusters: int
    individuals: int
    slope: float | None = None
    icc: float | None = None
    caveat: str | None = None


def partially_nested(
    after: Any, before: Any, arm: Any, clusters: Any, confidence: float = 0.95
) -> PartiallyNested:
    """Difference between people in workshops and people on their own, adjusted for the score before.

    Null hypothesis: at the same score before, the mean score after is the same in both arms.

    after       (n,) scores, any unit; NaN = missing, such rows are left out.
    before      (n,) scores before, or None: then the scores after are compared as they are.
    arm         (n,) 1 (True) in a workshop, 0 (False) in the comparison.
    clusters    (n,) workshop labels of one kind; a person in a workshop without one (NaN, None, "") is left out, and
                those of comparison people are not read.
    confidence  of the interval, between 0 and 1.

    The estimate is that of the average workshop as well as of the average person where the two agree; with τ² above
    zero a large workshop counts less than its people. Limits: one workshop or one comparison person: no interval.
    J workshops: at most 2(J − 1) degrees of freedom, so that two or three can find only a very large difference (a
    caveat says so). The type I error from four workshops on is at most 6 % on the published grid (correlation .6, ICC
    up to .2), near 1 % where workshops do not differ, and up to 7 % beyond it (ICC .4; own simulation,
    docs/methods.md).

    Sources: [1] Roberts & Roberts (2005), Clinical Trials 2, 152–162. [2] Candlish et al. (2018), BMC Medical
    Research Methodology 18, 105. [3] Hedges & Olkin (1985), Statistical Methods for Meta-Analysis, ch. 9 (τ²; R
    `metafor::rma(method = "HE")`). [4] Welch (1947), Biometrika 34, 28–35.

    >>> result = partially_nested([5, 6, 7, 4, 6, 8, 4, 5, 3, 5], None, [1] * 6 + [0] * 4, [1, 1, 2, 2, 3, 3] + [0] * 4)
    >>> round(result.estimate, 4), round(result.std_error, 4), round(result.df, 3), result.individuals
    (1.75, 0.7862, 4.0, 4)
    """
    check_confidence(confidence)
    after, arm = column(after, "after"), column(arm, "arm")
    adjusting = before is not None
    before = column(before, "before") if adjusting else np.zeros(len(after))
    labels, there = labelled(clusters)
    same_length(after=after, before=before, arm=arm, clusters=labels)
    kept = (there | (arm == 0.0)) & ~(np.isnan(after) | np.isnan(before) | np.isnan(arm))
    after, before, arm, labels = after[kept], before[kept], arm[kept], labels[kept]
    if not np.isin(arm, (0.0, 1.0)).all():
        raise ValueError("arm must be 1 (workshop) or 0 (comparison)")
    grouped = arm == 1.0
    numbers, count = cluster_numbers(labels[grouped])
    alone = int((~grouped).sum())
    caveat = unusable(magnitude(after, before))
    if caveat:
        return _nothing(len(after), count, alone, None, caveat)
    if count == 0 or alone == 0:
        return _nothing(len(after), count, alone, None, Caveat.ONE_ARM if len(after) else Caveat.NO_DATA)
    yardstick = magnitude(after, before)
    y, x = after - after.mean(), before - before.mean()
    workshops = _means(y[grouped], x[grouped], numbers, count)
    others = _means(y[~grouped], x[~grouped], np.zeros(alone, np.intp), 1)
    return _estimate(workshops, others, yardstick, confidence, adjusting)


@dataclass(frozen=True)
class _Arm:
    """Means of each cluster, and sums of squares and products of the differences from them."""

    sizes: np.ndarray
    y: np.ndarray
    x: np.ndarray
    yy: float
    xy: float
    xx: float

    @property
    def n(self) -> int:
        return int(self.sizes.sum())

    def leftover(self, slope: float) -> float:
        return max(self.yy - 2.0 * slope * self.xy + slope**2 * self.xx, 0.0)


def _means(y: np.ndarray, x: np.ndarray, numbers: np.ndarray, count: int) -> _Arm:
    sizes = np.bincount(numbers, minlength=count).astype(np.float64)
    means = np.bincount(numbers, y, count) / sizes, np.bincount(numbers, x, count) / sizes
    dy, dx = y - means[0][numbers], x - means[1][numbers]
    return _Arm(sizes, *means, float(dy @ dy), float(dx @ dy), float(dx @ dx))


def _estimate(
    workshops: _Arm, others: _Arm, yardstick: float, confidence: float, adjusting: bool
) -> PartiallyNested:
    J, alone, n = len(workshops.sizes), others.n, workshops.n + others.n
    dust = (DUST * yardstick) ** 2 * n
    xx = workshops.xx + others.xx
    slope = (workshops.xy + others.xy) / xx if xx > dust else 0.0
    shown = slope if adjusting else None
    free = n - J - 1 - (xx > dust)
    means = workshops.y - slope * workshops.x
    inside = workshops.leftover(slope) / (workshops.n - J) if workshops.n > J else 0.0
    between, weights = _weights(means, workshops.sizes, inside, dust)
    mean, x_mean = float(weights @ means), float(weights @ workshops.x)
    estimate = mean - float(others.y[0] - slope * others.x[0])
    estimate = 0.0 if abs(estimate) <= DUST * yardstick else estimate
    icc = between / (between + inside) if between + inside > 0.0 else None
    counts = {"n": n, "clusters": J, "individuals": alone}
    if J < 2 or alone < 2 or free < 1:
        caveat = Caveat.ONE_CLUSTER_IN_ARM if J < 2 else Caveat.TOO_FEW
        return _nothing(n, J, alone, estimate, caveat, shown)
    robust = float(np.sum((weights * (means - mean)) ** 2 / (1.0 - weights)))
    model = float(np.sum(weights**2 * (between + inside / workshops.sizes)))
    parts = [max(robust, model), others.leftover(slope) / (alone - 1) / alone]
    degrees: list[float] = [J - 1, alone - 1]
    if xx > dust:  # the slope is estimated too; it matters only where the arms differed before
        error = (workshops.leftover(slope) + others.leftover(slope)) / free
        parts.append((x_mean - float(others.x[0])) ** 2 * error / xx)
        degrees.append(free)
    variance = sum(parts)
    if variance <= dust / n**2:
        return _nothing(n, J, alone, estimate, Caveat.NO_VARIATION, shown)
    welch = variance**2 / sum(part**2 / free for part, free in zip(parts, degrees, strict=True))
    df = min(welch, MOST_DF * (J - 1))
    error = math.sqrt(variance)
    statistic, reach = estimate / error, t_quantile(df, confidence) * error
    return PartiallyNested(
        estimate, error, df, statistic, two_sided_t(statistic, df), estimate - reach, estimate + reach,
        **counts, slope=shown, icc=icc, caveat=Caveat.FEW_CLUSTERS_IN_ARM if J < 4 else None,
    )  # fmt: skip


def _weights(means: np.ndarray, sizes: np.ndarray, inside: float, dust: float) -> tuple[float, np.ndarray]:
    """τ² between workshops (Hedges and Olkin's), and each workshop's share."""
    spread = float(means.var(ddof=1)) if len(means) > 1 else 0.0
    between = max(spread - inside * float((1.0 / sizes).mean()), 0.0)
    variances = between + inside / sizes
    weights = 1.0 / variances if variances.min() > dust / sizes.sum() else sizes
    return between, weights / weights.sum()


def _nothing(
    n: int, clusters: int, alone: int, estimate: float | None, caveat: Caveat, slope: float | None = None
) -> PartiallyNested:
    return PartiallyNested(
        estimate, None, None, None, None, None, None, n, clusters, alone, slope, None, caveat
    )
