"""Two releases whose people differ by a few are told from two that do not."""

from __future__ import annotations

import pytest

from impact.evaluation import may_refresh, too_close


@pytest.fixture(scope="module")
def rows(make):
    return make.draw(make.plan(), make.instrument(), workshops=6, people_per_side=12, dropout=0.0)


@pytest.fixture(scope="module")
def findings(make, rows):
    def findings(workshops=6, without=()):
        chosen = [
            row for row in rows
            if int(row["workshop"].split()[-1]) <= workshops and row["respondent"] not in without
        ]  # fmt: skip
        return make.evaluate(make.plan(), make.instrument(), chosen, "public")

    return findings


def test_the_same_people_or_a_workshop_more_are_not_too_close(findings):
    assert too_close(findings(), findings(), 10) == []
    assert too_close(findings(5), findings(), 10) == []


def test_a_workshop_more_is_too_close_for_a_threshold_that_is_larger(findings):
    found = too_close(findings(5), findings(), 13)
    assert "findings: fear, post - pre, side a: n" in found
    assert "flow: workshop, b, post: linked" in found
    assert "data: submissions" not in found  # 48 more


@pytest.mark.parametrize("turned", [False, True])
def test_one_person_more_is_named_at_every_place(findings, rows, turned):
    one = next(row["respondent"] for row in rows if row["side"] == "a")
    releases = [findings(without={one}), findings()]
    found = too_close(*(reversed(releases) if turned else releases), 10)
    assert "findings: fear, post - pre, side a: n" in found
    assert "findings: fear, post - pre, sides a and b: n" in found
    assert "quality: trust, pre, a: n" in found
    assert {f"flow: workshop, a, pre: {count}" for count in ("submissions", "linked", "analysed")} <= set(
        found
    )
    assert {"data: submissions", "data: respondents"} <= set(found)
    assert not any("side b" in place or ", b," in place for place in found)


def test_what_one_of_the_two_hides_is_not_compared(findings, rows):
    hidden = findings(without={row["respondent"] for row in rows if row["side"] == "a"})
    assert not any("side a" in place or ", a," in place for place in too_close(hidden, findings(), 10**6))


def flow(side, counts):
    waves = zip(("pre", "post"), counts, strict=True)
    return [
        {
            "arm": "workshop",
            "side": side,
            "wave": wave,
            "submissions": n,
            "linked": linked,
            "analysed": linked,
        }
        for wave, (n, linked) in waves
    ]


def document(*sides):
    rows = [row for side, counts in sides for row in flow(side, counts)]
    data = {"submissions": None, "respondents": None}
    return {"design": "one_group", "flow": rows, "findings": [], "quality": [], "data": data}


@pytest.mark.parametrize(
    ("then", "now", "places"),
    [
        # 8 linked are hidden, 18 shown when 10 more have come: at least 8 of them were linked before.
        (((20, None), (20, None)), ((30, 18), (30, 18)), ["linked", "analysed"] * 2),
        # 15 linked of 30: between 5 and 9 before.
        (((20, None), (20, None)), ((30, 15), (30, 15)), []),
        # Nothing was shown of the side: it had 0 to 9, and now it has enough.
        (((None, None), (None, None)), ((24, 20), (24, 20)), []),
        (((None, None), (None, None)), ((10, 10), (10, 10)), []),
    ],
)
def test_a_hidden_count_is_not_told_by_a_later_release(then, now, places):
    for releases in (
        (document(("a", then)), document(("a", now))),
        (document(("a", now)), document(("a", then))),
    ):
        assert [place.split(": ")[-1] for place in too_close(*releases, 10)] == places


def test_a_live_page_waits_for_a_batch(findings, rows):
    one = next(row["respondent"] for row in rows if row["side"] == "a")
    assert may_refresh(findings(), findings(), 10)
    assert may_refresh(findings(5), findings(), 10)
    assert not may_refresh(findings(without={one}), findings(), 10)
