"""Which workshops an interval rests on: decided once for a programme, never by who of a side came back."""

from __future__ import annotations

import numpy as np
import pytest

from impact.plans import Outcome


def person(number, workshop, before, after, *, side="a", arm="workshop", later=None):
    """Two rows of one person; all items give the score (answer − 1) · 25. `later` overrides cells at `post`."""
    rows = []
    for wave, answer in (("pre", before), ("post", after)):
        cells = ("", "", "") if answer is None else (str(answer), str(answer), str(6 - answer))
        row = {
            "respondent": f"p{number}", "wave": wave, "workshop": workshop, "side": side, "arm": arm, "language": "en",
        }  # fmt: skip
        row |= dict(zip(("trust_1", "trust_2", "trust_3"), cells, strict=True))
        rows.append(row | (later or {} if wave == "post" else {}))
    return rows


def rows_of(people):
    return [row for rows in people for row in rows]


@pytest.fixture
def findings_of(make):
    def evaluate(people, *, audience="team", **changes):
        values = {
            "outcomes": (Outcome("trust", "primary"),), "by_side": False, "compare_sides": False, "minimum_n": 2,
        }  # fmt: skip
        if changes.get("design", "one_group") != "one_group":
            values |= make.arms_plan
        plan = make.plan(**(values | changes))
        return make.evaluate(plan, make.instrument(scales=("trust",)), rows_of(people), audience)

    return evaluate


def codes(block):
    return [caveat["code"] for caveat in block["caveats"]]


def text_of(block, code):
    return next(caveat["text"] for caveat in block["caveats"] if caveat["code"] == code)


