"""One finding: a scale, a contrast and a group of people, from scores to the sentence."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from impact import stats
from impact.evaluation import change, designs, findings
from impact.evaluation.claims import Basis, claim, licence_of
from impact.evaluation.designs import Estimate
from impact.evaluation.effects import effect_size
from impact.evaluation.labels import Labels, scale_title
from impact.evaluation.people import Sample
from impact.evaluation.verdicts import verdict
from impact.evaluation.wording import caveat, words
from impact.instruments.model import Instrument, Scale
from impact.plans.model import Contrast, Outcome, Plan

END_SHARE = 0.15
"""Above this share of people at one end of a scale there is a caveat (stats.md: ceiling and floor)."""
KEPT_SHARE = 0.6


@dataclass(frozen=True)
class Setting:
    """What all findings of one evaluation share. `family`: intervals that must hold together."""

    plan: Plan
    instrument: Instrument
    labels: Labels
    family: int

    @property
    def is_one_group(self) -> bool:
        return self.plan.design == "one_group"


def change_finding(
    setting: Setting,
    outcome: Outcome,
    contrast: Contrast,
    side: str | None,
    sample: Sample,
    reliability: float | None,
    asked_before: int,
) -> dict[str, Any]:
    """The finding on the change of one group (a side, or None for all), or on the difference two arms made.

    `asked_before`: people with a score before, followed or not. Keys that begin with _ are for disclosure only.
    """
    plan, scale = setting.plan, setting.instrument.scale[outcome.scale]
    in_family = outcome.role == "primary"
    enough = min(_groups(setting, sample)) >= max(plan.minimum_n, 1)
    plain = designs.estimate(plan, sample, plan.level) if enough else designs.withheld(plan, sample)
    wide = _simultaneous(setting, sample, plain) if in_family else None
    return _finding(setting, outcome, contrast, {"side": side} if side else {}, sample, plain, wide) | {
        **_levels(setting, sample, enough),
        **_people_blocks(setting, scale, sample, plain, reliability, asked_before, enough),
        "tests": _tests(setting, sample, plain, in_family),
        "claim": _claim(setting, outcome, side, sample, plain, wide),
        "_groups": _groups(setting, sample),
    }


def difference_finding(
    setting: Setting, outcome: Outcome, contrast: Contrast, first: str, second: str, sample: Sample
) -> dict[str, Any]:
    """Side × time: whether the change of `first` and of `second` differ, with its own interval."""
    plan, ids = setting.plan, setting.instrument.side_ids
    is_first = sample.side == ids.index(first)
    groups = [int(is_first.sum()), int((~is_first).sum())]
    enough = min(groups) >= max(plan.minimum_n, 2)
    plain = (
        designs.difference(sample, is_first, plan, plan.level) if enough else designs.withheld(plan, sample)
    )
    # It is not in the family of primary findings, so it is not called primary.
    role = "secondary" if outcome.role == "primary" else outcome.role
    outcome = Outcome(outcome.scale, role, outcome.sesoi)
    found = _finding(setting, outcome, contrast, {"sides": [first, second]}, sample, plain, None, "none")
    names = tuple(setting.labels.sides.get(side, side) for side in (first, second))
    return found | {
        "tests": [_test(plain, None)] if plain.p_value is not None else [],
        "claim": _claim(setting, outcome, None, sample, plain, None, names),
        "caveats": _caveats(setting, plain, [] if enough else ["too_few_people"]),
        "_groups": groups,
    }


def _finding(
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
        "planned": True,
        "estimator": plain.estimator,
        "n": sample.n,
        "clusters": plain.clusters,
        "before": findings.no_level(),
        "after": findings.no_level(),
        "arms": None,
        "estimate": findings.no_estimate(plan.level)
        | {name: getattr(plain, name) for name in ("value", "std_error", "df", "low", "high")}
        | {"simultaneous": wide},
        "tests": [],
        "effect_size": findings.no_effect_size(),
        "reliable_change": findings.no_reliable_change(),
        "sesoi": plan.sesoi_of(outcome),
        "verdict": verdict(decisive["low"], decisive["high"], plan.sesoi_of(outcome), direction),
        "sensitivity": [],
        "claim": None,
        "caveats": [],
        "suppressed": False,
        "_fingerprint": hashlib.blake2b(sample.rows.tobytes(), digest_size=8).hexdigest()
        if len(plan.contrasts) > 1
        else "",
    }


def _groups(setting: Setting, sample: Sample) -> list[int]:
    """Sizes of the groups whose answers a finding is about."""
    if setting.is_one_group:
        return [sample.n]
    treated = int(sample.treated.sum())
    return [treated, sample.n - treated]


def _simultaneous(setting: Setting, sample: Sample, plain: Estimate) -> dict[str, Any]:
    """The same interval at the level at which all primary ones hold together (Bonferroni)."""
    level = stats.simultaneous_level(setting.plan.level, setting.family)
    wide = designs.estimate(setting.plan, sample, level) if plain.low is not None else plain
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
    asked_before: int,
    enough: bool,
) -> dict[str, Any]:
    """Effect size, single people's change, and the caveats."""
    if not enough:
        codes = ["too_few_people"]
        return {"caveats": _caveats(setting, plain, codes)}
    treated = sample if setting.is_one_group else sample.where(sample.treated)
    language = setting.labels.language
    block, codes = change.reliable_change(treated, reliability, scale.direction, language)
    codes += _end_codes(sample, scale.direction)
    if _is_luckily_narrow(sample, plain):
        codes.append("workshops_agree_closely")
    if asked_before and sample.n / asked_before < KEPT_SHARE:
        codes.append("many_lost")
    return {
        "effect_size": effect_size(setting.plan, sample, plain),
        "reliable_change": block,
        "caveats": _caveats(setting, plain, codes),
    }


