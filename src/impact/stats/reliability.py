"""Do the items of a scale belong together? Cronbach's alpha and item statistics (omega: omega.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from impact.stats.caveats import Caveat
from impact.stats.columns import (
    DUST,
    check_confidence,
    magnitude,
    unusable,
)
from impact.stats.distributions import f_quantile


@dataclass(frozen=True)
class Reliability:
    """A coefficient with its interval. `n` people answered every item. None where undefined; `caveat` says why.

    `suspects` names items that run against the rest or that everybody answered alike.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    items: int
    caveat: str | None = None
    suspects: tuple[str, ...] = ()


@dataclass(frozen=True)
class ItemTotal:
    """One entry an item: correlation with the sum of the others, and alpha of the others alone."""

    names: tuple[str, ...]
    item_rest: tuple[float | None, ...]
    alpha_if_dropped: tuple[float | None, ...]
    means: tuple[float | None, ...]
    std_deviations: tuple[float | None, ...]
    n: int
    caveat: str | None = None


@dataclass(frozen=True)
class Moments:
    """Means and covariances (n − 1) of the complete rows. Variances that are only dust are exactly 0."""

    n: int
    means: np.ndarray
    covariance: np.ndarray
    names: tuple[str, ...]
    caveat: Caveat | None = None


def cronbach_alpha(items: Any, confidence: float = 0.95, names: Sequence[str] | None = None) -> Reliability:
    """Cronbach's alpha with Feldt's interval.

    Null hypothesis: none is tested.

    items       (n, k) answers, reversed items already turned round; NaN = missing. People who miss an item are
                left out; `n` counts the others.
    confidence  of the interval, between 0 and 1.
    names       (k,) of the items, for the caveat; default: item 1, item 2, …

    A negative alpha is given as it is: it nearly always means that an item was not turned round, and the caveat
    names the items that run against the rest. Limits: needs two items and two people, its interval a third person and
    items that do not all rise and fall by the same amounts; a lower bound of reliability only if items measure one thing; the interval assumes normal, essentially parallel items.

    Sources: [1] Cronbach (1951), Psychometrika 16, 297–334. [2] Feldt (1965), Psychometrika 30, 357–370.
    [3] R `psych::alpha`, `psych::alpha.ci`.

    >>> result = cronbach_alpha([[1, 2, 1], [2, 2, 3], [3, 4, 3], [4, 4, 5], [5, 4, 4]])
    >>> round(result.value, 4), round(result.low, 4), round(result.high, 4), result.n
    (0.9216, 0.6037, 0.9913, 5)
    """
    check_confidence(confidence)
    moments = moments_of(items, names)
    n, k = moments.n, len(moments.names)
    caveat = moments.caveat or (Caveat.TOO_FEW_ITEMS if k < 2 else None)
    total = float(moments.covariance.sum())
    if caveat is None and total <= DUST * max(float(np.trace(moments.covariance)), 1e-300):
        caveat = Caveat.NO_TOTAL_VARIATION
    if (
        caveat == Caveat.NO_TOTAL_VARIATION
    ):  # two items that mirror each other, of which one was not turned round
        words, suspects = _warnings(moments, 0.0)
        return Reliability(None, None, None, n, k, "; ".join(filter(None, (caveat, words))), suspects)
    if caveat:
        return Reliability(None, None, None, n, k, caveat)
    value = alpha_of(moments.covariance)
    if n < 3 or 1.0 - value <= DUST:  # n = 2, or items that differ by a constant: [1, 1] for everybody
        words, suspects = _warnings(moments, value)
        caveat = Caveat.TOO_FEW_FOR_INTERVAL if n < 3 else Caveat.NO_VARIATION
        return Reliability(value, None, None, n, k, "; ".join(filter(None, (caveat, words))), suspects)
    tail = (1.0 - confidence) / 2
    df = n - 1.0, (n - 1.0) * (k - 1)
    low, high = (1.0 - (1.0 - value) * f_quantile(q, *df) for q in (1.0 - tail, tail))
    words, suspects = _warnings(moments, value)
    return Reliability(value, low, high, n, k, words, suspects)


