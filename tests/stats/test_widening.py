"""The factor of CR2's variance for workshops that differ in size and are not alike."""

from __future__ import annotations

import numpy as np
import pytest

from impact import stats


def drawn(seed):
    """Workshops of very different sizes, in two arms; intercept, arm and a column that varies inside."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 16, int(rng.integers(4, 9)))
    rooms = np.repeat(np.arange(len(sizes)), sizes)
    X = np.column_stack([np.ones(len(rooms)), rooms % 2, rng.normal(size=len(rooms))])
    return rng.normal(size=len(rooms)), X, rooms


def by_matrices(X, rooms, icc):
    """E[V] = Σ u'Ωu with u = (I − H) A_g X_g (X'X)⁻¹, written out with n × n matrices, against the true variance."""
    inverse = np.linalg.inv(X.T @ X)
    residual = np.eye(len(X)) - X @ inverse @ X.T
    covariance = np.eye(len(X)) + icc / (1 - icc) * (rooms[:, None] == rooms)
    expected = np.zeros(X.shape[1])
    for room in np.unique(rooms):
        rows = rooms == room
        values, W = np.linalg.eigh(residual[np.ix_(rows, rows)])
        root = np.where(values > 1e-10, np.maximum(values, 1e-10) ** -0.5, 0.0)
        u = residual[:, rows] @ (W * root) @ W.T @ X[rows] @ inverse
        expected += np.einsum("ij,ik,kj->j", u, covariance, u)
    true = np.diag(inverse @ X.T @ covariance @ X @ inverse)
    return np.maximum(1.0, true / expected)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("icc", [0.01, 0.03, 0.3])
def test_it_is_the_ratio_of_the_true_to_the_estimated_variance(seed, icc):
    _, X, rooms = drawn(seed)
    assert stats.cr2_widening(X, rooms, icc) == pytest.approx(by_matrices(X, rooms, icc), rel=1e-9)


def test_workshops_of_one_size_are_not_widened():
    rooms = np.repeat(np.arange(6), 8)
    X = np.column_stack([np.ones(48), rooms % 2])
    assert stats.cr2_widening(X, rooms, 0.03) == pytest.approx((1.0, 1.0), abs=1e-12)


def test_people_on_their_own_are_not_widened():
    _, X, _ = drawn(1)
    assert stats.cr2_widening(X, np.arange(len(X)), 0.03) == pytest.approx((1.0,) * 3, abs=1e-12)


def test_no_icc_and_repeated_columns_have_no_factor():
    _, X, rooms = drawn(2)
    assert stats.cr2_widening(X, rooms, 0.0) == (1.0, 1.0, 1.0)
    assert stats.cr2_widening(np.column_stack([X, X[:, 1]]), rooms, 0.03) == (1.0,) * 4


@pytest.mark.parametrize("seed", range(6))
def test_ancova_multiplies_its_variance_with_it(seed):
    y, X, rooms = drawn(seed)
    before, arm = X[:, 2], X[:, 1]
    plain = stats.ancova(y, before, arm, rooms)
    wide = stats.ancova(y, before, arm, rooms, working_icc=0.03)
    centred = np.column_stack([X[:, 0], before - before.mean(), arm])
    factor = stats.cr2_widening(centred, rooms, 0.03)[2]
    assert wide.std_error == pytest.approx(plain.std_error * factor**0.5, rel=1e-12)
    assert (wide.estimate, wide.df) == (plain.estimate, plain.df)
    assert wide.high - wide.low == pytest.approx((plain.high - plain.low) * factor**0.5, rel=1e-9)
    assert wide.p_value >= plain.p_value
    assert wide.fit.std_errors[2] == wide.std_error
    assert stats.ancova(y, before, arm, None, working_icc=0.03) == stats.ancova(y, before, arm)


@pytest.mark.parametrize("icc", [-0.1, 1.0, float("nan")])
def test_an_icc_outside_its_range(icc):
    with pytest.raises(ValueError, match="working_icc must be 0 or more and below 1, it is "):
        stats.cr2_widening([[1.0], [1.0]], [1, 2], icc)
