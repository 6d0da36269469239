"""One side, arm and workshop a person, whatever the later waves say; and what was lost of whom."""

from __future__ import annotations

import numpy as np
import pytest

from impact.evaluation.change import LOWEST_RELIABILITY, reliable_change
from impact.evaluation.people import Sample
from impact.plans import Outcome

STEPS = ((1, 2), (2, 4), (3, 3), (4, 5), (2, 1), (3, 5), (1, 1), (4, 4), (2, 3), (5, 5))


def rows_of(name, workshop, before, after, *, side="a", arm="workshop", later=None):
    rows = []
    for wave, answer in (("pre", before), ("post", after)):
        if answer is None:
            continue
        cells = {"trust_1": str(answer), "trust_2": str(answer), "trust_3": str(6 - answer)}
        row = {
            "respondent": name,
            "wave": wave,
            "workshop": workshop,
            "side": side,
            "arm": arm,
            "language": "en",
        }
        rows.append(row | cells | (later or {} if wave == "post" else {}))
    return rows


def block(label, workshop, count=10, **options):
    rows = []
    for number in range(count):
        before, after = STEPS[number % len(STEPS)]
        rows += rows_of(f"{label}{number}", workshop, before, after, **options)
    return rows


@pytest.fixture
def findings_of(make):
    def evaluate(rows, *, audience="team", **changes):
        values = {
            "outcomes": (Outcome("trust", "primary"),), "by_side": False, "compare_sides": False, "minimum_n": 2,
        }  # fmt: skip
        if changes.get("design", "one_group") != "one_group":
            values |= make.arms_plan
        plan = make.plan(**(values | changes))
        return make.evaluate(plan, make.instrument(scales=("trust",)), rows, audience)

    return evaluate


def codes(part):
    return [caveat["code"] for caveat in part["caveats"]]


def text_of(part, code):
    return next(caveat["text"] for caveat in part["caveats"] if caveat["code"] == code)


def two_arms(blank=()):
    """Six workshops, three an arm; the arm of the people whose number is in `blank` is empty at `pre`."""
    rows = []
    for room in range(6):
        arm = "comparison" if room % 2 else "workshop"
        rows += block(f"r{room}.", f"W{room}", arm=arm, count=10 - room % 3)
    for row in rows:
        if row["wave"] == "pre" and int(row["respondent"].split(".")[1]) in blank:
            row["arm"] = ""
    return rows


def test_an_arm_that_is_blank_before_is_read_from_the_later_wave(findings_of):
    whole = findings_of(two_arms(), design="comparison")
    blank = findings_of(two_arms(blank=(0, 3, 6)), design="comparison")
    assert blank["findings"] == whole["findings"]
    assert blank["flow"] == whole["flow"]
    assert codes(blank) == codes(whole)


def test_people_whose_arm_nobody_names_are_left_out_and_counted(findings_of):
    rows = two_arms()
    whole = findings_of(rows, design="comparison")
    more = findings_of(rows + block("x", "W0", count=7, arm=""), design="comparison")
    assert more["findings"] == whole["findings"]
    assert text_of(more, "arm_unknown") == "Left out, because their arm is not named at any time: 7 people."
    assert [row["submissions"] for row in more["flow"] if row["arm"] == "unknown"] == [7, 7]
    public = findings_of(rows + block("x", "W0", count=7, arm=""), design="comparison", audience="public")
    assert text_of(public, "arm_unknown").endswith(": a few people.")


def test_in_one_group_a_blank_arm_is_the_group(findings_of):
    rows = block("a", "W0") + block("b", "W1") + block("c", "W2")
    blank = [row | {"arm": ""} for row in rows]
    assert findings_of(blank)["findings"] == findings_of(rows)["findings"]
    assert "arm_unknown" not in codes(findings_of(blank))


