"""Mean change of paired scores, and difference of two separate sets of people: the t tests."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from impact.stats.caveats import Caveat
from impact.stats.columns import (
    centre,
    check_confidence,
    column,
    complete_pairs,
    magnitude,
    spread,
    unusable,
)
from impact.stats.distributions import t_quantile, two_sided_t


@dataclass(frozen=True)
class TTest:
    """A mean (difference) with its t test. Fields that cannot be computed are None, and `caveat` says why."""

    estimate: float | None
    std_error: float | None
    statistic: float | None
    df: float | None
    p_value: float | None
    low: float | None
    high: float | None
    n: int
    caveat: str | None = None


def paired_t(before: Any, after: Any, confidence: float = 0.95) -> TTest:
    """Paired t test of the mean change, after − before.

    Null hypothesis: in the population, the mean change is zero.

    before, after  (n,) scores of the same people in the same order, any unit; NaN = missing. People who
                   miss one of the two are left out; `n` counts the others.
    confidence     of the interval `low` … `high`, between 0 and 1.

    Limits: takes people as independent. People of one workshop are not: with an intraclass correlation of
    the change of .2 it rejects a true null hypothesis in 22 % of cases (use `mean_change_cr2`). Assumes roughly normal
    changes when n is small. No test with n < 2, if nobody changed, or if all changed by the same amount.

    Sources: [1] Student (1908), Biometrika 6, 1–25. [2] R `t.test(after, before, paired = TRUE)`.

    >>> result = paired_t([1, 2, 3, 4], [2, 4, 3, 7])
    >>> result.estimate, round(result.statistic, 4), result.df, round(result.p_value, 4)
    (1.5, 2.3238, 3.0, 0.1027)
    """
    check_confidence(confidence)
    before, after, _, caveat = complete_pairs(before, after)
    n = len(before)
    if caveat or n == 0:
        return _undefined(n, None, caveat or Caveat.NO_DATA)
    yardstick = magnitude(before, after)
    change = after - before
    estimate = centre(change, yardstick)
    if n < 2:
        return _undefined(n, estimate, Caveat.TOO_FEW)
    deviation = spread(change, yardstick)
    if deviation == 0.0:
        return _undefined(n, estimate, Caveat.CONSTANT_SHIFT if estimate else Caveat.NOBODY_CHANGED)
    return _t_test(estimate, deviation / math.sqrt(n), n - 1.0, n, confidence)


def welch_t(first: Any, second: Any, confidence: float = 0.95) -> TTest:
    """Welch's t test of the difference of two means, first − second; the spreads may differ.

    Null hypothesis: the two populations have the same mean.

    first (n1,), second (n2,)  scores of separate people, same unit; NaN = missing, left out. `n` = n1 + n2.
    confidence                 of the interval, between 0 and 1.

    Limits: independent people. Needs two people on each side, and some spread on one of them.

    Sources: [1] Welch (1947), Biometrika 34, 28–35. [2] R `t.test(first, second)`.

    >>> result = welch_t([1, 2, 3, 4], [2, 4, 6, 8, 10])
    >>> result.estimate, round(result.df, 4), round(result.p_value, 4)
    (-3.5, 5.5208, 0.0691)
    """
    check_confidence(confidence)
    samples = [values[~np.isnan(values)] for values in (column(first, "first"), column(second, "second"))]
    n = sum(len(values) for values in samples)
    caveat = unusable(magnitude(*samples))
    if caveat:
        return _undefined(n, None, caveat)
    if not all(len(values) for values in samples):
        return _undefined(n, None, Caveat.NO_DATA)
    yardstick = magnitude(*samples)
    estimate = float(samples[0].mean() - samples[1].mean())
    estimate = 0.0 if abs(estimate) <= 1e-10 * yardstick else estimate
    if min(len(values) for values in samples) < 2:
        return _undefined(n, estimate, Caveat.TOO_FEW)
    parts = [spread(values, yardstick) ** 2 / len(values) for values in samples]
    if sum(parts) == 0.0:
        return _undefined(n, estimate, Caveat.NO_VARIATION)
    df = sum(parts) ** 2 / sum(p * p / (len(v) - 1) for p, v in zip(parts, samples, strict=True))
    return _t_test(estimate, math.sqrt(sum(parts)), df, n, confidence)


def _t_test(estimate: float, std_error: float, df: float, n: int, confidence: float) -> TTest:
    statistic, reach = estimate / std_error, t_quantile(df, confidence) * std_error
    p_value = two_sided_t(statistic, df)
    return TTest(estimate, std_error, statistic, df, p_value, estimate - reach, estimate + reach, n)


def _undefined(n: int, estimate: float | None, caveat: Caveat) -> TTest:
    return TTest(estimate, None, None, None, None, None, None, n, caveat)
