"""Effect sizes that count people: against R's effectsize, by hand, and their coverage."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact import stats
from impact.stats import Caveat

CASES = json.loads((Path(__file__).parents[1] / "reference" / "ranks.json").read_text("utf-8"))["cases"]
BY_ROOM = {key: case for key, case in CASES.items() if "rooms" in case}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_rank_biserial_is_effectsize(case):
    result, expected = stats.rank_biserial(case["before"], case["after"]), case["rank_biserial"]
    assert result.value == pytest.approx(expected["value"], rel=1e-9)
    if abs(result.value) < 1.0:
        assert result.low == pytest.approx(expected["low"], rel=1e-7, abs=1e-9)
        assert result.high == pytest.approx(expected["high"], rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_superiority_is_the_formula_in_r(case):
    result, expected = (
        stats.probability_of_superiority_paired(case["before"], case["after"]),
        case["superiority"],
    )
    for name in ("value", "low", "high"):
        assert getattr(result, name) == pytest.approx(expected[name], rel=1e-6, abs=1e-9), name
    assert result.rose + result.unchanged + result.fell == result.n == len(case["before"])


@pytest.mark.parametrize("case", BY_ROOM.values(), ids=BY_ROOM)
def test_superiority_by_workshop_is_the_formula_with_clubsandwich(case):
    result = stats.probability_of_superiority_paired(case["before"], case["after"], case["rooms"])
    for name, expected in case["by_room"].items():
        assert getattr(result, name) == pytest.approx(expected, rel=1e-6, abs=1e-9), name
    assert result.clusters == len(set(case["rooms"]))


def test_people_are_counted():
    result = stats.probability_of_superiority_paired([1, 2, 3, 4, math.nan], [2, 2, 5, 1, 3])
    assert (result.n, result.rose, result.unchanged, result.fell, result.value) == (4, 2, 1, 1, 0.625)


def test_dust_is_no_change():
    before = np.array([0.1, 0.2, 0.3, 0.7])
    result = stats.probability_of_superiority_paired(before, before + 0.1 - 0.1)
    assert (result.rose, result.unchanged, result.fell, result.value) == (0, 4, 0, 0.5)


@pytest.mark.parametrize("n", [2, 3, 8, 40])
def test_everybody_rose_or_nobody_moved_is_no_point(n):
    up = stats.probability_of_superiority_paired([1.0] * n, [2.0] * n)
    assert (up.value, up.high) == (1.0, 1.0)
    assert 0.0 < up.low < 1.0
    still = stats.probability_of_superiority_paired([1.0] * n, [1.0] * n)
    assert still.low < still.value == 0.5 < still.high
    # R: n / (n + qt(.975, n - 1)^2), Wilson's lower end at n of n
    quantile = {2: 12.7062047361747, 3: 4.30265272974946, 8: 2.36462425159278, 40: 2.0226909200368}[n]
    assert up.low == pytest.approx(n / (n + quantile**2), rel=1e-9)


def test_few_people_and_workshops():
    assert stats.probability_of_superiority_paired([], []).caveat == Caveat.NO_DATA
    one = stats.probability_of_superiority_paired([1.0], [2.0])
    assert (one.value, one.low, one.caveat) == (1.0, None, Caveat.TOO_FEW)
    room = stats.probability_of_superiority_paired([1, 2, 3], [2, 2, 1], ["a"] * 3)
    assert (room.value, room.low, room.clusters, room.caveat) == (0.5, None, 1, Caveat.ONE_CLUSTER)
    two = stats.rank_biserial([1, 2], [2, 4])
    assert (two.value, two.low, two.caveat) == (1.0, None, Caveat.TOO_FEW_FOR_EFFECT_SIZE)
    assert stats.rank_biserial([1, 2], [1, 2]).caveat == Caveat.NOBODY_CHANGED
    assert stats.rank_biserial([1, 2], [1, math.inf]).caveat == Caveat.NOT_FINITE


def test_rank_biserial_at_its_ends():
    up, down = (
        stats.rank_biserial([1, 2, 3, 4], [2, 4, 6, 8]),
        stats.rank_biserial([2, 4, 6, 8], [1, 2, 3, 4]),
    )
    assert (up.value, up.high, down.value, down.low) == (1.0, 1.0, -1.0, -1.0)
    assert -1.0 < up.low < 1.0
    assert up.low == -down.high


def test_rank_biserial_by_hand():
    # Differences 1, −2, 3, 0, 4: ranks of the moved 1, 2, 3, 4; (1 + 3 + 4 − 2) / 10.
    result = stats.rank_biserial([0, 0, 0, 0, 0], [1, -2, 3, 0, 4])
    assert (result.value, result.zeros, result.n) == (0.6, 1, 5)


PAIRS = st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=2, max_size=30)


@given(PAIRS, st.sampled_from([0.001, 2.5, 1e6]))
def test_mirror_unit_and_order(pairs, unit):
    before, after = np.array(pairs, dtype=float).T
    for method, middle in ((stats.probability_of_superiority_paired, 1.0), (stats.rank_biserial, 0.0)):
        there, back = method(before, after), method(after, before)
        same = [
            method(unit * before, unit * after),
            method(before[::-1], after[::-1]),
            method(before + 3, after + 3),
        ]
        if there.value is None:
            assert back.value is None
            continue
        assert back.value == pytest.approx(middle - there.value, abs=1e-12)
        assert all(result == there for result in same)
        if there.low is not None:
            assert there.low <= there.value <= there.high
            assert back.high == pytest.approx(middle - there.low, abs=1e-9)


@pytest.mark.parametrize(("n", "shift"), [(8, 0.0), (20, 0.4), (40, 0.8)])
def test_superiority_covers(n, shift):
    """5-point answers: 2,000 studies; the truth from a million people. 93.5 % leaves three standard errors to 95 %;
    with eight people and few distinct answers it may be nearly always."""
    rng, draws = np.random.default_rng(n), 2000
    cuts = np.array([-1.0, -0.3, 0.3, 1.0])

    def answers(size):
        person = rng.standard_normal(size)
        return (np.searchsorted(cuts, person + rng.standard_normal(size) + move) for move in (0.0, shift))

    before, after = answers(1_000_000)
    truth = float(((np.sign(after - before) + 1) / 2).mean())
    before, after = answers((draws, n))
    covered = 0
    for b, a in zip(before, after, strict=True):
        result = stats.probability_of_superiority_paired(b, a)
        covered += result.low <= truth <= result.high
    assert 0.935 <= covered / draws <= (0.998 if n == 8 else 0.985)
