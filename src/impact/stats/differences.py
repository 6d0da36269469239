"""Difference in differences: did those in the workshops change more than the others?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from impact.stats.caveats import Caveat
from impact.stats.clustered import caveat_of, ols_cr2
from impact.stats.columns import (
    check_confidence,
    cluster_numbers,
    column,
    labelled,
    magnitude,
    rounding,
    same_length,
    unusable,
)


@dataclass(frozen=True)
class DifferenceInDifferences:
    """Mean change in the workshop arm − mean change in the comparison; None where `caveat` says why.

    treated, untreated   clusters in each arm (people, where there are no clusters)
    placebo_p            only with a single cluster in an arm: the share of all clusters whose mean change lies as far
                         from that of the rest as the single one's; `smallest_p` is the least that it could be
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
    treated: int
    untreated: int
    placebo_p: float | None = None
    smallest_p: float | None = None
    caveat: str | None = None


def difference_in_differences(
    before: Any, after: Any, arm: Any, clusters: Any = None, covariates: Any = None, confidence: float = 0.95
) -> DifferenceInDifferences:
    """Difference between the arms in mean change, with CR2 standard errors and Satterthwaite degrees of freedom.

    Null hypothesis: without the workshops both arms would have changed alike, and they did.

    before, after  (n,) scores of the same people, any unit; NaN = missing, such rows are left out.
    arm            (n,) 1 (True) in the workshop, 0 (False) in the comparison.
    clusters       (n,) labels of one kind (ungrouped people one label each; rows without one are left out), or None:
                   everybody on their own.
    covariates     (n, c) further columns measured before, or None.
    confidence     of the interval, between 0 and 1.

    Limits: rests on parallel trends, which no test on two waves can show. With a single cluster in an arm every
    package prints a small p-value; here there is none, only where that cluster stands among all (`placebo_p`).
    Where chance decided the arms, `ancova` is more precise.

    Sources: [1] Bell & McCaffrey (2002), Survey Methodology 28, 169–181. [2] Conley & Taber (2011), Review of
    Economics and Statistics 93, 113–125 (few treated clusters). [3] R `clubSandwich::coef_test(lm(change ~ arm))`.

    >>> result = difference_in_differences([3, 4, 5, 7, 3, 4, 5, 6], [5, 6, 8, 9, 4, 5, 5, 7], [1, 1, 1, 1, 0, 0, 0, 0])
    >>> round(result.estimate, 4), round(result.std_error, 4), round(result.df, 3)
    (1.5, 0.3536, 6.0)
    """
    check_confidence(confidence)
    before, after, arm = column(before, "before"), column(after, "after"), column(arm, "arm")
    extra = np.empty((len(after), 0)) if covariates is None else np.asarray(covariates, dtype=np.float64)
    extra = extra[:, None] if extra.ndim == 1 else extra
    labels, there = labelled(np.arange(len(after)) if clusters is None else clusters)
    same_length(before=before, after=after, arm=arm, clusters=labels, covariates=extra)
    kept = there & ~(np.isnan(after) | np.isnan(before) | np.isnan(arm) | np.isnan(extra).any(axis=1))
    before, after, arm, extra, labels = before[kept], after[kept], arm[kept], extra[kept], labels[kept]
    if not np.isin(arm, (0.0, 1.0)).all():
        raise ValueError("arm must be 1 (workshop) or 0 (comparison)")
    numbers, count = cluster_numbers(labels)
    arms = [int((np.bincount(numbers[arm == a], minlength=count) > 0).sum()) for a in (1.0, 0.0)]
    counts = (len(after), count, *arms)
    caveat = unusable(magnitude(before, after), *(magnitude(values) for values in extra.T))
    if caveat:
        return _nothing(counts, None, caveat)
    if min(arms) == 0:
        return _nothing(counts, None, Caveat.ONE_ARM if count else Caveat.NO_DATA)
    X = np.column_stack([np.ones(len(after)), arm, extra - extra.mean(axis=0)])
    # Differences of scores far from zero keep their digits; where all is dust ols_cr2 says so.
    fit = ols_cr2(after - before, X, None if clusters is None else labels, confidence)
    if min(arms) < 2:
        placebo = _placebo(after - before, numbers, count, arm, magnitude(before, after))
        caveat = Caveat.ARM_IS_CLUSTER if max(arms) < 2 else Caveat.ONE_TREATED_CLUSTER
        return _nothing(counts, fit.params[1], caveat, *placebo)
    numbers_of = (fit.params, fit.std_errors, fit.df, fit.statistics, fit.p_values, fit.low, fit.high)
    return DifferenceInDifferences(*(values[1] for values in numbers_of), *counts, caveat=caveat_of(fit, 1))


def _placebo(
    change: np.ndarray, numbers: np.ndarray, count: int, arm: np.ndarray, yardstick: float
) -> tuple[float | None, float | None]:
    """Where the single cluster stands among all, each in turn taken as the single one."""
    if count < 3:
        return None, None
    sums, sizes = np.bincount(numbers, change, count), np.bincount(numbers, minlength=count)
    gaps = np.abs(sums / sizes - (sums.sum() - sums) / (len(change) - sizes))
    in_arm = [np.flatnonzero(np.bincount(numbers[arm == a], minlength=count)) for a in (1.0, 0.0)]
    single = min(in_arm, key=len)[0]
    reach = gaps[single] - rounding(yardstick, math.sqrt(len(change)))
    return float((gaps >= reach).mean()), 1.0 / count


def _nothing(
    counts: tuple[int, ...], estimate: float | None, caveat: Caveat, placebo: float | None = None,
    smallest: float | None = None,
) -> DifferenceInDifferences:  # fmt: skip
    return DifferenceInDifferences(
        estimate, None, None, None, None, None, None, *counts, placebo, smallest, caveat
    )
