"""The whole of it: shape, invariances, and a complete result from any data."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impact.evaluation import Labels, as_submissions, check, draw, run, to_json

KEYS = {
    "format", "plan", "instrument", "data", "audience", "design", "licence", "labels", "rules", "intervals", "flow", "quality", "findings",
    "comparison", "retention", "attrition", "perception_gap", "response_shift", "harm", "linkage", "disclosure", "deviations", "portfolio", "caveats",
}  # fmt: skip
FINDING_KEYS = {
    "scale", "contrast", "subgroup", "role", "planned", "estimator", "n", "clusters", "singletons", "before", "after", "arms",
    "estimate", "tests", "effect_size", "benchmark", "reliable_change", "verdict", "sesoi", "sensitivity", "sensitivity_summary", "claim", "caveats", "suppressed",
}  # fmt: skip


def assert_complete(findings):
    assert set(findings) == KEYS
    for found in findings["findings"]:
        assert set(found) == FINDING_KEYS
        assert found["claim"]["text"]
        assert check(found["claim"]["text"], found["claim"]["licence"]) == ()
        if found["estimate"]["low"] is None:
            assert found["verdict"] is None
            assert found["caveats"]
        elif found["estimate"]["value"] is not None:
            assert found["estimate"]["low"] <= found["estimate"]["value"] <= found["estimate"]["high"]
    assert_finite(findings)


def assert_finite(value):
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            assert_finite(item)
    elif isinstance(value, float):
        assert math.isfinite(value)
    else:
        assert value is None or type(value) in (str, int, bool)


@pytest.fixture(scope="module")
def rows(make):
    return make.draw(
        make.plan(), make.instrument(), workshops=4, people_per_side=8,
        shifts={"a": {"fear": -20, "trust": 10}, "b": {"trust": 5}}, languages=["en", "ar"],
    )  # fmt: skip


def test_shape_and_order(make, rows):
    findings = make.evaluate(
        make.plan(), make.instrument(), rows, labels=Labels("P", {"a": "Ash", "b": "Birch"})
    )
    assert_complete(findings)
    assert [(found["scale"], *found["subgroup"].values()) for found in findings["findings"]] == [
        ("fear", "a"), ("fear", "b"), ("fear", ["a", "b"]), ("trust", "a"), ("trust", "b"), ("trust", ["a", "b"]),
        ("anger", "a"), ("anger", "b"),
    ]  # fmt: skip
    first = findings["findings"][0]
    assert (first["estimator"], first["role"], first["planned"]) == ("mean_change_cr2", "primary", False)
    assert first["estimate"]["simultaneous"]["level"] == 0.9875
    assert first["estimate"]["simultaneous"]["family"] == 4
    assert [test["name"] for test in first["tests"]] == ["mean_change_cr2", "paired_t"]
    assert first["tests"][0]["p_adjusted"] == pytest.approx(4 * first["tests"][0]["p_value"])
    assert first["tests"][1]["p_adjusted"] is None
    assert first["claim"]["text"].startswith("Ash: ")
    assert findings["findings"][6]["estimate"]["simultaneous"] is None


def test_adjusted_p_and_simultaneous_interval_agree(make):
    plan, instrument = make.plan(), make.instrument()
    for seed in range(8):
        rows = make.draw(
            plan, instrument, seed=seed, workshops=5, people_per_side=8, shifts={"a": {"fear": -12}}
        )
        for found in make.evaluate(plan, instrument, rows)["findings"]:
            wide = found["estimate"]["simultaneous"]
            if wide:
                assert (found["tests"][0]["p_adjusted"] < 0.05) == (not wide["low"] <= 0 <= wide["high"])


@pytest.mark.parametrize("audience", ["team", "public"])
def test_the_order_of_rows_and_the_numbering_of_people_reach_no_byte(make, rows, audience):
    plan, instrument = make.plan(), make.instrument()
    expected = to_json(make.evaluate(plan, instrument, rows, audience))
    for seed in range(3):
        rng = np.random.default_rng(seed)
        names = [f"p{number}" for number in rng.permutation(10_000)]
        shuffled = [
            rows[i] | {"respondent": names[int(rows[i]["respondent"][1:])]}
            for i in rng.permutation(len(rows))
        ]
        assert to_json(make.evaluate(plan, instrument, shuffled, audience)) == expected


def test_the_same_holds_for_people_linked_by_code():
    from impact.instruments import find_instrument
    from impact.linkage import link
    from impact.plans import load_plan
    from impact.resources import folder

    plan, instrument = load_plan(
        folder("analysis") / "dialogue-core.yaml",
        lambda name, version: find_instrument(name, version, [folder("surveys")]),
    )
    rows, truth = draw(
        plan, instrument, seed=2, people_per_side=12, languages={"a": ["ar"], "b": ["he", "en"]}
    )
    rng, made = np.random.default_rng(1), set()
    for order in (range(len(rows)), rng.permutation(len(rows))):
        submissions = as_submissions(instrument, [rows[i] for i in order])
        made.add(
            to_json(run(plan, instrument, submissions, link(instrument, submissions), audience="public"))
        )
    assert len(made) == 1
    findings = json.loads(made.pop())
    assert_complete(findings)
    assert findings["linkage"]["by"] == "code"
    assert 0.8 * truth["returned"] < findings["linkage"]["waves"][0]["linked"] <= truth["returned"]


def test_renaming_workshops_changes_the_hash_only(make, rows):
    plan, instrument = make.plan(), make.instrument()
    new = {"Workshop 1": "Z", "Workshop 2": "Haifa", "Workshop 3": "A", "Workshop 4": "ورشة"}
    one = make.evaluate(plan, instrument, rows)
    other = make.evaluate(plan, instrument, [row | {"workshop": new[row["workshop"]]} for row in rows])
    assert one["data"].pop("sha256") != other["data"].pop("sha256")
    assert to_json(one) == to_json(other)


def test_one_changed_answer_changes_the_hash(make, rows):
    plan, instrument = make.plan(), make.instrument()
    other = [rows[0] | {"anger_1": "1" if rows[0]["anger_1"] != "1" else "2"}, *rows[1:]]
    hashes = {make.evaluate(plan, instrument, version)["data"]["sha256"] for version in (rows, other)}
    assert len(hashes) == 2


def test_json_is_sorted_rounded_and_says_the_same(make, rows):
    findings = make.evaluate(make.plan(), make.instrument(), rows)
    text = to_json(findings)
    assert json.loads(text) == findings
    assert text == to_json(json.loads(text))
    assert b"NaN" not in text
    assert text.endswith(b"}\n")
    assert to_json({"b": float("nan"), "a": [1 / 3, float("inf"), -0.0]}) == (
        b'{\n  "a": [\n    0.3333333333,\n    null,\n    0.0\n  ],\n  "b": null\n}\n'
    )


DESIGNS = ["one_group", "comparison", "randomised"]


def design_plan(make, design, **changes):
    extra = {} if design == "one_group" else make.arms_plan
    return make.plan(design=design, **(extra | changes))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    design=st.sampled_from(DESIGNS),
    cluster=st.sampled_from(["workshop", "none"]),
    few=st.sampled_from(["paired", "none"]),
    by_side=st.booleans(),
    audience=st.sampled_from(["team", "public"]),
    cells=st.lists(
        st.tuples(
            st.integers(0, 25), st.sampled_from(["pre", "post", "followup"]), st.sampled_from(["", "W1", "W2", "W3"]),
            st.sampled_from(["", "a", "b"]), st.sampled_from(["workshop", "comparison"]), st.integers(1, 5),
            st.sampled_from(["", ".r", "1", "5"]),
        ),
        min_size=1, max_size=90, unique_by=lambda cell: cell[:2],
    ),
)  # fmt: skip
def test_any_data_give_a_complete_result(make, design, cluster, few, by_side, audience, cells):
    estimator = {"estimator": "paired"} if (design, cluster) == ("one_group", "none") else {}
    plan = design_plan(
        make, design, cluster=cluster, few_workshops=few, by_side=by_side,
        compare_sides=by_side and design == "one_group", minimum_n=2, **estimator,
    )  # fmt: skip
    instrument = make.instrument()
    rows = [
        {"respondent": f"p{person}", "wave": wave, "workshop": workshop, "side": side, "arm": arm, "language": "en"}
        | {item.id: (odd if number == 0 else str(1 + (value + number * person) % 5)) for number, item in enumerate(instrument.items)}
        for person, wave, workshop, side, arm, value, odd in cells
    ]  # fmt: skip
    assert_complete(make.evaluate(plan, instrument, rows, audience))


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("people", [1, 2, 3, 8])
@pytest.mark.parametrize("workshops", [1, 2, 3, 4])
def test_no_design_says_more_than_it_may(make, design, people, workshops):
    plan = design_plan(make, design)
    rows = make.draw(
        plan, make.instrument(), workshops=workshops, people_per_side=people, shifts={"a": {"fear": -25}}
    )
    findings = make.evaluate(plan, make.instrument(), rows)
    assert_complete(findings)
    allowed = {"one_group": {"before_after", "these_rooms"}}.get(
        design, {design, "limited_comparison", "account"}
    )
    assert {found["claim"]["licence"] for found in findings["findings"]} <= allowed


def test_one_or_two_workshops_speak_of_these_rooms(make):
    plan, instrument = make.plan(), make.instrument()
    rows = make.draw(plan, instrument, workshops=2, people_per_side=12, shifts={"a": {"fear": -25}})
    findings = make.evaluate(plan, instrument, rows)
    first = findings["findings"][0]
    assert (first["estimator"], first["clusters"]) == ("paired_t", 2)
    assert "few_workshops" in [caveat["code"] for caveat in first["caveats"]]
    assert "these rooms" in first["claim"]["text"]
    assert findings["licence"]["id"] == "these_rooms"
    none = make.evaluate(make.plan(few_workshops="none"), instrument, rows)["findings"][0]
    assert none["estimate"]["value"] == first["estimate"]["value"]
    assert (none["estimate"]["low"], none["verdict"], none["tests"]) == (None, None, [])


def test_one_workshop_an_arm_has_no_p_value(make):
    plan, instrument = design_plan(make, "randomised"), make.instrument()
    rows = make.draw(plan, instrument, workshops=2, people_per_side=12, shifts={"a": {"fear": -25}})
    found = make.evaluate(plan, instrument, rows)["findings"][0]
    assert found["tests"] == []
    assert found["verdict"] is None
    assert "one_cluster_per_arm" in [caveat["code"] for caveat in found["caveats"]]


def test_two_arms_show_both_levels(make):
    plan, instrument = design_plan(make, "randomised"), make.instrument()
    rows = make.draw(plan, instrument, workshops=6, people_per_side=12, shifts={"a": {"fear": -25}})
    found = make.evaluate(plan, instrument, rows)["findings"][0]
    arms = found["arms"]
    assert arms["workshop"]["n"] + arms["comparison"]["n"] == found["n"]
    assert found["before"] == arms["workshop"]["before"]
    assert found["estimator"] == "ancova_cr2"
    assert found["claim"]["text"].startswith("Side A: taking part lowered “Fear” by ")


def test_weights_and_synthetic_data_are_told(make, rows):
    from dataclasses import replace

    plan, instrument = make.plan(), make.instrument()
    submissions = as_submissions(instrument, rows)
    submissions = replace(submissions, weight=np.ones(len(submissions)))
    labels = Labels("P", {"a": "A", "b": "B"}, synthetic=True)
    links = make.links(instrument, submissions)
    findings = run(
        plan, instrument, submissions, links, audience="team", labels=labels, locked_at="2026-11-01"
    )
    assert [caveat["code"] for caveat in findings["caveats"]] == [
        "synthetic",
        "no_comparison_group",
        "weights_ignored",
    ]
    assert findings["plan"]["locked_at"] == "2026-11-01"
    assert all(found["planned"] for found in findings["findings"])
    assert "plan_not_locked" not in [caveat["code"] for caveat in findings["caveats"]]


def test_an_unknown_audience_is_refused(make, rows):
    with pytest.raises(ValueError, match="audience is 'press', not one of"):
        make.evaluate(make.plan(), make.instrument(), rows, "press")


def test_two_contrasts_do_not_give_averages_that_can_be_differenced(make):
    from impact.plans import Contrast

    plan = make.plan(
        contrasts=(Contrast("post - pre", "post", "pre"), Contrast("followup - pre", "followup", "pre"))
    )
    rows = make.draw(plan, make.instrument(), workshops=4, people_per_side=8, dropout=0.0, seed=3)
    lost = sorted({row["respondent"] for row in rows if row["side"] == "a"})[:4]
    rows = [row for row in rows if row["wave"] != "followup" or row["respondent"] not in lost]
    findings = make.evaluate(plan, make.instrument(), rows)
    fear = {found["contrast"]: found for found in findings["findings"] if found["scale"] == "fear" and found["subgroup"] == {"side": "a"}}  # fmt: skip
    assert fear["post - pre"]["n"] - fear["followup - pre"]["n"] == 4
    assert fear["post - pre"]["before"]["mean"] is not None
    assert fear["followup - pre"]["before"]["mean"] is None
    assert fear["followup - pre"]["estimate"]["value"] is not None


@pytest.mark.parametrize(
    ("sides", "comparisons"), [((), []), (("a", "b", "c"), [["a", "b"], ["a", "c"], ["b", "c"]])]
)
def test_no_side_and_three_sides(make, sides, comparisons):
    plan = make.plan(by_side=bool(sides), compare_sides=bool(sides))
    instrument = make.instrument(sides=sides)
    rows = make.draw(plan, instrument, workshops=4, people_per_side=9)
    findings = make.evaluate(plan, instrument, rows)
    assert_complete(findings)
    fear = [found["subgroup"] for found in findings["findings"] if found["scale"] == "fear"]
    assert fear == [{"side": side} for side in sides] + [{"sides": pair} for pair in comparisons] or fear == [
        {}
    ]
    assert findings["findings"][0]["estimate"]["simultaneous"]["family"] == 2 * max(1, len(sides))


def test_items_that_nobody_was_asked_are_named(make, rows) -> None:
    """A file may lack columns of a scale: the score rests on the rest, and the findings say so."""
    codes = lambda data: make.evaluate(make.plan(), make.instrument(), data)["caveats"]  # noqa: E731
    assert "items_absent" not in {caveat["code"] for caveat in codes(rows)}
    lacking = [row | {"fear_1": ".w"} | ({"trust_2": ".w"} if row["wave"] == "post" else {}) for row in rows]
    assert codes(lacking)[-1] == {
        "code": "items_absent",
        "text": "Not asked in these data at a time that is compared: fear_1, trust_2. "
        "Scores rest on the other items of their scales.",
    }
