"""Who came how far, who was lost, and whether those who attended more moved otherwise.

chain   per arm and side: invited → consented → answered at each wave → attended enough → not linkable → analysed.
        Invited and consented are told from outside; what nobody knows is None. Answers come from the flow
        (`flow.flow_rows`) as far as that is shown, so that the chain gives back nothing that the flow hides
lost    per primary scale, arm and side: the score before of those lost and of those kept (`stats.attrition_table`)
dose    per primary scale and side, workshop arm: the change of those who attended enough and of the others. Only
        described: who attends more differs in other ways too
Sources: Schulz et al. 2010 (CONSORT), BMJ 340, c332; stats.md, “differential attrition”.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from impact import stats
from impact.evaluation import findings
from impact.evaluation.people import WORKSHOP, Sample, Settled
from impact.evaluation.setting import Setting
from impact.instruments.model import ARMS, UNANSWERED
from impact.plans.model import Contrast

Invited = Mapping[tuple[str, str | None], Mapping[str, int | None]]
"""(arm, side or None) → {"invited": people, "consented": people}."""
Row = dict[str, Any]


@dataclass(frozen=True)
class LostSample:
    """One side's people with a score before: who was kept, and the sample of those.

    before, kept, treated  (n,) score, whether in the sample, whether of the workshop arm
    rows                   (n,) that the scores come from
    """

    contrast: str
    wave: str
    side: str | None
    before: np.ndarray
    kept: np.ndarray
    treated: np.ndarray
    sample: Sample
    rows: np.ndarray


def lost_samples(
    contrast: Contrast,
    scores: np.ndarray,
    samples: Mapping[str | None, Sample],
    asked: Mapping[str | None, tuple[np.ndarray, np.ndarray]],
) -> list[LostSample]:
    """Of each side; `asked` as the engine finds them: rows with a score before, and whether of the workshop arm."""
    found = []
    for side, sample in samples.items():
        rows, treated = asked[side]
        kept = np.isin(rows, sample.rows[:, 0])
        found.append(
            LostSample(contrast.name, contrast.before, side, scores[rows], kept, treated, sample, rows)
        )
    return found


def attrition_block(
    setting: Setting,
    settled: Settled,
    waves: Sequence[str],
    samples: Mapping[str, Sequence[LostSample]],
    invited: Invited | None,
) -> Row:
    """The part `attrition` of the Findings. Keys that begin with _ are for disclosure only."""
    attendance = setting.plan.attendance
    reached = attended(setting, settled)
    arms = ARMS if setting.plan.has_arms else ARMS[:1]
    sides = setting.instrument.side_ids if setting.plan.by_side else (None,)
    unknown = set(invited or {}) - {(arm, side) for arm in arms for side in sides}
    if unknown:
        raise ValueError(f"nobody of this plan is of {sorted(map(str, unknown))}")
    listed = [(scale, one) for scale, ones in samples.items() for one in ones]
    return {
        "attendance": None
        if attendance is None
        else {"item": attendance.item, "at_least": attendance.at_least},
        "chain": [
            _chain(setting, settled, waves, reached, arm, side, (invited or {}).get((arm, side), {}))
            for arm in arms
            for side in sides
        ],
        "lost": [row for scale, one in listed for row in _lost(setting, settled, scale, one)],
        "dose": [] if attendance is None else [_dose(settled, scale, one, reached) for scale, one in listed],
    }


def attended(setting: Setting, settled: Settled) -> np.ndarray:
    """int8 (people,): 1 attended enough, 0 did not, −1 not known; by the last wave at which each answered it."""
    people = np.full(settled.data.people, -1, dtype=np.int8)
    plan, data = setting.plan, settled.data
    if plan.attendance is None or not len(data.submissions):
        return people
    item = setting.instrument.item[plan.attendance.item]
    answers = data.submissions.answers[item.id]
    if item.type == "number":
        values = np.where(answers > -1e299, answers, np.nan)
    else:
        table = np.full(UNANSWERED + 1, np.nan)
        table[: len(item.values)] = [float(value) for value in item.values]
        values = table[answers]
    for rows in data.row_of.T:
        here = np.where(rows >= 0, values[rows], np.nan)
        enough = np.where(here >= plan.attendance.at_least - 1e-9, 1, 0).astype(np.int8)
        people = np.where(np.isnan(here), people, enough)
    return people


def _chain(
    setting: Setting,
    settled: Settled,
    waves: Sequence[str],
    reached: np.ndarray,
    arm: str,
    side: str | None,
    told: Mapping[str, int | None],
) -> Row:
    """`stages` are filled by disclosure, from the flow that is shown."""
    submissions, data = settled.data.submissions, settled.data
    chosen = submissions.arm == ARMS.index(arm)
    if side is not None:
        chosen &= submissions.side == setting.instrument.side_ids.index(side)
    people = np.zeros(data.people, dtype=bool)
    people[data.person[chosen]] = True
    known = people & (reached >= 0)
    is_counted = setting.plan.attendance is not None and ARMS.index(arm) == WORKSHOP
    return {
        "arm": arm,
        "side": side,
        "_waves": list(waves),
        "_invited": told.get("invited"),
        "_consented": told.get("consented"),
        "_attended": int((people & (reached == 1)).sum()) if is_counted else None,
        "_absent": int((known & (reached == 0)).sum()),
    }


def _lost(setting: Setting, settled: Settled, scale: str, one: LostSample) -> list[Row]:
    """One row an arm: how many were kept and lost, and their scores before."""
    masks = {"workshop": one.treated, "comparison": ~one.treated}
    if not setting.plan.has_arms:
        masks = {"workshop": np.ones(len(one.before), dtype=bool)}
    rows = []
    for arm, mask in masks.items():
        before, kept, persons = one.before[mask], one.kept[mask], settled.data.person[one.rows[mask]]
        group = stats.attrition_table(before, kept, confidence=setting.plan.level).groups[0]
        welch = group.difference
        rows.append(
            {
                "scale": scale,
                "contrast": one.contrast,
                "arm": arm,
                "side": one.side,
                "kept": group.kept,
                "lost": group.lost,
                "share_lost": {"value": group.share_lost, "low": group.low, "high": group.high},
                "before": {"kept": group.mean_kept, "lost": group.mean_lost},
                "difference": {"value": welch.estimate, "low": welch.low, "high": welch.high},
                "caveats": [],
                "suppressed": False,
                "_wave": one.wave,
                "_asked": len(one.before),
                "_is_alike": _is_alike(before[~kept]) or _is_alike(before[kept]),
                "_parts": (persons[kept], persons[~kept]),
            }
        )
    return rows


def _dose(settled: Settled, scale: str, one: LostSample, reached: np.ndarray) -> Row:
    sample = one.sample
    persons = settled.data.person[sample.rows[:, 0]]
    level = reached[persons].copy()
    level[~sample.treated] = -1
    groups = [sample.change[level == number] for number in (1, 0)]
    return {
        "scale": scale,
        "contrast": one.contrast,
        "side": one.side,
        "role": "exploratory",
        "planned": False,
        "reached": {"n": len(groups[0]), "change": findings.level(groups[0])},
        "others": {"n": len(groups[1]), "change": findings.level(groups[1])},
        "caveats": [],
        "suppressed": False,
        "_levels": level,
        "_unknown": int((sample.treated & (level < 0)).sum()),
        "_is_alike": any(_is_alike(group) for group in groups),
        "_parts": tuple(persons[level == number] for number in (1, 0)),
    }


def _is_alike(values: np.ndarray) -> bool:
    return len(values) > 0 and float(np.ptp(values)) < findings.ALIKE
