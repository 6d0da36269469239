"""Missing data: agreement with R's mice and mitml, properties, pitfalls, and a small calibration."""

from __future__ import annotations

import json
import math
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from impact import stats
from impact.stats import Caveat
from impact.stats.draws import cut, draw_rooms
from impact.stats.imputation_model import ICC_GRID, donors, posterior

CASES = json.loads((Path(__file__).parents[1] / "reference" / "missing.json").read_text("utf-8"))["cases"]
NAN = math.nan


def cases(part: str):
    return pytest.mark.parametrize("case", [pytest.param(case, id=key) for key, case in CASES[part].items()])


def floats(rows) -> np.ndarray:
    return np.array(rows, dtype=float)  # JSON's null is None, which becomes NaN


RUBIN = {f"{name} {term}": case for name, terms in CASES["rubin"].items() for term, case in terms.items()}


@pytest.mark.parametrize("case", RUBIN.values(), ids=RUBIN.keys())
def test_pooling_is_mice_and_mitml(case):
    result = stats.pool(case["estimates"], case["variances"], case["df_complete"])
    for source in ("mice", "mitml"):
        for field, expected in case[source].items():
            assert getattr(result, field) == pytest.approx(expected, rel=1e-9, abs=1e-15), (source, field)
    large = stats.pool(case["estimates"], case["variances"])
    for field, expected in case["large"].items():
        assert getattr(large, field) == pytest.approx(expected, rel=1e-9), field
    assert stats.pool(case["estimates"], case["variances"], math.inf) == large
    assert (result.m, result.caveat) == (len(case["estimates"]), None)


def test_degrees_of_freedom_where_hardly_anything_or_nearly_all_is_missing():
    case = CASES["hardly_missing"]
    q, u = np.array(case["estimates"]), case["variances"]
    assert stats.pool(q, u, 11).df == pytest.approx(case["small"], rel=1e-9)
    assert stats.pool(q, u).df == pytest.approx(case["large"], rel=1e-9)
    assert stats.pool(q * 1e7, u, 11).df == pytest.approx(case["mostly"], rel=1e-9)
    assert stats.pool(q * 1e7, u).df == pytest.approx(case["mostly_large"], rel=1e-9)


@cases("drawn")
def test_what_is_filled_in_is_what_mice_fills_in(case):
    """Means and coefficients over the completed data sets: same average, same spread from one to the next."""
    m, ours = 400, []
    result = stats.multiple_imputation(floats(case["data"]), m=m, iterations=6)
    for completed in result.completed:
        X = np.column_stack([np.ones(result.n), completed[:, case["predictors"]]])
        beta = np.linalg.lstsq(X, completed[:, case["outcome"]], rcond=None)[0]
        ours.append([*completed.mean(axis=0), *beta])
    ours, expected, variances = np.array(ours), np.array(case["means"]), np.array(case["variances"])
    drawn = variances > 1e-20
    assert ours.mean(axis=0)[~drawn] == pytest.approx(expected[~drawn], rel=1e-9)
    error = np.sqrt(variances[drawn] / case["m"] + variances[drawn] / m)
    assert (np.abs(ours.mean(axis=0)[drawn] - expected[drawn]) < 4.5 * error).all()
    # the log of a variance from m draws has standard error √(2/m), a little more for t-like tails
    ratio = np.log(ours.var(axis=0, ddof=1)[drawn] / variances[drawn])
    assert (np.abs(ratio) < 4.5 * math.sqrt(2.5 / case["m"] + 2.5 / m)).all()


@cases("lost")
def test_attrition_is_what_r_says(case):
    table = stats.attrition_table(floats(case["before"]), case["kept"], sides=case["group"])
    everybody, *sides = table.groups
    for field in ("statistic", "df", "p_value", "low", "high"):
        assert getattr(everybody.difference, field) == pytest.approx(case[field], rel=1e-8), field
    assert everybody.effect.value == pytest.approx(case["g"], rel=1e-9)
    assert (everybody.mean_lost, everybody.mean_kept) == pytest.approx((case["mean_lost"], case["mean_kept"]))
    assert table.sides.p_value == pytest.approx(case["fisher"], rel=1e-6)
    assert (table.sides.method, table.sides.groups) == ("Fisher exact", len(sides))
    for row in sides:
        assert (row.low, row.high) == pytest.approx(tuple(case["shares"][row.side]), rel=1e-9, abs=1e-12)
    assert sum(row.lost for row in sides) == everybody.lost == case["kept"].count(0)


