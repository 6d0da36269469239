"""The mixed model against lme4, lmerTest and pbkrtest; what must hold for any data; where no number may come out."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from impact import stats
from impact.stats import Caveat

CASES = json.loads((Path(__file__).parents[1] / "reference" / "mixed.json").read_text("utf-8"))["cases"]


@pytest.fixture(scope="module", params=CASES, ids=CASES)
def fitted(request):
    case = CASES[request.param]
    data = (case["y"], case["X"], case["groups"], case["persons"])
    fits = {m: stats.mixed_model(*data, method=m) for m in ("satterthwaite", "kenward_roger")}
    return case, fits


def test_coefficients_and_errors_are_lme4_s(fitted):
    case, fits = fitted
    for fit in fits.values():
        assert fit.params == pytest.approx(tuple(case["params"]), rel=1e-6)
        assert fit.std_errors == pytest.approx(tuple(case["std_errors"]), rel=1e-6)
        assert fit.log_likelihood == pytest.approx(case["log_likelihood"], rel=1e-9)
        # never a worse optimum than R's
        assert fit.log_likelihood >= case["log_likelihood"] - 1e-7 * abs(case["log_likelihood"])


def test_variances_are_lme4_s_and_a_boundary_is_said(fitted):
    case, fits = fitted
    found = fits["satterthwaite"].variance_components
    whole = case["variance_groups"] + (case["variance_persons"] or 0.0) + case["variance_residual"]
    assert found.groups == pytest.approx(case["variance_groups"], rel=1e-4, abs=1e-9 * whole)
    assert found.residual == pytest.approx(case["variance_residual"], rel=1e-5)
    if case["persons"] is None:
        assert found.persons is None
    else:
        assert found.persons == pytest.approx(case["variance_persons"], rel=1e-4)
    for fit in fits.values():
        assert fit.icc == pytest.approx(case["variance_groups"] / whole, rel=1e-4, abs=1e-9)
        assert fit.boundary == case["singular"]
        assert fit.caveat == (Caveat.VARIANCE_AT_ZERO if case["singular"] else None)
        assert None not in fit.p_values


def test_satterthwaite_is_lmertest_s(fitted):
    case, fits = fitted
    fit = fits["satterthwaite"]
    assert fit.df == fit.df_satterthwaite == pytest.approx(tuple(case["df_satterthwaite"]), rel=1e-4)
    assert fit.p_values == pytest.approx(tuple(case["p_satterthwaite"]), rel=1e-3, abs=1e-14)


def test_kenward_roger_is_pbkrtest_s(fitted):
    case, fits = fitted
    fit = fits["kenward_roger"]
    assert fit.df == fit.df_kenward_roger == pytest.approx(tuple(case["df_kenward_roger"]), rel=1e-4)
    errors = tuple(case["std_errors_kenward_roger"])
    assert fit.std_errors_kenward_roger == pytest.approx(errors, rel=1e-5)
    assert fit.p_values == pytest.approx(tuple(case["p_kenward_roger"]), rel=1e-3, abs=1e-14)
    for value, low, high, error, df in zip(fit.params, fit.low, fit.high, errors, fit.df, strict=True):
        from impact.stats.distributions import t_quantile

        assert (high - low) / 2 == pytest.approx(t_quantile(df, 0.95) * error, rel=1e-5)
        assert low < value < high


def workshops(seed, count=5, size=6, between=1.0):
    rng = np.random.default_rng(seed)
    rooms = np.repeat(np.arange(count), size)
    return (
        np.ones((count * size, 1)),
        rng.normal(size=count)[rooms] * between + rng.normal(size=count * size),
        rooms,
    )


@pytest.mark.parametrize("seed", range(8))
def test_equal_workshops_have_a_closed_form(seed):
    """One-way analysis of variance: REML's components, the mean, and G − 1 df whichever method."""
    X, y, rooms = workshops(seed)
    means = y.reshape(5, 6).mean(axis=1)
    within = float(((y.reshape(5, 6) - means[:, None]) ** 2).sum()) / 25
    between = (6 * float(means.var(ddof=1)) - within) / 6
    fit = stats.mixed_model(y, X, rooms)
    assume_inside = between > 0
    assert fit.boundary == (not assume_inside)
    if assume_inside:
        assert fit.variance_components.residual == pytest.approx(within, rel=1e-9)
        assert fit.variance_components.groups == pytest.approx(between, rel=1e-9)
        t = stats.paired_t(np.zeros(5), means)
        for name, expected in (("df", 4.0), ("std_errors", t.std_error), ("p_values", t.p_value)):
            assert getattr(fit, name)[0] == pytest.approx(expected, rel=1e-7), name
        assert fit.df_satterthwaite[0] == pytest.approx(4.0, rel=1e-6)
    else:
        assert (fit.icc, fit.caveat) == (0.0, Caveat.VARIANCE_AT_ZERO)
        assert fit.variance_components.residual == pytest.approx(float(y.var(ddof=1)), rel=1e-9)
        assert fit.df_satterthwaite[0] == pytest.approx(29.0)  # leaps to n − 1; Kenward and Roger's does not
        assert fit.df_kenward_roger[0] == pytest.approx(4.0, rel=1e-7)


