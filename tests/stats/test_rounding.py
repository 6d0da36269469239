"""What counts as the same change: rounding may not break a tie, and scores far from zero may not make one."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from impact import stats
from impact.stats.columns import rounding
from impact.stats.exact import without_dust

# R: MASS::shoes
A = np.array([13.2, 8.2, 10.9, 14.3, 10.7, 6.6, 9.5, 10.8, 8.8, 13.3])
B = np.array([14.0, 8.8, 11.2, 14.2, 11.8, 6.4, 9.8, 11.3, 9.3, 13.6])


@pytest.mark.parametrize("origin", [0.0, 1e6, 1e7, 1e9])
def test_scores_far_from_zero_are_judged_as_near_it(origin):
    """R: coin::wilcoxsign_test(B ~ A, distribution = "exact", zero.method = "Wilcoxon"); exactRankTests::perm.test."""
    signed = stats.wilcoxon_signed_rank(A + origin, B + origin)
    assert (signed.p_value, signed.ties) == (0.0078125, 5)
    flip = stats.sign_flip(A + origin, B + origin)
    assert (flip.p_value, flip.method) == (0.013671875, "exact")
    assert flip.estimate == stats.paired_t(A + origin, B + origin).estimate
    assert stats.rank_biserial(A + origin, B + origin) == stats.rank_biserial(A, B)
    by_chance = stats.probability_of_superiority_paired(A + origin, B + origin)
    assert (by_chance.rose, by_chance.fell) == (8, 2)


def test_close_neighbours_are_no_chain():
    """Two thousand scores near 1000 have changes nearer to each other than 1e-7 of a score."""
    rng = np.random.default_rng(4)
    before, change = 1000.0 + rng.standard_normal(2000), rng.standard_normal(2000)
    near = stats.wilcoxon_signed_rank(before, before + change)
    plain = stats.wilcoxon_signed_rank(np.zeros(2000), change)
    assert (near.ties, near.zeros) == (0, 0)
    assert near.p_value == pytest.approx(plain.p_value, rel=1e-12)


def test_a_change_is_compared_with_the_smallest_of_its_kind():
    size = np.array([0.5, 1.0, 1.6, 2.2, 2.4, 3.0, -3.9, 9.0])
    assert without_dust(size, 1.0).tolist() == [0.0, 0.0, 1.6, 1.6, 1.6, 3.0, -3.0, 9.0]
    assert without_dust(size, 0.0).tolist() == size.tolist()


@pytest.mark.parametrize("items", [3, 4, 5, 6, 7])
def test_means_of_items_in_percent_tie_as_their_sums_do(items):
    """Sums of answers from 1 to 5, and the same as percent of the maximum possible, put together in two ways."""
    rng = np.random.default_rng(items)
    before, after = rng.integers(1, 6, (2, 40, items))
    change = after.sum(axis=1) - before.sum(axis=1)
    whole = stats.wilcoxon_signed_rank(np.zeros(40), change)
    flip = stats.sign_flip(np.zeros(40), change)
    rooms = np.arange(40) % 8
    by_room = stats.sign_flip(np.zeros(40), change, rooms)
    for scores in (
        [(answers.mean(axis=1) - 1.0) / 4.0 * 100.0 for answers in (before, after)],
        [np.mean((answers - 1.0) * 25.0, axis=1) for answers in (before, after)],
    ):
        assert stats.wilcoxon_signed_rank(*scores) == whole
        assert stats.sign_flip(*scores).p_value == pytest.approx(flip.p_value, rel=1e-12)
        assert stats.sign_flip(*scores).method == "exact"
        assert stats.sign_flip(*scores, rooms).p_value == pytest.approx(by_room.p_value, rel=1e-12)


def by_counting(units: np.ndarray) -> float:
    """P(|Σ ±a| ≥ |Σ a|) of whole numbers, sum after sum."""
    sums = Counter({0: 1})
    for unit in units.tolist():
        grown: Counter[int] = Counter()
        for total, ways in sums.items():
            grown[total + unit] += ways
            grown[total - unit] += ways
        sums = grown
    observed = abs(int(units.sum()))
    return sum(ways for total, ways in sums.items() if abs(total) >= observed) / 2 ** len(units)


@pytest.mark.parametrize(
    ("part", "least"), [(100.0, 241), (100.0, 1000), (4.2, 0), (1.0, 250), (3.0, 700)], ids=str
)
def test_sign_flip_finds_a_unit_far_below_the_smallest_change(part, least):
    """Hundredths with every change above 2.41, fractions of percents, and prime distances."""
    rng = np.random.default_rng(int(least))
    units = rng.integers(-300, 400, 45)
    units += np.where(units < 0, -least, least)
    before = rng.integers(1, 8, 45).astype(float)
    result = stats.sign_flip(before, before + units / part)
    assert result.method == "exact"
    assert result.p_value == pytest.approx(by_counting(units), rel=1e-9)


def test_continuous_changes_have_no_unit():
    change = np.random.default_rng(0).normal(0.1, 1.0, 50)
    assert stats.sign_flip(np.zeros(50), change).method == "random"


def test_a_placebo_workshop_ties_with_itself_only():
    """Workshops whose mean changes differ in the eighth digit of the score: only one is as far out as the single one."""
    before = np.repeat(1e6, 8)
    change = np.repeat([0.04, 0.02, 0.01, 0.0], 2)
    result = stats.difference_in_differences(
        before, before + change, [1, 1, 0, 0, 0, 0, 0, 0], np.repeat([1, 2, 3, 4], 2)
    )
    assert result.placebo_p == result.smallest_p == 0.25


def test_rounding_is_a_few_units_of_the_last_digit():
    assert rounding(100.0) == pytest.approx(1.42e-12, rel=0.01)
