"""A primary finding beside the published distribution of effects that its plan names.

Compared only where design and standardiser are the finding's own: the change of one group holds time, practice and
events as well, so published differences between randomised groups are no yardstick for it, and the same points over
another spread are another number. Where they are not the same, the reason is said in words and no number is given.

Shrinking: if true effects of such studies are normal with the published mean μ and spread τ, and this one was
estimated as y with variance v, then given y the true effect is normal with mean (τ²·y + v·μ)/(τ² + v) and variance
τ²·v/(τ² + v) (Efron & Morris 1975, JASA 70, 311: empirical Bayes, μ and τ taken as known). √v is half the finding's
own interval over the normal quantile, so that few degrees of freedom count as what they are: less is known.
Unit: the finding's effect size; its sign is that of the finding, so an entry is turned where less is hoped for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from impact.evaluation import findings
from impact.evaluation.isolates import named, numbered
from impact.evaluation.setting import Setting
from impact.evaluation.wording import worded_in, words
from impact.plans.benchmarks import Benchmark, benchmarks
from impact.plans.model import Outcome, Plan
from impact.stats.distributions import normal_quantile

PUBLISHED_AS = {
    "one_group": "one_group_change", "comparison": "comparison_between", "randomised": "randomised_between",
}  # fmt: skip
STANDARDISED_BY = {
    ("one_group", "g_av"): "average_sd", ("one_group", "g_z"): "change_sd", ("one_group", "g_before"): "before_sd",
    ("comparison", "g_before"): "pooled_sd_before", ("randomised", "g_before"): "pooled_sd_before",
    ("comparison", "g_after"): "pooled_sd_after", ("randomised", "g_after"): "pooled_sd_after",
}  # fmt: skip


def benchmark_of(setting: Setting, outcome: Outcome, size: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The block of a finding on `outcome`; `size`: its effect size, None if there is none."""
    direction = setting.instrument.scale[outcome.scale].direction
    size = size or findings.no_effect_size()
    return benchmark_block(setting.plan, outcome.role, direction, size, setting.labels.language)


def benchmark_block(
    plan: Plan, role: str, direction: str, size: Mapping[str, Any], language: str
) -> dict[str, Any] | None:
    """The block `benchmark` of a finding: None if it is not primary or the plan names none.

    size  the finding's block `effect_size`. `low`, `high`: the published prediction interval.
    """
    if plan.benchmark is None or role != "primary":
        return None
    entry = benchmarks()[plan.benchmark]
    code = _refused(plan, direction, entry)
    sign = -1.0 if direction == "lower" else 1.0
    ends = [None, None]
    if code is None and entry.prediction_low is not None:
        ends = sorted((sign * entry.prediction_low, sign * entry.prediction_high))
    shrunken = no_shrinking()
    if code is None:
        shrunken, missing = _shrunken(entry, size, plan.level, sign)
    told = code or missing
    catalogue = words(worded_in(language, "benchmark"))
    forms = catalogue["benchmark"]
    values = {**named(catalogue, title=entry.title), "design": forms["designs"][entry.design]}
    return {
        "id": entry.id,
        "comparable": code is None,
        "reason": None if told is None else {"code": told, "text": forms["reasons"][told].format(**values)},
        "low": ends[0],
        "high": ends[1],
        "shrunken": shrunken,
        "text": _text(catalogue, entry, size, ends, shrunken) if code is None else None,
        "source": entry.source,
        "words": entry.words,
    }


def no_shrinking() -> dict[str, None]:
    return {"value": None, "low": None, "high": None}


def _refused(plan: Plan, direction: str, entry: Benchmark) -> str | None:
    """Why the entry is no yardstick, if it is none. Never depends on the data."""
    if entry.design != PUBLISHED_AS.get(plan.design):
        is_lot = entry.design == "randomised_between"
        return "lot_for_one_group" if is_lot and plan.design == "one_group" else "other_design"
    if STANDARDISED_BY.get((plan.design, plan.effect_size)) not in entry.standardisers:
        return "other_standardiser"
    return "no_direction" if direction == "none" else None


def _shrunken(
    entry: Benchmark, size: Mapping[str, Any], level: float, sign: float
) -> tuple[dict[str, float | None], str | None]:
    if entry.tau is None:
        return no_shrinking(), "no_spread_published"
    if size["value"] is None or size["low"] is None or size["high"] is None or size["high"] <= size["low"]:
        return no_shrinking(), "no_effect_size"
    quantile = normal_quantile(level)
    variance = ((size["high"] - size["low"]) / 2 / quantile) ** 2
    share = entry.tau**2 / (entry.tau**2 + variance)
    value = share * size["value"] + (1 - share) * sign * entry.value
    reach = quantile * (share * variance) ** 0.5
    return {"value": value, "low": value - reach, "high": value + reach}, None


def _text(
    catalogue: Mapping[str, Any],
    entry: Benchmark,
    size: Mapping[str, Any],
    ends: list[Any],
    shrunken: dict[str, Any],
) -> str:
    parts = ["published" if ends[0] is not None else "published_mean"]
    parts += ["shrunken"] if shrunken["value"] is not None else []
    numbers = {
        "mean": entry.value, "published_low": ends[0], "published_high": ends[1], "value": shrunken["value"],
        "low": shrunken["low"], "high": shrunken["high"],
    }  # fmt: skip
    written = {
        key: f"{number:+.2f}".replace("-", "−") for key, number in numbers.items() if number is not None
    }
    values = named(catalogue, title=entry.title, name=size["name"] or "") | numbered(catalogue, **written)
    return " ".join(catalogue["benchmark"][part].format(k=entry.k, **values) for part in parts)
