"""Perception gap: values by hand, intervals as the statistics package gives them, and nothing that gives a count back."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact import stats
from impact.evaluation import check
from impact.evaluation.designs import Estimate
from impact.evaluation.perception_gap import gap_verdict
from impact.instruments import load_instrument
from impact.plans import Contrast, Outcome, Thresholds

INSTRUMENT = load_instrument(Path(__file__).parents[1] / "instruments" / "looking-back.v1.yaml")
KEYS = {
    "item", "own_item", "title", "agree_from", "by", "of", "wave", "contrast", "n_estimating", "n_measured", "estimated",
    "measured", "before", "after", "gap", "estimator", "clusters", "verdict", "claim", "caveats", "suppressed",
}  # fmt: skip


def plan_of(make, **changes):
    values = {
        "outcomes": (Outcome("fear", "primary"),),
        "compare_sides": False,
        "minimum_n": 2,
        "thresholds": Thresholds(2, 2),
    }
    return make.plan(**(values | changes))


def submission(person, side, workshop, wave, guess="", own=""):
    blank = {item.id: "" for item in INSTRUMENT.closed_items}
    blank |= {item.id: ".w" for item in INSTRUMENT.closed_items if wave not in item.waves}
    return {
        "respondent": f"{side}{person}", "wave": wave, "workshop": workshop, "side": side, "arm": "workshop",
        "language": "en", **blank, "guess_peace": str(guess), "want_peace": str(own),
    }  # fmt: skip


def gap_of(findings, by="a", wave=None, contrast=None):
    return next(
        row
        for row in findings["perception_gap"]
        if (row["item"], row["by"], row["wave"], row["contrast"]) == ("guess_peace", by, wave, contrast)
    )


# Workshop → guesses of side a (of 10), own answers of side b (1–5; 4 and 5 agree).
TABLE = {"U": ([2, 3, 5], [4, 5, 1]), "V": ([4, 4], [5, 3, 4]), "W": ([1, 6, 3], [2, 4])}


def rows_of(table, wave="pre"):
    rows = []
    for workshop, (guesses, owns) in table.items():
        rows += [submission(f"{workshop}{i}", "a", workshop, wave, guess=g) for i, g in enumerate(guesses)]
        rows += [submission(f"{workshop}{i}", "b", workshop, wave, own=o) for i, o in enumerate(owns)]
    return rows


def test_a_gap_by_hand_and_its_interval_from_the_stacked_regression(make):
    """Guesses 2, 3, 5, 4, 4, 1, 6, 3 of 10: 35 %; 5 of 8 agree: 62.5 %; the gap is −27.5 points."""
    found = gap_of(make.evaluate(plan_of(make), INSTRUMENT, rows_of(TABLE)), wave="pre")
    assert set(found) == KEYS
    assert (found["estimated"], found["measured"], found["gap"]["value"]) == (35.0, 62.5, -27.5)
    assert (found["n_estimating"], found["n_measured"], found["clusters"]) == (8, 8, 3)
    assert (found["estimator"], found["agree_from"], found["of"]) == ("two_sides_cr2", 4.0, "b")
    y = [10 * g for guesses, _ in TABLE.values() for g in guesses]
    y += [100 * (o >= 4) for _, owns in TABLE.values() for o in owns]
    room = [w for w, (guesses, _) in TABLE.items() for _ in guesses]
    room += [w for w, (_, owns) in TABLE.items() for _ in owns]
    X = np.column_stack([np.ones(16), [1] * 8 + [0] * 8])
    fit = stats.ols_cr2(y, X, room)
    for name, numbers in (
        ("std_error", fit.std_errors),
        ("df", fit.df),
        ("low", fit.low),
        ("high", fit.high),
    ):
        assert found["gap"][name] == pytest.approx(numbers[1], rel=1e-8)


def test_one_or_two_workshops_give_welch_for_these_rooms(make):
    table = {name: TABLE[name] for name in ("U", "V")}
    found = gap_of(make.evaluate(plan_of(make), INSTRUMENT, rows_of(table)), wave="pre")
    welch = stats.welch_t([20.0, 30, 50, 40, 40], [100.0, 100, 0, 100, 0, 100])
    assert found["estimator"] == "two_sides_welch"
    assert found["gap"]["value"] == pytest.approx(36 - 100 * 4 / 6)
    assert (found["gap"]["low"], found["gap"]["high"]) == pytest.approx((welch.low, welch.high))
    assert found["claim"]["licence"] == "these_rooms"
    assert found["claim"]["text"].endswith("It holds for the people in these rooms only.")


def test_the_change_is_of_those_asked_both_times(make):
    """Side a 2 → 5, 4 → 6, 3 → 5 of 10 and one who left; side b agrees 1, 1, 0, 1 → 1, 1, 0, 0 and one who came."""
    before = {"U": ([2, 4, 3, 9], [4, 5, 1, 4])}
    after = {"U": ([5, 6, 5], [4, 4, 2, 3, 5])}
    rows = rows_of(before) + rows_of(after, "post")
    findings = make.evaluate(plan_of(make, thresholds=Thresholds(1, 1)), INSTRUMENT, rows)
    found = gap_of(findings, contrast="post - pre")
    assert (found["n_estimating"], found["n_measured"]) == (3, 4)
    assert (found["before"]["estimated"], found["before"]["measured"]) == (30.0, 75.0)
    assert found["after"]["estimated"] == pytest.approx(160 / 3)
    assert found["after"]["measured"] == 50.0
    # Guess +70/3, answers −25: the gap moves from −45 to 10/3, by 48.33.
    assert found["gap"]["value"] == pytest.approx(70 / 3 + 25)
    welch = stats.welch_t([30.0, 20, 20], [0.0, 0, 0, -100])
    assert (found["gap"]["low"], found["gap"]["high"]) == pytest.approx((welch.low, welch.high))


def interval(low, high):
    return Estimate("x", value=(low + high) / 2, low=low, high=high)


@pytest.mark.parametrize(
    ("change", "total", "verdict"),
    [
        ((5, 25), (-70, -30), "smaller"),  # from about −32 to −18
        ((-25, -5), (30, 70), "smaller"),  # the same on the other side of 0
        ((-25, -5), (-70, -30), "larger"),
        (
            (5, 25),
            (-20, 20),
            "no_clear_evidence",
        ),  # from about −7 to +7: it turned round, its size did not change
        ((-5, 25), (-70, -30), "no_clear_evidence"),
    ],
)
def test_smaller_means_nearer_to_zero_whatever_the_sign(change, total, verdict):
    assert gap_verdict(interval(*change), interval(*total), True) == verdict


@settings(max_examples=200)
@given(st.tuples(*[st.floats(-100, 100)] * 2))
def test_a_gap_called_smaller_is_smaller(gaps):
    """With intervals of no width the verdict is what the two gaps are."""
    before, after = gaps
    point = [Estimate("x", value=v, low=v, high=v) for v in (after - before, after + before)]
    size = abs(after) - abs(before)
    verdict = gap_verdict(point[0], point[1], True)
    if abs(size) > 1e-6:
        assert verdict == ("smaller" if size < 0 else "larger")


def test_the_sentence_names_cut_off_and_reference_group(make):
    rows = rows_of({w: ([1, 2, 1, 2], [5, 4, 5, 3]) for w in "STUVW"})
    found = gap_of(make.evaluate(plan_of(make), INSTRUMENT, rows), wave="pre")
    assert found["verdict"] is None  # all workshops are alike: no interval, and so no verdict
    rng = np.random.default_rng(1)
    table = {w: (rng.integers(0, 4, 5), rng.integers(3, 6, 5)) for w in "STUVW"}
    found = gap_of(make.evaluate(plan_of(make), INSTRUMENT, rows_of(table)), wave="pre")
    assert found["verdict"] == "underestimated"
    text = found["claim"]["text"]
    assert text.startswith(
        "Side A: people guessed that " if "Side" in text else "North: people guessed that "
    )
    assert "would answer “I want to live in peace with North.” with at least “Mostly”;" in text
    assert text.endswith(
        "The guess is held against the 25 people of South who answered here, not against all of South."
    )


def test_fewer_than_the_minimum_gives_nothing_and_says_so(make):
    plan = plan_of(make, minimum_n=9)
    found = gap_of(make.evaluate(plan, INSTRUMENT, rows_of(TABLE)), wave="pre")
    assert (found["estimated"], found["measured"], found["gap"]["value"], found["verdict"]) == (None,) * 4
    assert (found["n_estimating"], found["suppressed"]) == (8, False)
    assert [one["code"] for one in found["caveats"]] == ["too_few_people"]


def numbers_in(row):
    blocks = [
        row["before"],
        row["after"],
        {k: row["gap"][k] for k in ("value", "std_error", "df", "low", "high")},
    ]
    return [row["estimated"], row["measured"], *itertools.chain(*(block.values() for block in blocks))]


@pytest.mark.parametrize(
    ("agree", "is_shown"), [(0, False), (4, False), (5, True), (7, True), (8, False), (12, False)]
)
def test_a_measured_share_is_a_count_of_people(make, agree, is_shown):
    """Twelve people, threshold five: fewer than five who agree, or who do not, and gap and guess are hidden too."""
    owns = [5] * agree + [1] * (12 - agree)
    rng = np.random.default_rng(3)
    table = {w: (rng.integers(0, 11, 4).tolist(), owns[i::3]) for i, w in enumerate("UVW")}
    found = gap_of(
        make.evaluate(plan_of(make, thresholds=Thresholds()), INSTRUMENT, rows_of(table)), wave="pre"
    )
    assert (found["measured"] is not None) == is_shown
    if not is_shown:
        assert set(numbers_in(found)) == {None}
        assert (found["verdict"], found["n_measured"]) == (None, 12)
        assert (
            found["claim"]["text"]
            == "North: what people guess of South on “I want to live in peace with North.” is not shown."
        )
        assert [one["code"] for one in found["caveats"]] == ["few_agree"]


def test_a_wave_gives_way_to_the_change_of_nearly_the_same_people(make):
    """One person leaves: the averages of twelve and of eleven, shown both, would tell that one's guess."""
    rng = np.random.default_rng(5)
    table = {w: (rng.integers(0, 11, 4).tolist(), [5, 1, 4, 2]) for w in "UVW"}
    later = {w: ([max(0, g - 1) for g in guesses], [4, 1, 4, 4]) for w, (guesses, _) in table.items()}
    later["U"] = ([(g + 3) % 11 for g in table["U"][0][:3]], later["U"][1])
    rows = rows_of(table) + rows_of(later, "post")
    findings = make.evaluate(plan_of(make, thresholds=Thresholds(3, 3)), INSTRUMENT, rows)
    wave, change = gap_of(findings, wave="pre"), gap_of(findings, contrast="post - pre")
    assert (change["n_estimating"], wave["n_estimating"]) == (11, 12)
    assert change["before"]["estimated"] is not None
    assert set(numbers_in(wave)) == {None}
    assert [one["code"] for one in wave["caveats"]] == ["gap_levels_hidden"]
    # At the later wave there is nobody else, so it repeats what the change says.
    assert gap_of(findings, wave="post")["estimated"] == change["after"]["estimated"]