@cases("extreme")
def test_worst_and_best_case_are_clubsandwich(case):
    before, after = floats(case["before"]), floats(case["after"])
    result = stats.extreme_bounds(before, after, case["low"], case["high"], case["clusters"])
    for name in ("at_lowest", "at_highest", "complete"):
        for field, expected in case[name].items():
            assert getattr(getattr(result, name), field) == pytest.approx(expected, rel=1e-7), (name, field)
    assert (result.lost, result.n) == (int(np.isnan(after).sum()), len(before))


def holes(rng, n, k, share=0.25, rooms=False):
    data = rng.normal(size=(n, 1)) + rng.normal(size=(n, k))
    if rooms:
        data += rng.normal(size=(6, k))[np.arange(n) % 6]
    data[rng.random((n, k)) < share] = NAN
    return data


@pytest.mark.parametrize("method", ["norm", "pmm"])
@pytest.mark.parametrize("rooms", [None, np.arange(40) % 6])
def test_the_order_of_the_rows_and_the_names_of_the_workshops_change_nothing(method, rooms):
    rng = np.random.default_rng(4)
    data, order = holes(rng, 40, 3), rng.permutation(40)
    shuffled = None if rooms is None else np.array(["e", "b", "f", "a", "d", "c"])[rooms][order]
    first = stats.multiple_imputation(data, method=method, clusters=rooms)
    second = stats.multiple_imputation(data[order], method=method, clusters=shuffled)
    assert np.array_equal(first.completed[:, order], second.completed)
    assert (
        first.completed.tobytes()
        == stats.multiple_imputation(data, method=method, clusters=rooms).completed.tobytes()
    )
    assert not np.array_equal(first.completed[0], first.completed[1])


@pytest.mark.parametrize("method", ["norm", "pmm"])
def test_shift_and_scale_of_the_columns_carry_over(method):
    data = holes(np.random.default_rng(5), 30, 3)
    scale, shift = np.array([2.0, 0.001, 1e6]), np.array([7.0, -3.0, 1e8])
    plain = stats.multiple_imputation(data, method=method).completed
    moved = stats.multiple_imputation(data * scale + shift, method=method).completed
    assert moved == pytest.approx(plain * scale + shift, rel=1e-7)


@pytest.mark.parametrize("method", ["norm", "pmm"])
def test_what_is_there_stays_and_bounds_are_kept(method):
    data = np.round(holes(np.random.default_rng(6), 50, 3) + 4)
    result = stats.multiple_imputation(data, method=method, bounds=(3, 5) if method == "norm" else None)
    gaps = np.isnan(data)
    assert np.array_equal(result.completed[:, ~gaps], np.tile(data[~gaps], (20, 1)))
    filled = result.completed[:, gaps]
    if method == "norm":
        assert (filled.min(), filled.max()) == (3.0, 5.0)
    else:
        assert set(np.unique(filled)) <= set(np.unique(data[~gaps]))
    assert result.missing == pytest.approx(tuple(gaps.mean(axis=0)))
    assert result.complete_cases == int((~gaps.any(axis=1)).sum())
    with pytest.raises(ValueError, match="read-only"):
        result.completed[0, 0, 0] = 1.0


def test_bounds_column_by_column():
    data = holes(np.random.default_rng(6), 50, 2)
    gaps = np.isnan(data[:, 1])
    result = stats.multiple_imputation(data, bounds=[None, (-0.1, 0.1)])
    assert np.abs(result.completed[:, gaps, 1]).max() == pytest.approx(0.1)
    assert np.abs(result.completed[:, np.isnan(data[:, 0]), 0]).max() > 1.0


def test_people_of_one_workshop_stay_alike():
    """Workshops far apart: what is filled in lies near the workshop's own answers, and unsure where it has none."""
    rng = np.random.default_rng(7)
    rooms = np.repeat(np.arange(6), 10)
    before = rng.normal(size=60)
    after = before + 2.0 * rooms + rng.normal(size=60)
    after[::3] = NAN
    after[rooms == 2] = NAN
    completed = stats.multiple_imputation(np.column_stack([before, after]), m=100, clusters=rooms).completed
    filled = (completed[:, :, 1] - before)[:, np.isnan(after)]
    of = rooms[np.isnan(after)]
    means = np.array([filled[:, of == room].mean() for room in range(6)])
    assert means[[0, 1, 3, 4, 5]] == pytest.approx(2.0 * np.array([0, 1, 3, 4, 5]), abs=1.0)
    spread = [filled[:, of == room].mean(axis=1).std() for room in range(6)]
    assert spread[2] > 3 * max(spread[0], spread[5])
    alone = stats.multiple_imputation(np.column_stack([before, after]), m=100).completed
    filled = (alone[:, :, 1] - before)[:, np.isnan(after)]
    assert np.ptp([filled[:, of == room].mean() for room in range(6)]) < 0.5 * np.ptp(means)


