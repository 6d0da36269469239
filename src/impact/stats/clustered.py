"""Least squares with people in workshops: CR2 variance and Satterthwaite (Bell–McCaffrey) degrees of freedom.

The algebra is in `cr2.py`.
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
    design_matrix,
    labelled,
    magnitude,
    same_length,
    unusable,
)
from impact.stats.cr2 import Pieces, by_cluster, single_rows
from impact.stats.distributions import t_quantile, two_sided_t
from impact.stats.orthonormal import factored

FEW = 2.0
"""Degrees of freedom up to which a result carries a caveat."""

Numbers = tuple[float | None, ...]


@dataclass(frozen=True)
class ClusteredFit:
    """One entry a column of X. Entries that cannot be computed are None, and `caveat` says why."""

    params: Numbers
    std_errors: Numbers
    df: Numbers
    statistics: Numbers
    p_values: Numbers
    low: Numbers
    high: Numbers
    n: int
    clusters: int
    caveat: str | None = None


@dataclass(frozen=True)
class MeanChange:
    """A mean change with its clustered test. Fields that cannot be computed are None, and `caveat` says why."""

    estimate: float | None
    std_error: float | None
    df: float | None
    statistic: float | None
    p_value: float | None
    low: float | None
    high: float | None
    n: int
    clusters: int
    caveat: str | None = None

    @property
    def params(self) -> Numbers:
        return (self.estimate,)

    @property
    def std_errors(self) -> Numbers:
        return (self.std_error,)

    @property
    def statistics(self) -> Numbers:
        return (self.statistic,)

    @property
    def p_values(self) -> Numbers:
        return (self.p_value,)


def mean_change_cr2(change: Any, clusters: Any, confidence: float = 0.95) -> MeanChange:
    """Mean change with the CR2 standard error: the default analysis of one group in several workshops.

    Null hypothesis: over all workshops of this kind, the mean change is zero.

    change      (n,) after − before of each person, any unit; NaN = missing, left out with its cluster label.
    clusters    (n,) workshop of each person, labels of one kind; who has none (NaN, None, "") is left out.
                People of one workshop may resemble each other in any way, people of different ones are independent.
    confidence  of the interval, between 0 and 1.

    Every person weighs the same, so a large workshop weighs more. Degrees of freedom fall when workshops
    differ in size: with equal ones they are G − 1.

    Limits: two workshops leave one degree of freedom: the interval is very wide, as it must be, and a
    caveat says so. One workshop: no interval. Type I error 3.7–5.6 % with 2 to 24 workshops of 3 to 40 people (own simulation,
    docs/methods.md, “Calibration”).

    Sources: [1] Bell & McCaffrey (2002), Survey Methodology 28, 169–181. [2] Pustejovsky & Tipton (2018),
    J. Business & Economic Statistics 36, 672–683. [3] R `clubSandwich::coef_test(lm(change ~ 1), "CR2")`.

    >>> result = mean_change_cr2([1, 2, 3, 2, 4, 6, 5, 5], ["a", "a", "a", "b", "b", "c", "c", "c"])
    >>> round(result.estimate, 4), round(result.std_error, 4), round(result.df, 4), round(result.p_value, 4)
    (3.5, 1.1328, 1.9231, 0.0953)
    """
    y = column(change, "change")
    labels, _ = labelled(clusters)
    same_length(change=y, clusters=labels)
    fit = ols_cr2(y, np.ones((len(y), 1)), labels, confidence)
    caveat = fit.caveat
    if fit.std_errors[0] is None and fit.params[0] is not None and caveat == Caveat.NO_VARIATION:
        caveat = Caveat.CONSTANT_SHIFT if fit.params[0] else Caveat.NOBODY_CHANGED
    first = (fit.params, fit.std_errors, fit.df, fit.statistics, fit.p_values, fit.low, fit.high)
    return MeanChange(*(numbers[0] for numbers in first), fit.n, fit.clusters, caveat)


def ols_cr2(
    y: Any, X: Any, clusters: Any, confidence: float = 0.95, pieces: Pieces | None = None
) -> ClusteredFit:
    """Ordinary least squares with CR2 standard errors and Satterthwaite degrees of freedom.

    Null hypothesis, for each column of X: its coefficient is zero.

    y           (n,) outcome, any unit; NaN = missing.
    X           (n, p) columns; an intercept must be among them if wanted. A row with a NaN in y or X is left out.
    clusters    (n,) labels of one kind, rows without one (NaN, None, "") left out; or `None`: every row is its own
                cluster (then CR2 is HC2).
    confidence  of the intervals, between 0 and 1.
    pieces      of these X and clusters, no row of which lacks anything, where they are made already.

    Limits: fewer rows than columns, or columns that repeat each other: no result. A coefficient that one cluster alone
    decides (its column, with or without others, is zero in all other clusters: the only workshop of an arm) has no
    standard error: it is None, where other packages print one that leaves that cluster's own luck out (type I error
    50 % with one workshop against nine).

    Sources: as `mean_change_cr2`; [4] Imbens & Kolesár (2016), Review of Economics and Statistics 98, 701–712.

    >>> X = [[1, 0], [1, 0], [1, 0], [1, 0], [1, 1], [1, 1], [1, 1], [1, 1]]
    >>> fit = ols_cr2([1, 2, 3, 5, 4, 6, 7, 9], X, [1, 1, 2, 2, 3, 3, 4, 4])
    >>> [round(v, 4) for v in fit.params], round(fit.std_errors[1], 4), round(fit.df[1], 4)
    ([2.75, 3.75], 1.9526, 2.0)
    """
    check_confidence(confidence)
    y, X = column(y, "y"), design_matrix(X)
    labels, there = (None, None) if clusters is None else labelled(clusters)
    same_length(y=y, X=X, clusters=labels)
    if labels is not None and not there.all():
        y, X, labels = y[there], X[there], labels[there]
    with np.errstate(all="ignore"):
        is_finite = bool(np.isfinite(y.sum() + X.sum()))  # one quick pass; the masks below only if needed
    if not is_finite:
        kept = ~(np.isnan(y) | np.isnan(X).any(axis=1))
        y, X = y[kept], X[kept]
        labels = None if labels is None else labels[kept]
    n, p = X.shape
    if pieces is not None:
        numbers, count = pieces.numbers, pieces.count
    else:
        numbers, count = (None, n) if labels is None else cluster_numbers(labels)
    caveat = unusable(magnitude(y), *(magnitude(values) for values in X.T)) if n else Caveat.NO_DATA
    if caveat:
        return _undefined((None,) * p, n, count, caveat)
    factor = (pieces.Q, pieces.L) if pieces is not None else factored(X)
    if factor is None:
        return _undefined((None,) * p, n, count, Caveat.COLLINEAR if n >= p else Caveat.TOO_FEW_FOR_MODEL)
    Q, L = factor
    beta = L @ (Q.T @ y)
    residuals = y - X @ beta
    params = tuple(float(b) for b in _without_dust(beta, L, y))
    if n == p or count < 2:
        few = Caveat.TOO_FEW if n == 1 else Caveat.TOO_FEW_FOR_MODEL
        return _undefined(params, n, count, few if n == p else Caveat.ONE_CLUSTER)
    sigma = math.sqrt(float(residuals @ residuals) / (n - p))
    if sigma <= DUST * magnitude(y):
        return _undefined(params, n, count, Caveat.NO_VARIATION)
    if numbers is None or count == n:
        variances, dfs = single_rows(Q, L, residuals)
    else:
        variances, dfs = by_cluster(pieces or Pieces(Q, L, numbers, count), residuals)
    return _fit(params, variances, dfs, sigma * np.sqrt(np.einsum("jk,jk->j", L, L)), n, count, confidence)


def _without_dust(beta: np.ndarray, L: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A coefficient below what rounding alone can make of y is 0."""
    reach = DUST * np.sqrt(np.einsum("jk,jk->j", L, L) * len(y)) * magnitude(y)
    return np.where(np.abs(beta) <= reach, 0.0, beta)


