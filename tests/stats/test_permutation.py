"""Intervals by inversion hold exactly the shifts that the test does not reject; leaving a workshop out by sums is a refit."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from impact import stats


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_sign_flip_interval_is_the_test_turned_round(seed, confidence):
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(8), rng.integers(1, 9, 8))
    change = rng.normal(3, 5, len(labels)).round(1)
    found = stats.sign_flip_interval(change, labels, confidence)
    assert found.method == "exact"
    assert found.estimate == pytest.approx(change.mean())
    for end, out in ((found.low, -1), (found.high, 1)):
        inside, outside = (
            stats.sign_flip(np.zeros(len(change)), change - (end + step), labels).p_value
            for step in (-out * 1e-6, out * 1e-6)
        )
        assert inside > 1 - confidence + 1e-12 >= outside


def test_six_changes_by_hand():
    """Of 32 pairs of patterns one may be rejected at 95 %: the one that flips nobody. Next is the largest alone."""
    found = stats.sign_flip_interval([1, 2, 3, 4, 5, 6], list("abcdef"))
    assert (found.estimate, found.low, found.high, found.units) == (3.5, 1.0, 6.0, 6)


@pytest.mark.parametrize(("units", "confidence", "is_known"), [(5, 0.95, False), (6, 0.95, True), (7, 0.9875, False), (8, 0.9875, True)])  # fmt: skip
def test_too_few_workshops_give_no_interval(units, confidence, is_known):
    found = stats.sign_flip_interval(np.arange(units), np.arange(units), confidence)
    assert (found.low is not None) == is_known == (found.high is not None) == (found.caveat is None)


def test_random_signs_do_not_depend_on_order_or_names():
    rng = np.random.default_rng(3)
    labels, change = np.repeat(np.arange(20), 4), rng.normal(1, 2, 80)
    shuffled = rng.permutation(80)
    names = np.array([f"w{(number * 7) % 20:02d}" for number in labels])
    one = stats.sign_flip_interval(change, labels)
    other = stats.sign_flip_interval(change[shuffled], names[shuffled])
    assert one.method == "random"
    assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=1e-9)


def adjusted(after, before, arm):
    return stats.ancova(after, before, arm).estimate


def test_arms_exchanged_between_all_workshops():
    """At θ, p is the share of the 70 assignments whose adjusted sum is at least as far from 0 as the observed one."""
    rng = np.random.default_rng(5)
    labels = np.repeat(np.arange(8), 5)
    arm = (labels < 4).astype(float)
    before = rng.normal(50, 10, 40)
    after = before * 0.5 + 8 * arm + rng.normal(0, 5, 40)
    found = stats.arm_permutation_interval(after, before, arm, labels, 0.9)
    assert found.method == "exact"
    assert found.estimate == pytest.approx(adjusted(after, before, arm))

    def p_value(shift):
        X = np.column_stack([np.ones(40), before])
        residual = after - shift * arm - X @ np.linalg.lstsq(X, after - shift * arm, rcond=None)[0]
        sums = np.bincount(labels, residual)
        all_sums = np.array([abs(sums[list(chosen)].sum()) for chosen in combinations(range(8), 4)])
        return (all_sums >= abs(sums[:4].sum()) - 1e-9).mean()

    for end, out in ((found.low, -1), (found.high, 1)):
        assert p_value(end - out * 1e-5) > 0.1 >= p_value(end + out * 1e-5)


def test_arms_are_checked_and_incomplete_rows_left_out():
    rng = np.random.default_rng(3)
    after, before, arm = rng.normal(size=10), rng.normal(size=10), np.repeat([1.0, 0.0], 5)
    rooms = np.repeat(np.arange(5), 2).astype(float)
    with pytest.raises(ValueError, match=r"^arm must be 1 \(workshop\) or 0 \(comparison\)$"):
        stats.arm_permutation_interval(after, before, 2 * arm)
    whole = stats.arm_permutation_interval(after[:8], before[:8], arm[:8])
    assert whole.estimate == pytest.approx(stats.ancova(after[:8], before[:8], arm[:8]).estimate)
    for column in (after, before, arm):
        gappy = column.copy()
        gappy[8:] = np.nan
        columns = [gappy if one is column else one for one in (after, before, arm)]
        assert stats.arm_permutation_interval(*columns) == whole
    rooms[8:] = np.nan
    arm = np.array([1.0, 1, 0, 0, 1, 1, 0, 0, 0, 1])
    found = stats.arm_permutation_interval(after, before, arm, rooms)
    assert found == stats.arm_permutation_interval(after[:8], before[:8], arm[:8], rooms[:8])
    after[0] = np.inf
    found = stats.arm_permutation_interval(after, before, arm)
    assert (found.estimate, found.low, found.caveat) == (None, None, stats.Caveat.NOT_FINITE)


def test_arms_exchanged_person_by_person_are_reproducible():
    rng = np.random.default_rng(6)
    arm = np.arange(40) % 2
    before = rng.normal(size=40)
    after = before + arm + rng.normal(size=40)
    one, two = (
        stats.arm_permutation_interval(after, before, arm, rng=np.random.default_rng(4)) for _ in "12"
    )
    assert one == two
    assert one.method == "random"
    usual = stats.ancova(after, before, arm)
    assert one.low == pytest.approx(usual.low, abs=0.15)
    assert one.high == pytest.approx(usual.high, abs=0.15)


def test_a_unit_in_both_arms_is_a_mistake():
    with pytest.raises(ValueError, match="both arms"):
        stats.arm_permutation_interval([1, 2, 3, 4], [1, 2, 3, 4], [0, 1, 0, 1], [1, 1, 2, 2])


@pytest.mark.parametrize("seed", range(4))
def test_leaving_out_by_sums_equals_a_refit(seed):
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(6), rng.integers(1, 12, 6))
    change = rng.normal(2, 4, len(labels))
    found = stats.mean_change_without_each(change, labels, 0.98)
    for room in range(6):
        refit = stats.mean_change_cr2(change[labels != room], labels[labels != room], 0.98)
        for name in ("estimate", "std_error", "df", "low", "high"):
            assert getattr(found, name)[room] == pytest.approx(getattr(refit, name), rel=1e-9)


def test_leaving_one_of_two_out_leaves_no_interval():
    found = stats.mean_change_without_each([1, 2, 3, 5], [1, 1, 2, 2])
    assert found.estimate.tolist() == [4.0, 1.5]
    assert np.isnan(found.low).all()


def test_alike_changes_leave_no_interval():
    found = stats.mean_change_without_each([2, 2, 2, 2, 2, 2], [1, 1, 2, 2, 3, 3])
    assert np.isnan(found.std_error).all()
    assert stats.sign_flip_interval([2] * 8, range(8)).low is None