def exact_posterior(X, y, rooms, count):
    """Mean and variance of coefficients, workshop intercepts and 1/σ², by n × n matrices, for every ICC on the grid."""
    U = np.eye(count)[rooms]
    weights, means, seconds, precision = [], [], [], []
    for icc in ICC_GRID if count > 1 else [0.0]:
        ratio = icc / (1 - icc)
        inverse = np.linalg.inv(np.eye(len(y)) + ratio * U @ U.T)
        cov = np.linalg.inv(X.T @ inverse @ X)
        beta = cov @ X.T @ inverse @ y
        rest, df = y - X @ beta, len(y) - X.shape[1]
        rss = rest @ inverse @ rest
        log = 0.5 * np.linalg.slogdet(inverse)[1] + 0.5 * np.linalg.slogdet(cov)[1] - df / 2 * np.log(rss)
        gain = ratio * U.T @ inverse
        room_cov = ratio * np.eye(count) - gain @ U * ratio + gain @ X @ cov @ X.T @ gain.T
        means.append(np.concatenate([beta, gain @ rest]))
        scale = rss / (df - 2)  # mean of σ²
        seconds.append(np.concatenate([np.diag(cov), np.diag(room_cov)]) * scale + means[-1] ** 2)
        precision.append(df / rss)
        weights.append(log)
    share = np.exp(np.array(weights) - max(weights))
    share /= share.sum()
    mean = share @ np.array(means)
    return mean, share @ np.array(seconds) - mean**2, share @ np.array(precision)


@pytest.mark.parametrize("count", [1, 4])
def test_draws_follow_the_exact_posterior(count):
    rng, m = np.random.default_rng(12), 40_000
    rooms = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3]) % count
    X = np.column_stack([np.ones(14), rng.normal(size=14)])
    y = X[:, 1] + 0.6 * rng.normal(size=count)[rooms] + rng.normal(size=14)
    batch = np.broadcast_to(X, (m, *X.shape))
    fit = posterior(rng, batch, y, rooms if count > 1 else None, count if count > 1 else 0)
    drawn = np.concatenate([fit.drawn, fit.drawn_rooms], axis=1)
    mean, variance, precision = (np.atleast_1d(part) for part in exact_posterior(X, y, rooms, count))
    keep = slice(0, drawn.shape[1])
    assert (np.abs(drawn.mean(axis=0) - mean[keep]) < 4.5 * np.sqrt(variance[keep] / m)).all()
    assert drawn.var(axis=0) == pytest.approx(variance[keep], rel=0.06)
    assert (1 / fit.sigma**2).mean() == pytest.approx(precision[0], rel=0.02)
    assert (1 / fit.sigma**2).std() > 0.3 * precision[0]


def test_donors_are_the_nearest_and_ties_take_turns():
    rng = np.random.default_rng(8)
    guessed = np.tile(np.arange(20.0), (2000, 1))
    picked = donors(rng, guessed, np.full((2000, 1), 7.2))
    assert np.unique(picked).tolist() == [5, 6, 7, 8, 9]
    assert np.bincount(picked.ravel())[5:].min() > 320
    tied = donors(rng, np.zeros((4000, 10)), np.zeros((4000, 1)))
    assert np.bincount(tied.ravel(), minlength=10).min() > 320
    assert sorted(np.unique(donors(rng, guessed, np.full((2000, 1), 99.0)))) == [15, 16, 17, 18, 19]
    assert np.unique(donors(rng, guessed[:, :3], np.full((2000, 1), 99.0))).tolist() == [0, 1, 2]


FULL = [[1.0, 2.0], [2.0, 4.0], [3.0, 3.0], [4.0, 6.0], [5.0, 5.0], [6.0, 8.0]]


