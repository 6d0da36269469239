"""Rounding for readers and for the public: it never turns an order, nor crosses 0 or the SESOI."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact.evaluation import verdict
from impact.evaluation.numbers import in_words, keeps_sides, marks_of, published, significant

SESOI = st.sampled_from([0.5, 3.0, 5.0, 7.25, 12.0])
POINTS = st.floats(-100, 100).map(lambda value: round(value, 7)) | st.floats(-6, 6).map(
    lambda value: round(value, 7)
)
PHRASES = {"above": "just above {mark}", "below": "just below {mark}"}


@given(POINTS, POINTS, POINTS, SESOI)
def test_an_estimate_stays_inside_its_interval_and_the_verdict_is_the_same(one, two, three, sesoi):
    low, value, high = sorted((one, two, three))
    marks = marks_of(sesoi)
    ends = [published(number, marks) for number in (low, value, high)]
    assert ends == sorted(ends)
    for direction in ("higher", "lower", "none"):
        assert verdict(ends[0], ends[2], sesoi, direction) == verdict(low, high, sesoi, direction)


@given(POINTS, SESOI)
def test_what_is_published_is_near_and_on_the_same_side(value, sesoi):
    found = published(value, marks_of(sesoi))
    assert abs(found - value) <= 0.05 + 1e-9
    assert keeps_sides(found, value, marks_of(sesoi))


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (12.345, 12.3),
        (0.567, 0.57),
        (-0.004, -0.004),
        (5.04, 5.04),
        (4.96, 4.96),
        (5.0, 5.0),
        (0.0, 0.0),
        (None, None),
    ],
)
def test_published(value, found):
    assert published(value, marks_of(5.0)) == found


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "+3.0"), (-3, "−3.0"), (0, "0"), (-0.04, "−0.04"), (9.06, "+9.1"), (9.96, "+10"), (12.4, "+12"),
        (-61.2, "−61"), (5.04, "+5.04"), (-4.97, "−4.97"), (0.0001, "just above 0"), (-0.0001, "just below 0"),
        (-5.0001, "just below −5"), (4.9999, "just below 5"), (5, "+5.0"),
    ],
)  # fmt: skip
def test_in_words(value, text):
    assert in_words(value, marks_of(5.0), PHRASES, with_sign=True) == text


@pytest.mark.parametrize(
    ("value", "found"), [(0.0123456, 0.0123), (1234.5, 1230.0), (0.0, 0.0), (None, None)]
)
def test_significant(value, found):
    assert significant(value) == found
