"""What is said of the intervals is true of the plan and the data."""

from __future__ import annotations

import pytest

from impact.plans import Thresholds


@pytest.fixture(scope="module")
def block(make):
    def block(workshops=4, audience="team", **changes):
        plan, instrument = make.plan(**changes), make.instrument()
        rows = make.draw(plan, instrument, workshops=workshops, people_per_side=12)
        return make.evaluate(plan, instrument, rows, audience)["intervals"]

    return block


def test_several_main_results_are_judged_together(block):
    found = block()
    assert {key: found[key] for key in ("level", "family", "kind", "rooms")} == {
        "level": 0.95, "family": 4, "kind": "simultaneous", "rooms": False
    }  # fmt: skip
    assert found["text"] == (
        "A 95\u00a0% interval is made by a rule that, in the long run, holds the true value in 95 of 100 cases. "
        "The 4 main results are judged together, by wider intervals that allow for their number: if nothing had "
        "changed, at most about 5 programmes in 100 would show any of them as changed by chance."
    )


def test_the_level_is_the_plans(block):
    assert "A 90\u00a0% interval" in block(level=0.9)["text"]
    assert "about 10 programmes in 100" in block(level=0.9)["text"]


@pytest.mark.parametrize(
    "changes",
    [{"workshops": 2}, {"cluster": "none", "estimator": "paired"}],
    ids=["two rooms", "not told apart"],
)
def test_intervals_that_take_people_one_by_one_say_so(block, changes):
    found = block(**changes)
    assert found["rooms"] is True
    assert "do not count differences between workshops as chance" in found["text"]


def test_hidden_findings_do_not_tell_how_they_were_made(block):
    assert block(workshops=2)["rooms"] is True
    assert block(workshops=2, thresholds=Thresholds(100, 100))["rooms"] is False


def test_a_single_main_result(block, make):
    only = make.plan().outcomes[:1]
    found = block(outcomes=only, by_side=False, compare_sides=False)
    assert (found["family"], found["kind"]) == (1, "single")
    assert "The main result is judged by it" in found["text"]