@pytest.mark.parametrize(
    ("data", "caveat", "filled"),
    [
        (np.empty((0, 2)), "no complete data", False),
        ([[1.0, math.inf], [2.0, NAN]], "an infinite value is among the data", False),
        (FULL, None, True),
        ([[NAN, NAN]] * 5, Caveat.TOO_FEW_TO_IMPUTE, False),
        ([*FULL[:3], [4.0, NAN]], "fewer than four people answered: nobody can tell what the others would have answered", False),
        ([*FULL[:4], [5.0, NAN]], "too few people for the number of columns", True),
        ([*FULL, [7.0, NAN]], None, True),
        ([*FULL, [NAN, NAN]], None, True),
        ([[row[0], 5.0] for row in FULL] + [[7.0, NAN]], Caveat.IMPUTED_WITHOUT_DOUBT, True),
        ([[row[0], row[0] + 1.0] for row in FULL] + [[7.0, NAN]], Caveat.IMPUTED_WITHOUT_DOUBT, True),
        ([[row[0], 2 * row[0], row[1]] for row in [*FULL, *FULL]] + [[7.0, 14.0, NAN]], Caveat.COLLINEAR, True),
        ([*FULL, *[[7.0, NAN]] * 9], "more than half of the answers were filled in: the result rests more on the model than on people", True),
        ([*FULL] * 3 + [[3.0, NAN]] * 3, None, True),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["norm", "pmm"])
@pytest.mark.parametrize("rooms", ["none", "one", "three", "each"])
def test_data_that_cannot_or_hardly_be_filled_in(data, caveat, filled, method, rooms):
    n = len(data)
    clusters = {"none": None, "one": [1] * n, "three": np.arange(n) % 3, "each": np.arange(n)}[rooms]
    result = stats.multiple_imputation(data, m=5, method=method, clusters=clusters)
    assert (result.caveat, result.n, result.m) == (caveat, n, 5)
    assert (result.completed is not None) == filled
    if filled:
        assert result.completed.shape == (5, *np.shape(data))
        assert np.isfinite(result.completed).all()
        if caveat == Caveat.IMPUTED_WITHOUT_DOUBT and method == "norm":
            assert result.completed[:, -1, 1] == pytest.approx(data[0][1] if data[0][1] == 5.0 else 8.0)


def test_a_column_that_repeats_another_does_not_break_what_is_filled_in():
    rng = np.random.default_rng(9)
    x = rng.normal(size=60)
    y = np.where(np.arange(60) < 20, NAN, x + rng.normal(size=60))
    single = stats.multiple_imputation(np.column_stack([x, y]), m=400).completed[:, :, 1]
    double = stats.multiple_imputation(np.column_stack([x, 3 * x + 1, y]), m=400).completed[:, :, 2]
    assert double.mean(axis=0) == pytest.approx(single.mean(axis=0), abs=0.35)
    assert double.std() == pytest.approx(single.std(), rel=0.05)


@pytest.mark.parametrize(
    ("estimates", "variances", "caveat", "estimate"),
    [
        ([], [], "no complete data", None),
        (
            [2.0],
            [1.0],
            "a single completed data set cannot show how much the missing answers leave open",
            2.0,
        ),
        ([2.0, None], [1.0, 1.0], "the analysis gave no result in at least one completed data set", None),
        ([2.0, 3.0], [1.0, NAN], "the analysis gave no result in at least one completed data set", None),
        ([2.0, math.inf], [1.0, 1.0], "an infinite value is among the data", None),
        ([2.0, 4.0], [0.0, 0.0], "no variation is left to judge the result by", 3.0),
    ],
)
def test_what_cannot_be_pooled(estimates, variances, caveat, estimate):
    result = stats.pool(estimates, variances)
    assert (result.caveat, result.estimate, result.m) == (caveat, estimate, len(estimates))
    assert [getattr(result, field.name) for field in fields(result)][1:11] == [None] * 10


def test_pooling_with_workshops_by_hand():
    q, u, df = [1.0, 1.5, 2.0], [0.5, 0.5, 0.5], 3.0
    result = stats.pool(q, u, df, rule="satterthwaite")
    total, between = 0.5 + 4 / 3 * 0.25, 4 / 3 * 0.25
    assert result.df == pytest.approx(total**2 / (0.5**2 / 3 + between**2 / 2))
    assert stats.pool(q, u, rule="satterthwaite").df == stats.pool(q, u).df
    same = stats.pool([1.0, 1.0], [0.5, 0.5], df, rule="satterthwaite")
    assert same.df == pytest.approx(df, rel=1e-3)
    assert (same.between, same.riv) == (0.0, 0.0)


@given(
    arrays(float, 8, elements=st.floats(-5, 5)), arrays(float, 8, elements=st.floats(0.01, 9)),
    st.floats(0.5, 200), st.sampled_from(["barnard-rubin", "satterthwaite"]), st.floats(-100, 100), st.floats(0.01, 100),
)  # fmt: skip
def test_properties_of_pooling(q, u, df, rule, shift, scale):
    result = stats.pool(q, u, df, rule=rule)
    assert result.low <= result.estimate <= result.high
    assert 0.0 <= result.fraction_missing <= 1.0
    assert result.std_error**2 >= result.within * (1 - 1e-12)
    turned = stats.pool(-q[::-1], u[::-1], df, rule=rule)
    assert (turned.low, turned.high) == pytest.approx((-result.high, -result.low), rel=1e-9)
    moved = stats.pool(q * scale + shift, u * scale**2, df, rule=rule)
    for field in ("low", "estimate", "high"):
        expected = getattr(result, field) * scale + shift
        assert getattr(moved, field) == pytest.approx(expected, rel=1e-6, abs=1e-6 * (scale + abs(shift)))
    assert moved.df == pytest.approx(result.df, rel=1e-5)


@st.composite
def studies(draw):
    """Scores of 1–7 before and after, some of the latter lost, in workshops; there is something to go on."""
    n = draw(st.integers(10, 24))
    before = draw(arrays(float, n, elements=st.integers(1, 7).map(float)))
    after = draw(arrays(float, n, elements=st.integers(1, 7).map(float)))
    lost = draw(arrays(bool, n, elements=st.booleans()))
    rooms = draw(arrays(np.int64, n, elements=st.integers(0, 3)))
    assume(0 < lost.sum() <= n - 6 and np.std((after - before)[~lost]) > 0 and np.std(after[~lost]) > 0)
    return before, np.where(lost, NAN, after), rooms


def close(first, second):
    if isinstance(first, float):
        return second == pytest.approx(first, rel=1e-6, abs=1e-9)
    return first == second


@given(studies(), st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_shuffling_people_does_not_move_the_tipping_point(data, random):
    before, after, rooms = data
    order = list(range(len(before)))
    random.shuffle(order)
    names = np.array(["d", "b", "a", "c"])
    for clusters, renamed in ((None, None), (rooms, names[rooms][order])):
        first = stats.delta_adjustment(before, after, clusters, scale=(1, 7), m=5)
        second = stats.delta_adjustment(before[order], after[order], renamed, scale=(1, 7), m=5)
        for field in ("delta", "delta_in_sds", "verdict", "verdict_at_tipping", "lost", "n", "caveat"):
            assert close(getattr(first, field), getattr(second, field)), field
        for part in ("at_zero", "at_tipping"):
            there, here = getattr(first, part), getattr(second, part)
            assert (there is None) == (here is None)
            for field in ("estimate", "low", "high", "df") if there is not None else ():
                assert close(getattr(there, field), getattr(here, field)), (part, field)


@given(studies(), st.floats(1, 7), st.integers(0, 2**32 - 1))
@settings(max_examples=50)
def test_whatever_the_lost_would_have_said_lies_between_the_extremes(data, guess, seed):
    before, after, rooms = data
    result = stats.extreme_bounds(before, after, 1, 7, rooms)
    filled = stats.multiple_imputation(
        np.column_stack([before, after]), m=3, bounds=(1, 7), rng=np.random.default_rng(seed)
    ).completed
    for completed in (*filled[:, :, 1], np.where(np.isnan(after), guess, after)):
        estimate = (completed - before).mean()
        assert result.at_lowest.estimate - 1e-9 <= estimate <= result.at_highest.estimate + 1e-9
    turned = stats.extreme_bounds(8 - before, 8 - after, 1, 7, rooms)
    assert turned.at_highest.estimate == pytest.approx(-result.at_lowest.estimate, abs=1e-9)


BEFORE = [2, 3, 3, 4, 4, 5, 5, 6, 3, 5, 4, 4]
AFTER = [4, 4, 5, 6, 5, 7, 6, 7, NAN, NAN, 5, NAN]
ROOMS = [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]


@pytest.mark.parametrize(("clusters", "rule"), [(None, "barnard-rubin"), (ROOMS, "satterthwaite")])
def test_the_tipping_point_is_what_a_direct_search_finds(clusters, rule):
    result = stats.delta_adjustment(BEFORE, AFTER, clusters, scale=(1, 7))
    filled = stats.multiple_imputation(np.column_stack([BEFORE, AFTER]), clusters=clusters).completed
    lost = np.isnan(AFTER)

    def direct(delta):
        rows = [row[:, 1] + delta * lost - row[:, 0] for row in filled]
        fits = [stats.mean_change_cr2(row, range(12) if clusters is None else clusters) for row in rows]
        return stats.pool([f.estimate for f in fits], [f.std_error**2 for f in fits], fits[0].df, rule=rule)

    for pooled, delta in ((result.at_zero, 0.0), (result.at_tipping, result.delta)):
        for field in ("estimate", "std_error", "df"):
            assert getattr(pooled, field) == pytest.approx(getattr(direct(delta), field), rel=1e-9), field
    assert (result.verdict, result.verdict_at_tipping) == ("rose", "no clear change")
    assert direct(result.delta + 1e-6).low > 0.0 > direct(result.delta - 1e-6).low
    assert result.delta_in_sds == pytest.approx(result.delta / np.std(BEFORE, ddof=1))
    assert (result.lost, result.n, result.caveat) == (3, 12, None)


def test_directions_and_own_verdicts():
    down = stats.delta_adjustment(BEFORE, AFTER, scale=(1, 7))
    assert down.delta < 0.0
    up = stats.delta_adjustment(BEFORE, AFTER, scale=(1, 7), direction="lower")
    assert (up.delta, up.verdict, up.caveat) == (
        None, "rose", "no shift of the lost people's answers inside the range of the scale changes the verdict",
    )  # fmt: skip
    assert stats.delta_adjustment(BEFORE, AFTER, scale=(1, 7), direction="none") == down
    turned = stats.delta_adjustment(8 - np.array(BEFORE), 8 - np.array(AFTER), scale=(1, 7), direction="none")
    assert (turned.verdict, turned.delta > 0.0) == ("fell", True)
    half = stats.delta_adjustment(BEFORE, AFTER, scale=(1, 7), verdict=lambda pooled: pooled.estimate > 0.75)
    assert (half.verdict, half.verdict_at_tipping) == (True, False)
    assert half.at_tipping.estimate == pytest.approx(0.75, abs=1e-8)
    assert half.delta == pytest.approx((0.75 - half.at_zero.estimate) * 12 / 3, abs=1e-8)


@pytest.mark.parametrize(
    ("before", "after", "clusters", "caveat", "counts"),
    [
        ([], [], None, Caveat.NO_DATA, (0, 0)),
        ([1.0], [2.0], None, Caveat.TOO_FEW, (0, 1)),
        ([1.0, 2.0, 3.0], [2.0, 4.0, NAN], None, Caveat.TOO_FEW_TO_IMPUTE, (1, 3)),
        ([*BEFORE, NAN], [*AFTER, math.inf], None, Caveat.NOT_FINITE, (3, 13)),
        (BEFORE, [NAN] * 12, None, Caveat.TOO_FEW_TO_IMPUTE, (12, 12)),
        (BEFORE, AFTER, [1] * 12, Caveat.ONE_CLUSTER, (3, 12)),
        (BEFORE[:8], AFTER[:8], ROOMS[:8], "nobody was lost between before and after: there is nothing to adjust", (0, 8)),
        (BEFORE, [b + 1 if a == a else NAN for a, b in zip(AFTER, BEFORE, strict=True)], ROOMS, Caveat.CONSTANT_SHIFT, (3, 12)),
        ([*BEFORE, NAN], [*AFTER, NAN], [*ROOMS, 9], None, (3, 12)),
        (BEFORE * 4, AFTER[:8] * 2 + [NAN] * 32, list(range(48)), Caveat.MOSTLY_IMPUTED, (32, 48)),
    ],
)  # fmt: skip
def test_tipping_points_that_cannot_be_found(before, after, clusters, caveat, counts):
    result = stats.delta_adjustment(before, after, clusters, scale=(1, 7))
    assert (result.caveat, (result.lost, result.n)) == (caveat, counts)
    assert (result.delta is None) == (caveat is not None and caveat != Caveat.MOSTLY_IMPUTED)
    for part in (result.at_zero, result.at_tipping):
        values = [] if part is None else [getattr(part, field.name) for field in fields(part)]
        assert all(math.isfinite(value) for value in values if isinstance(value, float))


@pytest.mark.parametrize(
    ("before", "after", "caveat"),
    [
        ([], [], "no complete data"),
        ([NAN], [3.0], "no complete data"),
        ([1.0, 2.0], [8.0, 3.0], "a score lies outside the scale"),
        ([1.0, -math.inf], [3.0, 3.0], "an infinite value is among the data"),
    ],
)
def test_no_extremes(before, after, caveat):
    result = stats.extreme_bounds(before, after, 1, 7)
    assert (result.at_lowest, result.at_highest, result.complete, result.caveat) == (None, None, None, caveat)


def test_extremes_where_nobody_or_everybody_was_lost():
    none = stats.extreme_bounds([1, 2, 3, 5], [2, 4, 3, 6], 1, 7)
    assert none.at_lowest == none.at_highest == none.complete
    assert none.caveat == "nobody was lost between before and after: there is nothing to adjust"
    everybody = stats.extreme_bounds([1, 2, 3, 6], [NAN] * 4, 1, 7)
    assert (everybody.at_lowest.estimate, everybody.at_highest.estimate) == (-2.0, 4.0)
    assert (everybody.complete.estimate, everybody.complete.caveat) == (None, "no complete data")


def test_attrition_by_side_and_arm():
    before, kept = [3, 5, 4, 6, 2, 7, 5, NAN], [1, 0, 1, 1, 0, 1, 0, 0]
    table = stats.attrition_table(before, kept, sides=list("aabbaabb"), arms=[1, 1, 1, 1, 0, 0, 0, 0])
    rows = [(row.side, row.arm, row.n, row.kept, row.lost) for row in table.groups]
    assert rows == [
        (None, None, 8, 4, 4), ("a", None, 4, 2, 2), ("b", None, 4, 2, 2), (None, 0, 4, 1, 3), (None, 1, 4, 3, 1),
        ("a", 0, 2, 1, 1), ("b", 0, 2, 0, 2), ("a", 1, 2, 1, 1), ("b", 1, 2, 2, 0),
    ]  # fmt: skip
    first = table.groups[0]
    assert (first.mean_kept, first.mean_lost, first.difference.n) == (5.0, 4.0, 7)
    assert first.difference == stats.welch_t([5, 2, 5], [3, 4, 6, 7])
    assert first.effect == stats.standardized_mean_difference([5, 2, 5], [3, 4, 6, 7])
    assert table.sides.p_value == 1.0
    assert table.arms.p_value == pytest.approx(34 / 70)
    gone = table.groups[6]
    assert (gone.mean_kept, gone.mean_lost, gone.share_lost, gone.difference.p_value) == (
        None,
        5.0,
        1.0,
        None,
    )
    assert gone.difference.caveat == "nobody was lost or nobody stayed: there are no two groups to compare"
    assert table.groups[8].effect.caveat == gone.difference.caveat


def test_attrition_of_nobody_one_side_and_infinite_scores():
    empty = stats.attrition_table([], [], sides=[])
    assert [(row.n, row.share_lost, row.low, row.caveat) for row in empty.groups] == [
        (0, None, None, Caveat.NO_DATA)
    ]
    assert (empty.sides.p_value, empty.sides.caveat, empty.arms) == (None, Caveat.NO_DATA, None)
    one = stats.attrition_table([1, 2, math.inf], [1, 1, 0], sides=["a"] * 3)
    assert (one.sides.p_value, one.sides.caveat) == (None, "only one group: there is nothing to compare with")
    assert (one.groups[0].mean_lost, one.groups[0].difference.caveat) == (None, Caveat.NOT_FINITE)


def test_many_groups_are_compared_by_random_tables():
    rng = np.random.default_rng(10)
    sides = np.repeat(np.arange(10), 12)
    kept = rng.random(120) > 0.1 + 0.05 * sides
    result = stats.attrition_table(np.zeros(120), kept, sides=sides).sides
    assert (result.method, result.caveat) == ("Fisher, random tables", Caveat.SIMULATED_TABLES)
    assert (
        result == stats.attrition_table(np.zeros(120), kept, sides=[f"s{9 - side}" for side in sides]).sides
    )
    few = sides < 4  # here both ways can be gone
    exact = stats.attrition_table(np.zeros(48), kept[few], sides=sides[few]).sides
    from impact.stats import attrition

    sizes, lost = np.full(4, 12), np.bincount(sides[few], ~kept[few]).astype(int)
    drawn = rng.multivariate_hypergeometric(sizes, lost.sum(), 40_000)
    logs = sum(attrition._log_choose(12)[drawn[:, i]] for i in range(4))
    p = (logs <= attrition._log_weight(sizes, lost) + 1e-7).mean()
    assert exact.p_value == pytest.approx(p, abs=4 * math.sqrt(0.25 / 40_000))


def covered(workshops, icc, studies, seed):
    """Share of the pooled intervals that contain the true change, 0, when who was low before tends to be lost."""
    rng = np.random.default_rng(seed)
    rooms = draw_rooms(rng, np.full((studies, workshops), 10), icc)
    labels, hits = np.repeat(np.arange(workshops), 10), 0
    for before, after in zip(rooms.before, rooms.after, strict=True):
        lost = rng.random(before.shape) < 1 / (1 + np.exp(1.1 + 0.8 * before))
        scores = cut(before, "seven").ravel(), np.where(lost, NAN, cut(after, "seven")).ravel()
        result = stats.delta_adjustment(*scores, labels, scale=(1, 7), m=10, rng=rng, verdict=lambda _: 0)
        hits += result.at_zero.low <= 0.0 <= result.at_zero.high
    return hits / studies


@pytest.mark.parametrize(("workshops", "icc"), [(4, 0.0), (8, 0.2)])
def test_pooled_intervals_cover_the_truth(workshops, icc):
    """At least 95 % less four Monte Carlo standard errors; large runs gave 94–98.5 %."""
    assert covered(workshops, icc, 120, 11) >= 0.95 - 4 * math.sqrt(0.95 * 0.05 / 120)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: stats.multiple_imputation([1, 2]), "data must have two dimensions, people × columns, they have 1"),
        (lambda: stats.multiple_imputation([[1]], method="mean"), "method must be norm or pmm, it is 'mean'"),
        (lambda: stats.multiple_imputation([[1]], m=0), "m and iterations must be at least 1, they are 0 and 10"),
        (lambda: stats.multiple_imputation([[1]], bounds=(5, 1)), "bounds must be (low, high), low below high, or 1 such pairs"),
        (lambda: stats.multiple_imputation([[1]], clusters=[1, 2]), "columns must have the same length, they have {'data': 1, 'clusters': 2}"),
        (lambda: stats.pool([1, 2], [1]), "columns must have the same length, they have {'estimates': 2, 'variances': 1}"),
        (lambda: stats.pool([1, 2], [1, -1]), "a variance cannot be below 0"),
        (lambda: stats.pool([1, 2], [1, 1], 0), "df_complete must be above 0, it is 0"),
        (lambda: stats.pool([1, 2], [1, 1], rule="rubin"), "rule must be barnard-rubin or satterthwaite, it is 'rubin'"),
        (lambda: stats.delta_adjustment([1], [2], direction="up"), "direction must be higher, lower or none, it is 'up'"),
        (lambda: stats.delta_adjustment([1], [2], scale=(7, 1)), "scale must be (lowest, highest), it is (7, 1)"),
        (lambda: stats.extreme_bounds([1], [2], 7, 1), "low must be below high, they are 7 and 1"),
        (lambda: stats.attrition_table([1, 2], [1, 0.5]), "kept must be 1 (answered after) or 0 (lost)"),
    ],
)  # fmt: skip
def test_mistakes_of_the_calling_code_are_value_errors(call, message):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == message


