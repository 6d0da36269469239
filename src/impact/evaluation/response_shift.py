"""Response shift: what people now say they were before, beside what they said then (then-test).

A workshop can move the yardstick: who has met the other side may find, looking back, that fear was greater than it
seemed. For the same people, on the same scale, with b = score before, t = then-score given after, a = score after:

    shift                 b − t   before as told then, less before as told looking back
    retrospective_change  a − t   after, both told by the yardstick of the later wave
    change                a − b   as in the finding; change = retrospective_change − shift, for these people exactly

Howard et al. 1979, Applied Psychological Measurement 3, 1–23; Schwartz & Sprangers 1999, Social Science & Medicine 48,
1531–1548. A then-score is also a memory, coloured by what people hope to have gained (Norman 2003, Quality of Life
Research 12, 239–249), so shift is a result of its own: it corrects nothing, enters no verdict on the main outcomes,
and no SESOI turns it into better or worse.

People of the workshop arm who have all three scores; intervals by the plan's estimator for one group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from impact.evaluation import designs, findings
from impact.evaluation.designs import Estimate
from impact.evaluation.finding import who
from impact.evaluation.isolates import named, numbered
from impact.evaluation.labels import scale_title
from impact.evaluation.numbers import in_words, marks_of
from impact.evaluation.people import Pairs, Sample, sample_of
from impact.evaluation.setting import Setting
from impact.evaluation.verdicts import verdict
from impact.evaluation.wording import caveat, language_for, words
from impact.instruments.scoring import score
from impact.instruments.submissions import Submissions
from impact.instruments.then import then_scale, then_waves
from impact.plans.model import Contrast, Outcome

Row = dict[str, Any]
DIFFERENCES = ("shift", "retrospective_change", "change")
LEVELS = ("before", "then", "after")
_NUMBERS = ("value", "std_error", "df", "low", "high")


def shift_rows(
    setting: Setting,
    outcome: Outcome,
    scores: np.ndarray,
    submissions: Submissions,
    pairs: Mapping[Contrast, Mapping[str | None, Pairs]],
) -> list[Row]:
    """The rows of one outcome: a contrast whose later wave asks its then-items, and a side each; often none.

    `scores` float64 (rows,) of the scale itself. Keys that begin with _ are for disclosure only.
    """
    scale = setting.instrument.scale[outcome.scale]
    looking_back = then_scale(setting.instrument, scale)
    contrasts = [one for one in pairs if one.after in then_waves(setting.instrument, scale)]
    if looking_back is None or not contrasts:
        return []
    then = score(setting.instrument, looking_back, submissions)
    return [
        _row(setting, outcome, contrast, side, sample_of(people, scores), then)
        for contrast in contrasts
        for side, people in pairs[contrast].items()
    ]


def no_differences(level: float) -> Row:
    return {name: _block(Estimate("none"), level) for name in DIFFERENCES}


def _row(
    setting: Setting, outcome: Outcome, contrast: Contrast, side: str | None, sample: Sample, then: np.ndarray
) -> Row:
    plan, level = setting.plan, setting.plan.level
    back = then[sample.rows[:, 1]] if sample.n else np.empty(0)
    kept = sample.treated & ~np.isnan(back)
    people, back = sample.where(kept), back[kept]
    enough = people.n >= max(plan.minimum_n, 1)
    columns = {"shift": (back, people.before), "retrospective_change": (back, people.after)}
    columns["change"] = (people.before, people.after)
    # Within one arm people are compared with themselves, as a one-group design does.
    alone = replace(plan, design="one_group")
    found = {name: designs.withheld(alone, people, setting.ran) for name in DIFFERENCES}
    if enough:
        for name, (first, second) in columns.items():
            one = replace(people, before=first, after=second)
            found[name] = designs.estimate(alone, one, level, setting.ran)
    shift, levels = found["shift"], (people.before, back, people.after)
    changed = verdict(shift.low, shift.high, plan.sesoi_of(outcome), "none")
    row: Row = {
        "scale": outcome.scale,
        "contrast": contrast.name,
        "subgroup": {"side": side} if side else {},
        "n": people.n,
        "clusters": shift.clusters,
        "estimator": shift.estimator,
        **{
            n: findings.level(s) if enough else findings.no_level()
            for n, s in zip(LEVELS, levels, strict=True)
        },
        **{name: _block(one, level) for name, one in found.items()},
        "verdict": changed,
    }
    codes = [*shift.caveats] if enough else [*shift.caveats, "too_few_people"]
    values = {"workshops": str(shift.clusters), "ran": str(setting.ran), "people": ""}
    return row | {
        "claim": shift_claim(setting, row, is_rooms=shift.few_workshops or plan.cluster == "none"),
        "caveats": [caveat(c, setting.labels.language, **values) for c in dict.fromkeys(codes)],
        "suppressed": False,
        "_is_alike": enough and _is_alike(people.before, back, people.after),
    }


def _block(found: Estimate, level: float) -> Row:
    numbers = {name: getattr(found, name) for name in _NUMBERS}
    return numbers | {"level": level, "unit": findings.UNIT}


def _is_alike(*scores: np.ndarray) -> bool:
    """Whether all scores of a time, or all differences of two times, are the same: an average tells each person's."""
    before, then, after = scores
    columns = [*scores, before - then, after - then, after - before]
    return any(float(np.ptp(column)) < findings.ALIKE for column in columns)


