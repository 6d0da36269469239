"""Small tables in, findings out; every expected number can be worked out by hand (docs/methods.md shows them).

One scale of one item, 1–5, so that a step is 25 points.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from impact.evaluation import as_submissions, run
from impact.instruments.model import Instrument, Item, Language, Option, Scale
from impact.plans import Contrast, Outcome, Plan, Thresholds


@dataclass(frozen=True)
class NumberLinks:
    person: np.ndarray
    by: str = "respondent"
    refused: int = 0
    pairs: dict = field(default_factory=dict)

    @property
    def distance(self) -> np.ndarray:
        return np.zeros(len(self.person), dtype=np.int8)


def findings_of(
    table, *, design="one_group", cluster="workshop", estimator="cr2", direction="higher", **changes
):
    """`table`: rows of (person, workshop, arm, before, after) with answers 1–5 or "" for none."""
    options = tuple(Option(value, {"en": str(value)}) for value in range(1, 6))
    instrument = Instrument(
        "spec", 1, {"en": "Spec"}, (Language("en", "English", "ltr", "source"),), ("pre", "post"),
        (Item("q", "likert", {"en": "q"}, ("pre", "post"), options),),
        (Scale("trust", {"en": "Trust"}, ("q",), frozenset(), direction, 1, "trust", "own"),), (), "own", "1" * 64,
    )  # fmt: skip
    values = {
        "id": "spec", "instrument_id": "spec", "instrument_version": 1, "title": "Spec", "design": design,
        "outcomes": (Outcome("trust", "primary"),), "contrasts": (Contrast("post - pre", "post", "pre"),),
        "by_side": False, "cluster": cluster, "estimator": estimator, "few_workshops": "paired",
        "effect_size": "g_av" if design == "one_group" else "g_before", "correction": "simultaneous", "level": 0.95,
        "sesoi": 5.0, "missing": "complete_cases", "minimum_n": 2, "thresholds": Thresholds(2, 2),
        "words": "lovakov2021", "sha256": "0" * 64,
    }  # fmt: skip
    plan = Plan(**(values | changes))
    rows = [
        {
            "respondent": f"p{person}",
            "wave": wave,
            "workshop": workshop,
            "arm": arm,
            "language": "en",
            "q": str(answer),
        }
        for person, workshop, arm, before, after in table
        for wave, answer in (("pre", before), ("post", after))
    ]
    submissions = as_submissions(instrument, rows)
    links = NumberLinks(submissions.respondent)
    return run(plan, instrument, submissions, links, audience="team")["findings"][0]


def group(changes_by_workshop, before=2):
    table = []
    for workshop, changes in changes_by_workshop.items():
        for change in changes:
            table.append(
                (len(table), workshop, "workshop", before + len(table) % 2, before + len(table) % 2 + change)
            )
    return table


def test_people_without_a_second_answer_are_left_out_and_counted():
    table = [
        *group({"A": [1, 2], "B": [0, 1], "C": [1, 1]}),
        *[(90 + i, "A", "workshop", 2, "") for i in range(5)],
    ]
    found = findings_of(table)
    assert found["n"] == 6
    assert "many_lost" in [caveat["code"] for caveat in found["caveats"]]


def test_a_fall_is_an_improvement_where_less_is_wanted():
    changes = {"A": [-2, -2], "B": [-2, -1], "C": [-2, -2], "D": [-1, -2]}
    assert findings_of(group(changes, before=3), direction="lower")["verdict"] == "improved"
    assert findings_of(group(changes, before=3), direction="higher")["verdict"] == "worsened"
    assert findings_of(group(changes, before=3), direction="none")["verdict"] == "lower"


def test_ceiling_is_told():
    table = [(i, "ABC"[i % 3], "workshop", 5 if i < 3 else 2 + i % 2, 5 if i < 3 else 3) for i in range(12)]
    codes = [caveat["code"] for caveat in findings_of(table)["caveats"]]
    assert "ceiling" in codes
    codes = [caveat["code"] for caveat in findings_of(table, direction="lower")["caveats"]]
    assert "floor" in codes


def test_worst_and_best_case_of_the_lost():
    """In each of four rooms 25, 50, 25, 50 become 50, 75, 50, 100, and two people at 25 and 50 are lost. Changes of
    25, 25, 25, 50; if the lost ended at 0, −25 and −50 are added, if at 100, 75 and 50. The rooms are alike: no interval.
    """
    people = ((2, 3), (3, 4), (2, 3), (3, 5), (2, ""), (3, ""))
    table = [
        (6 * room + number, f"W{room}", "workshop", before, after)
        for room in range(4)
        for number, (before, after) in enumerate(people)
    ]
    found = findings_of(table)
    rows = {row["analysis"]: row for row in found["sensitivity"]}
    assert found["estimate"]["value"] == pytest.approx(125 / 4)
    assert rows["lost_at_lowest"]["value"] == pytest.approx((125 - 75) / 6)
    assert rows["lost_at_highest"]["value"] == pytest.approx((125 + 125) / 6)
    assert (rows["lost_at_lowest"]["low"], rows["lost_at_lowest"]["note"]) == (None, "no_interval")
    assert (
        found["sensitivity_summary"]["text"]
        == "There is no verdict that other analyses could be held against."
    )


def test_permutation_by_workshop_and_the_run_without_one():
    """Workshop means of 25, 50, 75, 25, 50, 75, 50 points, two people each. Of 64 pairs of sign patterns three may be
    rejected at 95 %: nobody flipped, and either of the two lowest workshops alone; next are both of them, and those
    ends are 25 too. Without the workshop that matters most, a highest one, the mean is (700 − 150) / 12."""
    steps = [(1, 1), (2, 2), (4, 2), (1, 1), (2, 2), (4, 2), (1, 3)]
    found = findings_of(group(dict(enumerate_rooms(steps)), before=1))
    rows = {row["analysis"]: row for row in found["sensitivity"]}
    assert found["estimate"]["value"] == pytest.approx(700 / 14)
    assert (rows["permutation"]["low"], rows["permutation"]["high"]) == pytest.approx((25, 75))
    assert rows["permutation"]["verdict"] == "improved"
    assert rows["leave_one_out"]["value"] == pytest.approx(550 / 12)
    assert rows["plain"]["value"] == found["estimate"]["value"]


def enumerate_rooms(steps):
    return [(f"W{number}", changes) for number, changes in enumerate(steps)]