def test_two_waves_of_people_in_workshops_repeat_the_paired_t_test():
    rng = np.random.default_rng(3)
    n = 24
    before = rng.normal(size=n) + np.repeat(rng.normal(size=4), 6)
    after = before + 0.4 + rng.normal(size=n)
    wave = np.repeat([0.0, 1.0], n)
    X = np.column_stack([np.ones(2 * n), wave])
    rooms, people = np.tile(np.repeat(np.arange(4), 6), 2), np.tile(np.arange(n), 2)
    fit = stats.mixed_model(np.concatenate([before, after]), X, rooms, people)
    t = stats.paired_t(before, after)
    assert not fit.boundary
    for name, expected in (
        ("params", t.estimate),
        ("std_errors", t.std_error),
        ("df", t.df),
        ("p_values", t.p_value),
    ):
        assert getattr(fit, name)[1] == pytest.approx(expected, rel=1e-6), name


def test_the_same_label_in_two_workshops_is_two_people():
    y, X = [1.0, 2, 4, 3, 6, 7, 2, 4], np.ones((8, 1))
    rooms, people = [1, 1, 1, 1, 2, 2, 2, 2], ["p", "p", "q", "q", "p", "p", "q", "q"]
    own = ["1p", "1p", "1q", "1q", "2p", "2p", "2q", "2q"]
    assert stats.mixed_model(y, X, rooms, people) == stats.mixed_model(y, X, rooms, own)
    assert stats.mixed_model(y, X, rooms, people).persons == 4


@st.composite
def designs(draw):
    seed, count = draw(st.integers(0, 10**6)), draw(st.integers(3, 7))
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 9, count)
    rooms = np.repeat(np.arange(count), sizes)
    n = len(rooms)
    assume(n > count + 3)
    X = np.column_stack([np.ones(n), rng.normal(size=n), rooms % 2])
    y = (
        X @ [1.0, 0.5, 0.3]
        + draw(st.sampled_from([0.0, 0.3, 2.0])) * rng.normal(size=count)[rooms]
        + rng.normal(size=n)
    )
    return y, X, rooms, rng


NUMBERS = ("params", "std_errors", "df", "p_values", "low", "high", "df_satterthwaite")


def near(first, second, factor=1.0, digits=1e-5):
    for one, other in zip(first, second, strict=True):
        if one is None:
            assert other is None
        else:
            assert other == pytest.approx(factor * one, rel=digits, abs=digits)


