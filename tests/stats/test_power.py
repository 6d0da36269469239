"""The design helper: against R's pwr, against its own simulation, and what no design can do."""

from __future__ import annotations

import dataclasses
import json
import math
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact import stats
from impact.stats import Caveat
from impact.stats.design import satterthwaite
from impact.stats.draws import cut, draw_rooms
from impact.stats.power_simulation import mean_changes

CASES = json.loads((Path(__file__).parents[1] / "reference" / "power.json").read_text("utf-8"))["cases"]
GRID = [  # workshops, people each, icc, attrition, correlation, power aimed at
    (2, 6, 0.2, 0.5, 0.6, 0.6),
    (2, 20, 0.0, 0.0, 0.3, 0.3),
    (3, 6, 0.2, 0.5, 0.8, 0.3),
    (3, 12, 0.2, 0.5, 0.6, 0.3),
    (4, 6, 0.0, 0.5, 0.6, 0.6),
    (4, 6, 0.2, 0.5, 0.3, 0.3),
    (8, 6, 0.05, 0.3, 0.8, 0.6),
    (8, 12, 0.2, 0.25, 0.6, 0.8),
    (24, 6, 0.05, 0.5, 0.3, 0.6),
    (24, 6, 0.2, 0.0, 0.6, 0.8),
]
SETS = 20_000


@pytest.mark.parametrize("case", CASES["paired"].values(), ids=CASES["paired"])
def test_paired_power_is_that_of_pwr_and_power_t_test(case):
    for expected in case["tests"]:
        result = stats.power_paired(case["n"], expected["effect"], case["r"], expected["confidence"])
        assert result.power == pytest.approx(expected["pwr"], rel=1e-9)
        assert result.power == pytest.approx(expected["power_t_test"], rel=1e-9)
        assert result.std_error == pytest.approx(case["std_error"], rel=1e-12)
        in_change_sds = expected["effect"] / math.sqrt(2 * (1 - case["r"]))
        alone = stats.power_paired(case["n"], in_change_sds, confidence=expected["confidence"])
        assert alone.power == pytest.approx(expected["pwr"], rel=1e-9)


@pytest.mark.parametrize("case", CASES["clustered"].values(), ids=CASES["clustered"])
def test_workshops_of_one_size_are_a_t_test_of_their_means(case):
    for expected in case["designs"]:
        design = (case["n_per_workshop"], case["workshops"], expected["r"], case["icc"])
        result = stats.power_clustered(expected["effect"], *design)
        assert result.power == pytest.approx(expected["power"], rel=1e-9)
        assert result.std_error == pytest.approx(expected["std_error"], rel=1e-12)
        assert result.df == pytest.approx(case["df"], rel=1e-12)
        assert result.design_effect == pytest.approx(case["design_effect"], rel=1e-12)
        assert result.people == case["workshops"] * case["n_per_workshop"]
        strict = stats.power_clustered(expected["effect"], *design, confidence=0.99)
        assert strict.power == pytest.approx(expected["power_99"], rel=1e-9)
        for power in (80, 90):
            found = stats.detectable_change(*design, power=power / 100)
            assert found.effect == pytest.approx(expected[f"detectable_{power}"], rel=1e-9)


def aimed(workshops, n, icc, attrition, r, power):
    """The design with the change that has this power by the formula."""
    found = stats.detectable_change(n, workshops, r, icc, attrition, power)
    return (found.effect, n, workshops, r, icc, attrition)


@pytest.mark.parametrize("cell", GRID, ids=str)
def test_power_is_within_two_points_of_the_simulation(cell):
    design = aimed(*cell)
    simulated = stats.simulate_power(*design, sets=SETS)
    gap = abs(stats.power_clustered(*design).power - simulated.power)
    assert gap < 0.02
    assert gap < 4 * simulated.standard_error  # about 0.013: no more than the simulation's own luck
    assert simulated.standard_error == pytest.approx(math.sqrt(cell[-1] * (1 - cell[-1]) / SETS), rel=0.1)


