"""Whether two groups changed differently: two sides, or two levels of a subgroup, each with its own interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from impact import stats
from impact.evaluation import designs
from impact.evaluation.finding import base_finding, claims_of, test_of
from impact.evaluation.grounds import finding_licence
from impact.evaluation.level import Level
from impact.evaluation.notes import Kept, caveats_of, loss_codes
from impact.evaluation.people import Sample
from impact.evaluation.setting import Setting
from impact.plans.model import Contrast, Outcome


def difference_finding(
    setting: Setting,
    outcome: Outcome,
    contrast: Contrast,
    first: str,
    second: str,
    sample: Sample,
    kept: Sequence[Kept],
) -> dict[str, Any]:
    """Side × time: whether the change of `first` and of `second` differ, with its own interval."""
    ids = setting.instrument.side_ids
    is_first = sample.side == ids.index(first)
    names = (setting.labels.sides.get(first, first), setting.labels.sides.get(second, second))
    return difference_of(
        setting, outcome, contrast, {"sides": [first, second]}, is_first, sample, names, kept
    )


def difference_of(
    setting: Setting,
    outcome: Outcome,
    contrast: Contrast,
    subgroup: dict[str, Any],
    is_first: np.ndarray,
    sample: Sample,
    names: tuple[str, str],
    kept: Sequence[Kept],
    family: int = 1,
    level: Level | None = None,
) -> dict[str, Any]:
    """Whether the change of those of `is_first` and of the others differ; `names` are theirs in sentences.

    `family`: how many such differences are judged together; `level` says whose subgroups they are.
    """
    plan = setting.plan
    groups = [int(is_first.sum()), int((~is_first).sum())]
    enough = min(groups) >= max(plan.minimum_n, 2)
    if enough:
        plain = designs.difference(sample, is_first, plan, plan.level, setting.ran)
    else:
        plain = designs.withheld(plan, sample, setting.ran)
    wide = None
    if family > 1:
        part = stats.simultaneous_level(plan.level, family)
        far = (
            designs.difference(sample, is_first, plan, part, setting.ran) if plain.low is not None else plain
        )
        wide = {"low": far.low, "high": far.high, "level": part, "family": family}
    if level is not None:
        plain = level.renamed(plain)
    # It is not in the family of primary findings, so it is not called primary.
    role = "secondary" if outcome.role == "primary" else outcome.role
    outcome = Outcome(outcome.scale, role, outcome.sesoi)
    found = base_finding(setting, outcome, contrast, subgroup, sample, plain, wide, "none")
    codes = loss_codes(setting, kept) if enough else ["too_few_people"]
    licence = finding_licence(setting, contrast, sample, plain, kept, groups)
    if designs.agrees_closely(sample, plain, is_first):
        codes.insert(0, "workshops_agree_closely")
    return found | {
        "tests": [test_of(plain, family if family > 1 else None)] if plain.p_value is not None else [],
        **claims_of(
            setting,
            outcome,
            subgroup.get("side"),
            sample,
            plain,
            wide,
            licence,
            names,
            found["planned"],
            level,
        ),
        "caveats": caveats_of(setting, sample, plain, codes, kept),
        "_groups": groups,
    }
