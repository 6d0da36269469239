"""The share of a gain kept: Fieller's interval against an inverted clustered t test in R, by hand, and its edges."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact.stats import Caveat, mean_change_cr2, ratio_of_means

FOLDER = Path(__file__).parents[1] / "reference"
CASES = json.loads((FOLDER / "ratio.json").read_text("utf-8"))["cases"]


@pytest.mark.parametrize("name", CASES)
def test_limits_are_those_of_the_inverted_test_in_r(name):
    case = CASES[name]
    found = ratio_of_means(case["numerator"], case["denominator"], case["rooms"])
    assert found.df == pytest.approx(case["df"], rel=1e-9)
    assert found.is_bounded == case["bounded"]
    for end in ("value", "low", "high"):
        expected = case.get(end)
        assert getattr(found, end) == (None if expected is None else pytest.approx(expected, rel=1e-8)), end


def test_four_people_by_hand():
    """Gains 1, 2, 3, 2 (mean 2), kept 1, 1, 1, 1 (mean 1): V_bb = 1/6, V_aa = V_ab = 0, t(3) = 3.1824.

    (4 − t²/6) ρ² − 4 ρ + 1 ≤ 0, t² = 10.128: 2.312 ρ² − 4 ρ + 1 ≤ 0, ρ = (2 ± √(4 − 2.312)) / 2.312.
    """
    found = ratio_of_means([1, 1, 1, 1], [1, 2, 3, 2])
    leading = 4 - 3.182446305**2 / 6
    assert found.value == 0.5
    assert found.low == pytest.approx((2 - math.sqrt(4 - leading)) / leading, rel=1e-8)
    assert found.high == pytest.approx((2 + math.sqrt(4 - leading)) / leading, rel=1e-8)


@pytest.mark.parametrize(
    ("top", "bottom", "rooms", "caveat", "value"),
    [
        ([], [], None, Caveat.NO_DATA, None),
        ([math.nan], [1.0], None, Caveat.NO_DATA, None),
        ([1.0], [2.0], None, Caveat.TOO_FEW, 0.5),
        ([1.0, 2.0], [2.0, 3.0], ["a", "a"], Caveat.ONE_CLUSTER, 0.6),
        ([1.0, 1.0, 1.0], [2.0, 2.0, 2.0], None, Caveat.NO_VARIATION, 0.5),
        ([2.0, 2.5, 3.0], [4.0, 5.0, 6.0], None, Caveat.NO_VARIATION, 0.5),  # all kept exactly half
        ([1.0, 2.0], [math.inf, 1.0], None, Caveat.NOT_FINITE, None),
    ],
)
def test_no_interval_without_something_to_judge_by(top, bottom, rooms, caveat, value):
    found = ratio_of_means(top, bottom, rooms)
    assert (found.caveat, found.low, found.high, found.is_bounded) == (caveat, None, None, False)
    assert found.value == value


def test_people_who_lack_a_change_are_left_out_of_both():
    found = ratio_of_means([1, 2, math.nan, 3, 1], [2, 4, 9, 5, math.nan])
    assert found == ratio_of_means([1, 2, 3], [2, 4, 5])


@settings(max_examples=80)
@given(st.integers(0, 10_000), st.integers(4, 40), st.integers(2, 8), st.floats(-3, 3))
def test_the_interval_is_bounded_exactly_where_the_gain_is_clear(seed, n, rooms, shift):
    rng = np.random.default_rng(seed)
    bottom = rng.normal(shift, 1, n)
    top = 0.5 * bottom + rng.normal(0, 0.5, n)
    labels = rng.integers(0, rooms, n)
    found = ratio_of_means(top, bottom, labels)
    gain = mean_change_cr2(bottom, labels)
    is_clear = gain.low is not None and not gain.low <= 0 <= gain.high
    assert found.is_bounded == is_clear
    if is_clear:
        assert found.low <= found.value <= found.high
        # Units do not matter, nor which way is up, nor the order of people.
        turned = ratio_of_means(-25 * top[::-1], -25 * bottom[::-1], labels[::-1])
        assert (turned.low, turned.high) == pytest.approx((found.low, found.high), rel=1e-8)
        wide = ratio_of_means(top, bottom, labels, confidence=0.8)
        assert found.low <= wide.low <= wide.high <= found.high


def test_its_limits_hold_the_truth_in_95_of_100():
    """Truth .5, ten workshops of eight people who share what their workshop does; 2,000 programmes, one seed."""
    rng = np.random.default_rng(20261125)
    rooms = np.repeat(np.arange(10), 8)
    held = 0
    for _ in range(2000):
        room = rng.normal(0, 0.4, 10)[rooms]
        gain = 1.5 + room + rng.normal(0, 1, 80)
        kept = 0.5 * (1.5 + room) + rng.normal(0, 1, 80)
        found = ratio_of_means(kept, gain, rooms)
        held += found.is_bounded and found.low <= 0.5 <= found.high
    assert 0.93 <= held / 2000 <= 0.97
