"""Every other look at a main result is the statistic that it says it is, whatever the order of rows or the names."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impact import stats
from impact.evaluation import as_submissions, run, to_json, verdict
from impact.evaluation.sensitivity import ANALYSES, label, no_summary, summary
from impact.linkage import link
from impact.plans import Outcome, Thresholds

KEYS = {
    "analysis", "label", "value", "low", "high", "verdict", "counted", "note", "note_text", "suppressed",
}  # fmt: skip


def programme(seed, rooms=8, people=7, lost=2, arms=False, shift=1):
    """(number, room, arm, before, after) with answers 1–5; after None for the last `lost` of each room."""
    rng = np.random.default_rng(seed)
    table = []
    for room in range(rooms):
        arm = "comparison" if arms and room % 2 else "workshop"
        for number in range(people):
            before = int(rng.integers(1, 6))
            gain = int(rng.integers(-1, 3)) + (shift if arm == "workshop" else 0)
            after = None if number >= people - lost else min(5, max(1, before + gain - 1))
            table.append((len(table), room, arm, before, after))
    return table


def rows_of(table, name="W{}"):
    rows = []
    for number, room, arm, before, after in table:
        for wave, answer in (("pre", before), ("post", after)):
            if answer is None:
                continue
            cells = (str(answer), str(answer), str(6 - answer))
            rows.append(
                {"respondent": f"p{number}", "wave": wave, "workshop": name.format(room), "side": "a", "arm": arm, "language": "en"}
                | dict(zip(("trust_1", "trust_2", "trust_3"), cells, strict=True))
            )  # fmt: skip
    return rows


def columns(table):
    """before, after (NaN where lost), room, treated of everybody; 0–100."""
    points = [[math.nan if answer is None else (answer - 1) * 25.0 for answer in row[3:]] for row in table]
    before, after = np.array(points).T
    return (
        before,
        after,
        np.array([row[1] for row in table]),
        np.array([row[2] == "workshop" for row in table]),
    )


@pytest.fixture
def evaluate(make):
    def inner(table, *, audience="team", links=None, name="W{}", order=None, **changes):
        values = {
            "outcomes": (Outcome("trust", "primary"),), "by_side": False, "compare_sides": False,
            "minimum_n": 2, "thresholds": Thresholds(2, 2),
        }  # fmt: skip
        if changes.get("design", "one_group") != "one_group":
            values |= make.arms_plan
        plan, instrument = make.plan(**(values | changes)), make.instrument(scales=("trust",))
        rows = rows_of(table, name)
        submissions = as_submissions(instrument, rows if order is None else [rows[i] for i in order])
        linked = (links or (lambda one: one))(link(instrument, submissions))
        return run(plan, instrument, submissions, linked, audience=audience)

    return inner


def looks(findings):
    found = findings["findings"][0]
    return found, {row["analysis"]: row for row in found["sensitivity"]}


def assert_is(row, result, sesoi=5.0):
    assert row["value"] == pytest.approx(result.estimate, rel=1e-8, abs=1e-8)
    assert (row["low"], row["high"]) == pytest.approx((result.low, result.high), rel=1e-8, abs=1e-8)
    assert row["verdict"] == verdict(result.low, result.high, sesoi, "higher")
    assert row["counted"]


def test_one_group_equals_the_statistics_called_directly(evaluate):
    table = programme(1, shift=2)
    before, after, room, _ = columns(table)
    found, rows = looks(evaluate(table))
    kept = ~np.isnan(after)
    assert list(rows) == list(ANALYSES)
    assert all(set(row) == KEYS for row in rows.values())
    judge = lambda pooled: verdict(pooled.low, pooled.high, 5.0, "higher")  # noqa: E731
    filled = stats.delta_adjustment(
        before, after, room, (0, 100), judge, "higher", 20, 0.95, np.random.default_rng(1)
    )
    assert_is(rows["imputation"], filled.at_zero)
    assert rows["tipping_point"]["value"] == pytest.approx(filled.delta, rel=1e-6)
    assert rows["tipping_point"]["verdict"] == filled.verdict_at_tipping != found["verdict"]
    assert (rows["tipping_point"]["low"], rows["tipping_point"]["counted"]) == (None, False)
    ends = stats.extreme_bounds(before, after, 0, 100, room)
    assert_is(rows["lost_at_lowest"], ends.at_lowest)
    assert_is(rows["lost_at_highest"], ends.at_highest)
    assert_is(rows["plain"], stats.paired_t(before, after))
    change, labels = (after - before)[kept], room[kept]
    assert_is(rows["permutation"], stats.sign_flip_interval(change, labels))
    inside = (before[kept] > 0) & (before[kept] < 100)
    assert_is(rows["without_ends"], stats.mean_change_cr2(change[inside], labels[inside]))
    runs = [stats.mean_change_cr2(change[labels != one], labels[labels != one]) for one in range(8)]
    assert found["verdict"] == "improved"
    assert_is(rows["leave_one_out"], min(runs, key=lambda one: one.low))
    assert (rows["clustered"]["note"], rows["exact_codes"]["note"]) == ("is_main", "not_by_code")


def test_where_the_lost_filled_in_change_the_verdict_no_shift_is_needed(evaluate):
    found, rows = looks(evaluate(programme(1)))
    assert rows["imputation"]["verdict"] != found["verdict"]
    tipping = rows["tipping_point"]
    assert (tipping["value"], tipping["note"]) == (0.0, "changed_unshifted")
    assert tipping["verdict"] == rows["imputation"]["verdict"]


def test_the_summary_counts_what_is_shown_and_names_what_differs(evaluate):
    for seed in range(4):
        found, rows = looks(evaluate(programme(seed)))
        counted = [row for row in rows.values() if row["counted"]]
        differing = [row["analysis"] for row in counted if row["verdict"] != found["verdict"]]
        summary = found["sensitivity_summary"]
        assert summary["of"] == len(counted) >= 6
        assert summary["differing"] == differing
        assert summary["same"] == summary["of"] - len(differing)
        if differing:
            names = "; ".join(rows[name]["label"] for name in differing)
            assert summary["text"] == (
                f"The verdict is the same in {summary['same']} of the {summary['of']} other analyses that can be shown, of 9 "
                f"planned; it differs here: {names}."
            )
        else:
            assert summary["text"] == (
                f"The verdict is the same in all {summary['of']} other analyses that can be shown, of 9 planned."
            )


def summed(verdicts, language="en"):
    """The sentence on analyses with these verdicts; the main one is `improved`."""
    rows = [
        {"analysis": name, "label": label(name, False, language), "verdict": verdict, "counted": True}
        for name, verdict in zip(ANALYSES, verdicts, strict=False)
    ]
    return summary("improved", rows, language)["text"]


@pytest.mark.parametrize(
    ("verdicts", "text"),
    [
        ("+", "The verdict is the same in the one other analysis that can be shown, of 9 planned."),
        ("-", "The verdict differs in the one other analysis that can be shown, of 9 planned: {0}."),
        ("++", "The verdict is the same in both other analyses that can be shown, of 9 planned."),
        ("--", "The verdict differs in both other analyses that can be shown, of 9 planned: {0}; {1}."),
        ("+-", "The verdict is the same in 1 of the 2 other analyses that can be shown, of 9 planned; it differs here: {1}."),
        ("+++", "The verdict is the same in all 3 other analyses that can be shown, of 9 planned."),
        ("---", "The verdict differs in all 3 other analyses that can be shown, of 9 planned: {0}; {1}; {2}."),
    ],
)  # fmt: skip
def test_the_summary_reads_well_however_many_there_are(verdicts, text):
    names = [label(name, False, "en") for name in ANALYSES]
    assert summed(["improved" if one == "+" else "worsened" for one in verdicts]) == text.format(*names)


@pytest.mark.parametrize(("language", "joiner"), [("ar", "؛ "), ("he", " · ")])
def test_names_are_joined_as_the_language_joins_them(language, joiner):
    first, second = (label(name, False, language) for name in ANALYSES[:2])
    assert summed(["worsened", "worsened"], language).split(": ")[1] == f"{first}{joiner}{second}."


def test_few_workshops_are_shown_by_workshop_beside(evaluate):
    table = programme(2, rooms=2, people=9)
    before, after, room, _ = columns(table)
    found, rows = looks(evaluate(table))
    kept = ~np.isnan(after)
    assert found["estimator"] == "paired_t"
    assert rows["plain"]["note"] == "is_main"
    assert_is(rows["clustered"], stats.mean_change_cr2((after - before)[kept], room[kept]))
    assert (rows["permutation"]["value"], rows["permutation"]["note"]) == (None, "too_few_workshops")


def test_workshops_the_plan_ignores_are_still_looked_at(evaluate):
    table = programme(3)
    before, after, room, _ = columns(table)
    found, rows = looks(evaluate(table, cluster="none", estimator="paired"))
    kept = ~np.isnan(after)
    assert found["estimator"] == "paired_t"
    assert_is(rows["clustered"], stats.mean_change_cr2((after - before)[kept], room[kept]))
    assert_is(rows["permutation"], stats.sign_flip_interval((after - before)[kept], room[kept]))
    runs = [stats.paired_t(before[room != one], after[room != one]) for one in range(8)]
    assert rows["leave_one_out"]["value"] in [pytest.approx(one.estimate) for one in runs]


@pytest.mark.parametrize("design", ["comparison", "randomised"])
def test_two_arms_equal_the_statistics_called_directly(evaluate, design):
    table = programme(4, arms=True, shift=2)
    before, after, room, treated = columns(table)
    _, rows = looks(evaluate(table, design=design))
    kept = ~np.isnan(after)
    icc = {"working_icc": stats.WORKING_ICC}
    for analysis, ends in (("lost_at_lowest", (0, 100)), ("lost_at_highest", (100, 0))):
        full = np.where(kept, after, np.where(treated, *ends))
        assert_is(rows[analysis], stats.ancova(full, before, treated, room, **icc))
    assert_is(rows["plain"], stats.ancova(after, before, treated))
    assert_is(rows["permutation"], stats.arm_permutation_interval(after[kept], before[kept], treated[kept], room[kept]))  # fmt: skip
    runs = [stats.ancova(*(one[room != out] for one in (after, before, treated, room)), **icc) for out in range(8)]  # fmt: skip
    assert rows["leave_one_out"]["value"] in [pytest.approx(one.estimate) for one in runs]
    assert rows["imputation"]["low"] < rows["imputation"]["value"] < rows["imputation"]["high"]
    assert rows["lost_at_lowest"]["value"] < rows["imputation"]["value"] < rows["lost_at_highest"]["value"]


def test_the_lost_of_two_arms_are_filled_in_within_their_arm(evaluate):
    """The arms' own regressions are 100 points apart: filled in together the lost would end between them."""
    table = []
    for room in range(6):
        arm, base = ("workshop", 4) if room % 2 else ("comparison", 1)
        for number in range(8):
            after = None if number > 5 else base + (number + room // 2) % 2
            table.append((len(table), room, arm, 2 + number % 2, after))
    found, rows = looks(evaluate(table, design="randomised"))
    assert rows["imputation"]["value"] == pytest.approx(found["estimate"]["value"], abs=4)


def test_workshops_against_people_in_none(evaluate):
    """Person by person where chance decided; not at all where it did not."""
    table = [
        (number, room, arm, before, after)
        for number, room, arm, before, after in programme(5, arms=True, shift=2)
    ]

    def nested(design):
        rows = evaluate_nested(evaluate, table, design)
        return looks(rows)[1]

    by_lot = nested("randomised")
    assert by_lot["permutation"]["note"] == "by_person"
    assert by_lot["permutation"]["low"] < by_lot["permutation"]["value"] < by_lot["permutation"]["high"]
    assert nested("comparison")["permutation"]["note"] == "not_exchangeable"
    size = by_lot["tipping_point"]["value"]
    assert size is None or -100 <= size <= 0


def evaluate_nested(evaluate, table, design):
    class Names(str):
        def format(self, room):
            return "" if room % 2 else f"W{room}"

    return evaluate(table, design=design, name=Names())


def test_imputation_off_says_so_and_changes_nothing_else(evaluate):
    table = programme(6)
    on, off = looks(evaluate(table))[1], looks(evaluate(table, imputations=0))[1]
    for analysis in ANALYSES:
        if analysis in ("imputation", "tipping_point"):
            assert (off[analysis]["value"], off[analysis]["note"]) == (None, "imputation_off")
        else:
            assert off[analysis] == on[analysis]


def test_only_people_whose_codes_are_the_same(evaluate):
    table = programme(7, lost=0)
    before, after, room, _ = columns(table)
    unlike = np.arange(len(table)) % 5 == 0

    def tolerant(links):
        # Two rows a person, in the order of `rows_of`.
        distance = np.zeros(len(links.person), dtype=np.int8)
        distance[1::2] = np.where(unlike, 1, 0)
        return replace(links, by="code", distance=distance, pairs={"post": {0: 44, 1: 12}})

    plain, by_code = evaluate(table), evaluate(table, links=tolerant)
    _, rows = looks(by_code)
    assert_is(rows["exact_codes"], stats.mean_change_cr2((after - before)[~unlike], room[~unlike]))
    assert by_code["data"] == plain["data"]


@pytest.mark.parametrize("design", ["one_group", "randomised"])
def test_order_and_names_reach_no_number(evaluate, design):
    table = programme(8, rooms=14, people=5, lost=1, arms=design != "one_group")
    first = evaluate(table, design=design)
    count = len(rows_of(table))
    for seed in range(2):
        order = np.random.default_rng(seed).permutation(count)
        assert to_json(evaluate(table, design=design, order=order)) == to_json(first)
    renamed = evaluate(table, design=design, name="room {} of the old school")
    assert renamed["findings"] == first["findings"]
    assert renamed["data"]["sha256"] != first["data"]["sha256"]


def test_the_seed_of_the_plan_decides(evaluate):
    table = programme(9)
    values = [looks(evaluate(table, seed=seed))[1]["imputation"]["value"] for seed in (1, 1, 2)]
    assert values[0] == values[1] != values[2]


def test_without_an_estimate_and_beside_main_results_there_is_nothing(make):
    plan, instrument = make.plan(), make.instrument()
    rows = make.draw(plan, instrument, workshops=3, people_per_side=6)
    for found in make.evaluate(plan, instrument, rows)["findings"]:
        if found["role"] == "primary" and not found["suppressed"]:
            assert len(found["sensitivity"]) == len(ANALYSES)
        else:
            assert (found["sensitivity"], found["sensitivity_summary"]) == ([], no_summary())
    small = make.draw(plan, instrument, workshops=1, people_per_side=2)
    for found in make.evaluate(plan, instrument, small)["findings"]:
        assert (found["sensitivity"], found["sensitivity_summary"]) == ([], no_summary())


ANSWERS = st.one_of(st.none(), st.integers(1, 5))
PEOPLE = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["workshop", "comparison", ""]), ANSWERS, ANSWERS), min_size=1, max_size=30
)  # fmt: skip


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    PEOPLE, st.sampled_from(["one_group", "comparison", "randomised"]), st.sampled_from(["workshop", "none"])
)
def test_any_people_give_complete_results(evaluate, people, design, cluster):
    table = [(number, *rest) for number, rest in enumerate(people)]
    if all(row[3] is None and row[4] is None for row in table):
        return
    estimator = {"workshop": "cr2", "none": "paired"}[cluster] if design == "one_group" else "ancova"
    findings = evaluate(table, design=design, cluster=cluster, estimator=estimator, imputations=3)
    text = json.dumps(findings, allow_nan=False)
    assert "Infinity" not in text
    found, rows = looks(findings)
    if found["estimate"]["value"] is not None and not found["suppressed"]:
        assert list(rows) == list(ANALYSES)
    for row in rows.values():
        assert row["note"] or row["low"] is not None or row["analysis"] == "tipping_point"
        assert (row["note"] is None) == (row["note_text"] is None)
        if row["low"] is not None:
            assert row["low"] <= row["value"] <= row["high"]
