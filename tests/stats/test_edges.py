"""Edges that a reference value does not reach: what happens exactly at a limit, and what a guard is for."""

from __future__ import annotations

import math

import numpy as np
import pytest

from impact import stats
from impact.stats import Caveat, imputation, simultaneous
from impact.stats.distributions import normal_quantile, t_quantile
from impact.stats.ranks import wilson_ends


def test_random_sign_patterns_count_the_observed_one():
    change = np.sqrt(np.arange(2, 62))  # no pattern of 60 roots that is drawn is as extreme as all of them
    found = stats.sign_flip(np.zeros(60), change)
    assert (found.method, found.p_value) == ("random", 1 / 100_000)


def test_random_sign_patterns_are_told_apart_by_the_smallest_changes():
    """One change is a million times the 39 others, which alone decide whether a pattern reaches the observed sum."""
    change = np.r_[1e6 * math.sqrt(2), np.sqrt(np.arange(2, 41)) * 1e-6]
    found = stats.sign_flip(np.zeros(40), change)
    assert found.method == "random"
    assert found.p_value < 0.01  # the small ones count: they all rose
    turned = stats.sign_flip(np.zeros(40), np.r_[change[0], -change[1:]])
    assert turned.p_value == pytest.approx(1.0, abs=0.01)


def test_a_change_of_exactly_the_threshold_is_not_reliable():
    quantile = normal_quantile(0.95)
    changes = [quantile, -quantile, np.nextafter(quantile, 9), np.nextafter(-quantile, -9)]
    found = stats.reliable_change(np.zeros(4), changes, reliability=0.5, sd=1.0)  # standard error 1
    assert (found.improved, found.unchanged, found.worsened) == (1, 2, 1)


@pytest.mark.parametrize(("step", "caveat"), [(0.9, Caveat.TOO_ALIKE), (0.99, Caveat.TOO_ALIKE), (1.1, None)])
def test_studies_are_too_alike_where_q_is_below_its_degrees_of_freedom(step, caveat):
    assert stats.random_effects_meta([0, step, 2 * step], [1, 1, 1]).caveat == caveat  # Q = 2 step², df 2


def test_workshops_more_alike_than_chance_never_narrow_a_share():
    change = np.tile([1.0, 1, -1, -1], 6)
    change[0] = -1.0  # all workshops but the first have as many up as down
    found = stats.probability_of_superiority_paired(np.zeros(24), change, np.repeat(np.arange(6), 4))
    assert found.df == pytest.approx(5.0)
    assert (found.low, found.high) == wilson_ends(found.value, 0.0, t_quantile(found.df, 0.95) ** 2 / 24)


def test_an_item_that_runs_slightly_against_the_rest_is_named():
    rng = np.random.default_rng(1)
    common = rng.normal(size=400)
    items = np.column_stack([common + rng.normal(size=400) for _ in range(3)])
    items = np.column_stack([items, -0.15 * common + rng.normal(size=400)])
    weakest = stats.item_total(items).item_rest[3]
    assert -0.3 < weakest < -0.05
    assert stats.cronbach_alpha(items).suspects == ("item 4",)
    assert stats.mcdonald_omega(items).suspects == ("item 4",)


def test_two_people_say_nothing_about_how_two_columns_go_together():
    nan = math.nan
    rows = [
        [1, 1, 1],
        [2, 2, 3],
        [3, nan, 2],
        [4, nan, 5],
        [5, nan, 4],
        [6, nan, 7],
        [nan, 3, 6],
        [nan, 4, 1],
    ]
    array = np.array(rows, dtype=float)
    assert imputation._predictors(array, 0, np.ones(3)) == ([2], True)
    array[2, 1] = 3.0
    assert imputation._predictors(array, 0, np.ones(3)) == ([1, 2], False)


@pytest.mark.parametrize(("critical", "end"), [(0.5, 0.95), (9.0, 0.975)])
def test_a_critical_value_that_went_astray_stays_between_single_and_bonferroni(monkeypatch, critical, end):
    monkeypatch.setattr(simultaneous, "_max_t", lambda *_: (np.full(2, critical), np.full(2, 0.5)))
    found = stats.simultaneous_intervals([1.0, 2.0], [[1.0, 0.5], [0.5, 1.0]], df=20)
    assert found.critical == pytest.approx((t_quantile(20, end),) * 2, rel=1e-12)


@pytest.mark.parametrize("method", ["holm", "bh", "by", "hommel"])
def test_an_adjusted_p_is_never_below_the_raw_one(method):
    for seed in range(50):
        p = np.random.default_rng(seed).uniform(size=5) ** 3
        assert all(a >= raw for a, raw in zip(stats.adjust_p_values(p.tolist(), method), p, strict=True))


def test_a_cluster_that_nearly_decides_a_combination_costs_no_digits():
    """1 − λ = 5e-6: df from 50-digit arithmetic with full matrices (mpmath), for random columns of a fixed seed."""
    X = np.column_stack([np.ones(28), np.random.default_rng(28).normal(size=(28, 4))])
    rooms = np.array([1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 0, 0, 1, 0] + [1] * 13)
    y = np.zeros(28)
    y[-1] = 2.5
    expected = (1.09844630341, 1.03611670339, 1.07708610536, 1.02204505342, 1.09413551227)
    assert stats.ols_cr2(y, X, rooms).df == pytest.approx(expected, rel=1e-10)