@given(designs())
@settings(max_examples=60)
def test_order_labels_origin_and_unit(design):
    y, X, rooms, rng = design
    fit = stats.mixed_model(y, X, rooms)
    order = rng.permutation(len(y))
    names = np.array([f"room {c}" for c in rng.permutation(20)])
    shuffled = stats.mixed_model(y[order], X[order], names[rooms][order])
    scaled = stats.mixed_model(7.0 * y, X, rooms)
    moved = stats.mixed_model(y + 100.0, X, rooms)
    other = stats.mixed_model(-y, X, rooms)
    for name in NUMBERS:
        near(getattr(fit, name), getattr(shuffled, name))
        near(
            getattr(fit, name),
            getattr(scaled, name),
            7.0 if name in ("params", "std_errors", "low", "high") else 1.0,
        )
        if name in ("std_errors", "df", "df_satterthwaite"):
            near(getattr(fit, name), getattr(moved, name))
    near(fit.params[1:], moved.params[1:])
    near(fit.params, other.params, -1.0)
    near(fit.low, other.high, -1.0)
    assert scaled.icc == pytest.approx(fit.icc, abs=1e-6)
    for low, value, high in zip(fit.low, fit.params, fit.high, strict=True):
        assert low is None or low <= value <= high
    assert 0.0 <= fit.icc <= 1.0


def test_digits_far_from_zero_and_near_it():
    X, y, rooms = workshops(0)
    fit = stats.mixed_model(y, X, rooms)
    for factor, shift in ((1.0, 1e8), (1e-8, 0.0), (1e9, -1e12)):
        other = stats.mixed_model(factor * y + shift, X, rooms)
        assert other.icc == pytest.approx(fit.icc, rel=1e-5)
        assert other.std_errors[0] / factor == pytest.approx(fit.std_errors[0], rel=1e-5)


def test_missing_rows_are_left_out():
    X, y, rooms = workshops(1)
    hole = y.copy()
    hole[[0, 7, 8]] = math.nan
    seen = ~np.isnan(hole)
    assert stats.mixed_model(hole, X, rooms) == stats.mixed_model(y[seen], X[seen], rooms[seen])


ONE = [[1.0]]
REFUSED = {
    "nobody": (([], np.empty((0, 1)), []), Caveat.NO_DATA),
    "one person": (([1.0], ONE, ["a"]), Caveat.TOO_FEW_FOR_MODEL),
    "two people in one workshop": (([1.0, 2.0], ONE * 2, ["a", "a"]), Caveat.ONE_CLUSTER),
    "a workshop each": (([1.0, 2.0, 4.0], ONE * 3, ["a", "b", "c"]), Caveat.ONE_ROW_PER_GROUP),
    "all alike": (([2.0] * 6, ONE * 6, [1, 1, 2, 2, 3, 3]), Caveat.NO_VARIATION),
    "alike inside workshops": (([1.0, 1, 2, 2, 5, 5], ONE * 6, [1, 1, 2, 2, 3, 3]), Caveat.NO_VARIATION),
    "infinite": (([1.0, math.inf, 2, 2], ONE * 4, [1, 1, 2, 2]), Caveat.NOT_FINITE),
    "all missing": (([math.nan] * 4, ONE * 4, [1, 1, 2, 2]), Caveat.NO_DATA),
    "one workshop an arm": (
        ([1.0, 3, 2, 5, 4], [[1.0, 0.0]] * 2 + [[1.0, 1.0]] * 3, [1, 1, 2, 2, 2]),
        Caveat.ARM_IS_CLUSTER,
    ),
    "columns that repeat each other": (
        ([1.0, 3, 2, 5, 4], [[1.0, 2.0]] * 5, [1, 1, 2, 2, 2]),
        Caveat.COLLINEAR,
    ),
    "a column of zeros": (([1.0, 3, 2, 5, 4], [[1.0, 0.0]] * 5, [1, 1, 2, 2, 2]), Caveat.COLLINEAR),
}


@pytest.mark.parametrize("name", REFUSED)
def test_no_number_where_there_can_be_none(name):
    data, caveat = REFUSED[name]
    fit = stats.mixed_model(*data)
    assert fit.caveat == caveat
    assert set(fit.p_values) | set(fit.low) | set(fit.std_errors) == {None}
    assert (fit.icc, fit.boundary, fit.log_likelihood) == (None, None, None)


def test_two_workshops_name_their_one_degree_of_freedom():
    fit = stats.mixed_model([1.0, 2.0, 1.5, 6.0, 7.0, 6.5], np.ones((6, 1)), [1, 1, 1, 2, 2, 2])
    assert fit.df[0] == pytest.approx(1.0, rel=1e-6)
    assert fit.low[0] < 0.0 < fit.high[0]