def item_total(items: Any, names: Sequence[str] | None = None) -> ItemTotal:
    """Each item's correlation with the sum of the other items, and alpha without it.

    Null hypothesis: none is tested.

    items  (n, k) answers, reversed items already turned round; NaN = missing, such people are left out.
    names  (k,) of the items; default: item 1, item 2, …

    An item that everybody answered alike has no correlation (None). A negative correlation: the item runs
    against the rest and was probably not turned round. Limits: as `cronbach_alpha`; the correlation is not
    corrected for attenuation.

    Sources: [1] Nunnally & Bernstein (1994), Psychometric Theory, 3rd ed., ch. 8. [2] R `psych::alpha` (r.drop).

    >>> result = item_total([[1, 2, 1], [2, 2, 3], [3, 4, 3], [4, 4, 5], [5, 4, 4]])
    >>> [round(v, 4) for v in result.item_rest], [round(v, 4) for v in result.alpha_if_dropped]
    ([0.9191, 0.8356, 0.8335], [0.8276, 0.9195, 0.8955])
    """
    moments = moments_of(items, names)
    k = len(moments.names)
    if moments.caveat or k < 2:
        none = (None,) * k
        return ItemTotal(
            moments.names, none, none, none, none, moments.n, moments.caveat or Caveat.TOO_FEW_ITEMS
        )
    dropped = tuple(
        alpha_of(np.delete(np.delete(moments.covariance, i, 0), i, 1)) if k > 2 else None for i in range(k)
    )
    means = tuple(float(mean) for mean in moments.means)
    deviations = tuple(float(value) for value in np.sqrt(np.diag(moments.covariance)))
    return ItemTotal(moments.names, item_rest(moments.covariance), dropped, means, deviations, moments.n)


def moments_of(items: Any, names: Sequence[str] | None) -> Moments:
    """Complete rows only. One pass over the memory: a NaN anywhere shows in the products, and only then are rows dropped."""
    X = np.asarray(items, dtype=np.float64)
    if X.ndim != 2:
        raise ValueError(f"items must have two dimensions, people × items, they have {X.ndim}")
    k = X.shape[1]
    if names is not None and len(names) != k:
        raise ValueError(f"there are {k} items and {len(names)} names")
    labels = tuple(names) if names is not None else tuple(f"item {i + 1}" for i in range(k))
    with np.errstate(over="ignore", invalid="ignore"):
        products = X.T @ X
    if np.isnan(products).any():
        X = X[~np.isnan(X).any(axis=1)]
        with np.errstate(over="ignore", invalid="ignore"):
            products = X.T @ X
    n = len(X)
    sizes = (
        ()
        if np.isfinite(products).all() and np.diag(products).min(initial=1.0) > 0.0
        else map(magnitude, X.T)
    )
    caveat = (Caveat.NO_DATA if n == 0 else Caveat.TOO_FEW) if n < 2 else unusable(*sizes, magnitude(X))
    if caveat:
        return Moments(n, np.zeros(k), np.zeros((k, k)), labels, caveat)
    means = np.ones(n) @ X / n
    covariance = (products - n * np.outer(means, means)) / (n - 1)
    size = np.diag(products) / n
    if (np.diag(covariance) < 1e-4 * size).any():  # far from zero with little spread: subtract first
        centred = X - means
        centred -= centred.mean(axis=0)
        covariance = centred.T @ centred / (n - 1)
    flat = np.diag(covariance) <= (DUST**2) * size
    covariance[flat, :] = covariance[:, flat] = 0.0
    return Moments(n, means, covariance, labels)


def alpha_of(covariance: np.ndarray) -> float | None:
    """Alpha of a covariance matrix of k ≥ 2 items; None if their sum does not vary."""
    k, total, own = len(covariance), float(covariance.sum()), float(np.trace(covariance))
    return None if total <= DUST * max(own, 1e-300) else k / (k - 1) * (1.0 - own / total)


def item_rest(covariance: np.ndarray) -> tuple[float | None, ...]:
    """Correlation of each item with the sum of the others; None where one of the two does not vary."""
    own = np.diag(covariance)
    with_rest = covariance.sum(axis=1) - own
    rest = covariance.sum() - 2.0 * with_rest - own
    size = DUST * float(own.sum())
    return tuple(
        float(c / np.sqrt(v * r)) if v > 0.0 and r > size else None
        for c, v, r in zip(with_rest, own, rest, strict=True)
    )


def against_the_rest(moments: Moments) -> tuple[str, ...]:
    """Names of the items with a negative correlation with the sum of the others, by more than rounding."""
    correlations = item_rest(moments.covariance)
    return tuple(n for n, r in zip(moments.names, correlations, strict=True) if r is not None and r < -DUST)


def _warnings(moments: Moments, alpha: float) -> tuple[str | None, tuple[str, ...]]:
    names, against = moments.names, against_the_rest(moments)
    flat = tuple(n for n, v in zip(names, np.diag(moments.covariance), strict=True) if v == 0.0)
    parts = []
    if alpha < -DUST:
        parts.append("alpha is negative: an item was probably not turned round")
    if against:
        parts.append(f"running against the rest: {', '.join(against)}")
    if flat:
        parts.append(f"answered alike by everybody: {', '.join(flat)}")
    return "; ".join(parts) or None, against + flat
