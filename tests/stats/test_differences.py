"""Difference in differences and equivalence: as clubSandwich and t.test have them, and by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from impact import stats
from impact.stats import Caveat

FOLDER = Path(__file__).parents[1] / "reference"
DIFFERENCES, EQUIVALENCE = (
    json.loads((FOLDER / f"{name}.json").read_text("utf-8"))["cases"]
    for name in ("differences", "equivalence")
)


@pytest.mark.parametrize("name", DIFFERENCES["single"])
def test_difference_in_differences_is_clubsandwich_s(name):
    case = DIFFERENCES["single"][name]
    columns = (case[key] for key in ("before", "after", "arm", "clusters"))
    found = stats.difference_in_differences(*columns, case.get("covariates") or None)
    for field in ("estimate", "std_error", "df", "statistic", "p_value", "low", "high"):
        assert getattr(found, field) == pytest.approx(case[field], rel=1e-7), field


def test_the_references_fall_as_well_as_rise_and_hold_covariates():
    cases = DIFFERENCES["single"].values()
    assert {case["estimate"] > 0 for case in cases} == {True, False}
    assert sum(bool(case.get("covariates")) for case in cases) == 2
    assert {case["estimate"] > 0 for case in EQUIVALENCE.values()} == {True, False}
    assert {case["equivalent"] for case in EQUIVALENCE.values()} == {True, False}


@pytest.mark.parametrize("name", DIFFERENCES["placebo"])
def test_the_placebo_is_a_loop_over_the_clusters(name):
    case = DIFFERENCES["placebo"][name]
    found = stats.difference_in_differences(*(case[key] for key in ("before", "after", "arm", "clusters")))
    for field in ("estimate", "placebo_p", "smallest_p"):
        assert getattr(found, field) == pytest.approx(case[field], rel=1e-9), field
    assert (found.p_value, found.caveat) == (None, Caveat.ONE_TREATED_CLUSTER)


def test_the_placebo_counts_ties_by_hand():
    """Changes .3, 0, 0, .3: every cluster lies .2 from the mean of the rest, in a computer only nearly."""
    change = np.array([3.0, 0, 0, 3]) * 0.1
    for start in (0.0, 0.2, 0.7):
        found = stats.difference_in_differences([start] * 4, start + change, [1, 0, 0, 0], list("abcd"))
        assert (found.placebo_p, found.smallest_p) == (1.0, 0.25)
        other = stats.difference_in_differences(
            [start] * 4, start + np.array([0.4, 0, 0, 0.3]), [0, 0, 0, 1], list("abcd")
        )
        # Gaps from the mean of the rest: 0.3, 0.7/3, 0.7/3, 0.5/3: the treated cluster's is the smallest of all.
        assert other.placebo_p == 1.0
        first = stats.difference_in_differences(
            [start] * 4, start + np.array([0.4, 0, 0, 0.3]), [1, 0, 0, 0], list("abcd")
        )
        assert first.placebo_p == 0.25


@pytest.mark.parametrize("name", EQUIVALENCE)
def test_equivalence_is_t_test_twice(name):
    case = EQUIVALENCE[name]
    found = stats.equivalence(case["before"], case["after"], case["bound"], case.get("clusters") or None)
    for field in ("estimate", "std_error", "df", "p_lower", "p_upper", "p_value", "low", "high"):
        assert getattr(found, field) == pytest.approx(case[field], rel=1e-7), field
    assert found.equivalent is case["equivalent"]


@pytest.mark.parametrize("name", EQUIVALENCE)
def test_waves_exchanged_exchange_the_two_tests(name):
    case = EQUIVALENCE[name]
    found = stats.equivalence(case["after"], case["before"], case["bound"], case.get("clusters") or None)
    assert (found.p_lower, found.p_upper) == pytest.approx((case["p_upper"], case["p_lower"]), rel=1e-7)
    assert found.estimate == pytest.approx(-case["estimate"], rel=1e-9)
    assert found.equivalent is case["equivalent"]
