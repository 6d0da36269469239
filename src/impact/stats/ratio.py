"""Ratio of two mean changes of the same people, by Fieller's theorem: the share of a gain that is kept.

Notation. a and b are the two means, V their joint CR2 covariance, t the quantile of their Satterthwaite df. A ratio ρ
belongs to the set if a − ρ b, whose variance is V_aa − 2 ρ V_ab + ρ² V_bb, is not further from 0 than t of its errors:

    (b² − t² V_bb) ρ² − 2 (a b − t² V_ab) ρ + (a² − t² V_aa) ≤ 0

With a single mean CR2's df depend on the sizes of the workshops only, so they are the same for every ρ. Where b is
clearly not zero (b² > t² V_bb) the set is an interval around a/b; else it is everything outside of an interval, or
everything, and there are no limits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from impact.stats.caveats import Caveat
from impact.stats.clustered import ols_cr2
from impact.stats.columns import (
    DUST,
    centre,
    check_confidence,
    cluster_numbers,
    column,
    magnitude,
    same_length,
    unusable,
)
from impact.stats.distributions import t_quantile

ALIKE = 1e-7
"""Relative width below which an interval is rounding and no interval."""


@dataclass(frozen=True)
class Ratio:
    """mean of the numerator / mean of the denominator; None where `caveat` says why.

    covariance  (V_aa, V_ab, V_bb) of the two means
    is_bounded  the denominator is clearly not zero at this confidence, so that the set is an interval
    """

    value: float | None
    low: float | None
    high: float | None
    df: float | None
    numerator: float | None
    denominator: float | None
    covariance: tuple[float, float, float] | None
    is_bounded: bool
    n: int
    clusters: int
    caveat: str | None = None


def ratio_of_means(numerator: Any, denominator: Any, clusters: Any = None, confidence: float = 0.95) -> Ratio:
    """Ratio of two mean changes of the same people with Fieller's interval.

    Null hypothesis, for each ratio outside of the interval: it is the true one.

    numerator    (n,) for example follow-up − before, any unit; NaN = missing, the person is left out of both.
    denominator  (n,) for example after − before, the same unit.
    clusters     (n,) workshop labels of any kind, or None: everybody on their own (t of n − 1).
    confidence   of the interval, between 0 and 1.

    Limits: one workshop, or one person: no interval. Where the denominator's own interval holds zero there are no
    limits, and the ratio itself says little. Where everybody has the same ratio, or nobody differs from another, there
    is no spread to judge by.

    Sources: [1] Fieller (1954), J. Royal Statistical Society B 16, 175–185. [2] Franz (2007), arXiv:0710.2024 (what the
    unbounded sets mean). [3] Bell & McCaffrey (2002), Survey Methodology 28, 169–181.

    >>> found = ratio_of_means([1, 2, 2, 3, 1, 3], [2, 4, 3, 5, 3, 4], ["a", "a", "b", "b", "c", "c"])
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4), round(found.df, 3)
    (0.5714, 0.3357, 0.6837, 2.0)
    """
    check_confidence(confidence)
    top, bottom = column(numerator, "numerator"), column(denominator, "denominator")
    labels = np.arange(len(top)) if clusters is None else np.asarray(clusters)
    same_length(numerator=top, denominator=bottom, clusters=labels)
    kept = ~(np.isnan(top) | np.isnan(bottom))
    top, bottom, labels = top[kept], bottom[kept], labels[kept]
    n, (numbers, count) = len(top), cluster_numbers(labels)
    caveat = unusable(magnitude(top), magnitude(bottom)) if n else Caveat.NO_DATA
    if caveat:
        return _nothing(None, None, n, count, caveat)
    yardstick = magnitude(top, bottom)
    a, b = centre(top, yardstick), centre(bottom, yardstick)
    if n < 2 or count < 2:
        return _nothing(a, b, n, count, Caveat.TOO_FEW if n < 2 else Caveat.ONE_CLUSTER)
    df = _degrees(top, bottom, numbers)
    if df is None:
        return _nothing(a, b, n, count, Caveat.NO_VARIATION)
    v_aa, v_ab, v_bb = _covariance(top - a, bottom - b, numbers, count)
    found = _fieller(a, b, (v_aa, v_ab, v_bb), t_quantile(df, confidence))
    value = a / b if b else None
    if found is None:
        return Ratio(value, None, None, df, a, b, (v_aa, v_ab, v_bb), False, n, count)
    low, high = found
    if high - low <= ALIKE * max(1.0, abs(low), abs(high)):  # a root of rounding errors is larger than they
        return _nothing(a, b, n, count, Caveat.NO_VARIATION)
    return Ratio(value, min(low, value), max(high, value), df, a, b, (v_aa, v_ab, v_bb), True, n, count)


def _degrees(top: np.ndarray, bottom: np.ndarray, numbers: np.ndarray) -> float | None:
    """Satterthwaite's df of a mean in these workshops, from a column that varies between them; None if none does."""
    fits = (ols_cr2(values, np.ones((len(values), 1)), numbers) for values in (bottom, top))
    return next((fit.df[0] for fit in fits if fit.df[0] is not None), None)


def _covariance(
    top: np.ndarray, bottom: np.ndarray, numbers: np.ndarray, count: int
) -> tuple[float, float, float]:
    """CR2 covariance of two means, from residuals: V_aa, V_ab, V_bb."""
    n = len(top)
    weight = 1.0 / (n * np.sqrt(1.0 - np.bincount(numbers, minlength=count) / n))
    first, second = (np.bincount(numbers, values, count) * weight for values in (top, bottom))
    return float(first @ first), float(first @ second), float(second @ second)


def _fieller(a: float, b: float, V: tuple[float, float, float], t: float) -> tuple[float, float] | None:
    """The limits, or None where the set is not an interval."""
    square = t * t
    leading = b * b - square * V[2]
    if leading <= DUST * b * b or b == 0.0:
        return None
    middle, last = a * b - square * V[1], a * a - square * V[0]
    root = math.sqrt(max(middle * middle - leading * last, 0.0))
    return (middle - root) / leading, (middle + root) / leading


def _nothing(a: float | None, b: float | None, n: int, clusters: int, caveat: Caveat) -> Ratio:
    value = a / b if a is not None and b else None
    return Ratio(value, None, None, None, a, b, None, False, n, clusters, caveat)