def _is_luckily_narrow(sample: Sample, plain: Estimate) -> bool:
    """Whether the clustered standard error is less than half of that from people alone. Clustering widens on
    average; with few workshops it can narrow by chance, and the reader should know."""
    if plain.estimator != "mean_change_cr2" or plain.std_error is None:
        return False
    return plain.std_error < 0.5 * float(sample.change.std(ddof=1)) / np.sqrt(sample.n)


def _end_codes(sample: Sample, direction: str) -> list[str]:
    top = float((sample.before >= 100 - 1e-9).mean()) > END_SHARE
    bottom = float((sample.before <= 1e-9).mean()) > END_SHARE
    if direction == "none":
        return ["at_an_end"] if top or bottom else []
    far, near = (top, bottom) if direction == "higher" else (bottom, top)
    return ["ceiling"] * far + ["floor"] * near


def _tests(setting: Setting, sample: Sample, plain: Estimate, in_family: bool) -> list[dict[str, Any]]:
    """The plan's default first; beside it, for one group, the plain paired t, never instead of it."""
    if plain.p_value is None:
        return []
    tests = [_test(plain, setting.family if in_family else None)]
    if setting.is_one_group and plain.estimator != "paired_t":
        beside = designs.paired(sample, setting.plan.level)
        tests += [_test(beside, None)] if beside.p_value is not None else []
    return tests


def _test(found: Estimate, family: int | None) -> dict[str, Any]:
    # Bonferroni, as the simultaneous intervals: p_adjusted < 1 − level exactly where zero lies outside.
    return {
        "name": found.estimator,
        "statistic": found.statistic,
        "df": found.df,
        "p_value": found.p_value,
        "p_adjusted": None if family is None else min(1.0, found.p_value * family),
        "adjustment": None if family is None else "bonferroni",
    }


def _claim(
    setting: Setting,
    outcome: Outcome,
    side: str | None,
    sample: Sample,
    plain: Estimate,
    wide: dict[str, Any] | None,
    difference: tuple[str, ...] | None = None,
) -> dict[str, str]:
    plan, language = setting.plan, setting.labels.language
    sesoi = plan.sesoi_of(outcome)
    direction = "none" if difference else setting.instrument.scale[outcome.scale].direction
    decisive = wide or {"low": plain.low, "high": plain.high}
    comparison = None if setting.is_one_group else int((~sample.treated).sum())
    return claim(
        licence_of(plan.design, plan.cluster != "none", plain.few_workshops),
        verdict(decisive["low"], decisive["high"], sesoi, direction),
        title=scale_title(setting.instrument, outcome.scale, setting.labels, side),
        who=who(setting.labels, side, difference is not None),
        basis=Basis(sample.n, plain.clusters, comparison),
        value=plain.value,
        interval=None if decisive["low"] is None else decisive,
        sesoi=sesoi,
        language=language,
        difference=difference,
    )


def who(labels: Labels, side: str | None, both: bool = False) -> str:
    """Whom a sentence is about."""
    general = words(labels.language)["sides"]
    return labels.sides.get(side, side) if side else general["two_sides" if both else "everybody"]


def _caveats(setting: Setting, plain: Estimate, codes: list[str]) -> list[dict[str, str]]:
    design = {"one_group": "no_comparison_group", "comparison": "not_by_lot"}.get(setting.plan.design)
    ordered = dict.fromkeys([*([design] if design else []), *plain.caveats, *codes])
    return [caveat(code, setting.labels.language) for code in ordered]
