"""The cases where tools print NaN, infinity, p = 0, or a significance that is not there."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from impact import stats
from impact.stats import Caveat

SAME = [3.0, 4.0, 5.0, 2.0, 3.0, 6.0, 4.0, 5.0]
UP = [value + 1 for value in SAME]
DUSTY = [0.1 * value + 0.7 for value in SAME]
DUSTY_UP = [0.1 * value + 0.8 for value in SAME]  # differences are 0.1 but for floating-point dust
FOUR_ROOMS = [1, 1, 2, 2, 3, 3, 4, 4]
PAIRED = {
    "paired_t": stats.paired_t,
    "wilcoxon": stats.wilcoxon_signed_rank,
    "sign_flip": stats.sign_flip,
    "sign_flip by room": lambda b, a: stats.sign_flip(b, a, clusters=FOUR_ROOMS[: len(b)]),
    "g_av": stats.standardized_mean_change,
    "g_z": lambda b, a: stats.standardized_mean_change(b, a, "change"),
    "g_before": lambda b, a: stats.standardized_mean_change(b, a, "before"),
    "mean_change": lambda b, a: stats.mean_change_cr2(np.subtract(a, b), FOUR_ROOMS[: len(b)]),
    "mean_change alone": lambda b, a: stats.mean_change_cr2(np.subtract(a, b), np.arange(len(b))),
    "reliable_change": lambda b, a: stats.reliable_change(b, a, 0.8),
    "welch": lambda b, a: stats.welch_t(a, b),
    "g": lambda b, a: stats.standardized_mean_difference(a, b),
    "ancova": lambda b, a: stats.ancova(a, b, np.arange(len(b)) % 2),
    "ancova in rooms": lambda b, a: stats.ancova(a, b, (np.arange(len(b)) // 4) % 2, FOUR_ROOMS[: len(b)]),
    "alpha": lambda b, a: stats.cronbach_alpha(np.column_stack([b, a])),
    "item_total": lambda b, a: stats.item_total(np.column_stack([b, a])),
    "omega": lambda b, a: stats.mcdonald_omega(np.column_stack([b, a, b])),
    "multiple_imputation": lambda b, a: stats.multiple_imputation(np.column_stack([b, a])),
    "matching": lambda b, a: stats.multiple_imputation(np.column_stack([b, a]), method="pmm"),
    "tipping point": lambda b, a: stats.delta_adjustment(b, a, scale=(1, 7)),
    "tipping point by room": lambda b, a: stats.delta_adjustment(b, a, FOUR_ROOMS[: len(b)], scale=(1, 7)),
    "extreme_bounds": lambda b, a: stats.extreme_bounds(b, a, 0, 8, FOUR_ROOMS[: len(b)]),
    "attrition, all": lambda b, a: stats.attrition_table(b, ~np.isnan(a)).groups[0],
}
DATA = {
    "nobody changed": (SAME, SAME),
    "everybody up by one": (SAME, UP),
    "dust": (DUSTY, DUSTY_UP),
    "all the same": ([3.0] * 8, [3.0] * 8),
    "all at the top after": (SAME, [7.0] * 8),
    "all alike before": ([4.0] * 8, SAME),
    "n = 0": ([], []),
    "n = 1": ([3.0], [4.0]),
    "n = 2": ([3.0, 5.0], [4.0, 5.0]),
    "n = 3": ([3.0, 5.0, 1.0], [4.0, 5.0, 7.0]),
    "infinite": (SAME, [math.inf, *UP[1:]]),
    "missing": ([math.nan, *SAME[1:]], [*UP[:7], math.nan]),
    "all missing": ([math.nan] * 8, SAME),
}


def numbers(result) -> list[float]:
    """All numbers of a result, also nested ones; the index of reliable change marks missing people by NaN."""
    found = []
    for field in dataclasses.fields(result):
        value = getattr(result, field.name)
        if dataclasses.is_dataclass(value):
            found += numbers(value)
        elif field.name != "index":
            found += [
                v for v in (value if isinstance(value, tuple) else (value,)) if isinstance(v, float | int)
            ]
    return found


@pytest.mark.parametrize("method", PAIRED)
@pytest.mark.parametrize("data", DATA)
def test_no_number_that_looks_right_and_no_warning(method, data):
    result = PAIRED[method](*DATA[data])
    assert all(math.isfinite(value) for value in numbers(result))
    for name in ("p_value", "std_error"):
        value = getattr(result, name, None)
        assert value is None or value > 0.0
    test = getattr(result, "p_value", "no test")
    assert test is not None or result.caveat, "a missing p-value must be explained"


def test_nobody_changed():
    result = stats.paired_t(SAME, SAME)
    assert (result.estimate, result.p_value, result.low) == (0.0, None, None)
    assert result.caveat == "nobody changed"
    assert stats.sign_flip(SAME, SAME).p_value == 1.0
    ranks = stats.wilcoxon_signed_rank(SAME, SAME)
    assert (ranks.statistic, ranks.p_value, ranks.zeros, ranks.caveat) == (0.0, None, 8, "nobody changed")
    assert stats.standardized_mean_change(SAME, SAME).value == 0.0
    assert stats.standardized_mean_change(SAME, SAME, "change").caveat == "nobody changed"
    assert stats.mean_change_cr2([0.0] * 8, FOUR_ROOMS).caveat == "nobody changed"


@pytest.mark.parametrize(("before", "after", "shift"), [(SAME, UP, 1.0), (DUSTY, DUSTY_UP, 0.1)])
def test_everybody_changed_by_the_same(before, after, shift):
    result = stats.paired_t(before, after)
    assert result.estimate == pytest.approx(shift)
    assert (result.p_value, result.caveat) == (None, Caveat.CONSTANT_SHIFT)
    assert stats.sign_flip(before, after).p_value == 2 / 2**8
    assert stats.wilcoxon_signed_rank(before, after).p_value == 2 / 2**8
    assert stats.wilcoxon_signed_rank(before, after).ties == 8
    g_z = stats.standardized_mean_change(before, after, "change")
    assert (g_z.value, g_z.caveat) == (None, Caveat.CONSTANT_SHIFT)
    g_av = stats.standardized_mean_change(before, after)
    assert g_av.value > 0.5
    assert (g_av.low, g_av.caveat) == (None, Caveat.CONSTANT_SHIFT)
    assert stats.mean_change_cr2(np.subtract(after, before), FOUR_ROOMS).caveat == Caveat.CONSTANT_SHIFT


@pytest.mark.parametrize(
    ("n", "smallest"), [(1, 1.0), (2, 0.5), (3, 0.25), (4, 0.125), (5, 0.0625), (6, 0.03125)]
)
def test_the_smallest_possible_p_is_stated(n, smallest):
    before, after = np.zeros(n), np.arange(1.0, n + 1)
    for result in (stats.sign_flip(before, after), stats.wilcoxon_signed_rank(before, after)):
        assert (result.smallest_p, result.p_value) == (smallest, smallest)
        assert (result.caveat == "too few for any p-value of .05 or less") == (n < 6)


def test_n_is_that_of_complete_pairs():
    before, after = [1.0, math.nan, 3.0, 4.0, 6.0], [2.0, 3.0, math.nan, 5.0, 8.0]
    assert stats.paired_t(before, after).n == 3
    assert stats.paired_t(before, after) == stats.paired_t([1, 4, 6], [2, 5, 8])
    assert stats.standardized_mean_change(before, after).n == 3
    assert stats.wilcoxon_signed_rank(before, after).n == 3
    change = np.subtract(after, before)
    assert stats.mean_change_cr2(change, list("abcab")).n == 3


def test_one_workshop():
    result = stats.mean_change_cr2([1.0, 2.0, 4.0], ["a", "a", "a"])
    assert (result.estimate, result.std_error, result.p_value) == (pytest.approx(7 / 3), None, None)
    assert result.caveat == "only one workshop: its people cannot stand for other workshops"
    assert (result.n, result.clusters) == (3, 1)


def test_workshops_that_do_not_differ_give_no_p():
    result = stats.mean_change_cr2([1.0, 3.0, 1.0, 3.0, 3.0, 1.0], [1, 1, 2, 2, 3, 3])
    assert (result.estimate, result.std_error, result.p_value) == (pytest.approx(2.0), None, None)
    assert result.caveat == Caveat.NO_SPREAD_BETWEEN_CLUSTERS


def trial(arms: list[int], rooms: list[int], seed: int = 0):
    rng = np.random.default_rng(seed)
    before = rng.normal(4, 1, len(arms))
    return before + np.array(arms) + rng.normal(0, 0.3, len(arms)), before, arms, rooms


def test_one_workshop_an_arm_has_no_p_where_every_package_prints_one():
    after, before, arm, rooms = trial([1] * 12 + [0] * 12, [1] * 12 + [2] * 12)
    result = stats.ancova(after, before, arm, rooms)
    assert result.caveat == "workshop and arm cannot be told apart: each arm is a single workshop"
    assert (result.std_error, result.p_value, result.low) == (None, None, None)
    assert result.estimate == pytest.approx(1.0, abs=0.5)
    assert result.fit.p_values[2] is None  # nor does the regression behind it print rounding noise


def test_one_treated_workshop_has_no_p():
    after, before, arm, rooms = trial([1] * 6 + [0] * 24, np.repeat([1, 2, 3, 4, 5], 6).tolist())
    result = stats.ancova(after, before, arm, rooms)
    assert (result.p_value, result.caveat) == (None, Caveat.ONE_CLUSTER_IN_ARM)


def test_two_workshops_an_arm_are_few_but_enough():
    after, before, arm, rooms = trial([1] * 12 + [0] * 12, np.repeat([1, 2, 3, 4], 6).tolist())
    result = stats.ancova(after, before, arm, rooms)
    assert result.caveat is None
    assert 1.0 < result.df < 2.1
    assert result.low < result.estimate < result.high


def test_ancova_with_one_arm_or_a_repeated_column():
    after, before, _, _ = trial([1] * 8, [1] * 8)
    assert (
        stats.ancova(after, before, [1] * 8).caveat
        == "only one arm has data: there is nothing to compare with"
    )
    twice = stats.ancova(after, before, [1, 0] * 4, covariates=2 * before + 1)
    assert (twice.estimate, twice.caveat) == (None, Caveat.COLLINEAR)


def test_covariates_come_after_the_arm():
    rng = np.random.default_rng(5)
    age, (after, before, arm, _) = rng.normal(40, 9, 30), trial([1, 0] * 15, [0] * 30)
    result = stats.ancova(after + 0.2 * age, before, arm, covariates=age)
    assert len(result.fit.params) == 4
    assert result.fit.params[3] == pytest.approx(0.2, abs=0.05)
    assert result.estimate == pytest.approx(1.0, abs=0.4)


def test_all_singletons_equal_one_label_each():
    after, before, arm, _ = trial([1, 0] * 10, [0] * 20)
    X = np.column_stack([np.ones(20), before, arm])
    assert stats.ols_cr2(after, X, None) == stats.ols_cr2(after, X, [f"p{i}" for i in range(20)])
    mean = stats.mean_change_cr2(after - before, np.arange(20))
    t = stats.paired_t(before, after)  # CR2 of a mean with people of their own is the t test
    for name in ("estimate", "std_error", "statistic", "p_value", "low", "high", "df"):
        assert getattr(mean, name) == pytest.approx(getattr(t, name), rel=1e-10), name


def test_equal_workshops_are_a_t_test_of_their_means():
    change, rooms = np.random.default_rng(2).normal(size=24), np.repeat(np.arange(4), 6)
    means = change.reshape(4, 6).mean(axis=1)
    mean, t = stats.mean_change_cr2(change, rooms), stats.paired_t(np.zeros(4), means)
    for name in ("estimate", "std_error", "p_value", "low", "df"):
        assert getattr(mean, name) == pytest.approx(getattr(t, name), rel=1e-10), name


def test_floating_point_dust_makes_no_false_ranks():
    before = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
    after = before + np.array([0.1, 0.1, 0.1, -0.1, 0.2, 0.2, 0.0, 0.1])
    whole = stats.wilcoxon_signed_rank(np.zeros(8), [1, 1, 1, -1, 2, 2, 0, 1])
    assert stats.wilcoxon_signed_rank(before, after) == whole
    assert (
        stats.sign_flip(before, after).p_value
        == stats.sign_flip(np.zeros(8), [1, 1, 1, -1, 2, 2, 0, 1]).p_value
    )


def test_sign_flip_on_fractions_of_scores_is_exact_and_equals_enumeration():
    change = np.array([100 / 3, -25.0, 12.5, 100 / 6, 50.0, -100 / 12, 0.0, 25.0])
    signs = np.array(np.meshgrid(*[[1, -1]] * 8)).reshape(8, -1).T
    expected = float((np.abs(signs @ change) >= abs(change.sum()) - 1e-9).mean())
    result = stats.sign_flip(np.zeros(8), change)
    assert result.method == "exact"
    assert result.p_value == pytest.approx(expected, rel=1e-12)


def test_random_sign_patterns_go_by_the_changes_not_by_rows_or_names():
    rng = np.random.default_rng(4)
    change, rooms = rng.normal(0.2, 1, 120), np.repeat(np.arange(40), 3)
    first = stats.sign_flip(np.zeros(120), change, rooms)
    assert first.method == "random"
    order, names = rng.permutation(120), rng.permutation(40)
    assert stats.sign_flip(np.zeros(120), change[order], names[rooms[order]]).p_value == first.p_value
    turned = stats.sign_flip(change, np.zeros(120), rooms)
    assert turned.p_value == first.p_value
    alone = stats.sign_flip(np.zeros(120), change)
    assert stats.sign_flip(np.zeros(120), change[order]).p_value == alone.p_value


@pytest.mark.parametrize("confidence", [0.01, 0.3, 0.5])
@pytest.mark.parametrize("standardizer", ["average", "change", "before"])
def test_an_interval_holds_its_estimate_at_any_confidence(standardizer, confidence):
    for seed in range(20):
        before, after = np.random.default_rng(seed).normal(size=(2, 3))
        found = stats.standardized_mean_change(before, after, standardizer, confidence)
        assert found.low <= found.value <= found.high
        found = stats.standardized_mean_difference(before[:2], after + 1, confidence)
        assert found.low <= found.value <= found.high


def test_sign_flip_halves_and_random_patterns_agree_with_enumeration():
    change = np.random.default_rng(8).normal(0.4, 1, 14)
    signs = np.array(np.meshgrid(*[[1, -1]] * 14)).reshape(14, -1).T
    expected = float((np.abs(signs @ change) >= abs(change.sum()) - 1e-9).mean())
    assert stats.sign_flip(np.zeros(14), change).p_value == pytest.approx(expected, rel=1e-12)
    many = np.random.default_rng(9).normal(0.2, 1, 60)
    first, again = stats.sign_flip(np.zeros(60), many), stats.sign_flip(np.zeros(60), many)
    assert (first, first.method) == (again, "random")
    assert first.p_value == pytest.approx(stats.paired_t(np.zeros(60), many).p_value, abs=0.01)


def test_sign_flip_by_workshop_flips_whole_workshops():
    result = stats.sign_flip([0] * 6, [1, 2, 1, 3, 2, 1], clusters=[1, 1, 2, 2, 3, 3])
    assert (result.p_value, result.smallest_p, result.clusters) == (0.25, 0.25, 3)
    assert result.caveat == Caveat.FEW_FOR_P


def test_a_huge_effect_has_no_p_of_zero():
    change = np.random.default_rng(1).normal(100, 0.01, 500)
    assert 0.0 < stats.paired_t(np.zeros(500), change).p_value < 1e-300
    assert stats.mean_change_cr2(change, np.arange(500) % 50).p_value > 0.0
    assert stats.wilcoxon_signed_rank(np.zeros(5000), np.tile(change, 10)).p_value > 0.0
    effect = stats.standardized_mean_change(np.zeros(500), change, "change")
    assert effect.low < effect.value < effect.high


ITEMS = np.array(
    [[1, 2, 1, 2], [2, 2, 3, 3], [3, 4, 3, 3], [4, 4, 5, 4], [5, 4, 4, 5], [2, 3, 2, 1], [4, 5, 5, 4]],
    dtype=float,
)


def test_an_item_not_turned_round_is_named():
    wrong = ITEMS.copy()
    wrong[:, 2] = 6 - wrong[:, 2]
    result = stats.cronbach_alpha(wrong, names=("safe", "calm", "afraid", "open"))
    assert "afraid" in result.suspects
    assert "running against the rest: afraid" in result.caveat
    assert stats.item_total(wrong).item_rest[2] < 0.0


def test_a_negative_alpha_stays_negative():
    result = stats.cronbach_alpha([[1, 5], [2, 4], [3, 3], [4, 2.5], [5, 1]])
    assert result.value < -1.0
    assert result.low < result.value < result.high
    assert result.caveat == (
        "alpha is negative: an item was probably not turned round; running against the rest: item 1, item 2"
    )


def test_an_item_that_everybody_answered_alike_is_named():
    flat = np.column_stack([ITEMS, np.full(7, 4.0)])
    result = stats.cronbach_alpha(flat)
    assert result.caveat == "answered alike by everybody: item 5"
    assert 0.0 < result.value < stats.cronbach_alpha(ITEMS).value
    assert stats.item_total(flat).item_rest[4] is None
    assert stats.mcdonald_omega(flat).value is None
    assert stats.mcdonald_omega(flat).caveat == "answered alike by everybody: item 5"


def test_alpha_far_from_zero_keeps_its_digits():
    assert stats.cronbach_alpha(ITEMS + 1e6).value == pytest.approx(
        stats.cronbach_alpha(ITEMS).value, rel=1e-9
    )


def test_alpha_without_spread_has_no_interval():
    parallel = stats.cronbach_alpha([[1, 2, 0.1], [3, 4, 2.1], [4, 5, 3.1], [2, 3, 1.1]])
    assert (parallel.value, parallel.low, parallel.high) == (pytest.approx(1.0), None, None)
    assert parallel.caveat == Caveat.NO_VARIATION
    two = stats.cronbach_alpha([[1, 2], [2, 4]])
    assert (two.value, two.low, two.high) == (pytest.approx(8 / 9), None, None)
    assert two.caveat == Caveat.TOO_FEW_FOR_INTERVAL


def test_rounding_turns_no_item_round():
    """Items without any correlation: the covariances are zero but for rounding, and of either sign."""
    signs = np.array([[a, b, c] for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)], dtype=float)
    for unit in (0.1, 0.7, 1 / 3, 12.3):
        result = stats.cronbach_alpha(signs * [unit, 1.1 * unit, 0.3] + [1 / 3, 0.7, 0.1])
        assert (result.caveat, result.suspects) == (None, ())
        assert abs(result.value) < 1e-12


def test_two_items_that_mirror_each_other_are_both_named():
    result = stats.cronbach_alpha([[1, 5], [2, 4], [4, 2], [5, 1]], names=("calm", "tense"))
    assert (result.value, result.suspects) == (None, ("calm", "tense"))
    assert result.caveat == f"{Caveat.NO_TOTAL_VARIATION}; running against the rest: calm, tense"


def test_alpha_takes_complete_rows_only():
    holes = np.vstack([ITEMS, [[np.nan, 1, 2, 3]]])
    assert stats.cronbach_alpha(holes) == stats.cronbach_alpha(ITEMS)
    assert stats.cronbach_alpha(holes).n == 7


def test_omega_of_parallel_items_is_alpha():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(100_000, 1)) + rng.normal(size=(100_000, 4))
    assert stats.mcdonald_omega(X).value == pytest.approx(4 / 5, abs=0.004)
    assert stats.mcdonald_omega(X).value == pytest.approx(stats.cronbach_alpha(X).value, abs=0.001)


def test_omega_without_an_admissible_solution():
    result = stats.mcdonald_omega([[1, 2, 1], [2, 2, 3], [3, 4, 3], [4, 4, 5], [5, 4, 4], [2, 3, 2]])
    assert (result.value, result.caveat) == (None, Caveat.NO_SOLUTION)
    assert stats.mcdonald_omega(ITEMS[:, :2]).caveat == "too few items for this coefficient"
    assert stats.mcdonald_omega(ITEMS[:4]).caveat == Caveat.TOO_FEW_FOR_MODEL


def test_omega_that_does_not_come_to_an_end_says_so_and_no_more(monkeypatch):
    monkeypatch.setattr("impact.stats.omega.MAX_STEPS", 1)
    result = stats.mcdonald_omega(ITEMS)
    assert (result.value, result.caveat) == (None, Caveat.NOT_CONVERGED)


def test_reliable_change_by_hand():
    before, after = [10.0, 12, 14, 16, math.nan], [20.0, 12, 15, 8, 9]
    error = np.std([10, 12, 14, 16], ddof=1) * math.sqrt(2 * (1 - 0.8))
    result = stats.reliable_change(before, after, 0.8)
    assert result.index[:4] == pytest.approx(np.array([10, 0, 1, -8]) / error)
    assert math.isnan(result.index[4])
    assert (result.improved, result.unchanged, result.worsened, result.n) == (1, 2, 1, 4)
    assert result.threshold == pytest.approx(1.959963984540054 * error)
    assert result.expected_by_error == pytest.approx(4 * 0.025)
    lower = stats.reliable_change([1, 2, 3], [9, 2, 3], 0.8, sd=1.0, direction="lower")
    assert (lower.improved, lower.worsened) == (0, 1)


@pytest.mark.parametrize("reliability", [None, 0.0, 1.0, -0.4])
def test_reliable_change_needs_a_reliability(reliability):
    result = stats.reliable_change(SAME, UP, reliability)
    assert (result.improved, result.caveat) == (None, Caveat.BAD_RELIABILITY)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: stats.paired_t([1, 2], [1, 2, 3]), "columns must have the same length, they have {'before': 2, 'after': 3}"),
        (lambda: stats.paired_t([1, 2], [1, 2], confidence=95), "confidence must lie between 0 and 1, it is 95"),
        (lambda: stats.paired_t([[1, 2]], [1]), "before must have one dimension, it has 2"),
        (lambda: stats.ols_cr2([1, 2], [1, 2], [1, 2]), "X must have two dimensions, it has 1"),
        (lambda: stats.ols_cr2([1, 2], [[1], [1]], [[1, 2]]), "columns must have the same length, they have {'y': 2, 'X': 2, 'clusters': 1}"),
        (lambda: stats.ancova([1, 2], [1, 2], [1, 2]), "arm must be 1 (workshop) or 0 (comparison)"),
        (lambda: stats.standardized_mean_change([1], [2], "pooled"), "standardizer must be one of average, change, before, it is 'pooled'"),
        (lambda: stats.adjust_p_values([0.1], "sidak"), "method must be one of holm, bh, by, hommel, it is 'sidak'"),
        (lambda: stats.adjust_p_values([1.1]), "p-values must lie between 0 and 1"),
        (lambda: stats.simultaneous_level(0.95, 0), "family_size must be at least 1, it is 0"),
        (lambda: stats.simultaneous_level(0.95, math.nan), "family_size must be at least 1, it is nan"),
        (lambda: stats.paired_t([1, 2], [1, 2], confidence=None), "confidence must lie between 0 and 1, it is None"),
        (lambda: stats.paired_t([1, 2], [1, 2], confidence="95"), "confidence must lie between 0 and 1, it is 95"),
        (lambda: stats.paired_t([1, 2], [1, 2], confidence=1 - 1e-16), "confidence must be at most 1 − 1e-9, it is 0.9999999999999999"),
        (lambda: stats.paired_t(None, [1, 2]), "before must have one dimension, it has 0"),
        (lambda: stats.reliable_change(3, 4, 0.8), "before must have one dimension, it has 0"),
        (lambda: stats.mean_change_cr2([1, 2], 7), "clusters must have one dimension, they have 0"),
        (lambda: stats.probability_of_superiority_paired([1, 2], [2, 3], clusters=[1]), "columns must have the same length, they have {'before': 2, 'after': 2, 'clusters': 1}"),
        (lambda: stats.mixed_model([1, 2], np.empty((2, 0)), [1, 2]), "X must have at least one column"),
        (lambda: stats.ols_cr2([1, 2], np.empty((2, 0)), [1, 2]), "X must have at least one column"),
        (lambda: stats.cr2_widening([1, 2], [1, 2], 0.1), "X must have two dimensions, it has 1"),
        (lambda: stats.multiple_imputation([[]]), "data must have at least one column"),
        (lambda: stats.multiple_imputation([[1, 2]], m=1.5), "m and iterations must be whole numbers, they are 1.5 and 10"),
        (lambda: stats.multiple_imputation([[1, 2]], rng=1), "rng must be a numpy.random.Generator or None, it is 1"),
        (lambda: stats.sign_flip([1, 2], [2, 3], rng=1), "rng must be a numpy.random.Generator or None, it is 1"),
        (lambda: stats.sign_flip_interval([1, 2], [2, 3], rng=1), "rng must be a numpy.random.Generator or None, it is 1"),
        (lambda: stats.attrition_table([1, 2], [0, 1], rng=1), "rng must be a numpy.random.Generator or None, it is 1"),
        (lambda: stats.reliable_change([1, 2], [2, 3], 0.8, sd=math.inf), "sd must be a number of 0 or more, it is inf"),
        (lambda: stats.reliable_change([1, 2], [2, 3], 0.8, sd=-1.0), "sd must be a number of 0 or more, it is -1.0"),
        (lambda: stats.reliable_change([1, 2], [2, 3], 0.8, sd=math.nan), "sd must be a number of 0 or more, it is nan"),
        (lambda: stats.share(1, math.inf), "count and n must be whole numbers, they are 1 and inf"),
        (lambda: stats.share(2.5, 5), "count and n must be whole numbers, they are 2.5 and 5"),
        (lambda: stats.simultaneous_intervals([1, 2], [[1, 0.5], [0.2, 1]], df=9), "covariance must be symmetric"),
        (lambda: stats.simultaneous_level(95, 2), "level must lie between 0 and 1, it is 95"),
        (lambda: stats.wilcoxon_signed_rank([1], [2], zeros="drop"), "zeros must be wilcox or pratt, it is 'drop'"),
        (lambda: stats.wilcoxon_signed_rank([1], [2], method="asymptotic"), "method must be auto, exact or normal, it is 'asymptotic'"),
        (lambda: stats.cronbach_alpha([1, 2]), "items must have two dimensions, people × items, they have 1"),
        (lambda: stats.cronbach_alpha([[1, 2]], names=["a"]), "there are 2 items and 1 names"),
        (lambda: stats.reliable_change([1], [2], 0.8, direction="up"), "direction must be higher, lower or none, it is 'up'"),
    ],
)  # fmt: skip
def test_mistakes_of_the_calling_code_are_value_errors(call, message):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("statistic", "df", "p"),
    # R: options(digits = 15); 2 * pt(-abs(t), df)
    [
        (-12.477, 498, 2.79804343393059e-31),
        (8.0, 1000, 3.42666148239148e-15),
        (0.5, 1000, 0.617185080833875),
        (1.0, 3.7, 0.378141399760453),
        (30.0, 5, 7.71864862049605e-07),
    ],
)
def test_p_of_t_keeps_its_digits_in_the_tail(statistic, df, p):
    from impact.stats.distributions import two_sided_t

    assert two_sided_t(statistic, df) == pytest.approx(p, rel=1e-10)
