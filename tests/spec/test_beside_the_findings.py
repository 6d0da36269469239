"""The worked examples of docs/methods.md on perception gaps, response shift and harm, and their sentences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from impact import stats
from impact.evaluation import as_submissions, run
from impact.instruments import load_instrument
from impact.linkage import link
from impact.plans import Contrast, Outcome, Plan, Thresholds

ROOT = Path(__file__).parents[2]
INSTRUMENT = load_instrument(ROOT / "tests" / "instruments" / "looking-back.v1.yaml")
METHODS = " ".join((ROOT / "docs" / "methods.md").read_text(encoding="utf-8").replace("\n> ", "\n").split())


def findings_of(answers, by_side):
    """`answers`: (person, side, workshop, wave, {item: answer}) of each submission."""
    plan = Plan(
        id="spec", instrument_id="looking-back", instrument_version=1, title="Spec", design="one_group",
        outcomes=(Outcome("fear", "primary"),), contrasts=(Contrast("post - pre", "post", "pre"),), by_side=by_side,
        cluster="workshop", estimator="cr2", few_workshops="paired", effect_size="g_av", correction="simultaneous",
        level=0.95, sesoi=5.0, missing="complete_cases", minimum_n=2, thresholds=Thresholds(2, 2), words="lovakov2021",
        sha256="0" * 64,
    )  # fmt: skip
    blank = {item.id: "" for item in INSTRUMENT.closed_items}
    rows = [
        {"respondent": person, "side": side, "workshop": workshop, "wave": wave, "arm": "workshop", "language": "en"}
        | blank | {item: str(value) for item, value in given.items()}
        for person, side, workshop, wave, given in answers
    ]  # fmt: skip
    submissions = as_submissions(INSTRUMENT, rows)
    return run(plan, INSTRUMENT, submissions, link(INSTRUMENT, submissions), audience="team")


def gap_of(table):
    answers = []
    for workshop, (guesses, owns) in table.items():
        answers += [
            (f"a{workshop}{i}", "a", workshop, "pre", {"guess_peace": g}) for i, g in enumerate(guesses)
        ]
        answers += [(f"b{workshop}{i}", "b", workshop, "pre", {"want_peace": o}) for i, o in enumerate(owns)]
    return findings_of(answers, True)["perception_gap"][0]


def test_a_perception_gap():
    """Guesses 28 of 80, 35 %; five of eight agree, 62.5 %."""
    found = gap_of({"U": ([2, 3, 5], [4, 5, 1]), "V": ([4, 4], [5, 3, 4]), "W": ([1, 6, 3], [2, 4])})
    assert (found["estimated"], found["measured"], found["gap"]["value"]) == (35.0, 62.5, -27.5)


def test_the_sentence_on_a_gap_is_the_one_in_the_methods():
    rng = np.random.default_rng(1)
    found = gap_of({w: (rng.integers(0, 4, 5), rng.integers(3, 6, 5)) for w in "STUVW"})
    assert " ".join(found["claim"]["text"].split()) in METHODS  # no-break spaces are spaces there


def test_response_shift_and_its_sentence():
    """Steps of 25 points: before 15, then 24, after 10 in all, of eight people."""
    table = {
        "U": [(2, 3, 1), (1, 3, 1), (3, 4, 2)], "V": [(2, 2, 2), (1, 2, 0)], "W": [(3, 4, 1), (2, 4, 2), (1, 2, 1)],
    }  # fmt: skip

    def fear(step, suffix=""):
        up = {f"fear_{i}{suffix}": step + 1 for i in (1, 2, 4)}
        return up | {f"fear_3{suffix}": 5 - step}

    answers = []
    for workshop, people in table.items():
        for i, (before, then, after) in enumerate(people):
            answers.append((f"{workshop}{i}", "a", workshop, "pre", fear(before)))
            answers.append((f"{workshop}{i}", "a", workshop, "post", fear(after) | fear(then, "_then")))
    (found,) = findings_of(answers, False)["response_shift"]
    values = [found[name]["value"] for name in ("shift", "retrospective_change", "change")]
    assert values == [25 * (15 - 24) / 8, 25 * (10 - 24) / 8, 25 * (10 - 15) / 8]
    assert " ".join(found["claim"]["text"].split()) in METHODS  # no-break spaces are spaces there


def test_a_share_reliably_worse():
    found = stats.share(6, 24)
    assert found.value == 0.25
    assert (found.low, found.high) == pytest.approx((0.1200, 0.4490), abs=5e-5)
