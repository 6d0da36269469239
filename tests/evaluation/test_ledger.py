"""Two releases whose people differ by a few are told from two that do not."""

from __future__ import annotations

import pytest

from impact.evaluation import too_close


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
