"""Standardised effects. Each names its formula: on the same data they differ by half and more."""

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
from impact.stats.distributions import noncentrality_limits, normal_quantile, small_sample_correction

STANDARDIZERS = {"average": "g_av", "change": "g_z", "before": "g_before"}


@dataclass(frozen=True)
class EffectSize:
    """`value` is Hedges-corrected; `low` and `high` are an interval for the population's value.

    `standardizer` is the standard deviation that one unit of the effect means, in the unit of the scores;
    `interval` names the method of the interval. None where undefined; `caveat` says why.
    """

    value: float | None
    low: float | None
    high: float | None
    name: str
    n: int
    interval: str
    standardizer: float | None = None
    caveat: str | None = None


def standardized_mean_change(
    before: Any,
    after: Any,
    standardizer: str = "average",
    confidence: float = 0.95,
    with_interval: bool = True,
) -> EffectSize:
    """Mean change, after − before, in standard deviations.

    Null hypothesis: none is tested; an interval that contains 0 goes with a mean change that may be 0.

    before, after  (n,) scores of the same people in the same order; NaN = missing, such pairs are left out.
    standardizer   `average`: `g_av`, the root mean square of the two SDs (the default: on the scale of the
                   scores, uses both waves); `change`: `g_z`, the SD of the changes; `before`: `g_before`,
                   the SD before.
    confidence     of the interval, between 0 and 1.
    with_interval  False: `low` and `high` are None; the noncentral t costs more than all the rest.

    The value is corrected by the exact J(n − 1) [1]. The interval is that of the uncorrected ratio: it is an
    interval for the population's value, so no correction belongs to it (R's effectsize multiplies its limits
    by J as well); at a confidence so low that the corrected value lies outside, it ends there. `g_z`: exact, noncentral t; `g_av`: Algina–Keselman [2]; `g_before`: Bonett [3].

    Limits: people are taken as independent. Needs three pairs. Undefined if the standardiser is 0; `g_z`
    also if all changed by the same amount; then `g_av` and `g_before` have a value without an interval.

    Sources: [1] Hedges (1981), J. Educational Statistics 6, 107–128. [2] Algina & Keselman (2003), Educational
    and Psychological Measurement 63, 537–553. [3] Bonett (2008), Psychological Methods 13, 99–109.

    >>> result = standardized_mean_change([1, 2, 3, 4, 5], [2, 4, 3, 7, 6])
    >>> result.name, round(result.value, 4), round(result.low, 4), round(result.high, 4)
    ('g_av', 0.6058, -0.0047, 1.4794)
    """
    check_confidence(confidence)
    if standardizer not in STANDARDIZERS:
        raise ValueError(f"standardizer must be one of {', '.join(STANDARDIZERS)}, it is {standardizer!r}")
    name = STANDARDIZERS[standardizer]
    method = {"average": "Algina–Keselman", "change": "noncentral t", "before": "Bonett"}[standardizer]
    before, after, _, caveat = complete_pairs(before, after)
    n = len(before)
    if caveat or n < 3:
        few = Caveat.TOO_FEW_FOR_EFFECT_SIZE if n else Caveat.NO_DATA
        return EffectSize(None, None, None, name, n, method, None, caveat or few)
    yardstick = magnitude(before, after)
    change = after - before
    mean, sd_change = centre(change, yardstick), spread(change, yardstick)
    sds = spread(before, yardstick), spread(after, yardstick)
    unit = {"average": math.hypot(*sds) / math.sqrt(2.0), "change": sd_change, "before": sds[0]}[standardizer]
    if unit == 0.0:
        return EffectSize(None, None, None, name, n, method, None, _why_no_unit(standardizer, mean))
    value = small_sample_correction(n - 1) * mean / unit
    if sd_change == 0.0:
        flat = Caveat.CONSTANT_SHIFT if mean else Caveat.NOBODY_CHANGED
        return EffectSize(value, None, None, name, n, method, unit, flat)
    if not with_interval:
        return EffectSize(value, None, None, name, n, method, unit)
    low, high = _change_interval(standardizer, mean, sd_change, unit, n, confidence)
    return EffectSize(value, min(low, value), max(high, value), name, n, method, unit)


def _why_no_unit(standardizer: str, mean: float) -> Caveat:
    if standardizer == "change":
        return Caveat.CONSTANT_SHIFT if mean else Caveat.NOBODY_CHANGED
    return Caveat.NO_VARIATION_BEFORE if standardizer == "before" else Caveat.NO_VARIATION


def _change_interval(
    standardizer: str, mean: float, sd_change: float, unit: float, n: int, confidence: float
) -> tuple[float, float]:
    if standardizer == "before":
        ratio = mean / unit
        error = math.sqrt((sd_change / unit) ** 2 / (n - 1) + ratio**2 / (2 * (n - 1)))
        reach = normal_quantile(confidence) * error
        return ratio - reach, ratio + reach
    root = math.sqrt(n)
    low, high = noncentrality_limits(mean / (sd_change / root), n - 1.0, confidence)
    return low * sd_change / (root * unit), high * sd_change / (root * unit)


def standardized_mean_difference(first: Any, second: Any, confidence: float = 0.95) -> EffectSize:
    """Hedges' g of two separate sets of people, first − second, in pooled standard deviations.

    Null hypothesis: none is tested; an interval that contains 0 goes with means that may be equal.

    first (n1,), second (n2,)  scores, same unit; NaN = missing, left out. `n` = n1 + n2.
    confidence                 of the interval, between 0 and 1.

    The value is corrected by the exact J(n1 + n2 − 2) [1]; the interval is exact for independent people with
    normal scores of equal spread (noncentral t [2]) and is not multiplied by J.
    Limits: needs two people on each side, and three in all.

    Sources: [1] Hedges (1981), J. Educational Statistics 6, 107–128. [2] Cumming & Finch (2001), Educational and
    Psychological Measurement 61, 532–574; R `effectsize::cohens_d`.

    >>> result = standardized_mean_difference([3, 4, 5, 6, 7], [1, 2, 3, 4, 5])
    >>> round(result.value, 4), round(result.low, 4), round(result.high, 4)
    (1.1418, -0.1475, 2.6151)
    """
    check_confidence(confidence)
    samples = [values[~np.isnan(values)] for values in (column(first, "first"), column(second, "second"))]
    sizes = [len(values) for values in samples]
    n, name, method = sum(sizes), "g", "noncentral t"
    caveat = unusable(magnitude(*samples))
    if caveat:
        return EffectSize(None, None, None, name, n, method, None, caveat)
    if min(sizes) < 2:
        few = Caveat.TOO_FEW if min(sizes) else Caveat.NO_DATA
        return EffectSize(None, None, None, name, n, method, None, few)
    yardstick = magnitude(*samples)
    sums = [spread(values, yardstick) ** 2 * (len(values) - 1) for values in samples]
    unit = math.sqrt(sum(sums) / (n - 2))
    if unit == 0.0:
        return EffectSize(None, None, None, name, n, method, None, Caveat.NO_VARIATION)
    difference = float(samples[0].mean() - samples[1].mean()) / unit
    root = math.sqrt(1 / sizes[0] + 1 / sizes[1])
    low, high = noncentrality_limits(difference / root, n - 2.0, confidence)
    value = small_sample_correction(n - 2) * difference
    return EffectSize(value, min(low * root, value), max(high * root, value), name, n, method, unit)
