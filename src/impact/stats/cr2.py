"""The algebra of CR2: adjustment matrices, variances and Satterthwaite degrees of freedom from p × p pieces.

Notation. X = Q R with orthonormal Q, so (X'X)⁻¹ = L L' with L = R⁻¹. Let Q_g be the rows of cluster g and
S_g = Q_g'Q_g = W diag(λ) W' (p × p). The adjustment matrix A_g = (I − H_gg)^(−1/2), of size n_g × n_g, satisfies

    A_g Q_g = Q_g B_g   with   B_g = W diag((1 − λ)^(−1/2)) W'

(a zero in 1 − λ becomes a zero in B_g: the Moore–Penrose inverse), so no matrix larger than p × p is needed.
Where 1 − λ is zero for an eigenvector w, the combination Qw of the columns is zero outside cluster g: that cluster
alone decides it, fits it without residual, and its luck is in no variance. A coefficient is decided by one cluster
where its column is part of such a combination: l'w ≠ 0.
For a coefficient with row l of L, the variance is Σ_g (l'B_g Q_g'e_g)², and under a working model of
independent errors it has Satterthwaite's df = tr(P)² / tr(P²), where

    P = diag(d) − b'b,   d_g = l'B_g S_g B_g l,   b_g = S_g B_g l   (p × G)

so tr(P) = Σ(d_g − |b_g|²) and tr(P²) = Σ(d_g − |b_g|²)² + Σ_{g≠h} (b_g·b_h)². Cost: O(n p² + G p³), not O(n²).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from impact.stats.columns import cluster_numbers
from impact.stats.orthonormal import factored

SINGULAR = 1e-10
"""1 − λ below this is zero (clubSandwich uses 1e-12 on the same eigenvalues)."""

OWN = 1e-7
"""A coefficient's share of such a combination up to which rounding alone explains it."""

SERIES_BELOW = 0.05
"""With many clusters each of them weighs little, and (1 − λ)^(−1/2) is a short power series; eigenvalues would cost
most of the time of a large fit."""


@dataclass(frozen=True)
class Pieces:
    """Q and L of X = Q R, `numbers` 0 … `count` − 1 of the clusters."""

    Q: np.ndarray
    L: np.ndarray
    numbers: np.ndarray
    count: int

    @cached_property
    def S(self) -> np.ndarray:  # noqa: N802 - as in the formulas
        """Q_g'Q_g of every cluster, (G, p, p)."""
        p = self.Q.shape[1]
        S = np.empty((self.count, p, p))
        for j in range(p):
            for k in range(j + 1):
                products = self.Q[:, j] * self.Q[:, k]
                S[:, j, k] = S[:, k, j] = np.bincount(self.numbers, products, self.count)
        return S

    @cached_property
    def adjusted(self) -> tuple[np.ndarray, np.ndarray]:
        """B_g of every cluster, (G, p, p), and the directions that one cluster alone decides."""
        return adjustments(self.S)

    @cached_property
    def along(self) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
        """For each row l of L: B_g l, and S_g B_g l, both (G, p)."""
        rows = [self.adjusted[0] @ row for row in self.L]
        return tuple((one, np.einsum("gjk,gk->gj", self.S, one)) for one in rows)

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Q_g'values of every cluster, (G, p)."""
        return np.column_stack(
            [np.bincount(self.numbers, column * values, self.count) for column in self.Q.T]
        )


def pieces_of(X: np.ndarray, labels: np.ndarray) -> Pieces | None:
    """Of complete, finite X and labels of any kind; None if columns repeat each other or are too many."""
    factor = factored(X)
    return None if factor is None else Pieces(*factor, *cluster_numbers(labels))


def single_rows(Q: np.ndarray, L: np.ndarray, residuals: np.ndarray) -> tuple[np.ndarray, list[float | None]]:
    """Variance and df of each coefficient, None where one row decides it. Every row is its own cluster (HC2): the
    formulas of the module with S_g = q q', written out."""
    left = 1.0 - np.einsum("ij,ij->i", Q, Q)
    decided = _decided(L, Q[left <= SINGULAR])
    weight = np.where(left > SINGULAR, 1.0 / np.sqrt(np.maximum(left, SINGULAR)), 0.0)
    variances, dfs = np.empty(len(L)), []
    for j, row in enumerate(L):
        a = (Q @ row) * weight
        variances[j] = float(np.sum((a * residuals) ** 2))
        b = Q * a[:, None]
        dfs.append(None if decided[j] else _satterthwaite(a * a, b, float(row @ row)))
    return variances, dfs


