"""Numbers whose powers a computer cannot hold are refused in words: no infinity, no NaN, no warning."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from impact import stats
from impact.stats import Caveat

RNG = np.random.default_rng(6)
BEFORE, AFTER = RNG.normal(4, 1, 24), RNG.normal(5, 1, 24)
ROOMS, ARM, ONE = np.repeat(np.arange(8), 3), np.repeat([1.0, 0.0], 12), np.ones(24)
CALLS = {
    "paired_t": stats.paired_t,
    "welch_t": stats.welch_t,
    "wilcoxon": stats.wilcoxon_signed_rank,
    "sign_flip": lambda b, a: stats.sign_flip(b, a, ROOMS),
    "g_av": stats.standardized_mean_change,
    "g": stats.standardized_mean_difference,
    "reliable_change": lambda b, a: stats.reliable_change(b, a, 0.8),
    "mean_change": lambda b, a: stats.mean_change_cr2(a - b, ROOMS),
    "ols": lambda b, a: stats.ols_cr2(a, np.column_stack([ONE, b]), ROOMS),
    "ols without clusters": lambda b, a: stats.ols_cr2(a, np.column_stack([ONE, b]), None),
    "ancova": lambda b, a: stats.ancova(a, b, ARM, ROOMS),
    "blocked": lambda b, a: stats.ancova_blocked(a, b, np.resize([0, 1], 24), ROOMS),
    "differences": lambda b, a: stats.difference_in_differences(b, a, ARM, ROOMS),
    "partially_nested": lambda b, a: stats.partially_nested(a, b, ARM, ROOMS),
    "mixed": lambda b, a: stats.mixed_model(a, np.column_stack([ONE, b]), ROOMS),
    "arms": lambda b, a: stats.arm_permutation_interval(a, b, ARM),
    "equivalence": lambda b, a: stats.equivalence(b, a, 1.0, ROOMS),
    "equivalence of people": lambda b, a: stats.equivalence(b, a, 1.0),
    "alpha": lambda b, a: stats.cronbach_alpha(np.column_stack([b, a, b + a])),
    "omega": lambda b, a: stats.mcdonald_omega(np.column_stack([b, a, a / 2])),
    "superiority": lambda b, a: stats.probability_of_superiority_paired(b, a, ROOMS),
}


def numbers_in(result):
    for value in dataclasses.asdict(result).values():
        for one in np.ravel(np.array(value, dtype=object)):
            if isinstance(one, float):
                yield one


@pytest.mark.parametrize("unit", [1e-300, 1e-160, 1e-100, 1e100, 1e160, 1e300])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_numbers_out_of_range_are_refused(call, unit):
    result = call(BEFORE * unit, AFTER * unit)
    assert result.caveat == Caveat.OUT_OF_RANGE
    given = [value for value in numbers_in(result) if not math.isnan(value)]
    assert all(math.isfinite(value) for value in given)


@pytest.mark.parametrize("unit", [1e-45, 1e45])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_numbers_inside_the_range_are_not(call, unit):
    result, plain = call(BEFORE * unit, AFTER * unit), call(BEFORE, AFTER)
    assert result.caveat == plain.caveat
    if call in (CALLS["equivalence"], CALLS["equivalence of people"]):
        return  # the bound has a unit too
    for name in ("p_value", "df", "statistic"):
        if name in plain.__dict__ and not isinstance(getattr(plain, name), tuple):
            assert getattr(result, name) == pytest.approx(getattr(plain, name), rel=1e-6)


def test_an_infinite_value_is_still_called_infinite():
    for name, call in CALLS.items():
        if name != "mean_change":
            assert call(BEFORE, np.where(ROOMS == 0, np.inf, AFTER)).caveat == Caveat.NOT_FINITE, name
