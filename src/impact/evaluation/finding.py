"""One finding: a scale, a contrast and a group of people, from scores to the sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from impact import stats
from impact.evaluation import change, designs, findings
from impact.evaluation.benchmark import benchmark_of
from impact.evaluation.claims import Basis, Evidence, claim
from impact.evaluation.designs import Estimate
from impact.evaluation.effects import effect_size
from impact.evaluation.grounds import finding_licence
from impact.evaluation.labels import Labels, scale_title
from impact.evaluation.level import Level
from impact.evaluation.licences import Licence
from impact.evaluation.notes import Kept, caveats_of, loss_codes, sample_codes
from impact.evaluation.people import Sample
from impact.evaluation.sensitivity import no_summary
from impact.evaluation.setting import Setting
from impact.evaluation.verdicts import verdict
from impact.evaluation.wording import words
from impact.instruments.model import Scale
from impact.plans.model import Contrast, Outcome


def change_finding(
    setting: Setting,
    outcome: Outcome,
    contrast: Contrast,
    side: str | None,
    sample: Sample,
    reliability: float | None,
    asked_before: int,
    groups: Sequence[Kept],
    level: Level | None = None,
) -> dict[str, Any]:
    """The finding on the change of one group (a side, or None for all), or on the difference two arms made.

    `asked_before`: people with a score before, followed or not; `groups`: the arms, or else the sides, and how many
    of each were kept; `level`: the subgroup that they are. Keys that begin with _ are for disclosure only.
    """
    plan, scale = setting.plan, setting.instrument.scale[outcome.scale]
    in_family = outcome.role == "primary"
    enough = min(_groups(setting, sample)) >= max(plan.minimum_n, 1)
    plain = _estimate(setting, sample, plan.level) if enough else designs.withheld(plan, sample, setting.ran)
    wide = _simultaneous(setting, sample, plain) if in_family else None
    subgroup = ({"side": side} if side else {}) | ({level.item: level.value} if level else {})
    found = base_finding(setting, outcome, contrast, subgroup, sample, plain, wide)
    lost_from = [Kept("", asked_before, sample.n)] if setting.is_one_group else groups
    licence = finding_licence(setting, contrast, sample, plain, lost_from, _groups(setting, sample))
    blocks, codes = _people_blocks(setting, scale, sample, plain, reliability, found["verdict"], enough)
    if enough:
        codes += sample_codes(setting, scale, sample, plain, asked_before) + loss_codes(setting, groups)
    return found | {
        **_levels(setting, sample, enough),
        **blocks,
        "benchmark": benchmark_of(setting, outcome, blocks.get("effect_size")),
        "caveats": caveats_of(setting, sample, plain, codes, groups),
        "tests": _tests(setting, sample, plain, in_family),
        **claims_of(setting, outcome, side, sample, plain, wide, licence, None, found["planned"], level),
        "_is_alike": _is_change_alike(setting, sample),
        "_groups": _groups(setting, sample),
        "_rows": sample.rows,
    }


def base_finding(
    setting: Setting,
    outcome: Outcome,
    contrast: Contrast,
    subgroup: dict[str, Any],
    sample: Sample,
    plain: Estimate,
    wide: dict[str, Any] | None,
    direction: str | None = None,
) -> dict[str, Any]:
    plan = setting.plan
    decisive = wide if wide is not None else {"low": plain.low, "high": plain.high}
    direction = direction or setting.instrument.scale[outcome.scale].direction
    return {
        "scale": outcome.scale,
        "contrast": contrast.name,
        "subgroup": subgroup,
        "role": outcome.role,
        "planned": setting.planned(outcome.scale, contrast.name, subgroup, outcome.role),
        "estimator": plain.estimator,
        "n": sample.n,
        "clusters": plain.clusters,
        "singletons": plain.singletons,
        "before": findings.no_level(),
        "after": findings.no_level(),
        "arms": None,
        "estimate": findings.no_estimate(plan.level)
        | {name: getattr(plain, name) for name in ("value", "std_error", "df", "low", "high")}
        | {"simultaneous": wide},
        "tests": [],
        "effect_size": findings.no_effect_size(),
        "benchmark": None,
        "reliable_change": findings.no_reliable_change(),
        "sesoi": plan.sesoi_of(outcome),
        "verdict": verdict(decisive["low"], decisive["high"], plan.sesoi_of(outcome), direction),
        "sensitivity": [],
        "sensitivity_summary": no_summary(),
        "claim": None,
        "caveats": [],
        "suppressed": False,
    }


def _groups(setting: Setting, sample: Sample) -> list[int]:
    """Sizes of the groups whose answers a finding is about."""
    if setting.is_one_group:
        return [sample.n]
    treated = int(sample.treated.sum())
    return [treated, sample.n - treated]


def _estimate(setting: Setting, sample: Sample, level: float) -> Estimate:
    return designs.estimate(setting.plan, sample, level, setting.ran, setting.is_nested, setting.is_blocked)


def _simultaneous(setting: Setting, sample: Sample, plain: Estimate) -> dict[str, Any]:
    """The same interval at the level at which all primary ones hold together (Bonferroni)."""
    level = stats.simultaneous_level(setting.plan.level, setting.family)
    wide = plain
    if plain.low is not None:
        wide = designs.at_level(plain, level) or _estimate(setting, sample, level)
    return {"low": wide.low, "high": wide.high, "level": level, "family": setting.family}


def _levels(setting: Setting, sample: Sample, enough: bool) -> dict[str, Any]:
    """Averages before and after; with two arms those of the workshop arm, and both under `arms`."""
    if not enough:
        return {}
    if setting.is_one_group:
        return {"before": findings.level(sample.before), "after": findings.level(sample.after)}
    arms = {}
    for name, mask in (("workshop", sample.treated), ("comparison", ~sample.treated)):
        before, after = findings.level(sample.before[mask]), findings.level(sample.after[mask])
        arms[name] = {"n": int(mask.sum()), "before": before, "after": after}
    return {"before": arms["workshop"]["before"], "after": arms["workshop"]["after"], "arms": arms}


def _people_blocks(
    setting: Setting,
    scale: Scale,
    sample: Sample,
    plain: Estimate,
    reliability: float | None,
    decided: str | None,
    enough: bool,
) -> tuple[dict[str, Any], list[str]]:
    """Effect size and single people's change, and the codes of their caveats."""
    if not enough:
        return {}, ["too_few_people"]
    treated = sample if setting.is_one_group else sample.where(sample.treated)
    if (
        setting.plan.design == "retrospective_pre"
    ):  # what is remembered has no error of measurement to count by
        size = effect_size(setting.plan, sample, plain, decided)
        return {"effect_size": size}, ["no_single_people"]
    block, codes = change.reliable_change(treated, reliability, scale.direction, setting.labels.language)
    size = effect_size(setting.plan, sample, plain, decided)
    return {"effect_size": size, "reliable_change": block}, codes