@pytest.mark.parametrize("audience", ["team", "public"])
def test_small_sides_are_hidden_and_have_the_shape_of_all(make, audience):
    plan = plan_of(make, thresholds=Thresholds(5, 10))
    rows = make.draw(plan, INSTRUMENT, workshops=1, people_per_side=4, dropout=0.0)
    hidden = make.evaluate(plan, INSTRUMENT, rows, audience)["perception_gap"]
    assert len(hidden) == 2 * 2 * 3
    for row in hidden:
        assert set(row) == KEYS
        assert row["suppressed"]
        assert set(numbers_in(row)) | {row["n_estimating"], row["n_measured"], row["clusters"]} == {None}
        assert not any(character.isdigit() for character in row["claim"]["text"])


def test_no_two_shown_counts_of_people_who_agree_leave_fewer_than_k_between_them(make):
    """An attacker subtracts every pair of shown counts on the same people: what is left is nobody, or at least k."""
    k, plan = 5, plan_of(make, thresholds=Thresholds(5, 10), contrasts=CONTRASTS)
    seen = 0
    for seed in range(12):
        rows = make.draw(plan, INSTRUMENT, seed=seed, workshops=4, people_per_side=8, dropout=0.3)
        shown = {}
        for row in make.evaluate(plan, INSTRUMENT, rows)["perception_gap"]:
            where = (row["own_item"], row["of"])
            if row["wave"] and row["measured"] is not None:
                shown.setdefault((*where, row["wave"]), []).append((row["n_measured"], row["measured"]))
            for wave, level in zip(("pre", "post"), ("before", "after"), strict=True):
                if row["contrast"] == "post - pre" and row[level]["measured"] is not None:
                    shown.setdefault((*where, wave), []).append((row["n_measured"], row[level]["measured"]))
        for values in shown.values():
            counts = [(n, round(n * share / 100)) for n, share in values]
            assert all(k <= agree <= n - k for n, agree in counts)
            for (n, agree), (m, other) in itertools.combinations(counts, 2):
                more, left = abs(n - m), abs(agree - other)
                assert more == 0 or (more >= k and k <= left <= more - k)
                seen += 1
    assert seen > 0


