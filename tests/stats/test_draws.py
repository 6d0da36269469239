"""Made-up answers must have the correlation, the clustering and the absence of change that they promise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from impact.stats.draws import SCALES, cut, draw_rooms

MANY = np.full((3000, 4), 10)


def rooms_of(icc=0.2, correlation=0.6, seed=3, **options):
    return draw_rooms(np.random.default_rng(seed), MANY, icc, correlation, **options)


def components(values):
    """Mean variance inside a workshop, and variance of the workshops' own part (R × J workshops of N people)."""
    inside = values.var(axis=2, ddof=1).mean()
    return inside, values.mean(axis=2).var() - inside / values.shape[2]


@pytest.mark.parametrize("icc", [0.0, 0.05, 0.2, 0.6])
@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.8])
def test_the_change_has_the_variance_and_the_icc_asked_for(icc, correlation):
    rooms = rooms_of(icc, correlation)
    inside, between = components(rooms.after - rooms.before)
    expected = 2 * (1 - correlation)
    assert inside == pytest.approx(expected, rel=0.02)
    assert between == pytest.approx(icc / (1 - icc) * expected, rel=0.05, abs=0.01 * expected)


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.8])
def test_scores_inside_a_workshop_have_sd_one_and_the_correlation(correlation):
    rooms = rooms_of(0.3, correlation)
    before, after = (w - w.mean(axis=2, keepdims=True) for w in (rooms.before, rooms.after))
    for wave in (before, after):
        assert np.mean(wave**2) * 10 / 9 == pytest.approx(1.0, rel=0.02)
    assert np.mean(before * after) * 10 / 9 == pytest.approx(correlation, abs=0.01)


def test_the_workshop_s_part_is_split_between_the_waves_or_all_afterwards():
    part = 0.25 * 0.8  # variance, for icc .2 and correlation .6
    split, whole = rooms_of(), rooms_of(split=False)
    assert components(split.before)[1] == pytest.approx(part / 4, abs=0.01)
    assert components(split.after)[1] == pytest.approx(part / 4, abs=0.01)
    assert components(whole.before)[1] == pytest.approx(0.0, abs=0.005)
    assert components(whole.after)[1] == pytest.approx(part, abs=0.015)
    assert (whole.after - whole.before) == pytest.approx(split.after - split.before, abs=1e-12)


@pytest.mark.parametrize("scale", SCALES)
def test_nobody_s_answers_change_on_average_also_after_cutting(scale):
    def shift(rooms):
        change = (cut(rooms.after, scale) - cut(rooms.before, scale)).mean(axis=(1, 2))  # one a study
        return change.mean() / (change.std() / math.sqrt(len(change)))

    assert abs(shift(rooms_of(0.6))) < 3.5
    ceiling = shift(rooms_of(0.6, split=False))
    assert (ceiling < -5.0) == (scale == "five_ceiling")  # more spread, but no higher answer than the highest


def test_sides_differ_by_a_part_of_their_own():
    rooms = rooms_of(icc=0.0, icc_between_sides=0.2)
    change = rooms.after - rooms.before
    difference = change[:, :, 0::2].mean(axis=2) - change[:, :, 1::2].mean(axis=2)
    assert difference.var() == pytest.approx(0.2 / 0.8 * 0.8 + 0.8 * (1 / 5 + 1 / 5), rel=0.05)
    assert change.mean(axis=2).var() == pytest.approx(0.8 / 10, rel=0.05)  # the parts of both sides cancel


def test_padding_and_empty_workshops():
    sizes = np.array([[2, 5, 0], [1, 0, 3]])
    rooms = draw_rooms(np.random.default_rng(1), sizes, 0.1)
    assert rooms.before.shape == rooms.after.shape == rooms.present.shape == (2, 3, 5)
    assert rooms.present.sum(axis=2).tolist() == sizes.tolist()
    assert rooms.present[0, 0].tolist() == [True, True, False, False, False]
    nobody = draw_rooms(np.random.default_rng(1), np.zeros((2, 3), int), 0.1)
    assert nobody.present.shape == (2, 3, 0)


def test_the_same_seed_gives_the_same_bytes():
    first, second, other = (rooms_of(seed=seed) for seed in (5, 5, 6))
    for name in ("before", "after", "present"):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()
    assert first.before.tobytes() != other.before.tobytes()


@pytest.mark.parametrize(
    ("scale", "shares"),
    [("seven", [1 / 7] * 7), ("five_ceiling", [0.05, 0.1, 0.15, 0.25, 0.45]), ("eleven", [1 / 11] * 11)],
)
def test_scales_have_the_shares_they_promise(scale, shares):
    n = 99_999
    normal = np.random.default_rng(2).standard_normal(n)
    answers, counts = np.unique(cut(normal, scale), return_counts=True)
    assert answers.tolist() == [float(k) for k in range(1, len(shares) + 1)]
    assert counts / n == pytest.approx(shares, abs=0.006)


def test_a_score_is_cut_at_the_edges():
    edges = SCALES["five_ceiling"]
    assert cut(edges - 1e-9, "five_ceiling").tolist() == [1.0, 2.0, 3.0, 4.0]
    assert cut(edges + 1e-9, "five_ceiling").tolist() == [2.0, 3.0, 4.0, 5.0]
    assert cut(np.array([[-50.0, 50.0]]), "eleven").tolist() == [[1.0, 11.0]]
    assert np.all(np.diff(np.concatenate(list(SCALES.values()))[:6]) > 0)