def _tests(setting: Setting, sample: Sample, plain: Estimate, in_family: bool) -> list[dict[str, Any]]:
    """The plan's default first; beside it, for one group, the plain paired t, never instead of it."""
    if plain.p_value is None:
        return []
    tests = [test_of(plain, setting.family if in_family else None)]
    if setting.is_one_group and plain.estimator != "paired_t":
        beside = designs.paired(sample, setting.plan.level)
        tests += [test_of(beside, None)] if beside.p_value is not None else []
    return tests


def test_of(found: Estimate, family: int | None) -> dict[str, Any]:
    # Bonferroni, as the simultaneous intervals: p_adjusted < 1 − level exactly where zero lies outside.
    return {
        "name": found.estimator,
        "statistic": found.statistic,
        "df": found.df,
        "p_value": found.p_value,
        "p_adjusted": None if family is None else min(1.0, found.p_value * family),
        "adjustment": None if family is None else "bonferroni",
    }


def claims_of(
    setting: Setting,
    outcome: Outcome,
    side: str | None,
    sample: Sample,
    plain: Estimate,
    wide: dict[str, Any] | None,
    licence: Licence,
    difference: tuple[str, ...] | None = None,
    planned: bool = False,
    level: Level | None = None,
) -> dict[str, Any]:
    """`claim`, and as `_claim_without_levels` what is said where averages may not be shown: neither the arms'
    changes, nor an end of the scale that would tell the average before."""
    full = _evidence(setting, sample, plain, wide, difference is not None)
    kept = replace(full, before=None, arms=None)
    named = who(setting.labels, side, difference is not None and level is None)
    if level is not None and difference is None:
        named = level.who(named, setting.labels.language)
    claims = [
        _claim(setting, outcome, side, sample, plain, one, licence, difference, named, planned)
        for one in (full, kept)
    ]
    return {"claim": claims[0], "_claim_without_levels": claims[1], "_who": named}


def _evidence(
    setting: Setting, sample: Sample, plain: Estimate, wide: dict[str, Any] | None, is_difference: bool
) -> Evidence:
    decisive = wide or {"low": plain.low, "high": plain.high, "family": 1}
    before, arms = None, None
    if plain.value is not None and setting.is_one_group and not is_difference:
        before = float(sample.before.mean())
    if plain.value is not None and not setting.is_one_group:
        arms = tuple(float(sample.change[mask].mean()) for mask in (sample.treated, ~sample.treated))
    return Evidence(
        value=plain.value,
        low=decisive["low"],
        high=decisive["high"],
        level=setting.plan.level,
        family=decisive["family"],
        before=before,
        arms=arms,
        is_alike=not {"nobody_changed", "all_changed_alike"}.isdisjoint(plain.caveats),
    )


def _claim(
    setting: Setting,
    outcome: Outcome,
    side: str | None,
    sample: Sample,
    plain: Estimate,
    evidence: Evidence,
    licence: Licence,
    difference: tuple[str, ...] | None,
    named: str,
    planned: bool,
) -> dict[str, Any]:
    plan = setting.plan
    sesoi = plan.sesoi_of(outcome)
    direction = "none" if difference else setting.instrument.scale[outcome.scale].direction
    comparison = None if setting.is_one_group else int((~sample.treated).sum())
    return claim(
        licence,
        verdict(evidence.low, evidence.high, sesoi, direction),
        evidence,
        title=scale_title(setting.instrument, outcome.scale, setting.labels, side),
        who=named,
        basis=Basis(sample.n, plain.clusters, comparison),
        sesoi=sesoi,
        language=setting.labels.language,
        difference=difference,
        arm_means=plan.arm_means,
        is_planned=planned,
    )


def _is_change_alike(setting: Setting, sample: Sample) -> bool:
    """Whether the people of a group all changed by the same amount, so that one of them knows the others' change."""
    masks = [np.ones(sample.n, dtype=bool)] if setting.is_one_group else [sample.treated, ~sample.treated]
    return any(mask.any() and float(np.ptp(sample.change[mask])) < findings.ALIKE for mask in masks)


def who(labels: Labels, side: str | None, both: bool = False) -> str:
    """Whom a sentence is about."""
    general = words(labels.language)["sides"]
    return labels.sides.get(side, side) if side else general["two_sides" if both else "everybody"]
