"""A small table in, one finding out: the engine itself, on one scale of one item, 1–5, so that a step is 25 points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from impact.evaluation import as_submissions, run
from impact.instruments.model import Instrument, Item, Language, Option, Scale
from impact.plans import Contrast, Outcome, Plan, Thresholds

Row = tuple[str, str, int, int | str]
"""(workshop, arm, answer before, answer after), answers 1–5 or "" for none. One row a person."""


@dataclass(frozen=True)
class NumberLinks:
    """People known by their number: nothing is linked by a code."""

    person: np.ndarray
    by: str = "respondent"
    refused: int = 0
    pairs: dict = field(default_factory=dict)

    @property
    def distance(self) -> np.ndarray:
        return np.zeros(len(self.person), dtype=np.int8)


def instrument_of(direction: str) -> Instrument:
    options = tuple(Option(value, {"en": str(value)}) for value in range(1, 6))
    return Instrument(
        "spec", 1, {"en": "Spec"}, (Language("en", "English", "ltr", "source"),), ("pre", "post"),
        (Item("q", "likert", {"en": "q"}, ("pre", "post"), options),),
        (Scale("trust", {"en": "Trust"}, ("q",), frozenset(), direction, 1, "trust", "own"),), (), "own", "1" * 64,
    )  # fmt: skip


def plan_of(design: str, **changes: Any) -> Plan:
    values = {
        "id": "spec", "instrument_id": "spec", "instrument_version": 1, "title": "Spec", "design": design,
        "outcomes": (Outcome("trust", "primary"),), "contrasts": (Contrast("post - pre", "post", "pre"),),
        "by_side": False, "cluster": "workshop", "estimator": "cr2", "few_workshops": "paired",
        "effect_size": "g_av" if design == "one_group" else "g_before", "correction": "simultaneous", "level": 0.95,
        "sesoi": 5.0, "missing": "complete_cases", "minimum_n": 2, "thresholds": Thresholds(2, 2),
        "words": "lovakov2021", "sha256": "0" * 64,
    }  # fmt: skip
    return Plan(**(values | changes))


def findings_of(
    table: Sequence[Row], *, design: str = "one_group", direction: str = "higher", **changes: Any
) -> dict[str, Any]:
    """The whole Findings of `table`; `changes` are fields of the plan."""
    instrument, plan = instrument_of(direction), plan_of(design, **changes)
    rows = [
        {"respondent": f"p{person}", "wave": wave, "workshop": workshop, "arm": arm, "language": "en", "q": str(answer)}
        for person, (workshop, arm, before, after) in enumerate(table)
        for wave, answer in (("pre", before), ("post", after))
    ]  # fmt: skip
    submissions = as_submissions(instrument, rows)
    return run(plan, instrument, submissions, NumberLinks(submissions.respondent), audience="team")


def group(changes: dict[str, Sequence[int]], before: Sequence[int]) -> list[Row]:
    """People of each workshop who change by so many steps; `before` is gone round and round."""
    people = [(workshop, change) for workshop, steps in changes.items() for change in steps]
    starts = [before[i % len(before)] for i in range(len(people))]
    return [
        (room, "workshop", start, start + step) for (room, step), start in zip(people, starts, strict=True)
    ]