@pytest.mark.parametrize("method", ["satterthwaite", "kenward_roger"])
@pytest.mark.parametrize("treated", [[0, 1], [0, 1, 2, 3]])
def test_an_arm_that_is_a_single_workshop_has_no_test(method, treated):
    """Of 3 or 5 workshops one is in an arm of its own; R prints p < .001 where no variance was found."""
    rooms = np.repeat(np.arange(len(treated) + 1), 5)
    arm = np.isin(rooms, treated).astype(float)
    y = 4.0 * arm + np.tile([-1.0, -0.5, 0.0, 0.5, 1.0], len(treated) + 1)
    within = np.tile([0.0, 1.0, 3.0, 1.0, 0.0], len(treated) + 1)
    fit = stats.mixed_model(y, np.column_stack([np.ones(len(y)), arm, within]), rooms, method=method)
    assert fit.params[1] == pytest.approx(4.0)
    assert (fit.p_values[1], fit.low[1], fit.high[1], fit.df[1]) == (None,) * 4
    assert fit.caveat == Caveat.ONE_TREATED_CLUSTER
    assert fit.p_values[2] is not None or method == "kenward_roger"


def test_nothing_left_inside_the_workshops_is_said():
    X = [[1, 1, 1], [1, 1, 0], [1, 0, 1], [1, 0, 1]]
    fit = stats.mixed_model([5, 5, 5, 3], X, [1, 2, 1, 0])
    assert (fit.params, fit.caveat) == ((None,) * 3, stats.Caveat.NO_VARIATION)
    y, rooms, people = [1.0, 1, 4, 4, 2, 2, 7, 7], [1, 1, 1, 1, 2, 2, 2, 2], [1, 1, 2, 2, 3, 3, 4, 4]
    fit = stats.mixed_model(y, np.ones((8, 1)), rooms, people)
    assert (fit.params, fit.caveat) == ((None,), stats.Caveat.NO_VARIATION)


@pytest.mark.parametrize("is_waves", [False, True])
def test_studies_with_hardly_a_row_to_spare_never_break(is_waves):
    rng = np.random.default_rng(8)
    for _ in range(120):
        n, p = int(rng.integers(4, 9)), int(rng.integers(1, 4))
        X = np.column_stack([np.ones(n), rng.integers(0, 2, (n, p - 1))]).astype(float)
        people = rng.integers(0, 4, n) if is_waves else None
        fit = stats.mixed_model(rng.integers(1, 6, n), X, rng.integers(0, 3, n), people)
        numbers = (*fit.params, *fit.std_errors, *fit.df, *fit.p_values, *fit.low, *fit.high)
        assert all(value is None or math.isfinite(value) for value in numbers)


def test_random_small_studies_never_give_nan_or_infinity():
    rng = np.random.default_rng(11)
    for _ in range(300):
        count = int(rng.integers(2, 6))
        rooms = rng.integers(0, count, int(rng.integers(3, 20)))
        y = np.round(rng.normal(3, 1, len(rooms)), int(rng.integers(0, 2)))
        X = np.column_stack([np.ones(len(rooms)), rng.integers(0, 2, len(rooms))])
        people = rng.integers(0, 6, len(rooms)) if rng.random() < 0.5 else None
        for value in dataclasses.astuple(stats.mixed_model(y, X, rooms, people)):
            for number in value if isinstance(value, tuple) else (value,):
                assert not isinstance(number, float) or math.isfinite(number)


