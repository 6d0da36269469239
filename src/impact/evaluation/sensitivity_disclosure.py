"""Which sensitivity analyses an audience may see: none that gives back the answers of a few by subtraction.

The rows rest on nearly the people of the main result. Its mean times n less a row's mean times its n is the sum of
those who are in one and not in the other, so, with k the audience's threshold:

1. A row of other people is shown only if, in each arm, 0 or at least k people of any sum or difference of the main
   result and of the rows shown already are left over (coefficients −1, 0, 1), and the row rests on at least k. It
   holds for nobody (0 in both arms) as for a few: whether one person or nobody stood at an end of the scale, was lost
   or was joined by a code that differs is nobody's business. Rows are admitted in the fixed order of ANALYSES, so that
   what is shown depends on counts, never on what comes out.
   Nor is it shown if those left out in an arm all changed by one amount, if those added all have one score, or if
   everybody's averages are hidden because all are alike: it would tell each person's answer.
2. A row that moves the lost by one amount (tipping point) tells how many they are: they must be at least k.
3. Rows that tell of single workshops (clustered beside the main one, permutation, leave one out: the ends of a
   permutation interval are means of some of the workshops, and a clustered standard error of two gives both means) are
   shown only if every named workshop has at least k people in the result. Arms exchanged person by person: only if each
   arm has at least 2k, because the ends of the interval are differences between means of parts of the arms.
4. A row that is not shown has no number and no verdict: of two verdicts of nearly the same people a reader who knows
   the others' answers could learn those of the few. Its note is the same whatever the reason within rule 1, nor does
   the row say how many people it rests on. The summary is made of what is shown.

Sources: Hundepool et al. 2012, Statistical Disclosure Control, ch. 4 (differencing).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from impact.evaluation.sensitivity import label, no_summary, summary
from impact.evaluation.sensitivity_case import Result
from impact.evaluation.wording import words

OFF = ("not_by_code", "imputation_off", "too_large_to_impute")
"""Notes that depend on the plan, the instrument or the size alone."""


def disclosed(
    found: dict[str, Any], thresholds: tuple[int, int], is_alike: bool, language: str
) -> dict[str, Any]:
    """The blocks `sensitivity` and `sensitivity_summary` of a finding that is shown itself.

    `thresholds`: this audience's and the team's; what the team's document does not show, no other does.
    `is_alike`: everybody of a group had one score, or changed by one amount.
    """
    k, team = thresholds
    raw = found.get("_sensitivity")
    if raw is None:
        return {"sensitivity": [], "sensitivity_summary": no_summary()}
    hidden = set(raw["analyses"]) if is_alike else _few(raw, k, _few(raw, team, set()))
    rows = []
    for analysis, result in raw["results"].items():
        code = _refusal(analysis, result, raw, hidden, k) or _refusal(analysis, result, raw, hidden, team)
        name = label(analysis, raw["arms"], language)
        rows.append(_row(analysis, name, result, code, k, language))
    return {"sensitivity": rows, "sensitivity_summary": summary(found["verdict"], rows, language)}


def _refusal(analysis: str, result: Result, raw: dict[str, Any], hidden: set[str], k: int) -> str | None:
    """The note of a row that may not be shown, or None."""
    if result.note in OFF:
        return None
    if analysis in hidden:
        return "few_people"
    if result.rooms and result.note == "by_person":
        arms = [int(raw["count"][raw["members"][:, 0] & (raw["arm"] == arm)].sum()) for arm in (0, 1)]
        return "few_people" if min(arms) < 2 * k else None
    if result.rooms and raw["smallest_room"] < k:
        return "small_workshops"
    if result.shifted is not None and int(result.shifted.sum()) < k:
        return "few_people"
    return None


def _few(raw: dict[str, Any], k: int, before: set[str]) -> set[str]:
    """Rule 1: the analyses whose people, taken with the main ones and those admitted before, tell of fewer than k, and
    `before`, which another document does not show.

    Analyses of the same people (worst and best case; imputation and tipping point) stand or fall together.
    """
    admitted, hidden = [raw["members"][:, 0]], set(before)
    for number, analysis in enumerate(raw["analyses"], start=1):
        if analysis in hidden:
            continue
        mask = raw["members"][:, number]
        same = [np.array_equal(mask, other) for other in admitted]
        if same[0] or analysis in raw["alike"]:
            hidden.add(analysis)
        elif not any(same):
            if _tells_of_few([*admitted, mask], raw["count"], raw["arm"], k):
                hidden.add(analysis)
            else:
                admitted.append(mask)
    return hidden


def _tells_of_few(masks: list[np.ndarray], count: np.ndarray, arm: np.ndarray, k: int) -> bool:
    """Whether a sum or difference of the last of `masks` with some of the others is about 1 to k − 1 people of an
    arm, or about nobody at all."""
    others = np.array(np.meshgrid(*[(-1, 0, 1)] * (len(masks) - 1))).reshape(len(masks) - 1, -1)
    weights = np.vstack([others, np.ones((1, others.shape[1]), dtype=int)])
    touched = (weights.T @ np.array(masks, dtype=int)) != 0
    in_arms = [(touched[:, arm == number] * count[arm == number]).sum(axis=1) for number in (0, 1)]
    few = [(people > 0) & (people < k) for people in in_arms]
    return bool((few[0] | few[1] | (in_arms[0] + in_arms[1] == 0)).any())


def _row(
    analysis: str, name: str, result: Result, refused: str | None, k: int, language: str
) -> dict[str, Any]:
    notes = words(language)["sensitivity"]["notes"]
    note = refused or result.note
    row = {
        "analysis": analysis,
        "label": name,
        "value": result.value,
        "low": result.low,
        "high": result.high,
        "verdict": result.verdict,
        "counted": result.is_counted and result.verdict is not None and refused is None,
        "note": note,
        "note_text": None if note is None else notes[note].format(threshold=k),
        "suppressed": refused is not None,
    }
    return row | dict.fromkeys(("value", "low", "high", "verdict")) if refused else row
