"""Intervals that all hold together, for a family of correlated outcomes and sides."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from impact.stats.caveats import Caveat
from impact.stats.clustered import Numbers, mean_change_cr2
from impact.stats.columns import check_confidence, cluster_numbers, column, labelled, same_length
from impact.stats.distributions import t_quantile, two_sided_t

POINTS = 30_000
RANDOM_POINTS = 1
HAIR = 1e-8
FEWEST_DF_FOR_EACH = 6.0
"""The correlations of k estimates are trusted from 6 (k − 1) degrees of freedom on; below, they are not used."""


@dataclass(frozen=True)
class Simultaneous:
    """One entry an estimate. `method`: `max_t` (correlations used), `bonferroni`, or `single` (a family of one).

    critical    what each standard error was multiplied with
    p_adjusted  smallest simultaneous level at which the interval would touch zero
    """

    low: Numbers
    high: Numbers
    critical: Numbers
    p_adjusted: Numbers
    method: str
    confidence: float
    caveat: str | None = None


@dataclass(frozen=True, eq=False)
class MeanChanges:
    """Mean changes of several outcomes of the same people, with their joint CR2 covariance (k, k); NaN-free or None."""

    estimates: Numbers
    std_errors: Numbers
    df: Numbers
    covariance: np.ndarray | None
    n: tuple[int, ...]
    clusters: int
    caveat: str | None = None


def mean_changes_cr2(changes: Any, clusters: Any) -> MeanChanges:
    """Mean changes of several outcomes and their joint CR2 covariance, for `simultaneous_intervals`.

    Null hypothesis: none is tested here.

    changes   (n, k) after − before; NaN = missing, left out for its column only.
    clusters  (n,) workshop labels of one kind; who has none (NaN, None, "") is left out.

    Each diagonal entry is the squared standard error of `mean_change_cr2`. Limits: the rank of the covariance is below
    the number of workshops; outcomes that nobody changed in have no place in it (`caveat`, covariance None).

    Source: [1] Bell & McCaffrey (2002), Survey Methodology 28, 169–181, for several outcomes at once.

    >>> found = mean_changes_cr2([[1, 2], [2, 2], [3, 5], [2, 1], [4, 4], [6, 3]], ["a", "a", "b", "b", "c", "c"])
    >>> [round(v, 4) for v in found.estimates], [round(float(v), 4) for v in found.covariance[0]]
    ([3.0, 2.8333], [1.0833, 0.4167])
    """
    X = np.asarray(changes, dtype=np.float64)
    if X.ndim != 2:
        raise ValueError(f"changes must have two dimensions, they have {X.ndim}")
    labels, there = labelled(clusters)
    same_length(changes=X, clusters=labels)
    X = X[there]
    numbers, count = cluster_numbers(labels[there])
    fits = [mean_change_cr2(values, numbers) for values in X.T]
    columns = (tuple(getattr(f, name) for f in fits) for name in ("estimate", "std_error", "df"))
    estimates, errors, degrees = columns
    n = tuple(fit.n for fit in fits)
    failed = [fit.caveat for fit in fits if fit.std_error is None]
    if failed:
        return MeanChanges(estimates, errors, degrees, None, n, count, failed[0])
    scores = np.zeros((count, len(fits)))
    for k, values in enumerate(X.T):
        seen = ~np.isnan(values)
        size = np.bincount(numbers[seen], minlength=count) / n[k]
        sums = np.bincount(numbers[seen], values[seen] - estimates[k], count) / n[k]
        scores[:, k] = sums / np.sqrt(1.0 - size)
    return MeanChanges(estimates, errors, degrees, scores.T @ scores, n, count)


def simultaneous_intervals(
    estimates: Any, covariance: Any, df: Any, confidence: float = 0.95
) -> Simultaneous:
    """Intervals that hold all together with the stated confidence.

    Null hypothesis: all true values are zero; rejected where one interval leaves out zero.

    estimates   (k,) any units.
    covariance  (k, k) of the estimates (`mean_changes_cr2`), or (k,) squared standard errors: correlations unknown.
    df          degrees of freedom, one number, or (k,) one an estimate; inf: the normal.
    confidence  of the family, between 0 and 1.

    Where df allow (at least 6 (k − 1)), the critical value is that of the largest of k correlated |t| (Genz and
    Bretz's method with fixed points; two or three outcomes within 0.001 of R's, five to ten strongly correlated ones
    within 0.004); with different df the correlated normal tells the level and
    each t its quantile. Below, estimated correlations are too rough (with 4 workshops the family would be covered in
    85 % instead of 95 %), and the level is shared out by Bonferroni. Never narrower than single intervals, never wider
    than Bonferroni's. Limits: estimates close to normal, and a covariance that is itself estimated well enough.

    Sources: [1] Hothorn, Bretz & Westfall (2008), Biometrical Journal 50, 346–363. [2] Genz & Bretz (2009),
    Computation of Multivariate Normal and t Probabilities. [3] R `multcomp`, `mvtnorm::qmvt(tail = "both.tails")`.

    >>> result = simultaneous_intervals([1.0, 2.0], [[1.0, 0.5], [0.5, 1.0]], df=20)
    >>> result.method, round(result.critical[0], 2), [round(v, 1) for v in result.low]
    ('max_t', 2.38, [-1.4, -0.4])
    """
    check_confidence(confidence)
    values = column(estimates, "estimates")
    k, V = len(values), np.asarray(covariance, dtype=np.float64)
    degrees = np.broadcast_to(np.asarray(df, dtype=np.float64), (k,))
    if V.shape not in ((k,), (k, k)):
        raise ValueError(f"covariance must be ({k},) or ({k}, {k}), it is {V.shape}")
    if V.ndim == 2 and not np.allclose(V, V.T, rtol=1e-8, atol=0.0, equal_nan=True):
        raise ValueError("covariance must be symmetric")
    own = V if V.ndim == 1 else np.diag(V)
    none = (None,) * k
    if k == 0 or not (np.isfinite(values).all() and np.isfinite(V).all() and (degrees > 0.0).all()):
        return Simultaneous(
            none, none, none, none, "none", confidence, Caveat.NOT_FINITE if k else Caveat.NO_DATA
        )
    if not (own > 0.0).all():
        return Simultaneous(none, none, none, none, "none", confidence, Caveat.NO_VARIATION)
    errors = np.sqrt(own)
    statistics = np.abs(values) / errors
    shared = 1.0 - (1.0 - confidence) / k
    widest = np.array([t_quantile(d, shared) for d in degrees])
    p_values = np.array([two_sided_t(t, d) for t, d in zip(statistics, degrees, strict=True)])
    if k > 1 and V.ndim == 2 and degrees.min() >= FEWEST_DF_FOR_EACH * (k - 1):
        method, critical, adjusted = (
            "max_t",
            *_max_t(V / np.outer(errors, errors), degrees, confidence, statistics),
        )
        single = np.array([t_quantile(d, confidence) for d in degrees])
        critical = np.clip(critical, single, widest)
        adjusted = np.clip(adjusted, p_values, np.minimum(1.0, k * p_values))
    else:
        method, critical = "bonferroni" if k > 1 else "single", widest
        adjusted = np.minimum(1.0, k * p_values)
    reach = critical * errors
    rows = (values - reach, values + reach, critical, adjusted)
    return Simultaneous(*(tuple(float(v) for v in row) for row in rows), method, confidence)


def _max_t(
    R: np.ndarray, df: np.ndarray, confidence: float, statistics: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Critical values and adjusted p-values of the largest |t|."""
    from scipy.optimize import brentq
    from scipy.special import ndtr, ndtri

    order = np.lexsort((-np.abs(R).sum(axis=0), df))  # the same family in another order: the same result
    # scipy's multivariate t is wrong for a singular matrix; a hair off it, it is right to 1e-5.
    R = (1.0 - HAIR) * R[np.ix_(order, order)] + HAIR * np.eye(len(R))
    free = float(df[0]) if df.min() == df.max() else math.inf

    def missed(limit: float) -> float:
        return 1.0 - _inside(limit, R, free)

    lowest, highest = (t_quantile(free, level) for level in (confidence, 1.0 - (1.0 - confidence) / len(R)))
    # Where one estimate repeats another exactly the lower end is the answer, and rounding may put it outside.
    limit = float(brentq(lambda c: missed(c) - (1.0 - confidence), lowest - 0.05, highest + 0.05, xtol=1e-6))
    if np.isfinite(free):
        return np.full(len(df), limit), np.array([missed(t) for t in statistics])
    as_normal = -ndtri(np.array([two_sided_t(t, d) for t, d in zip(statistics, df, strict=True)]) / 2)
    level = 2.0 * float(ndtr(limit)) - 1.0
    return np.array([t_quantile(d, level) for d in df]), np.array([missed(t) for t in as_normal])


def _inside(limit: float, R: np.ndarray, df: float) -> float:
    """Chance that all |t| stay within the limit; df inf is the normal. The same points every time."""
    from scipy.stats import multivariate_normal, multivariate_t

    fixed, reach = np.random.default_rng(RANDOM_POINTS), np.full(len(R), limit)
    if np.isfinite(df):
        chance = multivariate_t.cdf(
            reach, shape=R, df=df, lower_limit=-reach, allow_singular=True, maxpts=POINTS, random_state=fixed
        )
    else:
        chance = multivariate_normal.cdf(
            reach,
            cov=R,
            lower_limit=-reach,
            allow_singular=True,
            maxpts=POINTS,
            abseps=1e-6,
            releps=1e-6,
            rng=fixed,
        )
    return float(chance)