def by_cluster(pieces: Pieces, residuals: np.ndarray) -> tuple[np.ndarray, list[float | None]]:
    """Variance and df of each coefficient, None where one cluster decides it, from per-cluster sums only."""
    B, alone = pieces.adjusted
    decided = _decided(pieces.L, alone)
    adjusted = np.einsum("gjk,gk->gj", B, pieces.sums(residuals))
    variances, dfs = np.empty(len(pieces.L)), []
    for j, (row, (along, b)) in enumerate(zip(pieces.L, pieces.along, strict=True)):
        variances[j] = float(np.sum((adjusted @ row) ** 2))
        df = _satterthwaite(np.einsum("gj,gj->g", along, b), b, float(row @ row))
        dfs.append(None if decided[j] else df)
    return variances, dfs


def adjustments(S: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """B_g for every cluster, (G, p, p), and the directions w that one cluster alone decides, (any number, p)."""
    if S.shape[1] == 1:
        left = 1.0 - S
        alone = np.ones((int((left <= SINGULAR).sum()), 1))
        return np.where(left > SINGULAR, 1.0 / np.sqrt(np.maximum(left, SINGULAR)), 0.0), alone
    largest = float(np.trace(S, axis1=1, axis2=2).max(initial=0.0))
    if largest < SERIES_BELOW:
        return _by_series(S, largest), np.empty((0, S.shape[1]))
    eigenvalues, W = np.linalg.eigh(S)
    left = 1.0 - eigenvalues
    root = np.where(left > SINGULAR, 1.0 / np.sqrt(np.maximum(left, SINGULAR)), 0.0)
    return np.einsum("gjk,gk,glk->gjl", W, root, W), W.transpose(0, 2, 1)[left <= SINGULAR]


def _by_series(S: np.ndarray, largest: float) -> np.ndarray:
    """(I − S_g)^(−1/2) by its power series, to the last digit of a float where all eigenvalues are below `largest`."""
    coefficients, size = [1.0], 1.0
    while size > 1e-18:
        k = len(coefficients)
        coefficients.append(coefficients[-1] * (2 * k - 1) / (2 * k))
        size *= largest
    # Clusters side by side in the last axis: a product of 3 × 3 matrices is then 27 of long vectors.
    across, identity = np.ascontiguousarray(S.transpose(1, 2, 0)), np.eye(S.shape[1])[:, :, None]
    B = np.broadcast_to(coefficients[-1] * identity, across.shape)
    for coefficient in reversed(coefficients[:-1]):
        B = np.einsum("jkg,klg->jlg", across, B) + coefficient * identity
    return np.ascontiguousarray(B.transpose(2, 0, 1))


def _decided(L: np.ndarray, alone: np.ndarray) -> np.ndarray:
    """Which coefficients take part in a combination of columns that one cluster alone decides, bool (p,)."""
    part = np.abs(alone @ L.T).max(axis=0, initial=0.0)
    return part > OWN * np.sqrt(np.einsum("jk,jk->j", L, L))


def _satterthwaite(d: np.ndarray, b: np.ndarray, model_variance: float) -> float:
    """tr(P)² / tr(P²), or 0 where the clusters leave nothing to estimate this variance from."""
    squares = np.einsum("gj,gj->g", b, b)
    own = d - squares
    trace = float(own.sum())
    if trace <= 1e-8 * model_variance:
        return 0.0
    return trace**2 / (float(own @ own) + _between(b, squares, squares > model_variance))


def _between(b: np.ndarray, squares: np.ndarray, is_large: np.ndarray) -> float:
    """Σ (b_g · b_h)² over all g ≠ h: ‖b b'‖² less its diagonal.

    Where a cluster nearly decides a coefficient |b_g|⁴ is so large that the difference would lose its digits: the few
    such clusters (`is_large`) are taken pair by pair.
    """
    is_plain = not is_large.any()
    rest, size = (b, squares) if is_plain else (b[~is_large], squares[~is_large])
    gram = rest.T @ rest
    total = float(np.sum(gram * gram)) - float(size @ size)
    if is_plain:
        return total
    large = b[is_large]
    among = large @ large.T
    np.fill_diagonal(among, 0.0)
    return total + 2.0 * float(np.sum((large @ rest.T) ** 2)) + float(np.sum(among**2))