def waves(seed, between, person, likert):
    """24 workshops of 8 to 16 people at five waves, answers missing; variances between, person, and what is left of 1."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(8, 17, 24)
    rooms, heads = np.repeat(np.arange(24), sizes), int(sizes.sum())
    people, wave = np.repeat(np.arange(heads), 5), np.tile(np.arange(5), heads)
    y = (
        math.sqrt(between) * rng.normal(size=24)[rooms][people]
        + math.sqrt(person) * rng.normal(size=heads)[people]
        + math.sqrt(1.0 - between - person) * rng.normal(size=len(people))
        + 0.2 * wave
    )
    y = np.clip(np.round(1.2 * y + 3), 1, 5) if likert else y
    kept = rng.random(len(y)) > 0.15
    return y[kept], np.column_stack([np.ones(kept.sum()), wave[kept]]), rooms[people][kept], people[kept]


@pytest.mark.parametrize(
    ("between", "person", "likert"), [(0.05, 0.76, True), (2e-4, 0.3, False), (0.3, 2e-4, False)]
)
def test_no_search_from_several_starts_beats_the_optimum(between, person, likert):
    """Workshops that differ less than people do, and variances next to nothing; the other search is scipy's."""
    from scipy.optimize import minimize

    from impact.stats.mixed_pieces import TwoLevels
    from impact.stats.mixed_search import profile, search

    for seed in range(4):
        y, X, rooms, people = waves(seed, between, person, likert)
        Q = np.linalg.qr(X)[0]
        residuals = y - Q @ (Q.T @ y)
        model = TwoLevels.of(np.vstack([Q.T, residuals / residuals.std()]), rooms, people, 24)
        found = search(model)
        ours = profile(model, found[:2] / found[2])[0]
        for start in ([0.01, 0.5], [0.05, 3.0], [1.0, 1.0], [1e-4, 1e-4], [1e-4, 5.0]):
            other = minimize(
                lambda tau, m=model: profile(m, np.maximum(tau, 0.0))[:2], start, jac=True,
                method="L-BFGS-B", bounds=[(0.0, None)] * 2,
            )  # fmt: skip
            assert ours <= other.fun + 1e-6, (seed, start, found, other.x)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: stats.mixed_model([1, 2], [1, 2], [1, 2]), "X must have two dimensions, it has 1"),
        (
            lambda: stats.mixed_model([1, 2], [[1], [1]], [1, 2], method="naive"),
            "method must be kenward_roger or satterthwaite, it is 'naive'",
        ),
        (
            lambda: stats.mixed_model([1, 2], [[1], [1]], [1, 2], [1]),
            "columns must have the same length, they have {'y': 2, 'X': 2, 'groups': 2, 'persons': 1}",
        ),
    ],
)
def test_mistakes_of_the_calling_code(call, message):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == message


@pytest.mark.parametrize("ratio", [0.0, 1e-3, 0.4, 30.0])
def test_the_search_over_one_ratio_has_the_derivatives_of_any_number_of_ratios(ratio):
    from impact.stats.mixed_pieces import OneLevel, group_means
    from impact.stats.mixed_search import profile, profile_of

    y, X, rooms, _ = waves(3, 0.3, 0.3, False)
    Q = np.linalg.qr(X)[0]
    A = np.vstack([Q.T, y - Q @ (Q.T @ y)])
    model = OneLevel.of(A, *group_means(A, rooms, 24))
    deviance, gradient, hessian = profile(model, np.array([ratio]))
    expected = profile_of(model.pieces(np.array([ratio, 1.0])), 1)
    assert deviance == pytest.approx(expected[0], rel=1e-12)
    assert gradient == pytest.approx(expected[1], rel=1e-9)
    assert hessian == pytest.approx(expected[2], rel=1e-9)


def test_columns_nearly_alike_are_still_told_apart():
    """Years beside an intercept: correlations of 1 to twelve digits are left to Householder's method."""
    rng = np.random.default_rng(2)
    year = 2020.0 + rng.integers(0, 6, 200) * 1e-3
    rooms = np.repeat(np.arange(20), 10)
    y = 3.0 + 500.0 * (year - 2020.0) + rng.normal(size=200)
    shifted = np.column_stack([np.ones(200), 1e3 * (year - 2020.0)])
    near, far = np.column_stack([np.ones(200), year]), shifted
    for fit in (stats.ols_cr2, stats.mixed_model):
        found, expected = fit(y, near, rooms), fit(y, far, rooms)
        assert found.params[1] / 1e3 == pytest.approx(expected.params[1], rel=1e-6)
        assert found.p_values[1] == pytest.approx(expected.p_values[1], rel=1e-5)
    repeated = np.column_stack([np.ones(200), year, 3.0 - 2.0 * year])
    assert stats.ols_cr2(y, repeated, rooms).caveat == stats.Caveat.COLLINEAR