CONTRASTS = (Contrast("post - pre", "post", "pre"), Contrast("followup - pre", "followup", "pre"))


@pytest.mark.parametrize("changes", [{"by_side": False}, {"by_side": True}])
def test_a_plan_that_is_not_by_side_says_nothing_by_side(make, changes):
    plan = plan_of(make, **changes)
    found = make.evaluate(plan, INSTRUMENT, make.draw(plan, INSTRUMENT))["perception_gap"]
    assert bool(found) == changes["by_side"]


ROW = st.tuples(
    st.sampled_from("abcdef"), st.sampled_from(["a", "b", ""]), st.sampled_from(["", "U", "V", "W"]),
    st.sampled_from(["pre", "post", "followup"]), st.sampled_from(["", ".r", *map(str, range(11))]),
    st.sampled_from(["", ".r", *"12345"]),
)  # fmt: skip


@settings(max_examples=60)
@given(
    data=st.lists(ROW, min_size=1, max_size=40, unique_by=lambda row: (row[0], row[1], row[3])),
    few=st.sampled_from(["paired", "none"]),
    cluster=st.sampled_from([("workshop", "cr2"), ("none", "paired")]),
    design=st.sampled_from(["one_group", "comparison"]),
    k=st.integers(1, 4),
)
def test_any_data_give_complete_rows(make, data, few, cluster, design, k):
    plan = plan_of(
        make, few_workshops=few, cluster=cluster[0], estimator=cluster[1], contrasts=CONTRASTS, minimum_n=2,
        thresholds=Thresholds(k, k),
    )  # fmt: skip
    plan = replace(plan, design=design, **(make.arms_plan if design == "comparison" else {}))
    rows = [submission(p, s, w, wave, g, o) | {"side": s} for p, s, w, wave, g, o in data]
    for row in make.evaluate(plan, INSTRUMENT, rows, "public")["perception_gap"]:
        assert set(row) == KEYS
        gap = row["gap"]
        assert (row["verdict"] is None) == (gap["low"] is None)
        if gap["low"] is not None:
            assert gap["low"] <= gap["value"] <= gap["high"]
        if gap["low"] is None:
            assert row["caveats"]
        assert check(row["claim"]["text"], row["claim"]["licence"]) == ()
        assert "{" not in row["claim"]["text"]
        assert row["claim"]["text"].count("None") == 0