@pytest.mark.parametrize("later", [{"side": "b"}, {"workshop": "W9"}, {"arm": "comparison"}])
def test_the_first_of_two_contradictory_answers_counts_everywhere(findings_of, later):
    rows = block("a", "W0", 8) + block("b", "W1", 8) + block("c", "W2", 8) + block("d", "W2", 8, side="b")
    moved = [row | later if row["wave"] == "post" and row["respondent"][:1] == "a" else row for row in rows]
    expected, found = findings_of(rows, by_side=True), findings_of(moved, by_side=True)
    for part in ("findings", "flow", "quality", "labels", "licence"):
        assert found[part] == expected[part]
    assert text_of(found, "contradictory") == (
        "8 people gave another side, arm or workshop at a later wave; the first counts."
    )
    assert "contradictory" not in codes(expected)
    public = findings_of(moved, by_side=True, audience="public")
    assert text_of(public, "contradictory").startswith("A few people gave another ")


def test_a_mistyped_workshop_later_makes_no_third_workshop(findings_of):
    rows = block("a", "W0") + block("b", "W1") + rows_of("x", "W1", 2, 4, later={"workshop": "W 1"})
    found = findings_of(rows)
    assert (found["findings"][0]["estimator"], found["labels"]["workshops"]) == ("paired_t", 2)


def lost(rows, share):
    """`rows` without the later answers of the first `share` of each ten people."""
    return [row for row in rows if row["wave"] == "pre" or int(row["respondent"][-1]) >= 10 * share]


def test_unequal_loss_between_arms_is_told_with_both_shares(findings_of):
    arms = [
        (row["arm"], row)
        for room in range(6)
        for row in block(f"r{room}.", f"W{room}", arm="comparison" if room % 2 else "workshop")
    ]
    kept = lost([row for arm, row in arms if arm == "comparison"], 0.4)
    rows = [row for arm, row in arms if arm == "workshop"] + kept
    found = findings_of(rows, design="comparison")["findings"][0]
    assert text_of(found, "differential_loss") == (
        "Of those asked before, 100\u00a0% of the people who took part could be compared with later answers, and 60\u00a0% of "
        "the comparison group; a difference may come from who was lost."
    )
    equal = findings_of(lost([row for _, row in arms], 0.4), design="comparison")["findings"][0]
    assert "differential_loss" not in codes(equal)


def test_unequal_loss_between_sides_is_told_only_if_both_are_shown(findings_of):
    first = [row for room in range(3) for row in block(f"a{room}.", f"W{room}")]
    second = [row for room in range(3) for row in block(f"b{room}.", f"W{room}", side="b")]
    found = findings_of(first + lost(second, 0.3), by_side=True, compare_sides=True)["findings"]
    assert [("differential_loss_sides" in codes(one)) for one in found] == [True, True, True]
    assert "(Side A: 100\u00a0%, Side B: 70\u00a0%)" in text_of(found[0], "differential_loss_sides")
    few = findings_of(first + lost(second, 0.9), by_side=True)["findings"]
    assert few[1]["suppressed"]
    assert "differential_loss_sides" not in codes(few[0])
    near = findings_of(first + lost(second, 0.1), by_side=True)["findings"]
    assert "differential_loss_sides" not in codes(near[0])


def test_quality_is_of_the_arms_that_the_plan_is_about(findings_of):
    rows = [row for room in range(3) for row in block(f"a{room}.", f"W{room}")]
    odd = [row | {"trust_1": "1"} for row in block("c", "W9", count=9, arm="comparison")]
    expected, found = findings_of(rows), findings_of(rows + odd)
    assert found["quality"] == expected["quality"]
    assert [row["n"] for row in found["quality"]] == [30, 30]
    assert found["findings"] == expected["findings"]
    assert found["labels"]["workshops"] == 3
    two = findings_of(rows + odd, design="comparison")
    assert [row["n"] for row in two["quality"]] == [39, 39]


def test_single_peoples_changes_are_judged_from_a_reliability_of_one_half_on():
    scores = np.array([0.0, 25.0, 50.0, 75.0, 100.0])
    zeros = np.zeros(5, dtype=np.int64)
    sample = Sample(scores, scores[::-1], zeros, zeros, zeros == 0, np.zeros((5, 2), dtype=np.int64))
    below, codes_below = reliable_change(sample, LOWEST_RELIABILITY - 0.001, "higher", "en")
    assert (below["improved"], codes_below) == (None, ["no_reliability"])
    at, codes_at = reliable_change(sample, LOWEST_RELIABILITY, "higher", "en")
    assert codes_at == []
    assert at["threshold"] == pytest.approx(1.959964 * scores.std(ddof=1), rel=1e-6)
