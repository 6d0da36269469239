"""Response shift: a result of its own, adding up exactly, that gives nobody's answers back."""

from __future__ import annotations

import itertools
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact import stats
from impact.evaluation import check
from impact.instruments import load_instrument
from impact.plans import Contrast, Outcome, Thresholds

INSTRUMENT = load_instrument(Path(__file__).parents[1] / "instruments" / "looking-back.v1.yaml")
KEYS = {
    "scale", "contrast", "subgroup", "n", "clusters", "estimator", "before", "then", "after", "shift",
    "retrospective_change", "change", "verdict", "claim", "caveats", "suppressed",
}  # fmt: skip
DIFFERENCES = ("shift", "retrospective_change", "change")
ITEMS = ("fear_1", "fear_2", "fear_3", "fear_4")


def plan_of(make, **changes):
    values = {
        "outcomes": (Outcome("fear", "primary"), Outcome("justice", "guard")),
        "compare_sides": False,
        "by_side": False,
        "minimum_n": 2,
        "thresholds": Thresholds(2, 2),
    }
    return make.plan(**(values | changes))


def fear(step, suffix=""):
    """All four items at `step` (0–4 of fear), the third reversed; None: not answered. One step is 25 points."""
    cells = {f"{name}{suffix}": "" if step is None else str(step + 1) for name in ITEMS}
    if step is not None:
        cells[f"fear_3{suffix}"] = str(5 - step)
    return cells


def rows_of(table, side="a"):
    """`table`: workshop → (before, then, after) of each person, in steps of fear."""
    rows, number = [], itertools.count()
    for workshop, people in table.items():
        for before, then, after in people:
            person = f"{side}{next(number)}"
            for wave, now, back in (("pre", before, None), ("post", after, then)):
                if now is None and back is None:
                    continue
                cells = {item.id: "" for item in INSTRUMENT.closed_items}
                cells |= fear(now) | (fear(back, "_then") if wave == "post" else {})
                rows.append(
                    {"respondent": person, "wave": wave, "workshop": workshop, "side": side, "arm": "workshop"}
                    | {"language": "en"} | cells
                )  # fmt: skip
    return rows


TABLE = {
    "U": [(2, 3, 1), (1, 3, 1), (3, 4, 2)],
    "V": [(2, 2, 2), (1, 2, 0)],
    "W": [(3, 4, 1), (2, 4, 2), (1, 2, 1)],
}


def test_a_table_by_hand(make):
    """Steps before 15, then 24, after 10 of eight people; a step is 25 points."""
    findings = make.evaluate(plan_of(make), INSTRUMENT, rows_of(TABLE))
    (found,) = findings["response_shift"]
    assert set(found) == KEYS
    assert (found["scale"], found["contrast"], found["subgroup"], found["n"]) == ("fear", "post - pre", {}, 8)
    assert [found[name]["mean"] for name in ("before", "then", "after")] == [46.875, 75.0, 31.25]
    assert [found[name]["value"] for name in DIFFERENCES] == [-28.125, -43.75, -15.625]
    room = [w for w, people in TABLE.items() for _ in people]
    people = np.array([p for listed in TABLE.values() for p in listed]) * 25.0
    columns = {"shift": people[:, 0] - people[:, 1], "retrospective_change": people[:, 2] - people[:, 1]}
    for name, change in (columns | {"change": people[:, 2] - people[:, 0]}).items():
        fit = stats.mean_change_cr2(change, room)
        for number in ("std_error", "df", "low", "high"):
            assert found[name][number] == pytest.approx(getattr(fit, number), rel=1e-8), (name, number)
    assert found["change"]["value"] == findings["findings"][0]["estimate"]["value"]


def test_it_is_mixed_into_nothing(make):
    """Without the then-answers every other part of the result is the same."""
    plan, rows = plan_of(make), rows_of(TABLE)
    without = [row | fear(None, "_then") for row in rows]
    one, other = (make.evaluate(plan, INSTRUMENT, listed) for listed in (rows, without))
    apart = {"response_shift", "data"}
    assert {k: v for k, v in one.items() if k not in apart} == {
        k: v for k, v in other.items() if k not in apart
    }
    assert other["response_shift"][0]["shift"]["value"] is None