def shift_claim(setting: Setting, row: Row, is_rooms: bool) -> dict[str, str]:
    """The sentence: looking back, people judged …; from the interval of the shift, against zero and the SESOI."""
    labels = setting.labels
    language = language_for(labels.language)
    catalogue = words(language)
    forms = catalogue["response_shift"]
    sesoi = next(setting.plan.sesoi_of(o) for o in setting.plan.outcomes if o.scale == row["scale"])
    block, marks, side = row["shift"], marks_of(sesoi), row["subgroup"].get("side")
    kind = row["verdict"] or ("missing" if block["value"] is None else "value")
    values = {
        **named(
            catalogue,
            who=who(labels, side),
            title=scale_title(setting.instrument, row["scale"], labels, side),
        ),
        "sesoi": f"{sesoi:g}",
        "level": f"{100 * block['level']:g}",
        "basis": forms["basis"]["workshops" if (row["clusters"] or 0) > 1 else "people"].format(
            n=row["n"], clusters=row["clusters"]
        ),
    }
    values |= numbered(catalogue, **_numbers(block, marks, catalogue["words"]))
    parts = [
        forms[kind],
        *([] if kind == "missing" else [forms["close"], forms["rooms"] if is_rooms else ""]),
    ]
    text = " ".join(part for part in parts if part).format(**values)
    licence = "these_rooms" if is_rooms else "before_after"
    rule = f"{licence}.response_shift.{kind}"
    return {"licence": licence, "rule": rule, "language": language, "text": text[:1].upper() + text[1:]}


def _numbers(block: Row, marks: tuple[float, ...], chosen: Mapping[str, str]) -> dict[str, str]:
    """The numbers of the sentence. A shift below 0: told lower at the time than it is told looking back."""
    told: dict[str, str] = {}
    if block["value"] is not None:
        told["size"] = in_words(abs(block["value"]), marks, chosen)
        told["change"] = in_words(-block["value"], marks, chosen, True)
    if block["low"] is not None:
        low, high = max(-block["high"], -100.0), min(-block["low"], 100.0)
        small, large = sorted((abs(low), abs(high)))
        told |= {"low": in_words(low, marks, chosen, True), "high": in_words(high, marks, chosen, True)}
        told |= {"small": in_words(small, marks, chosen), "large": in_words(large, marks, chosen)}
    return told


def withheld_claim(who_name: str, title: str, language: str) -> dict[str, str]:
    """The same block where numbers are not shown."""
    language = language_for(language)
    catalogue = words(language)
    text = catalogue["suppressed"].format(**named(catalogue, who=who_name, title=title))
    rule = "these_rooms.response_shift.withheld"
    return {"licence": "these_rooms", "rule": rule, "language": language, "text": text[:1].upper() + text[1:]}
