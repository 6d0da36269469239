"""Workshop labels: who has none is left out, small integers keep their numbers, kinds are not mixed in silence."""

from __future__ import annotations

import math

import numpy as np
import pytest

from impact import stats
from impact.stats.columns import cluster_numbers, labelled

CHANGE = np.array([1.0, 2, 0, 3, 1, 2, 4, 1, 2, 0])
ROOMS = [1, 1, 1, 2, 2, 2, 3, 3]
BEFORE = np.array([3.0, 1, 4, 1, 5, 2, 6, 5, 3, 5])
ARM = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0]
WITHOUT = {
    "NaN": [*ROOMS, math.nan, math.nan],
    "None": [*ROOMS, None, None],
    "None beside names": [*(f"room {room}" for room in ROOMS), None, None],
    "NaN beside names": [*(f"room {room}" for room in ROOMS), math.nan, math.nan],
    "empty": [*(f"room {room}" for room in ROOMS), "", ""],
    "array of objects": np.array([*(f"room {room}" for room in ROOMS), None, ""], dtype=object),
}
X = np.column_stack([np.ones(10), BEFORE])
WAVES = np.tile([1, 2], 5)
CALLS = {
    "mean_change_cr2": lambda rows, rooms: stats.mean_change_cr2(CHANGE[rows], rooms),
    "ols_cr2": lambda rows, rooms: stats.ols_cr2(CHANGE[rows], X[rows], rooms),
    "mixed_model": lambda rows, rooms: stats.mixed_model(CHANGE[rows], X[rows], rooms),
    "mixed_model of people": lambda rows, rooms: stats.mixed_model(CHANGE[rows], X[rows], WAVES[rows], rooms),
    "sign_flip": lambda rows, rooms: stats.sign_flip(BEFORE[rows], (BEFORE + CHANGE)[rows], rooms),
    "superiority": lambda rows, rooms: stats.probability_of_superiority_paired(
        BEFORE[rows], (BEFORE + CHANGE)[rows], rooms
    ),
    "difference_in_differences": lambda rows, rooms: stats.difference_in_differences(
        BEFORE[rows], (BEFORE + CHANGE)[rows], ARM[rows], rooms
    ),
    "extreme_bounds": lambda rows, rooms: stats.extreme_bounds(
        BEFORE[rows], (BEFORE + CHANGE)[rows], 0, 12, rooms
    ),
    "delta_adjustment": lambda rows, rooms: stats.delta_adjustment(
        BEFORE[rows], (BEFORE + CHANGE)[rows], rooms, scale=(0, 12)
    ),
    "ancova": lambda rows, rooms: stats.ancova((BEFORE + CHANGE)[rows], BEFORE[rows], ARM[rows], rooms),
    "cr2_widening": lambda rows, rooms: stats.cr2_widening(X[rows], rooms, 0.05),
}


@pytest.mark.parametrize("rooms", WITHOUT.values(), ids=WITHOUT)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_people_without_a_workshop_are_left_out(call, rooms):
    assert call(slice(None), rooms) == call(slice(8), rooms[:8]) == call(slice(8), ROOMS)


@pytest.mark.parametrize("rooms", WITHOUT.values(), ids=WITHOUT)
def test_only_workshop_people_need_a_label_where_the_others_were_in_none(rooms):
    after, in_workshop = BEFORE + CHANGE, np.array([0, 1, 1, 1, 1, 1, 0, 0, 1, 0])
    kept = np.arange(10) != 8  # in a workshop, but nobody knows in which
    found = stats.partially_nested(after, BEFORE, in_workshop, rooms)
    filled = np.array([1, 1, 1, 2, 2, 2, 0, 0, 0, 0])
    assert found == stats.partially_nested(after[kept], BEFORE[kept], in_workshop[kept], filled[kept])
    assert (found.n, found.clusters, found.individuals) == (9, 2, 4)


def test_mean_changes_leave_them_out_too():
    changes = np.column_stack([CHANGE, BEFORE])
    found = stats.mean_changes_cr2(changes, WITHOUT["NaN"])
    assert (found.n, found.clusters) == ((8, 8), 3)
    assert np.array_equal(found.covariance, stats.mean_changes_cr2(changes[:8], ROOMS).covariance)


def test_somebody_without_a_side_is_in_the_row_of_all_only():
    sides = ["a", "a", "a", "b", "b", "b", "b", "a", None, ""]
    kept = np.array([1, 0, 1, 1, 0, 0, 1, 1, 1, 0])
    table = stats.attrition_table(BEFORE, kept, sides)
    assert [(row.side, row.n) for row in table.groups] == [(None, 10), ("a", 4), ("b", 4)]
    assert table.sides == stats.attrition_table(BEFORE[:8], kept[:8], sides[:8]).sides


def test_imputation_needs_every_label():
    with pytest.raises(ValueError, match="a cluster label is missing: leave its row out"):
        stats.multiple_imputation(
            np.column_stack([BEFORE, np.where(CHANGE > 3, np.nan, CHANGE)]), clusters=WITHOUT["NaN"]
        )


@pytest.mark.parametrize("kind", [np.int8, np.int16, np.int64])
def test_narrow_integers_do_not_overflow(kind):
    labels = np.array([-100, 100, 0, 100, -100, 27], dtype=kind)
    numbers, count = cluster_numbers(labels)
    assert (numbers.tolist(), count) == ([0, 3, 1, 3, 0, 2], 4)


def test_labels_of_two_kinds_are_refused_in_words():
    for labels in ([1, "a", 2, "b"], np.array([1, "a", 2, "b"], dtype=object)):
        with pytest.raises(ValueError, match="cluster labels must be of one kind, they are int, str"):
            stats.mean_change_cr2([1.0, 2, 3, 4], labels)


def test_what_counts_as_a_label():
    assert labelled([1.0, math.nan])[1].tolist() == [True, False]
    assert labelled(["a", "", None])[1].tolist() == [True, False, False]
    assert labelled(np.array(["2026-01-01", "NaT"], "M8[D]"))[1].tolist() == [True, False]
    assert labelled([0, 1])[1].tolist() == labelled([False, True])[1].tolist() == [True, True]
