"""Scores against values reckoned by hand, and what must not change them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impact.instruments import (
    MISSING_CODES,
    MISSING_NUMBER,
    NOT_ASKED,
    REFUSED,
    UNANSWERED,
    Instrument,
    Scale,
    Submissions,
    item_matrix,
    score,
)


def submissions(**columns: list[float]) -> Submissions:
    n = len(next(iter(columns.values())))
    none = np.full(n, -1)
    answers = {
        name: np.array(column, dtype=np.float64 if name == "age" else np.uint8)
        for name, column in columns.items()
    }
    return Submissions(
        wave=np.zeros(n, np.int8), workshop=none, workshops=(), side=none, arm=np.zeros(n, np.int8),
        language=none, respondent=none, code=np.zeros((n, 0)), answers=answers,
    )  # fmt: skip


def test_scores_by_hand(small: Instrument) -> None:
    # Options 1, 2, 3 are stored as 0, 1, 2; calm is reversed; two of three must be answered (0.66).
    data = submissions(
        calm=[0, 2, 1, 2, UNANSWERED, UNANSWERED, REFUSED],
        tense=[2, 0, 1, 1, 2, 2, REFUSED],
        uneasy=[2, 0, 1, 2, 1, UNANSWERED, NOT_ASKED],
    )
    #   (1+1+1)/3  0   all ½   (0+½+1)/3  (1+½)/2  one of three  none
    expected = [100.0, 0.0, 50.0, 50.0, 75.0, np.nan, np.nan]
    assert np.array_equal(score(small, small.scale["fear"], data), expected, equal_nan=True)
    assert np.array_equal(
        item_matrix(small, small.scale["fear"], data)[[3, 4]], [[0, 0.5, 1], [np.nan, 1, 0.5]], equal_nan=True
    )


def test_a_number_is_scored_by_its_declared_range(small: Instrument) -> None:
    scale = replace(small.scale["fear"], items=("age",), reversed=frozenset(), minimum_answered=1.0)
    data = submissions(age=[0, 30, 120, MISSING_NUMBER[REFUSED]])
    assert np.array_equal(score(small, scale, data), [0, 25, 100, np.nan], equal_nan=True)
    reversed_scale = replace(scale, reversed=frozenset({"age"}))
    assert np.array_equal(score(small, reversed_scale, data), [100, 75, 0, np.nan], equal_nan=True)


def test_items_of_different_formats_weigh_the_same(small: Instrument) -> None:
    scale = replace(small.scale["fear"], items=("tense", "warm"), reversed=frozenset())
    assert score(small, scale, submissions(tense=[2, 0], warm=[0, 10])).tolist() == [50.0, 50.0]


@pytest.mark.parametrize(
    ("share", "answered"), [(0.0, 1), (0.5, 2), (0.66, 2), (2 / 3, 2), (0.67, 3), (1.0, 3)]
)
def test_how_many_items_must_be_answered(small: Instrument, share: float, answered: int) -> None:
    data = submissions(calm=[0, 0, 0, UNANSWERED], tense=[255, 0, 0, 255], uneasy=[255, 255, 0, 255])
    scale = replace(small.scale["fear"], minimum_answered=share)
    assert np.isfinite(score(small, scale, data)).tolist() == [answered <= 1, answered <= 2, True, False]


_COLUMN = st.sampled_from([0, 1, 2, *MISSING_CODES])
_ROWS = st.lists(st.tuples(_COLUMN, _COLUMN, _COLUMN), min_size=1, max_size=30)
_QUICK = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def _of(rows: list[tuple[int, int, int]]) -> Submissions:
    calm, tense, uneasy = zip(*rows, strict=True)
    return submissions(calm=list(calm), tense=list(tense), uneasy=list(uneasy))


@_QUICK
@given(_ROWS)
def test_score_is_the_mean_of_the_matrix_within_0_and_100(small: Instrument, rows: list) -> None:
    scale, data = small.scale["fear"], _of(rows)
    matrix = item_matrix(small, scale, data)
    enough = np.isfinite(matrix).sum(axis=1) >= 2
    expected = np.full(len(rows), np.nan)
    expected[enough] = 100 * np.nanmean(matrix[enough], axis=1)
    found = score(small, scale, data)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert np.all((found[enough] >= 0) & (found[enough] <= 100))


@_QUICK
@given(_ROWS)
def test_reversing_every_item_mirrors_the_score_and_twice_restores_it(small: Instrument, rows: list) -> None:
    data = _of(rows)
    scale = small.scale["fear"]

    def turned(one: Scale) -> Scale:
        return replace(one, reversed=frozenset(one.items) - one.reversed)

    found = score(small, scale, data)
    np.testing.assert_allclose(score(small, turned(scale), data), 100 - found, atol=1e-12)
    assert np.array_equal(score(small, turned(turned(scale)), data), found, equal_nan=True)


@_QUICK
@given(_ROWS, st.randoms(use_true_random=False))
def test_row_order_and_added_unanswered_rows_change_nothing(small: Instrument, rows: list, random) -> None:
    scale = small.scale["fear"]
    found = score(small, scale, _of(rows))
    order = list(range(len(rows)))
    random.shuffle(order)
    assert np.array_equal(score(small, scale, _of([rows[i] for i in order])), found[order], equal_nan=True)
    longer = score(small, scale, _of([*rows, (UNANSWERED, REFUSED, NOT_ASKED)]))
    assert np.array_equal(longer[:-1], found, equal_nan=True)
    assert np.isnan(longer[-1])


@_QUICK
@given(_ROWS)
def test_why_an_answer_is_missing_does_not_matter(small: Instrument, rows: list) -> None:
    plain = [tuple(UNANSWERED if value in MISSING_CODES else value for value in row) for row in rows]
    scale = small.scale["fear"]
    assert np.array_equal(score(small, scale, _of(rows)), score(small, scale, _of(plain)), equal_nan=True)
