"""The change pooled over a programme's workshops: worked out by hand, and what may not be had from it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impact import stats
from impact.evaluation import across_workshops, as_submissions, check, run
from impact.instruments.model import Instrument, Item, Language, Option, Scale
from impact.plans import Contrast, Outcome, Plan, Thresholds


@dataclass(frozen=True)
class NumberLinks:
    person: np.ndarray
    by: str = "respondent"
    refused: int = 0
    pairs: dict = field(default_factory=dict)

    @property
    def distance(self):
        return np.zeros(len(self.person), dtype=np.int8)


def evaluate(rooms, *, team=2, minimum_n=2, audience="team", order=None, **changes):
    """`rooms`: workshop → the changes of its people in steps of 10 points (one item, 0 to 10, 5 before)."""
    options = tuple(Option(value, {"en": str(value)}) for value in range(11))
    instrument = Instrument(
        "spec", 1, {"en": "Spec"}, (Language("en", "English", "ltr", "source"),), ("pre", "post"),
        (Item("q", "likert", {"en": "q"}, ("pre", "post"), options),),
        (Scale("trust", {"en": "Trust"}, ("q",), frozenset(), "higher", 1, "trust", "own"),), (), "own", "1" * 64,
    )  # fmt: skip
    values = {
        "id": "spec", "instrument_id": "spec", "instrument_version": 1, "title": "Spec", "design": "one_group",
        "outcomes": (Outcome("trust", "primary"),), "contrasts": (Contrast("post - pre", "post", "pre"),),
        "by_side": False, "cluster": "workshop", "estimator": "cr2", "few_workshops": "paired", "effect_size": "g_av",
        "correction": "simultaneous", "level": 0.95, "sesoi": 5.0, "missing": "complete_cases", "minimum_n": minimum_n,
        "thresholds": Thresholds(team, 10), "words": "lovakov2021", "sha256": "0" * 64,
    }  # fmt: skip
    plan = Plan(**(values | changes))
    rows = [
        {"respondent": f"{room}.{i}", "wave": wave, "workshop": room, "arm": "workshop", "language": "en", "q": str(answer)}
        for room, steps in rooms.items()
        for i, step in enumerate(steps)
        for wave, answer in (("pre", 5), ("post", 5 + step))
    ]  # fmt: skip
    rows = [rows[i] for i in order] if order is not None else rows
    submissions = as_submissions(instrument, rows)
    return run(plan, instrument, submissions, NumberLinks(submissions.respondent), audience=audience)


def row_of(rooms, **changes):
    return evaluate(rooms, **changes)["portfolio"]["rows"][0]


PAIRS = {f"W{i}": [i, i + 2] for i in range(-4, 2)}
"""Six workshops of two people: means −30, −20, −10, 0, 10, 20 points, each with the standard error 10."""
ROOMS = {
    "A": [0, 1, 2, 1, 3], "B": [-1, 0, 1, 0, 0], "C": [2, 3, 2, 1, 4, 0], "D": [0, 0, 1, -2, 2], "E": [1, 1, 0, 2, 3],
    "F": [-2, 0, 1, 1, 0, 0, 1],
}  # fmt: skip


def test_equal_errors_by_hand():
    """Equal errors: the mean is the plain one, −5; τ² = s² − v = 350 − 100 = 250, τ = 15.8; I² = 250/350 = .71.
    Error √(350/6) = 7.64; t(5) = 2.5706, so −24.6 to 14.6; ahead t(4) = 2.7764 times √(250 + 58.33) = 17.56."""
    row = row_of(PAIRS)
    assert row["estimate"] == {
        "value": -5.0, "std_error": 7.6, "df": 5.0, "low": -24.6, "high": 14.6, "level": 0.95, "unit": "points",
    }  # fmt: skip
    assert row["heterogeneity"] == {"tau": 16.0, "tau_squared": 250.0, "i_squared": 0.71}
    assert row["prediction"] == {"low": -53.8, "high": 43.8}
    assert (row["workshops"], row["n"], row["suppressed"]) == (6, 12, False)
    assert row["text"] == (
        "All people: in a further workshop like these the true average change in “Trust” would most likely lie between "
        "−54 and +44 points of 100 (95\u00a0% prediction interval from 6 workshops; over workshops the average change was "
        "−5, 95\u00a0% interval −25 to +15). Whether the average change goes up or down is itself not settled. There was no comparison group, so it cannot be said that the workshops caused "
        "this."
    ).replace("−5,", "−5.0,")
    assert check(row["text"], "before_after") == ()
    assert [one["code"] for one in row["caveats"]] == ["pooled_few_df"]


def test_the_direction_is_said_to_be_open_only_where_the_finding_leaves_it_open():
    """Ten points more for everybody, and the finding is settled."""
    found = evaluate({room: [step + 1 for step in steps] for room, steps in ROOMS.items()})
    assert found["findings"][0]["verdict"] == "improved"
    assert "settled" not in found["portfolio"]["rows"][0]["text"]
    assert "is itself not settled" in evaluate(PAIRS)["portfolio"]["rows"][0]["text"]


def test_unequal_workshops_are_the_meta_analysis_of_their_means():
    row = row_of(ROOMS)
    steps = [10.0 * np.array(people) for people in ROOMS.values()]
    result = stats.random_effects_meta(
        [one.mean() for one in steps], [one.var(ddof=1) / len(one) for one in steps]
    )
    assert row["estimate"]["value"] == pytest.approx(result.estimate, abs=0.05)
    assert row["estimate"]["low"] == pytest.approx(result.guarded_low, abs=0.05)
    assert row["estimate"]["high"] == pytest.approx(result.guarded_high, abs=0.05)
    assert row["prediction"]["low"] == pytest.approx(result.prediction_low, abs=0.05)
    assert row["prediction"]["high"] == pytest.approx(result.prediction_high, abs=0.05)
    assert row["heterogeneity"]["i_squared"] == pytest.approx(result.i_squared, abs=0.005)
    assert row["n"] == evaluate(ROOMS)["findings"][0]["n"] == 33


HIDDEN = {
    "text": None, "workshops": None, "n": None, "suppressed": True, "prediction": {"low": None, "high": None},
    "heterogeneity": {"tau": None, "tau_squared": None, "i_squared": None}, "scale": "trust", "contrast": "post - pre",
    "subgroup": {},
    "estimate": {
        "value": None, "std_error": None, "df": None, "low": None, "high": None, "level": 0.95, "unit": "points",
    },
    "caveats": [{
        "code": "workshops_not_pooled",
        "text": "The workshops are too few, or one of them too small or too much alike within, for a result over "
        "workshops that gives none of them away.",
    }],
}  # fmt: skip


def without(room):
    return {name: people for name, people in ROOMS.items() if name != room}


@pytest.mark.parametrize(
    ("rooms", "changes"),
    [
        (without("F"), {}),
        (ROOMS, {"team": 6}),
        (ROOMS, {"minimum_n": 6}),
        (ROOMS, {"audience": "public"}),
        (ROOMS | {"B": [1, 1, 1, 1, 1]}, {}),
        ({name: [0, 1, 2, 3, 4] for name in ROOMS}, {}),
        ({"A": [0, 1, 2] * 9}, {}),
        ({"A": [1]}, {}),
        ({"": [0, 1, 2] * 9}, {}),
    ],
)
def test_too_few_too_small_and_too_alike_look_the_same(rooms, changes):
    assert row_of(rooms, **changes) == HIDDEN


def test_a_hidden_row_says_nothing_of_what_is_behind_it():
    one = evaluate(without("F") | {"E": [0, 0, 0, 1, 9 - 5]})["portfolio"]
    other = evaluate(without("F"))["portfolio"]
    assert json.dumps(one) == json.dumps(other)


def test_other_designs_are_not_pooled_over_workshops():
    block = evaluate(ROOMS, cluster="none", estimator="paired")["portfolio"]
    assert block["rows"] == []
    assert [one["code"] for one in block["caveats"]] == ["no_workshops_to_pool"]


def test_no_label_and_no_order_reaches_the_block():
    first = evaluate(ROOMS)["portfolio"]
    order = np.random.default_rng(5).permutation(2 * 33)
    renamed = {f"Z{ord('F') - ord(name)}": people for name, people in ROOMS.items()}
    assert evaluate(ROOMS, order=order)["portfolio"] == first
    assert evaluate(renamed)["portfolio"] == first
    assert not any(f"“{name}”" in json.dumps(first, ensure_ascii=False) for name in ROOMS)


def published_figures(means, errors, sizes):
    """All that is published of means and spreads, exact (it is rounded before it is shown)."""
    result = stats.random_effects_meta(means, errors**2)
    n = sizes.sum()
    average = (sizes * means).sum() / n
    inner = errors**2 * sizes * (sizes - 1)
    deviation = np.sqrt((inner.sum() + (sizes * (means - average) ** 2).sum()) / (n - 1))
    cluster = stats.mean_change_cr2(
        np.repeat(means, sizes), np.repeat(np.arange(len(sizes)), sizes)
    ).std_error
    return np.array(
        [average, deviation, cluster, result.estimate, result.std_error, result.tau_squared, result.i_squared]
    )


def free_directions(k):
    """How far each other workshop's mean can move without a change in any published figure, for whoever knows
    workshop 0, and the sizes of all."""
    rng = np.random.default_rng(k)
    sizes = np.arange(10, 10 + k)
    means, errors = rng.normal(0, 10, k), rng.uniform(1, 3, k)

    def figures(x):
        return published_figures(np.r_[means[0], x[: k - 1]], np.r_[errors[0], x[k - 1 :]], sizes)

    x = np.r_[means[1:], errors[1:]]
    steps = 1e-4 * np.eye(len(x))
    slopes = np.column_stack([(figures(x + step) - figures(x - step)) / 2e-4 for step in steps])
    _, singular, rows = np.linalg.svd(slopes)
    rank = int((singular > 1e-6 * singular[0]).sum())
    return np.abs(rows[rank:, : k - 1]).max(axis=0) if rank < len(x) else np.zeros(k - 1)


def test_who_knows_one_workshop_cannot_solve_for_another():
    """At the threshold every other workshop's mean is free to move; with three workshops none of them was."""
    assert free_directions(across_workshops.FEWEST_WORKSHOPS).min() > 1e-4
    assert free_directions(3).max() == 0.0


@given(
    st.dictionaries(
        st.sampled_from("ABCDEFGH"), st.lists(st.integers(-5, 5), min_size=1, max_size=8), min_size=1
    )
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_any_workshops_give_a_row_that_is_whole_or_hidden(rooms):
    row = row_of(rooms)
    if row["suppressed"]:
        assert row == HIDDEN
        return
    assert len(rooms) >= across_workshops.FEWEST_WORKSHOPS
    assert min(len(people) for people in rooms.values()) >= 2
    estimate, ahead = row["estimate"], row["prediction"]
    assert ahead["low"] <= estimate["low"] <= estimate["value"] <= estimate["high"] <= ahead["high"]
    assert check(row["text"], "before_after") == ()
