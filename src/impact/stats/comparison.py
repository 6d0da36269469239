"""Workshop against comparison: analysis of covariance."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from impact.stats.caveats import Caveat
from impact.stats.clustered import ClusteredFit, Numbers, caveat_of, ols_cr2
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
from impact.stats.cr2 import pieces_of
from impact.stats.distributions import t_quantile, two_sided_t
from impact.stats.widening import widening_of

WORKING_ICC = 0.015
"""Of the default analysis of two arms: small, so that little power is lost where workshops are alike; set by
simulation (docs/methods.md, “Calibration”), the same for all data."""


@dataclass(frozen=True)
class Ancova:
    """The adjusted difference between the arms; `fit` has every coefficient: intercept, before, arm, covariates.

    Fields that cannot be computed are None, and `caveat` says why.
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
    fit: ClusteredFit
    caveat: str | None = None


def ancova(
    after: Any, before: Any, arm: Any, clusters: Any = None, covariates: Any = None, confidence: float = 0.95,
    working_icc: float = 0.0,
) -> Ancova:  # fmt: skip
    """Difference between the arms afterwards, for people who were alike before.

    Null hypothesis: at the same score before, the mean score after is the same in both arms.

    after, before  (n,) scores, any unit; NaN = missing, such rows are left out.
    arm            (n,) 1 (True) in the workshop, 0 (False) in the comparison; the estimate is workshop − comparison.
    clusters       (n,) labels of one kind: workshops, and for ungrouped comparison people one label each; rows
                   without one (NaN, None, "") are left out. `None`: everybody is on their own, with HC2 errors.
    covariates     (n, c) further columns measured before, or None. They and `before` are centred.
    confidence     of the interval, between 0 and 1.
    working_icc    0: plain CR2, as R prints it. Above: the variance is multiplied with `cr2_widening`'s factor; the
                   default analysis of two arms takes `WORKING_ICC`.

    Standard errors are CR2 with Satterthwaite degrees of freedom. Limits: with fewer than two clusters in an
    arm, workshop and arm cannot be told apart, and there is no interval and no p-value. With four workshops of 3 to
    40 people that are not alike the type I error of plain CR2 is about 5.7 % (6.4 % in one published cell), with the widening about 5.2 % (5.9 %). With ungrouped
    comparison people and few workshops it reaches 10 %: use `partially_nested` (own simulation, docs/methods.md).

    Sources: [1] Bell & McCaffrey (2002), Survey Methodology 28, 169–181. [2] Vickers & Altman (2001), BMJ 323,
    1123. [3] R `clubSandwich::coef_test(lm(after ~ before + arm), "CR2", cluster)`.

    >>> result = ancova([5, 6, 8, 9, 4, 5, 5, 7], [3, 4, 5, 7, 3, 4, 5, 6], [1, 1, 1, 1, 0, 0, 0, 0])
    >>> round(result.estimate, 4), round(result.std_error, 4), round(result.df, 3)
    (1.5045, 0.3729, 4.855)
    """
    check_confidence(confidence)
    after, before, arm = column(after, "after"), column(before, "before"), column(arm, "arm")
    extra = np.empty((len(after), 0)) if covariates is None else np.asarray(covariates, dtype=np.float64)
    extra = extra[:, None] if extra.ndim == 1 else extra
    labels, there = (None, True) if clusters is None else labelled(clusters)
    same_length(after=after, before=before, arm=arm, clusters=labels, covariates=extra)
    kept = there & ~(np.isnan(after) | np.isnan(before) | np.isnan(arm) | np.isnan(extra).any(axis=1))
    after, before, arm, extra = after[kept], before[kept], arm[kept], extra[kept]
    labels = None if labels is None else labels[kept]
    if not np.isin(arm, (0.0, 1.0)).all():
        raise ValueError("arm must be 1 (workshop) or 0 (comparison)")
    numeric = np.column_stack([before, extra])
    caveat = unusable(magnitude(after), *(magnitude(values) for values in numeric.T))
    if caveat is None and (len(after) == 0 or arm.min() == arm.max()):
        caveat = Caveat.ONE_ARM if len(after) else Caveat.NO_DATA
    if caveat:
        return _result(_nothing(numeric.shape[1] + 2, len(after), caveat), caveat)
    yardsticks = np.abs(numeric).max(axis=0)
    numeric -= numeric.mean(axis=0)
    numeric[:, np.sqrt(np.mean(numeric**2, axis=0)) <= DUST * yardsticks] = 0.0
    X = np.column_stack([np.ones(len(after)), numeric[:, 0], arm, numeric[:, 1:]])
    pieces = None if labels is None else pieces_of(X, labels)
    fit = ols_cr2(after, X, labels, confidence, pieces)
    if pieces is not None and working_icc > 0.0:
        fit = _widened(fit, widening_of(pieces, working_icc), confidence)
    return _result(fit, _arm_caveat(arm, labels if pieces is None else pieces.numbers))


def _widened(fit: ClusteredFit, factors: tuple[float, ...], confidence: float) -> ClusteredFit:
    """The same coefficients with variances multiplied."""
    rows: list[tuple[float | None, ...]] = []
    for value, error, df, factor in zip(fit.params, fit.std_errors, fit.df, factors, strict=True):
        if value is None or error is None or df is None:
            rows.append((None,) * 5)
            continue
        wider = error * math.sqrt(factor)
        reach = t_quantile(df, confidence) * wider
        rows.append((wider, value / wider, two_sided_t(value / wider, df), value - reach, value + reach))
    errors, statistics, p_values, low, high = zip(*rows, strict=True)
    return replace(fit, std_errors=errors, statistics=statistics, p_values=p_values, low=low, high=high)


def _arm_caveat(arm: np.ndarray, labels: np.ndarray | None) -> Caveat | None:
    if labels is None:
        numbers, count = np.arange(len(arm)), len(arm)
    else:
        numbers, count = cluster_numbers(labels)
    in_arm = [int((np.bincount(numbers[arm == value], minlength=count) > 0).sum()) for value in (0.0, 1.0)]
    if max(in_arm) < 2:
        return Caveat.ARM_IS_CLUSTER
    return Caveat.ONE_CLUSTER_IN_ARM if min(in_arm) < 2 else None


def _nothing(columns: int, n: int, caveat: Caveat) -> ClusteredFit:
    none = (None,) * columns
    return ClusteredFit(none, none, none, none, none, none, none, n, 0, caveat)


def _result(fit: ClusteredFit, caveat: Caveat | None) -> Ancova:
    """The arm's entry of the fit. If the arms cannot be judged, the fit loses its test of the arm as well."""
    names = ("std_errors", "df", "statistics", "p_values", "low", "high")
    if caveat:
        fit = replace(fit, **{name: _without_arm(getattr(fit, name)) for name in names})
    rest = (getattr(fit, name)[2] for name in names)
    return Ancova(fit.params[2], *rest, fit.n, fit.clusters, fit, caveat or caveat_of(fit, 2))


def _without_arm(numbers: Numbers) -> Numbers:
    return (*numbers[:2], None, *numbers[3:])