def drawn(seed, rooms, each=8, **options):
    """People of `rooms` (workshop labels), answers before 1–4, changes 0 or 1 and now and then −1."""
    rng = np.random.default_rng(seed)
    people = []
    for number in range(each * len(rooms)):
        before = int(rng.integers(2, 5))
        after = before + int(rng.choice([-1, 0, 1], p=[0.2, 0.3, 0.5]))
        people.append(person(f"{seed}.{number}", rooms[number // each], before, after, **options))
    return people


def test_a_side_in_a_single_workshop_has_no_interval_of_the_difference(findings_of):
    """Nothing is left over in that workshop, so its luck would count as none (type I error up to 42 %)."""
    people = drawn(1, ["W1"], side="a") + drawn(2, ["W2", "W3", "W4"], side="b")
    found = findings_of(people, by_side=True, compare_sides=True)["findings"][-1]
    assert found["subgroup"] == {"sides": ["a", "b"]}
    assert found["estimate"]["value"] is not None
    assert (found["estimate"]["low"], found["verdict"], found["tests"]) == (None, None, [])
    assert text_of(found, "one_cluster_per_side").startswith("One side was in a single workshop, so what ")


@pytest.mark.parametrize(
    ("first", "second", "estimator", "has_interval"),
    [
        (["W1", "W2"], ["W3", "W4"], "side_by_time_cr2", True),
        (["W1", "W2", "W3"], ["W1", "W2", "W3"], "side_by_time_cr2", True),
        (["W1"], ["W1"], "side_by_time_welch", True),
        (["W1", "W2"], ["W1", "W2"], "side_by_time_welch", True),
        (["W1"], ["W2"], "side_by_time_welch", False),
        (["W1", "W2"], ["W2"], "side_by_time_welch", False),
    ],
)
def test_sides_are_compared_where_each_is_in_two_workshops_or_both_in_all(
    findings_of, first, second, estimator, has_interval
):
    people = drawn(3, first, side="a") + drawn(4, second, side="b")
    found = findings_of(people, by_side=True, compare_sides=True)["findings"][-1]
    assert found["estimator"] == estimator
    assert (found["estimate"]["low"] is not None) == has_interval
    assert ("one_cluster_per_side" in codes(found)) == (not has_interval)


def test_a_workshop_that_did_not_come_back_keeps_the_clustered_estimate(findings_of):
    two = drawn(5, ["W1", "W2"])
    third = [person("x", "W3", 2, None)]
    findings = findings_of(two + third)
    found = findings["findings"][0]
    assert (found["estimator"], found["clusters"], found["estimate"]["df"]) == ("mean_change_cr2", 2, 1.0)
    assert text_of(found, "pairs_from_few") == "Pairs come from only 2 of 3 workshops."
    assert "few_workshops" not in codes(found)
    assert found["claim"]["licence"] == findings["licence"]["id"] == "before_after"
    assert findings["labels"]["workshops"] == 3
    alone = findings_of(two)["findings"][0]
    assert (alone["estimator"], alone["claim"]["licence"]) == ("paired_t", "these_rooms")
    assert alone["estimate"]["value"] == found["estimate"]["value"]


def test_pairs_from_one_of_three_workshops_have_no_interval(findings_of):
    people = [*drawn(6, ["W1"]), person("x", "W2", 2, None), person("y", "W3", 2, None)]
    found = findings_of(people)["findings"][0]
    assert (found["estimator"], found["clusters"], found["estimate"]["low"]) == ("mean_change_cr2", 1, None)
    assert text_of(found, "pairs_from_few") == "Pairs come from only 1 of 3 workshops."


def test_a_side_with_pairs_from_two_of_three_workshops_keeps_the_estimator_of_the_other(findings_of):
    people = drawn(7, ["W1", "W2", "W3"], side="a") + drawn(8, ["W1", "W2"], side="b")
    found = findings_of(people, by_side=True)["findings"]
    assert [one["estimator"] for one in found] == ["mean_change_cr2"] * 2
    assert ["pairs_from_few" in codes(one) for one in found] == [False, True]


def test_people_without_a_workshop_are_no_workshop(findings_of):
    two = drawn(9, ["W1", "W2"])
    one_more = [person("x", "", 2, 5)]
    findings = findings_of(two + one_more)
    found = findings["findings"][0]
    assert (found["estimator"], found["clusters"], found["n"]) == ("paired_t", 2, 16)
    assert found["estimate"] == findings_of(two)["findings"][0]["estimate"]
    assert text_of(found, "no_workshop") == "Left out, because no workshop is named for them: a few people."
    assert findings["labels"]["workshops"] == 2
    six = [person(f"x{number}", "", 2, 5) for number in range(6)]
    assert "them: 6 people." in text_of(findings_of(two + six)["findings"][0], "no_workshop")
    assert "them: a few people." in text_of(
        findings_of(two + six, audience="public")["findings"][0], "no_workshop"
    )
    ignored = findings_of(two + one_more, cluster="none", estimator="paired")["findings"][0]
    assert ignored["n"] == 17
    assert "no_workshop" not in codes(ignored)


def test_where_nobody_names_a_workshop_it_is_one_room(findings_of):
    findings = findings_of(drawn(10, [""], each=12))
    found = findings["findings"][0]
    assert (found["estimator"], found["clusters"], found["n"]) == ("paired_t", None, 12)
    assert "few_workshops" in codes(found)
    assert "no_workshop" not in codes(found)
    assert findings["licence"]["id"] == "these_rooms"
    assert findings["labels"]["workshops"] == 0


def test_comparison_people_on_their_own_are_counted_apart_from_workshops(findings_of):
    people = drawn(11, ["W1", "W2", "W3"]) + drawn(12, [""], each=10, arm="comparison")
    found = findings_of(people, design="comparison")["findings"][0]
    assert (found["clusters"], found["singletons"], found["n"]) == (3, 10, 34)
    with_some = findings_of([*people, person("x", "", 2, 4)], design="comparison")["findings"][0]
    assert with_some["estimate"] == found["estimate"]
    assert (with_some["clusters"], with_some["singletons"]) == (3, 10)
    assert "no_workshop" in codes(with_some)


def test_treated_people_of_whom_nobody_names_a_workshop_are_one_room_without_interval(findings_of):
    people = drawn(13, [""], each=10) + drawn(14, [""], each=10, arm="comparison")
    found = findings_of(people, design="comparison")["findings"][0]
    assert (found["clusters"], found["singletons"], found["estimate"]["low"]) == (None, 10, None)
    assert found["estimate"]["value"] is not None
    assert "one_cluster_per_arm" in codes(found)


# Wide spread among people, hardly any between workshops: six answers each whose sums are 18, 18, 19, 18.
SPREAD = ((1, 5, 1, 5, 1, 5), (5, 1, 5, 1, 5, 1), (1, 1, 5, 5, 4, 3), (5, 1, 1, 5, 3, 3))


def agreeing(label, turn=0, **options):
    return [
        person(f"{label}{room}.{i}", f"{label}{room}", 1 + i % 3, after, **options)
        for room in range(4)
        for i, after in enumerate(SPREAD[(room + turn) % 4])
    ]


def test_luckily_narrow_intervals_are_told_by_every_clustered_estimator(findings_of):
    one = findings_of(agreeing("W"))["findings"][0]
    arms = findings_of(agreeing("W") + agreeing("C", arm="comparison"), design="comparison")["findings"][0]
    second = [
        [row | {"respondent": "b" + row["respondent"]} for row in rows] for rows in agreeing("W", 1, side="b")
    ]
    sides = findings_of(agreeing("W") + second, by_side=True, compare_sides=True)["findings"][-1]
    names = [found["estimator"] for found in (one, arms, sides)]
    assert names == ["mean_change_cr2", "ancova_cr2", "side_by_time_cr2"]
    assert [found["estimate"]["low"] is not None for found in (one, arms, sides)] == [True] * 3
    assert ["workshops_agree_closely" in codes(found) for found in (one, arms, sides)] == [True] * 3


def test_the_effect_size_says_what_the_clustered_estimate_says(findings_of, make):
    from impact import stats

    people = drawn(15, ["W1", "W2", "W3", "W4"])
    found = findings_of(people)["findings"][0]
    size, estimate = found["effect_size"], found["estimate"]
    before = [25.0 * (int(rows[0]["trust_1"]) - 1) for rows in people]
    after = [25.0 * (int(rows[1]["trust_1"]) - 1) for rows in people]
    alone = stats.standardized_mean_change(before, after)
    assert size["interval"] == "mean_change_cr2"
    assert size["value"] == pytest.approx(alone.value)
    factor = alone.value / estimate["value"]
    assert (size["low"], size["high"]) == pytest.approx((estimate["low"] * factor, estimate["high"] * factor))
    rooms = findings_of(drawn(15, ["W1", "W2"]))["findings"][0]["effect_size"]
    assert rooms["interval"] == "Algina–Keselman"


def test_a_size_has_a_word_only_with_a_verdict(findings_of):
    seen = set()
    for seed in range(12):
        found = findings_of(drawn(seed, ["W1", "W2", "W3", "W4"], each=10))["findings"][0]
        decided = found["verdict"] not in (None, "inconclusive")
        seen.add(decided)
        assert (found["effect_size"]["word"] is not None) == decided
        low, high = found["effect_size"]["low"], found["effect_size"]["high"]
        assert (low > 0 or high < 0) == decided
    assert seen == {True, False}


def uneven(label, sizes, shift, **options):
    return [
        person(f"{label}{room}.{i}", label and f"{label}{room}", 1 + (i + room) % 4, min(5, 1 + (2 * i + room + shift) % 5), **options)
        for room, size in enumerate(sizes)
        for i in range(size)
    ]  # fmt: skip


def scores_of(people):
    return [[25.0 * (int(rows[wave]["trust_1"]) - 1) for rows in people] for wave in (0, 1)]


def same_numbers(found, result, test):
    estimate = found["estimate"]
    numbers = (estimate["value"], estimate["std_error"], estimate["df"], estimate["low"], estimate["high"])
    expected = (result.estimate, result.std_error, result.df, result.low, result.high)
    assert numbers == pytest.approx(expected, rel=1e-9)
    assert found["tests"][0]["name"] == found["estimator"] == test


def test_two_arms_in_workshops_are_ancova_widened_for_workshops_that_differ_in_size(findings_of):
    from impact import stats

    people = uneven("W", (4, 20, 9), 1) + uneven("C", (15, 3, 8), 0, arm="comparison")
    found = findings_of(people, design="comparison")["findings"][0]
    (before, after), labels = scores_of(people), [rows[0]["workshop"] for rows in people]
    arm = [float(rows[0]["arm"] == "workshop") for rows in people]
    plain = stats.ancova(after, before, arm, labels)
    wide = stats.ancova(after, before, arm, labels, working_icc=stats.WORKING_ICC)
    same_numbers(found, wide, "ancova_cr2")
    assert wide.std_error > 1.01 * plain.std_error


def test_workshops_against_people_in_none_are_partially_nested(findings_of):
    from impact import stats

    people = uneven("W", (4, 20, 9, 7), 1) + uneven("", (30,), 0, arm="comparison")
    found = findings_of(people, design="comparison")["findings"][0]
    (before, after), labels = scores_of(people), [rows[0]["workshop"] or "alone" for rows in people]
    arm = [float(rows[0]["arm"] == "workshop") for rows in people]
    same_numbers(found, stats.partially_nested(after, before, arm, labels), "partially_nested")
    assert (found["clusters"], found["singletons"]) == (4, 30)


def test_one_comparison_person_who_names_a_workshop_at_any_wave_decides_for_all_findings(findings_of):
    """Whether arms are nested is told by the programme, not by who came back or answered a scale."""
    people = uneven("W", (4, 20, 9, 7), 1) + uneven("", (30,), 0, arm="comparison")
    lost = person("lost", "C1", 3, None, arm="comparison")
    found = findings_of([*people, lost], design="comparison")["findings"][0]
    assert found["estimator"] == "ancova_cr2"