def _fit(
    params: tuple[float, ...], variances: np.ndarray, dfs: list[float | None], model: np.ndarray, n: int, count: int,
    confidence: float,
) -> ClusteredFit:  # fmt: skip
    rows: list[tuple[float | None, ...]] = []
    none_left = Caveat.NO_SPREAD_BETWEEN_CLUSTERS if count < n else Caveat.NO_VARIATION
    caveat = Caveat.ONE_CLUSTER_DECIDES if None in dfs else None
    for estimate, variance, df, expected in zip(params, variances, dfs, model, strict=True):
        error = math.sqrt(variance)
        if df is None:
            rows.append((None,) * 6)
            continue
        if df == 0.0 or error <= 1e-9 * expected:
            caveat = caveat if caveat == Caveat.ONE_CLUSTER_DECIDES else none_left
            rows.append((None,) * 6)
            continue
        statistic, reach = estimate / error, t_quantile(df, confidence) * error
        rows.append((error, df, statistic, two_sided_t(statistic, df), estimate - reach, estimate + reach))
        caveat = caveat or few_df(df)
    errors, degrees, statistics, p_values, low, high = zip(*rows, strict=True)
    return ClusteredFit(params, errors, degrees, statistics, p_values, low, high, n, count, caveat)


def few_df(df: float | None) -> Caveat | None:
    """The caveat beside numbers that stand on almost no degrees of freedom."""
    return Caveat.FEW_DF if df is not None and df <= FEW + 1e-9 else None


def caveat_of(fit: ClusteredFit, position: int) -> str | None:
    """The caveat of one coefficient: what is wrong with another one is not its own."""
    return few_df(fit.df[position]) if fit.std_errors[position] is not None else fit.caveat


def _undefined(params: Numbers, n: int, clusters: int, caveat: Caveat) -> ClusteredFit:
    none = (None,) * len(params)
    return ClusteredFit(params, none, none, none, none, none, none, n, clusters, caveat)