@pytest.mark.parametrize("cell", [cell for cell in GRID if cell[2] > 0.0], ids=str)
def test_taking_people_as_independent_misses_by_more(cell):
    """The control: the bound is one that a wrong formula breaks."""
    effect, n, workshops, r, _, attrition = design = aimed(*cell)
    naive = stats.power_paired(round(n * workshops * (1 - attrition)), effect, r).power
    assert abs(naive - stats.simulate_power(*design).power) > 0.05


def one_by_one(change, present, confidence=0.95):
    rooms = np.broadcast_to(np.arange(present.shape[1])[:, None], present.shape[1:])
    return [
        stats.mean_change_cr2(y[there], rooms[there], confidence)
        for y, there in zip(change, present, strict=True)
    ]


@pytest.mark.parametrize("scale", [None, "seven", "five_ceiling", "eleven"])
@pytest.mark.parametrize(("workshops", "n"), [(1, 5), (2, 3), (3, 1), (4, 6), (8, 12)])
def test_the_vectorised_analysis_is_mean_change_cr2(scale, workshops, n):
    rng = np.random.default_rng(7)
    rooms = draw_rooms(rng, rng.binomial(n, 0.6, (60, workshops)), 0.1)
    change = (
        rooms.after - rooms.before if scale is None else cut(rooms.after, scale) - cut(rooms.before, scale)
    )
    change[0] = 1.0  # everybody changed by the same amount
    change[1] = np.resize([1.0, 3.0], change[1].shape)
    found = mean_changes(np.where(rooms.present, change, 99.0), rooms.present)  # padding must not count
    for k, expected in enumerate(one_by_one(change, rooms.present)):
        assert found.n[k] == expected.n
        if expected.std_error is None:
            assert all(math.isnan(values[k]) for values in (found.std_error, found.df, found.p_value))
            continue
        for name in ("estimate", "std_error", "df", "p_value"):
            assert getattr(found, name)[k] == pytest.approx(getattr(expected, name), rel=1e-9, abs=1e-12), (
                name
            )


@given(st.lists(st.integers(1, 40), min_size=2, max_size=12))
def test_degrees_of_freedom_are_those_of_the_engine(sizes):
    n = np.array([sizes], dtype=float)
    df = satterthwaite(n / n.sum(), n)
    rng = np.random.default_rng(1)
    expected = stats.mean_change_cr2(rng.standard_normal(sum(sizes)), np.repeat(np.arange(len(sizes)), sizes))
    assert df[0] == pytest.approx(expected.df, rel=1e-9)


def test_no_change_is_found_as_often_as_the_analysis_errs():
    assert stats.power_paired(12, 0.0, 0.5).power == pytest.approx(0.05, abs=1e-12)
    assert stats.power_paired(12, 0.0, confidence=0.9).power == pytest.approx(0.1, abs=1e-12)
    assert stats.power_clustered(0.0, 8, 6, 0.6, 0.1).power == pytest.approx(0.05, abs=1e-12)
    assert stats.power_clustered(0.0, 8, 6, 0.6, 0.1, confidence=0.99).power == pytest.approx(0.01, abs=1e-12)
    lost = stats.power_clustered(0.0, 8, 6, 0.6, 0.1, 0.5).power
    assert lost == pytest.approx(0.05, abs=0.004)
    assert lost == pytest.approx(stats.simulate_power(0.0, 8, 6, 0.6, 0.1, 0.5, sets=SETS).power, abs=0.005)


DESIGNS = st.fixed_dictionaries(
    {
        "effect": st.floats(0.2, 1.5),
        "n_per_workshop": st.integers(4, 25),
        "workshops": st.integers(2, 30),
        "r": st.floats(0.0, 0.9),
        "icc": st.floats(0.0, 0.3),
        "attrition": st.sampled_from([0.0, 0.1, 0.3, 0.5]),
    }
)
MORE = {"effect": 0.1, "n_per_workshop": 3, "workshops": 1, "r": 0.05, "icc": -0.05, "attrition": -0.1}