def test_no_other_caveat_hides_that_most_are_missing():
    before, after = np.array(BEFORE * 2), np.r_[np.array(BEFORE * 2)[:5] + 1.0, [NAN] * (2 * len(BEFORE) - 5)]
    noisy = after + np.resize([0.0, 1.0, -1.0, 0.5], len(after))
    held = stats.delta_adjustment(before, noisy, scale=(1, 7), verdict=lambda _: 0)
    assert held.delta is None
    assert Caveat.VERDICT_HOLDS in held.caveat
    assert Caveat.MOSTLY_IMPUTED in held.caveat
    sure = stats.multiple_imputation(np.column_stack([before, after]))
    assert sure.caveat == f"{Caveat.IMPUTED_WITHOUT_DOUBT}; {Caveat.MOSTLY_IMPUTED}"
    one = stats.delta_adjustment(before, noisy, np.ones(len(before)), scale=(1, 7))
    assert one.caveat == f"{Caveat.ONE_CLUSTER}; {Caveat.MOSTLY_IMPUTED}"
    table = stats.attrition_table(range(5), [1, 1, 0, 0, 0], sides=list("aaabb"))
    assert [row.caveat for row in table.groups] == [Caveat.MOSTLY_LOST, None, Caveat.MOSTLY_LOST]
