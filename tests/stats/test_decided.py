"""A coefficient that one cluster alone decides has no standard error; those beside it keep theirs."""

from __future__ import annotations

import numpy as np
import pytest

from impact import stats
from impact.stats.caveats import Caveat

FIELDS = ("std_errors", "df", "statistics", "p_values", "low", "high")
ROOMS = np.repeat(np.arange(10), 8)
RNG = np.random.default_rng(5)
Y, X = RNG.normal(size=80), RNG.normal(size=80)
ONE = np.ones(80)


def decided(fit) -> list[int]:
    """Positions without a test, the same in every field."""
    found = {tuple(i for i, v in enumerate(getattr(fit, name)) if v is None) for name in FIELDS}
    assert len(found) == 1
    assert None not in fit.params
    return list(found.pop())


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([ONE, ROOMS == 0], [1]),
        ([ONE, ROOMS != 0], [0, 1]),  # the intercept is the level of the only room of the comparison
        ([ONE, X, ROOMS == 0], [2]),
        ([ONE, 1e6 + X, ROOMS == 0], [2]),
        ([ONE, X * (ROOMS == 3), ROOMS < 5], [1]),  # a slope that only one room shows
        ([ONE, (ROOMS == 3) & (X > 0), ROOMS < 5, X], [1]),
        ([ONE, ROOMS < 2, ROOMS == 0], [1, 2]),  # one room tells the two arms apart
        ([ONE, ROOMS < 2, ROOMS < 5, X], []),
        ([X * (ROOMS == 3)], [0]),
        ([X], []),
    ],
)
def test_only_what_one_cluster_decides_has_no_error(columns, expected):
    fit = stats.ols_cr2(Y, np.column_stack(columns).astype(float), ROOMS)
    assert decided(fit) == expected
    assert (fit.caveat == Caveat.ONE_CLUSTER_DECIDES) == bool(expected)


def test_without_clusters_a_person_can_decide_alone():
    person = np.arange(80) == 7
    for columns, expected in (
        ([ONE, person], [1]),
        ([ONE, ~person, X], [0, 1]),
        ([ONE, person | (Y > 0)], []),
    ):
        fit = stats.ols_cr2(Y, np.column_stack(columns).astype(float), None)
        assert decided(fit) == expected
        assert (fit.caveat == Caveat.ONE_CLUSTER_DECIDES) == bool(expected)


def test_the_other_coefficients_are_those_of_the_data_without_that_cluster():
    design = np.column_stack([ONE, X, ROOMS == 0])
    fit = stats.ols_cr2(Y, np.column_stack([ONE, ROOMS == 0]), ROOMS)
    rest = stats.mean_change_cr2(Y[ROOMS != 0], ROOMS[ROOMS != 0])
    assert (fit.params[0], fit.std_errors[0], fit.df[0]) == pytest.approx(
        (rest.estimate, rest.std_error, rest.df)
    )
    assert decided(stats.ols_cr2(Y, design, ROOMS)) == [2]


def test_dummies_of_all_workshops_leave_the_difference_inside_them():
    change = np.column_stack([np.arange(80) % 2, *(room == ROOMS for room in range(10))]).astype(float)
    assert decided(stats.ols_cr2(Y, change, ROOMS)) == list(range(1, 11))


@pytest.mark.parametrize("working_icc", [0.0, 0.015])
def test_analysis_of_covariance_loses_every_entry_that_rests_on_the_single_workshop(working_icc):
    for arm, expected in ((ROOMS == 0, [2]), (ROOMS != 0, [0, 2])):
        result = stats.ancova(Y, X, arm, ROOMS, working_icc=working_icc)
        assert decided(result.fit) == expected
        assert (result.p_value, result.caveat) == (None, Caveat.ONE_CLUSTER_IN_ARM)
    two = ROOMS < 2
    result = stats.ancova(Y[two], X[two], ROOMS[two] == 0, ROOMS[two], working_icc=working_icc)
    assert decided(result.fit) == [0, 2]
    assert (result.p_value, result.caveat) == (None, Caveat.ARM_IS_CLUSTER)


def test_a_covariate_of_one_workshop_leaves_the_arm_its_test_and_its_own_caveat():
    arm, own = ROOMS < 5, (ROOMS == 7).astype(float)
    result = stats.ancova(Y, X, arm, ROOMS, own)
    assert decided(result.fit) == [
        0,
        3,
    ]  # covariates are centred, so the intercept holds a part of that level
    assert result.p_value is not None
    assert (result.fit.caveat, result.caveat) == (Caveat.ONE_CLUSTER_DECIDES, None)
    change = stats.difference_in_differences(np.zeros(80), Y, arm, ROOMS, own)
    assert change.p_value is not None
    assert change.caveat is None


def test_one_workshop_against_nine_is_never_called_significant():
    """Packages reject a true null in half of such studies."""
    rng, rejected = np.random.default_rng(2), 0
    for _ in range(200):
        y = rng.normal(size=80) + rng.normal(size=10)[ROOMS]
        p = stats.ols_cr2(y, np.column_stack([ONE, ROOMS == 0]), ROOMS).p_values[1]
        rejected += p is not None and p < 0.05
    assert rejected == 0
