"""Effect sizes, always named, sign kept."""

from __future__ import annotations

from typing import Any

import numpy as np

from impact import stats
from impact.evaluation import findings
from impact.evaluation.claims import size_word
from impact.evaluation.designs import Estimate
from impact.evaluation.people import Sample
from impact.plans.model import Plan
from impact.stats.distributions import small_sample_correction

_STANDARDIZERS = {"g_av": "average", "g_z": "change", "g_before": "before"}


def effect_size(plan: Plan, sample: Sample, plain: Estimate, verdict: str | None) -> dict[str, Any]:
    """As the plan names it; `interval` tells where its limits come from.

    Where the estimate is clustered, and with two arms, these are the estimate's own limits over the standardiser,
    Hedges' correction applied, so that they never say more than the verdict (`interval` is then the name of the
    estimator; the standardiser is taken as known). Else people are independent, and the interval is that of
    `stats.standardized_mean_change`. A size has no word where the verdict does not tell which way it goes.
    """
    name = plan.effect_size
    empty = findings.no_effect_size(name)
    if not sample.change.any():  # nobody changed: an effect of 0 with an interval would claim certainty
        return empty
    if not plan.has_arms:
        is_clustered = plain.estimator == "mean_change_cr2"
        result = stats.standardized_mean_change(
            sample.before, sample.after, standardizer=_STANDARDIZERS[name], with_interval=not is_clustered
        )
        value, low, high, interval = result.value, result.low, result.high, result.interval
        if is_clustered:
            low, high = _over(result.standardizer, sample.n, plain)
            interval, value = plain.estimator, None if low is None else value
    else:
        value, low, high = _over_pooled_sd(sample, plain, name)
        interval = plain.estimator
    if value is None:
        return empty
    rule = plan.words
    return {
        "name": name,
        "value": value,
        "low": low,
        "high": high,
        "interval": interval,
        "word": None if verdict in (None, "inconclusive") else size_word(value, rule),
        "rule": rule,
    }


def _over(unit: float | None, n: int, plain: Estimate) -> tuple[float | None, float | None]:
    """The limits of a clustered mean change in units of `unit`."""
    if not unit or plain.low is None or plain.high is None:
        return None, None
    factor = small_sample_correction(n - 1) / unit
    return plain.low * factor, plain.high * factor


def _over_pooled_sd(
    sample: Sample, plain: Estimate, name: str
) -> tuple[float | None, float | None, float | None]:
    """`g_before` and `g_after`: over the pooled SD of both arms, before or after."""
    scores = sample.after if name == "g_after" else sample.before
    first, second = scores[sample.treated], scores[~sample.treated]
    df = len(first) + len(second) - 2
    squares = ((first - first.mean()) ** 2).sum() + ((second - second.mean()) ** 2).sum()
    if df < 2 or squares <= 0 or plain.low is None:
        return None, None, None
    factor = (1 - 3 / (4 * df - 1)) / float(np.sqrt(squares / df))  # Hedges 1981, approximation
    return plain.value * factor, plain.low * factor, plain.high * factor
