"""Findings for subgroups: each level on its own, and whether two levels changed differently.

A level is an answer to a single-choice item at the first wave that is compared, so that the workshop cannot have
changed it. That levels differ is said only from the interval of their difference (with one group); where there are
more than two levels, their pairs are judged together (Bonferroni, counted from the instrument, never from the data).
With two arms levels stand each for itself, and the finding says that they are not compared.
Source: Brookes et al. 2004, J. Clin. Epidemiol. 57, 229 (interaction, not two results side by side).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from impact.evaluation.canonical import Canonical
from impact.evaluation.difference import difference_of
from impact.evaluation.finding import change_finding, who
from impact.evaluation.level import levels_of
from impact.evaluation.notes import Kept, counted
from impact.evaluation.people import Sample
from impact.evaluation.setting import Setting
from impact.evaluation.wording import caveat
from impact.instruments.model import ARMS
from impact.plans.model import Contrast, Outcome, Subgroup


def levels_of_rows(data: Canonical, setting: Setting) -> dict[str, np.ndarray]:
    """Item of each subgroup → int16 (rows,): the option that the row's person chose at the first wave; −1 if none."""
    instrument = setting.instrument
    waves = [number for number, wave in enumerate(instrument.waves) if wave in setting.plan.waves]
    found = {}
    for subgroup in setting.plan.subgroups:
        answers = data.submissions.answers[subgroup.item].astype(np.int16)
        rows = data.row_of[:, waves[0]]
        chosen = np.where(rows >= 0, answers[rows], -1) if len(answers) else np.full(len(rows), -1, np.int16)
        options = len(instrument.item[subgroup.item].options)
        found[subgroup.item] = np.where(chosen < options, chosen, -1).astype(np.int16)[data.person]
    return found


def subgroup_findings(
    setting: Setting,
    outcome: Outcome,
    contrast: Contrast,
    samples: Mapping[str | None, Sample],
    levels: Mapping[str, np.ndarray],
    asked_rows: Mapping[str | None, np.ndarray],
    alphas: Mapping[tuple[str, str | None], float | None],
) -> Iterator[dict[str, Any]]:
    """In the order of the plan's subgroups: for each side its levels in the order of the options, then their pairs.

    `asked_rows`: side → rows of people with a score before, followed or not.
    """
    for subgroup in setting.plan.subgroups:
        planned = _outcome(outcome, subgroup)
        for side, sample in samples.items():
            yield from _of_side(
                setting, planned, contrast, side, sample, subgroup, levels[subgroup.item],
                asked_rows[side], alphas.get((contrast.before, side)),
            )  # fmt: skip


def _outcome(outcome: Outcome, subgroup: Subgroup) -> Outcome:
    """The part that its findings play: not in the family of primary results, so not called primary."""
    if not subgroup.planned:
        return replace(outcome, role="exploratory")
    return replace(outcome, role="secondary") if outcome.role == "primary" else outcome


def _of_side(
    setting: Setting,
    outcome: Outcome,
    contrast: Contrast,
    side: str | None,
    sample: Sample,
    subgroup: Subgroup,
    levels: np.ndarray,
    asked: np.ndarray,
    alpha: float | None,
) -> Iterator[dict[str, Any]]:
    listed = levels_of(setting.instrument, subgroup.item, setting.labels.language)
    chosen, before = levels[sample.rows[:, 0]], levels[asked[0]]
    parts = {"_partition": (outcome.scale, contrast.name, side, subgroup.item), "_levels": chosen}
    notes = _notes(setting, int((chosen < 0).sum()))
    for number, level in enumerate(listed):
        part = sample.where(chosen == number)
        kept = [] if setting.is_one_group else _arms(part, asked[1][before == number])
        found = change_finding(
            setting, outcome, contrast, side, part, alpha, int((before == number).sum()), kept, level
        )
        yield _explored(found, setting, subgroup, notes) | parts | {"_level": number}
    if not setting.is_one_group:
        return
    base = {"side": side} if side else {}
    for first, second in combinations(range(len(listed)), 2):
        both = sample.where((chosen == first) | (chosen == second))
        is_first = levels[both.rows[:, 0]] == first
        found = difference_of(
            setting, outcome, contrast, base | {subgroup.item: [listed[first].value, listed[second].value]},
            is_first, both, (listed[first].label, listed[second].label), (),
            math.comb(len(listed), 2), listed[first],
        )  # fmt: skip
        yield _explored(found, setting, subgroup, notes) | parts | {"_who": who(setting.labels, side)}


def _explored(
    found: dict[str, Any], setting: Setting, subgroup: Subgroup, notes: list[dict[str, str]]
) -> dict[str, Any]:
    """A subgroup that the plan does not call planned is exploratory, locked or not."""
    return found | {
        "planned": found["planned"] and subgroup.planned,
        "caveats": [*found["caveats"], *notes],
    }


def _notes(setting: Setting, unknown: int) -> list[dict[str, str]]:
    language = setting.labels.language
    told = [] if setting.is_one_group else [caveat("levels_not_compared", language)]
    if unknown:
        told.append(caveat("level_unknown", language, people=counted(unknown, setting.threshold, language)))
    return told


def _arms(sample: Sample, asked_treated: np.ndarray) -> list[Kept]:
    treated = int(sample.treated.sum())
    asked = int(asked_treated.sum())
    pairs = (treated, sample.n - treated)
    return [Kept(*one) for one in zip(ARMS, (asked, len(asked_treated) - asked), pairs, strict=True)]
