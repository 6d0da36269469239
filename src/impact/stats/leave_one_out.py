"""The mean change without each workshop in turn, from the sums of the workshops: exact, no refits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from impact.stats.columns import DUST, check_confidence, cluster_numbers, column, magnitude, same_length
from impact.stats.cr2 import SINGULAR
from impact.stats.distributions import t_quantile


@dataclass(frozen=True, eq=False)
class WithoutEach:
    """One entry a workshop, in the order of the sorted labels: what `mean_change_cr2` gives without it; NaN where
    it gives nothing."""

    estimate: np.ndarray
    std_error: np.ndarray
    df: np.ndarray
    low: np.ndarray
    high: np.ndarray


def mean_change_without_each(change: Any, clusters: Any, confidence: float = 0.95) -> WithoutEach:
    """`mean_change_cr2` of the people of all workshops but one, for each workshop.

    Null hypothesis, for each: over all workshops of this kind, the mean change is zero.

    change      (n,) after − before of each person, any unit; none missing.
    clusters    (n,) workshop of each person, labels of any kind.
    confidence  of the intervals, between 0 and 1.

    With N people, n_g of them in workshop g with sum s_g, and N' = N − n_w: the mean is (S − s_w) / N', and with
    λ_g = n_g / N' the variance is Σ_{g≠w} (s_g − n_g mean)² / (1 − λ_g) / N'². The degrees of freedom depend on the
    n_g alone. Limits: memory G²; with two workshops nothing is left to judge by.

    Source: [1] Bell & McCaffrey (2002), Survey Methodology 28, 169–181: the formulas of `mean_change_cr2`, with one
    column of ones.

    >>> result = mean_change_without_each([1, 2, 3, 2, 4, 6, 5, 5], ["a", "a", "a", "b", "b", "c", "c", "c"])
    >>> result.estimate.round(4).tolist(), result.std_error.round(4).tolist()
    ([4.4, 3.6667, 2.4], [1.1431, 1.6667, 0.4899])
    """
    check_confidence(confidence)
    y, labels = column(change, "change"), np.asarray(clusters)
    same_length(change=y, clusters=labels)
    numbers, count = cluster_numbers(labels)
    sizes = np.bincount(numbers, minlength=count).astype(np.float64)
    sums = np.bincount(numbers, y, count)
    with np.errstate(all="ignore"):
        left = sizes.sum() - sizes
        estimate = (sums.sum() - sums) / left
        share = sizes[None, :] / left[:, None]
        np.fill_diagonal(share, 0.0)
        weight = np.where(1.0 - share > SINGULAR, 1.0 / np.maximum(1.0 - share, SINGULAR), 0.0)
        error = sums[None, :] - sizes[None, :] * estimate[:, None]
        np.fill_diagonal(error, 0.0)
        std_error = np.sqrt((error**2 * weight).sum(axis=1)) / left
        # Satterthwaite with one column, times N': d = λ/(1−λ), |b|² = λ²/(1−λ), tr P = Σ(d − |b|²).
        d, squares = share * weight, share**2 * weight
        trace = (d - squares).sum(axis=1)
        df = trace**2 / ((d * d - 2.0 * d * squares).sum(axis=1) + squares.sum(axis=1) ** 2)
    is_sound = np.isfinite(df) & (trace > 1e-8) & (std_error > DUST * magnitude(y)) & (count > 2)
    reach = np.full(count, np.nan)
    reach[is_sound] = [t_quantile(float(one), confidence) for one in df[is_sound]]
    std_error, df = np.where(is_sound, std_error, np.nan), np.where(is_sound, df, np.nan)
    return WithoutEach(estimate, std_error, df, estimate - reach * std_error, estimate + reach * std_error)