def test_the_sentence_looks_back_and_corrects_nothing(make):
    rng = np.random.default_rng(2)
    table = {
        w: [(b, min(4, b + s), max(0, b - s % 2)) for b, s in rng.integers(1, 4, (6, 2))] for w in "STUVW"
    }
    found = make.evaluate(plan_of(make), INSTRUMENT, rows_of(table))["response_shift"][0]
    assert found["verdict"] == "lower"
    text = found["claim"]["text"]
    assert text.startswith(
        "All people: looking back, people judged that their “Fear of the other side” had been "
    )
    assert " points of 100 higher before than they said at the time (95\u00a0% interval " in text
    assert text.endswith("the results above rest on what they said at the time.")
    assert check(text, found["claim"]["licence"]) == ()


def test_one_workshop_is_about_these_rooms(make):
    found = make.evaluate(plan_of(make), INSTRUMENT, rows_of({"U": [*TABLE["U"][:2], (3, 4, 3)]}))[
        "response_shift"
    ][0]
    paired = stats.paired_t([75.0, 75, 100], [50.0, 25, 75])
    assert (found["estimator"], found["claim"]["licence"]) == ("paired_t", "these_rooms")
    assert (found["shift"]["low"], found["shift"]["high"]) == pytest.approx((paired.low, paired.high))


def test_one_person_without_a_then_answer_is_not_told_by_subtraction(make):
    """With 7 of 8 the change of both would tell the eighth's; the shift rests on what is published nowhere else."""
    table = TABLE | {"W": [(3, 4, 1), (2, 4, 2), (1, None, 1)]}
    findings = make.evaluate(plan_of(make, thresholds=Thresholds(3, 3)), INSTRUMENT, rows_of(table))
    (found,) = findings["response_shift"]
    assert findings["findings"][0]["n"] == 8
    assert (found["n"], found["shift"]["value"]) == (7, pytest.approx(-200 / 7))
    for name in ("retrospective_change", "change"):
        assert found[name]["value"] is None
        assert found[name]["low"] is None
    assert {found[name]["mean"] for name in ("before", "then", "after")} == {None}
    assert "shift_levels_hidden" in [one["code"] for one in found["caveats"]]


def test_a_common_shift_would_tell_each_persons_answer(make):
    table = {w: [(b, b + 1, a) for b, _, a in people if b < 4] for w, people in TABLE.items()}
    found = make.evaluate(plan_of(make), INSTRUMENT, rows_of(table))["response_shift"][0]
    assert {found[name]["value"] for name in DIFFERENCES} == {None}
    assert [one["code"] for one in found["caveats"]] == ["everyone_alike"]


def test_too_few_people_have_the_same_shape(make):
    plan = plan_of(make, thresholds=Thresholds(5, 10), minimum_n=5)
    found = make.evaluate(plan, INSTRUMENT, rows_of({"U": TABLE["U"]}))["response_shift"][0]
    assert set(found) == KEYS
    assert (found["n"], found["clusters"], found["estimator"], found["suppressed"]) == (
        None,
        None,
        None,
        True,
    )
    assert {found[name]["value"] for name in DIFFERENCES} == {None}
    assert not any(character.isdigit() for character in found["claim"]["text"])