@given(DESIGNS)
@settings(max_examples=15)
def test_power_rises_with_what_helps_and_falls_with_what_hurts(design):
    result = stats.power_clustered(**design)
    assert 0.0 < result.power <= 1.0
    assert result.design_effect >= 1.0 - 1e-12
    assert 1.0 - 1e-9 <= result.df <= design["workshops"] - 1 + 1e-9
    slack = 1e-9 if design["attrition"] == 0.0 else 0.004  # some points stand for all sizes
    for name, step in MORE.items():
        better = {**design, name: max(0.0, design[name] + step) if step < 0 else design[name] + step}
        assert stats.power_clustered(**better).power >= result.power - slack, name
    other = stats.power_clustered(**{**design, "effect": -design["effect"]})
    assert other.power == result.power


@given(DESIGNS, st.sampled_from([0.3, 0.8, 0.95]))
@settings(max_examples=20)
def test_the_detectable_change_is_the_power_turned_round(design, power):
    del design["effect"]
    found = stats.detectable_change(**design, power=power)
    if found.effect is None:
        assert found.caveat == Caveat.LOST_WORKSHOPS
        return
    assert found == stats.power_clustered(found.effect, **design)
    assert found.power == pytest.approx(power, abs=1e-9)


@pytest.mark.parametrize("attrition", [0.0, 0.3])
@pytest.mark.parametrize(("effect", "icc"), [(0.3, 0.05), (0.5, 0.2), (1.5, 0.0)])
def test_the_workshops_needed_are_the_fewest(effect, icc, attrition):
    found = stats.workshops_needed(effect, 10, 0.6, icc, attrition)
    design = (10, found.workshops, 0.6, icc, attrition)
    assert found == stats.power_clustered(effect, *design)
    fewer = stats.power_clustered(effect, 10, found.workshops - 1, 0.6, icc, attrition)
    assert found.power >= 0.8 > fewer.power


def test_two_workshops_find_next_to_nothing_and_say_so():
    result = stats.power_clustered(0.5, 12, 2, 0.6, 0.05)
    assert (result.df, result.caveat) == (
        pytest.approx(1.0),
        "two workshops leave one degree of freedom: only a very large change can be found with them",
    )
    assert result.power < 0.2
    two, four = (stats.detectable_change(12, workshops, 0.6, 0.05) for workshops in (2, 4))
    assert two.effect > 3.0 > 1.0 > four.effect
    assert (two.caveat, four.caveat) == (Caveat.TWO_WORKSHOPS, None)
    assert stats.simulate_power(0.5, 12, 2, 0.6, 0.05, sets=50).caveat == Caveat.TWO_WORKSHOPS


def test_one_workshop_and_one_person_have_no_power():
    one = stats.power_clustered(0.5, 12, 1, 0.6, 0.05)
    assert (one.power, one.std_error, one.df) == (None, None, None)
    assert one.caveat == "only one workshop: its people cannot stand for other workshops"
    assert stats.detectable_change(12, 1, 0.6, 0.05).effect is None
    alone = stats.power_paired(1, 0.5, 0.6)
    assert (alone.power, alone.std_error, alone.caveat) == (None, None, Caveat.TOO_FEW)
    assert stats.power_paired(2, 0.5, 0.6).df == 1.0
    for comparison, caveat in ((0, Caveat.ONE_CLUSTER), (3, Caveat.ONE_CLUSTER_IN_ARM)):
        simulated = stats.simulate_power(0.5, 4, 1, 0.6, 0.05, sets=20, comparison=comparison)
        assert (simulated.power, simulated.standard_error, simulated.without_test) == (None, None, 1.0)
        assert simulated.caveat == caveat


def test_one_person_a_workshop_is_the_paired_t_test():
    clustered, paired = stats.power_clustered(0.5, 1, 20, 0.6, 0.0), stats.power_paired(20, 0.5, 0.6)
    assert clustered.power == pytest.approx(paired.power, rel=1e-9)
    assert clustered.std_error == pytest.approx(paired.std_error, rel=1e-12)


