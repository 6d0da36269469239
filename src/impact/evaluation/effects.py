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

_STANDARDIZERS = {"g_av": "average", "g_z": "change", "g_before": "before"}


def effect_size(plan: Plan, sample: Sample, plain: Estimate) -> dict[str, Any]:
    """As the plan names it. With two arms: the estimate and its interval over the pooled SD before, Hedges'
    correction applied, so that its sign and verdict are the estimate's."""
    name = plan.effect_size
    empty = findings.no_effect_size(name)
    if not sample.change.any():  # nobody changed: an effect of 0 with an interval would claim certainty
        return empty
    if plan.design == "one_group":
        result = stats.standardized_mean_change(
            sample.before, sample.after, standardizer=_STANDARDIZERS[name]
        )
        value, low, high = result.value, result.low, result.high
    else:
        value, low, high = _over_pooled_sd(sample, plain)
    if value is None:
        return empty
    rule = plan.words
    return {
        "name": name,
        "value": value,
        "low": low,
        "high": high,
        "word": size_word(value, rule),
        "rule": rule,
    }


def _over_pooled_sd(sample: Sample, plain: Estimate) -> tuple[float | None, float | None, float | None]:
    first, second = sample.before[sample.treated], sample.before[~sample.treated]
    df = len(first) + len(second) - 2
    squares = ((first - first.mean()) ** 2).sum() + ((second - second.mean()) ** 2).sum()
    if df < 2 or squares <= 0 or plain.low is None:
        return None, None, None
    factor = (1 - 3 / (4 * df - 1)) / float(np.sqrt(squares / df))  # Hedges 1981, approximation
    return plain.value * factor, plain.low * factor, plain.high * factor
