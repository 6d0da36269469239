"""Measurement item by item: correlations, what is skipped, who ticks through, and what of it may be told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact import stats
from impact.evaluation.quality_items import _are_safe, _gives_back
from impact.instruments import load_instrument
from impact.plans import Outcome, Thresholds

INSTRUMENT = load_instrument(Path(__file__).parents[1] / "instruments" / "looking-back.v1.yaml")
FEAR = ("fear_1", "fear_2", "fear_3", "fear_4")


def plan_of(make, **changes):
    values = {
        "outcomes": (Outcome("fear", "primary"), Outcome("justice", "guard")),
        "compare_sides": False,
        "by_side": False,
        "minimum_n": 2,
        "thresholds": Thresholds(1, 1),
    }
    return make.plan(**(values | changes))


def rows_of(answers, language="en"):
    """One person a line of four answers to the items of fear, before only; language by person if a list."""
    tags = [language] * len(answers) if isinstance(language, str) else language
    made = []
    for number, (line, tag) in enumerate(zip(answers, tags, strict=True)):
        cells = {item.id: "" if "pre" in item.waves else ".w" for item in INSTRUMENT.closed_items}
        cells |= dict(zip(FEAR, line, strict=True))
        made.append(
            {"respondent": f"p{number}", "wave": "pre", "workshop": f"W{number % 3}", "side": "a", "arm": "workshop"}
            | {"language": tag} | cells
        )  # fmt: skip
    return made


def row_of(findings, scale="fear", language=None):
    return next(r for r in findings["quality"] if (r["scale"], r["language"]) == (scale, language))


LINES = ["1254", "2343", "1152", "3333", "4425", "5513", "2242", "3343", "4414", "5525", "1144", "2233"]


def test_item_rest_correlations_are_those_of_the_statistics(make):
    found = row_of(make.evaluate(plan_of(make), INSTRUMENT, rows_of(LINES)))
    matrix = np.array([[int(c) for c in line] for line in LINES], dtype=float)
    matrix[:, 2] = 6 - matrix[:, 2]  # fear_3 is reversed
    expected = stats.item_total(matrix).item_rest
    assert [one["item"] for one in found["items"]] == list(FEAR)
    assert [one["item_rest"] for one in found["items"]] == pytest.approx(expected)
    assert found["negative_items"] == [FEAR[i] for i, r in enumerate(expected) if r < 0]


def test_an_item_that_runs_against_the_rest_is_named(make):
    lines = [line[:3] + str(6 - int(line[0])) for line in LINES]  # the fourth item turned round
    found = row_of(make.evaluate(plan_of(make), INSTRUMENT, rows_of(lines)))
    assert found["negative_items"] == ["fear_4"]
    told = {one["code"]: one["text"] for one in found["caveats"]}
    assert (
        told["items_against"]
        == "Running against the rest of the scale, perhaps scored the wrong way round: fear_4."
    )


def test_below_ten_people_it_cannot_be_judged(make):
    found = row_of(make.evaluate(plan_of(make), INSTRUMENT, rows_of(LINES[:9])))
    assert {one["item_rest"] for one in found["items"]} == {None}
    assert (found["negative_items"], found["alpha"]["value"]) == ([], None)
    assert "alpha_needs_more" in [one["code"] for one in found["caveats"]]


def test_missing_by_item_counts_those_who_skipped_it(make):
    lines = [*LINES[:6], *[["1", "", "3", "4"]] * 4, *[["", "", "3", "4"]] * 2]
    found = row_of(make.evaluate(plan_of(make), INSTRUMENT, rows_of(lines)))
    assert [one["missing"] for one in found["items"]] == [pytest.approx(2 / 12), 0.5, None, None]
    assert found["missing"] is None or found["missing"] == pytest.approx(8 / 48)


def test_straight_lining_is_the_same_raw_answer_to_a_grid_with_a_reversed_item(make):
    """Of twelve, ten answered all four; three of them the same everywhere (the reversed item as it stood)."""
    lines = ["3333", "1111", "5555", *LINES[:3], *LINES[4:8], "333", "11"]
    lines = [list(line.ljust(4)) for line in lines]
    lines = [[c.strip() for c in line] for line in lines]
    found = row_of(make.evaluate(plan_of(make), INSTRUMENT, rows_of(lines)))
    assert found["straight_lining"] == [{"page": "feelings", "n": 10, "share": 0.3}]


def test_a_page_without_a_grid_has_no_straight_lining(make):
    """justice stands on a page of four likert items with the same answers, none of them reversed."""
    found = row_of(make.evaluate(plan_of(make), INSTRUMENT, rows_of(LINES)), "justice")
    assert found["straight_lining"] == []


@pytest.mark.parametrize(
    ("alike", "shown"), [(0, None), (4, None), (5, 5 / 12), (7, 7 / 12), (8, None), (12, None)]
)
def test_a_share_who_ticked_through_is_a_count_of_people(make, alike, shown):
    lines = ["3333"] * alike + [line for line in LINES if line != "3333"][: 12 - alike]
    lines += ["1254"] * (12 - len(lines))
    plan = plan_of(make, thresholds=Thresholds(5, 10))
    found = row_of(make.evaluate(plan, INSTRUMENT, rows_of(lines)))
    assert found["straight_lining"] == [
        {"page": "feelings", "n": 12, "share": pytest.approx(shown) if shown else None}
    ]


def test_a_language_is_not_told_where_another_could_be_taken_from_the_whole(make):
    """Of 24, ten tick through: six of twelve in the one language, four of twelve in the other."""
    instrument = make.instrument()
    made, tags = [], []
    for tag, alike in (("en", 6), ("ar", 4)):
        made += ["3333"] * alike + ["1254"] * (12 - alike)
        tags += [tag] * 12
    from dataclasses import replace

    both = replace(INSTRUMENT, languages=instrument.languages)
    plan = plan_of(make, thresholds=Thresholds(5, 10))
    findings = make.evaluate(plan, both, rows_of(made, tags))
    share = {
        language: row_of(findings, language=language)["straight_lining"][0]["share"]
        for language in (None, "en", "ar")
    }
    assert share == {None: pytest.approx(10 / 24), "en": None, "ar": None}
    more = [*made[:12], *["3333"] * 5, *["1254"] * 7]
    findings = make.evaluate(plan, both, rows_of(more, tags))
    share = {
        language: row_of(findings, language=language)["straight_lining"][0]["share"]
        for language in (None, "en", "ar")
    }
    assert share == {None: pytest.approx(11 / 24), "en": 0.5, "ar": pytest.approx(5 / 12)}


def test_those_who_name_no_language_are_a_part_too():
    cells = {0: {("items", "x"): (12, 40)}, 1: {("items", "x"): (6, 20)}, 2: {("items", "x"): (5, 15)}}
    assert not _are_safe(cells, 0, [1, 2], ("items", "x"), 5)  # one of the five without a language
    cells[0]["items", "x"] = (11, 35)
    assert _are_safe(cells, 0, [1, 2], ("items", "x"), 5)


@settings(max_examples=300)
@given(counts=st.lists(st.integers(0, 30), min_size=2, max_size=5), k=st.integers(5, 10))
def test_what_is_missing_in_all_gives_no_hidden_item_back(counts, k):
    """An attacker knows the total, the shown counts and that the others are below k: five values stay possible."""
    n = 60
    shut = {("items", str(i)) for i, count in enumerate(counts) if not k <= count <= n - k}
    raw = {"items": [{"item": str(i), "_lacking": count} for i, count in enumerate(counts)]}
    hidden = [count for count in counts if count < k]
    if _gives_back(raw, shut, k) or not hidden or len(hidden) == len(counts):
        return
    total = sum(hidden)
    possible = {
        first
        for first in range(k)
        if 0 <= total - first <= (len(hidden) - 1) * (k - 1) and (len(hidden) > 1 or first == total)
    }
    assert len(possible) >= 5


def test_hidden_rows_have_the_shape_of_all_and_no_number(make):
    plan = plan_of(make, thresholds=Thresholds(13, 20))
    found = row_of(make.evaluate(plan, INSTRUMENT, rows_of(LINES)))
    assert found["suppressed"]
    assert found["items"] == [{"item": name, "item_rest": None, "missing": None} for name in FEAR]
    assert (found["negative_items"], found["straight_lining"]) == (
        [],
        [{"page": "feelings", "n": None, "share": None}],
    )