def test_workshops_that_lose_everybody():
    some = stats.power_clustered(0.5, 4, 6, 0.6, 0.05, 0.5)
    assert some.caveat == "so many people are lost that a workshop may end with nobody: plan larger workshops"
    assert stats.power_clustered(0.5, 12, 6, 0.6, 0.05, 0.5).caveat is None
    nearly_all = stats.power_clustered(0.5, 1, 2, 0.6, 0.05, 0.9999)
    assert (nearly_all.power, nearly_all.df) == (None, None)
    assert nearly_all.caveat == (
        "so many people are lost that too often fewer than two workshops are left to judge by"
    )
    half = stats.detectable_change(1, 3, 0.6, 0.0, 0.5)
    assert (half.effect, half.power, half.caveat) == (None, None, Caveat.LOST_WORKSHOPS)
    # However large the change: found when two or three of three workshops are left (1/2), and the interval is narrow.
    assert stats.power_clustered(1e9, 1, 3, 0.6, 0.0, 0.5).power == pytest.approx(0.5, abs=0.01)
    simulated = stats.simulate_power(0.5, 1, 2, 0.6, 0.05, 0.999, sets=20)
    assert (simulated.power, simulated.caveat) == (None, Caveat.LOST_WORKSHOPS)


def test_no_number_of_workshops_is_enough():
    for result in (
        stats.workshops_needed(0.0, 10, 0.6, 0.05),
        stats.workshops_needed(0.3, 10, 0.6, 0.05, at_most=5),
    ):
        assert (result.workshops, result.power, result.people, result.df) == (None, None, None, None)
        assert (
            result.caveat == "even the largest number of workshops that was tried does not reach this power"
        )
    needed = stats.workshops_needed(0.3, 10, 0.6, 0.05).workshops
    assert stats.workshops_needed(0.3, 10, 0.6, 0.05, at_most=needed).workshops == needed


GOOD = {"n_per_workshop": 10, "workshops": 6, "r": 0.6, "icc": 0.05, "attrition": 0.2, "confidence": 0.95}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_per_workshop": 0}, "n_per_workshop must be a whole number of 1 or more, it is 0"),
        ({"n_per_workshop": 7.5}, "n_per_workshop must be a whole number of 1 or more, it is 7.5"),
        ({"n_per_workshop": math.inf}, "n_per_workshop must be a whole number of 1 or more, it is inf"),
        ({"workshops": 0}, "workshops must be a whole number of 1 or more, it is 0"),
        ({"workshops": True}, "workshops must be a whole number of 1 or more, it is True"),
        ({"r": 1.0}, "r must be −1 or more and below 1, it is 1.0"),
        ({"r": -1.1}, "r must be −1 or more and below 1, it is -1.1"),
        ({"r": math.nan}, "r must be −1 or more and below 1, it is nan"),
        ({"icc": 1.0}, "icc must be 0 or more and below 1, it is 1.0"),
        ({"icc": -0.1}, "icc must be 0 or more and below 1, it is -0.1"),
        ({"attrition": 1.0}, "attrition must be 0 or more and below 1, it is 1.0"),
        ({"attrition": math.nan}, "attrition must be 0 or more and below 1, it is nan"),
        ({"confidence": 1.0}, "confidence must lie between 0 and 1, it is 1.0"),
        ({"effect": math.inf}, "effect must be a finite number of standard deviations, it is inf"),
        ({"effect": math.nan}, "effect must be a finite number of standard deviations, it is nan"),
    ],
)
def test_what_no_design_can_be(change, message):
    for method in (stats.power_clustered, stats.simulate_power):
        with pytest.raises(ValueError) as caught:
            method(**{"effect": 0.5, **GOOD, **change})
        assert str(caught.value) == message
    if "effect" not in change:
        with pytest.raises(ValueError) as caught:
            stats.detectable_change(**{**GOOD, **change})
        assert str(caught.value) == message


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: stats.power_paired(0, 0.5), "n must be a whole number of 1 or more, it is 0"),
        (lambda: stats.power_paired(9, 0.5, 1.0), "r must be −1 or more and below 1, it is 1.0"),
        (
            lambda: stats.power_paired(9, math.nan),
            "effect must be a finite number of standard deviations, it is nan",
        ),
        (
            lambda: stats.power_paired(9, 0.5, confidence=0.0),
            "confidence must lie between 0 and 1, it is 0.0",
        ),
        (
            lambda: stats.detectable_change(9, 5, 0.5, 0.1, power=1.0),
            "power must lie between 1 − confidence (0.05) and 1, it is 1.0",
        ),
        (
            lambda: stats.workshops_needed(0.5, 9, 0.5, 0.1, power=0.05, confidence=0.9),
            "power must lie between 1 − confidence (0.1) and 1, it is 0.05",
        ),
        (
            lambda: stats.workshops_needed(0.5, 9, 0.5, 0.1, at_most=1),
            "at_most must be a whole number of 2 or more, it is 1",
        ),
        (
            lambda: stats.simulate_power(0.5, 9, 5, -0.5, 0.1),
            "r must be 0 or more for a simulation, it is -0.5",
        ),
        (
            lambda: stats.simulate_power(0.5, 9, 5, 0.5, 0.1, scale="six"),
            "scale must be None or one of seven, five_ceiling, eleven, it is 'six'",
        ),
        (
            lambda: stats.simulate_power(0.5, 9, 5, 0.5, 0.1, sets=0),
            "sets must be a whole number of 1 or more, it is 0",
        ),
    ],
)
def test_mistakes_of_the_calling_code(call, message):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == message


