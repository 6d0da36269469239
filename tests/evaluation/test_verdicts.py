"""The verdict rule of design.md, by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.evaluation import VERDICTS, verdict
from impact.evaluation.verdicts import family_size

# (low, high) in points, SESOI 5
TABLE = [
    ((1, 4), "improved_below_sesoi", "worsened", "higher"),
    ((1, 5), "improved_below_sesoi", "worsened", "higher"),
    ((1, 5.1), "improved", "worsened", "higher"),
    ((6, 9), "improved", "worsened", "higher"),
    ((-4, -1), "worsened", "improved_below_sesoi", "lower"),
    ((-9, -6), "worsened", "improved", "lower"),
    ((-9, -1), "worsened", "improved", "lower"),
    ((-5, 5), "no_meaningful_change", "no_meaningful_change", "no_meaningful_change"),
    ((0, 5), "no_meaningful_change", "no_meaningful_change", "no_meaningful_change"),
    ((-4.9, 0), "no_meaningful_change", "no_meaningful_change", "no_meaningful_change"),
    ((-3, 9), "inconclusive", "inconclusive", "inconclusive"),
    ((-5.1, 5), "inconclusive", "inconclusive", "inconclusive"),
    ((0, 20), "inconclusive", "inconclusive", "inconclusive"),
    ((None, None), None, None, None),
]


@pytest.mark.parametrize(("interval", "higher", "lower", "none"), TABLE)
def test_table(interval, higher, lower, none):
    assert verdict(*interval, 5, "higher") == higher
    assert verdict(*interval, 5, "lower") == lower
    assert verdict(*interval, 5, "none") == none


@given(st.floats(-100, 100), st.floats(0, 100), st.floats(0.1, 50))
def test_turning_the_scale_turns_nothing_but_the_direction(low, width, sesoi):
    found = verdict(low, low + width, sesoi, "higher")
    assert found in VERDICTS
    assert verdict(-low - width, -low, sesoi, "lower") == found


def test_the_family_is_counted_from_the_plan(make):
    plan = make.plan()
    assert family_size(plan, sides=2) == 4
    assert family_size(plan, sides=3) == 6
    assert family_size(make.plan(by_side=False, compare_sides=False), sides=2) == 2