def test_no_average_is_shown_for_people_who_differ_by_fewer_than_k(make):
    """Over drawn programmes with people who skip the then-items: what is shown of a scale, side and wave."""
    k, plan, seen = 5, plan_of(make, by_side=True, thresholds=Thresholds(5, 10), contrasts=CONTRASTS), 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        rows = make.draw(plan, INSTRUMENT, seed=seed, workshops=4, people_per_side=8, dropout=0.1)
        rows = [row | (fear(None, "_then") if rng.random() < (seed % 3) / 10 else {}) for row in rows]
        findings = make.evaluate(plan, INSTRUMENT, rows)
        for row in findings["response_shift"]:
            if row["change"]["value"] is None:
                assert (
                    row["retrospective_change"]["value"] is None
                )  # with the shift it would give the change back
                continue
            seen += 1
            for other in findings["findings"]:
                if (other["scale"], other["subgroup"]) == (row["scale"], row["subgroup"]):
                    same = other["contrast"] == row["contrast"] and other["n"] == row["n"]
                    assert same or abs(other["n"] - row["n"]) >= k or other["contrast"] != row["contrast"]
                    if same and row["before"]["mean"] is not None:
                        assert row["before"] == other["before"]
                        assert row["after"] == other["after"]
            for other in findings["quality"]:
                is_near = (other["scale"], other["side"]) == (row["scale"], row["subgroup"]["side"])
                if (
                    is_near
                    and other["mean"] is not None
                    and other["wave"] in ("pre", "post")
                    and not other["language"]
                ):
                    assert other["n"] == row["n"] or abs(other["n"] - row["n"]) >= k
    assert seen > 3


CONTRASTS = (Contrast("post - pre", "post", "pre"), Contrast("followup - pre", "followup", "pre"))
STEP = st.one_of(st.none(), st.integers(0, 4))


@settings(max_examples=50)
@given(
    people=st.dictionaries(
        st.sampled_from("UVW"), st.lists(st.tuples(STEP, STEP, STEP), max_size=6), min_size=1
    ),
    few=st.sampled_from(["paired", "none"]),
    cluster=st.sampled_from([("workshop", "cr2"), ("none", "paired")]),
    design=st.sampled_from(["one_group", "randomised"]),
    k=st.integers(1, 4),
)
def test_any_data_give_complete_rows_that_add_up(make, people, few, cluster, design, k):
    plan = plan_of(
        make,
        few_workshops=few,
        cluster=cluster[0],
        estimator=cluster[1],
        thresholds=Thresholds(k, k),
        by_side=True,
    )
    plan = replace(plan, design=design, **(make.arms_plan if design == "randomised" else {}))
    rows = rows_of(people)
    if not rows:
        return
    for row in make.evaluate(plan, INSTRUMENT, rows)["response_shift"]:
        assert set(row) == KEYS
        for name in DIFFERENCES:
            if row[name]["low"] is not None:
                assert row[name]["low"] <= row[name]["value"] <= row[name]["high"]
        if row["change"]["value"] is not None:
            total = row["retrospective_change"]["value"] - row["shift"]["value"]
            assert row["change"]["value"] == pytest.approx(total, abs=1e-6)
        assert (row["verdict"] is None) == (row["shift"]["low"] is None)
        assert row["shift"]["low"] is not None or row["caveats"]
        assert check(row["claim"]["text"], row["claim"]["licence"]) == ()
        assert "{" not in row["claim"]["text"]
        assert "None" not in row["claim"]["text"]


def test_where_the_finding_gives_way_to_others_only_the_shift_is_told(make, monkeypatch):
    """Its change would be the very number that the finding does not show."""
    from impact.evaluation.labels import default_labels
    from impact.evaluation.response_shift_disclosure import disclose_shifts

    engine = import_module("impact.evaluation.run")  # the package has a function of this name
    kept, plan = {}, plan_of(make)
    original = engine.disclose
    monkeypatch.setattr(engine, "disclose", lambda raw, *rest: kept.update(raw=raw) or original(raw, *rest))
    rows = rows_of({"w1": [(0, 1, 2), (1, 2, 2), (2, 3, 1)], "w2": [(3, 1, 2), (1, 1, 2), (0, 2, 4)]})
    document = make.evaluate(plan, INSTRUMENT, rows)
    hidden = [one | {"suppressed": True, "arms": None} for one in document["findings"]]
    labels = default_labels(INSTRUMENT, plan)
    (open_row, *_), (row, *_) = (
        disclose_shifts(kept["raw"], shown, 2, labels, INSTRUMENT) for shown in (document["findings"], hidden)
    )
    assert open_row["change"]["value"] is not None
    told = {name: row[name]["value"] for name in DIFFERENCES} | {
        name: row[name]["mean"] for name in ("before", "then", "after")
    }
    assert told == dict.fromkeys(told) | {"shift": open_row["shift"]["value"]}
