"""Each main result looked at in ten other ways, always the same ones, whatever comes out.

`sensitivity`          rows {analysis, label, value, low, high, verdict, counted, note, note_text, suppressed}, in
                       points, at the level of the interval that decides; `note` is a code of `sensitivity.notes` in
                       the wording. `tipping_point` has a shift in points as its value, no interval, and the verdict
                       that would come out there
`sensitivity_summary`  {same, of, differing, text}: in how many of the analyses that could be done and may be shown the
                       verdict is the main one, and the ids of those where it is not. The text says as well how many
                       were planned, which is the same for every audience: all of ANALYSES but the tipping point

`counted` rows are those that `of` counts: with a verdict, and of other people or by another method than the main
analysis. A tipping point is none: by its nature its verdict is another one. What may be shown is decided in
sensitivity_disclosure.py, where the rows get their final form. No analysis is chosen by its result.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from impact.evaluation import sensitivity_lost as lost
from impact.evaluation import sensitivity_rooms as rooms
from impact.evaluation.everyone import Asked, Everyone, asked_of
from impact.evaluation.findings import ALIKE
from impact.evaluation.people import Settled
from impact.evaluation.sensitivity_case import Case, Result
from impact.evaluation.setting import Setting
from impact.evaluation.wording import words
from impact.plans.model import Contrast, Outcome

ANALYSES = (
    "exact_codes", "imputation", "lost_at_lowest", "lost_at_highest", "tipping_point", "plain", "clustered",
    "permutation", "without_ends", "leave_one_out",
)  # fmt: skip


def no_summary() -> dict[str, Any]:
    return {"same": None, "of": None, "differing": [], "text": None}


class Sensitivity:
    """The sensitivity analyses of the main results of one evaluation."""

    def __init__(self, setting: Setting, settled: Settled) -> None:
        self.setting, self.settled = setting, settled
        self._asked: dict[Contrast, Asked] = {}

    def of(
        self,
        outcome: Outcome,
        contrast: Contrast,
        side: str | None,
        scores: np.ndarray,
        found: dict[str, Any],
        looked_back: np.ndarray | None = None,
    ) -> dict[str, Any]:
        """`_sensitivity` of a finding, for disclosure to make rows of; nothing where there is no estimate."""
        if found["role"] != "primary" or found["estimate"]["value"] is None:
            return {}
        setting = self.setting
        if contrast not in self._asked:
            self._asked[contrast] = asked_of(self.settled, setting.instrument, contrast)
        number = None if side is None else setting.instrument.side_ids.index(side)
        case = Case(
            setting,
            self._asked[contrast].everyone(scores, number, looked_back),
            found["estimate"]["value"],
            found["verdict"],
            found["estimator"],
            found["estimate"]["simultaneous"]["level"],
            found["sesoi"],
            setting.instrument.scale[outcome.scale].direction,
            self.settled.data.linked_by,
        )
        results = analyses(case)
        return {"_sensitivity": {"results": results, **_people(case, results)}}


def analyses(case: Case) -> dict[str, Result]:
    """Every analysis of ANALYSES, in that order."""
    everyone = case.everyone
    imputed, tipping = lost.imputed(case)
    done: dict[str, Callable[[], Result]] = {
        "exact_codes": lambda: _exact(case),
        "imputation": lambda: imputed,
        "lost_at_lowest": lambda: lost.bounds(case, at_highest=False),
        "lost_at_highest": lambda: lost.bounds(case, at_highest=True),
        "tipping_point": lambda: tipping,
        "plain": lambda: rooms.plain(case),
        "clustered": lambda: rooms.clustered(case),
        "permutation": lambda: rooms.permutation(case),
        "without_ends": lambda: case.of_people(everyone.kept & ~everyone.at_an_end),
        "leave_one_out": lambda: rooms.leave_one_out(case),
    }
    return {name: done[name]() for name in ANALYSES}


def _exact(case: Case) -> Result:
    if case.linked_by not in ("code", "mixed"):
        return Result(note="not_by_code")
    return case.of_people(case.everyone.kept & case.everyone.is_exact)


def _people(case: Case, results: dict[str, Result]) -> dict[str, Any]:
    """Who is in which analysis, as counts: `members` (kinds, analyses + 1) bool, the main analysis first; `count` and
    `arm` of each kind of person; `alike`: analyses that treat otherwise only people with the same answers;
    `smallest_room`: people of the smallest workshop."""
    everyone, kept = case.everyone, case.everyone.kept
    names = [name for name, result in results.items() if result.people is not None]
    masks = [kept, *(results[name].people for name in names)]
    code = everyone.treated.astype(np.int64)
    for mask in masks:
        code = code * 2 + mask
    counts = np.bincount(code, minlength=1)
    kinds = np.flatnonzero(counts)
    shifts = np.arange(len(masks))[::-1]
    by_room = np.bincount(everyone.room[kept & (everyone.room >= 0)], minlength=1)
    return {
        "analyses": names,
        "members": (kinds[:, None] >> shifts & 1).astype(bool),
        "arm": kinds >> len(masks) & 1,
        "count": counts[kinds],
        "alike": {name for name in names if _is_alike(everyone, kept ^ results[name].people)},
        "smallest_room": int(by_room[by_room > 0].min(initial=2**31)),
        "arms": not case.setting.is_one_group,
        "direction": case.direction,
    }


def _is_alike(everyone: Everyone, treated_otherwise: np.ndarray) -> bool:
    """Whether those left out all changed by one amount in an arm, or those added all have one score."""
    change = everyone.after - everyone.before
    for arm in (True, False):
        here = treated_otherwise & (everyone.treated == arm)
        groups = (
            change[here & everyone.kept],
            everyone.before[here & everyone.lost],
            everyone.after[here & ~everyone.has_before],
        )
        if any(len(group) and float(np.ptp(group)) < ALIKE for group in groups):
            return True
    return False


def label(analysis: str, arms: bool, language: str) -> str:
    """What an analysis is called, for people."""
    forms = words(language)["sensitivity"]
    return str(forms["arms"].get(analysis, forms["labels"][analysis]) if arms else forms["labels"][analysis])


def summary(main: str | None, rows: list[dict[str, Any]], language: str) -> dict[str, Any]:
    """In how many of the rows that count the verdict is `main`, and where it is not."""
    forms = words(language)["sensitivity"]["summary"]
    counted = [row for row in rows if row["counted"]]
    if main is None or not counted:
        return no_summary() | {"same": 0, "of": 0, "text": forms["no_verdict" if main is None else "none"]}
    differing = [row for row in counted if row["verdict"] != main]
    same, of = len(counted) - len(differing), len(counted)
    planned = sum(analysis != "tipping_point" for analysis in ANALYSES)
    names = forms["joiner"].join(row["label"] for row in differing)
    text = forms[_form(same, of)].format(same=same, of=of, planned=planned, names=names)
    return {"same": same, "of": of, "differing": [row["analysis"] for row in differing], "text": text}


def _form(same: int, of: int) -> str:
    """Which sentence counts `same` of `of` analyses: one, both, or more of them."""
    if same not in (0, of):
        return "some"
    if of == 1:
        return "one" if same else "one_differs"
    return ("two" if of == 2 else "all") + ("" if same else "_differ")