EXTREMES = [
    stats.power_paired(10**12, 1e-6, 0.5),
    stats.power_paired(30, 1e308, 0.999999),
    stats.power_paired(2, 5e-324, 0.5),
    stats.power_clustered(1e308, 1000, 500, 0.999999, 0.0, 0.1),
    stats.power_clustered(1e-9, 3, 40, -1.0, 0.999, 0.9),
    stats.detectable_change(10**6, 2000, 0.5, 0.3, power=0.999),
    stats.detectable_change(1, 2, 0.0, 0.0, power=0.999, confidence=0.999),
]


@pytest.mark.parametrize("result", EXTREMES)
def test_no_number_is_infinite_or_nan(result):
    values = dataclasses.asdict(result).values()
    assert all(math.isfinite(value) for value in values if isinstance(value, float | int))
    assert 0.0 <= result.power <= 1.0


def test_countless_people_are_the_normal_distribution():
    assert EXTREMES[0].power == pytest.approx(
        0.17007505, abs=1e-7
    )  # pnorm(1 − 1.959964) + pnorm(−1 − 1.959964)
    below, above = (stats.power_paired(n, 2.8 / math.sqrt(n)).power for n in (9_999_000, 10_001_000))
    assert below == pytest.approx(above, abs=1e-6)


def test_the_same_seed_gives_the_same_and_another_does_not():
    design = {"effect": 0.3, "n_per_workshop": 8, "workshops": 5, "r": 0.6, "icc": 0.1, "attrition": 0.2}
    default = stats.simulate_power(**design, sets=500)
    assert default == stats.simulate_power(**design, sets=500, rng=np.random.default_rng(1))
    assert default != stats.simulate_power(**design, sets=500, rng=np.random.default_rng(2))
    assert default.people == pytest.approx(32.0, abs=0.5)


def test_coarse_scales_cost_power():
    design = {"effect": 0.35, "n_per_workshop": 10, "workshops": 8, "r": 0.6, "icc": 0.05}
    fine, eleven, seven, five = (
        stats.simulate_power(**design, scale=scale, sets=8000).power
        for scale in (None, "eleven", "seven", "five_ceiling")
    )
    assert fine > eleven > seven - 0.01
    assert fine - 0.05 > five
    assert seven > five


def test_power_against_a_comparison_is_that_of_the_default_analysis():
    design = {"n_per_workshop": 8, "workshops": 4, "r": 0.6, "icc": 0.05, "comparison": 4}
    # Equal groups: the difference has the variance (τ² + (1 − r²)/8) · 2/4, and about 6 degrees of freedom.
    variance = (0.8 * 0.05 / 0.95 + 0.64 / 8) / 2
    expected = stats.power_paired(7, 0.8 / math.sqrt(variance * 7)).power
    found = stats.simulate_power(0.8, **design, sets=1000)
    assert found.power == pytest.approx(expected, abs=0.02 + 3 * found.standard_error)
    none = stats.simulate_power(0.0, **design, sets=400)
    assert none.power <= 0.06 + 3 * none.standard_error
    assert (found.people, found.caveat) == (64.0, None)


def test_four_thousand_programmes_take_less_than_a_second():
    began = time.perf_counter()
    stats.simulate_power(0.4, 12, 8, 0.6, 0.05, 0.2, "seven")
    assert time.perf_counter() - began < 1.0
