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

so tr(P) = Σ(d_g − |b_g|²) and tr(P²) = Σ d_g² − 2 Σ d_g |b_g|² + ‖b b'‖². Cost: O(n p² + G p³), not O(n²).
"""

from __future__ import annotations

import numpy as np

SINGULAR = 1e-10
"""1 − λ below this is zero (clubSandwich uses 1e-12 on the same eigenvalues)."""

OWN = 1e-7
"""A coefficient's share of such a combination up to which rounding alone explains it."""


def orthonormal(X: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Q and L = R⁻¹ of X = Q R, or None if columns repeat each other."""
    if X.shape[1] == 1:
        norm = float(np.sqrt(X[:, 0] @ X[:, 0]))
        return (X / norm, np.array([[1.0 / norm]])) if norm > 0.0 else None
    norms = np.sqrt(np.einsum("ij,ij->j", X, X))
    if not norms.all():
        return None
    Q, R = np.linalg.qr(X)
    if np.abs(np.diag(R) / norms).min() < 1e-9:
        return None
    return np.asfortranarray(Q), np.linalg.inv(R)  # columns are used one by one


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


def by_cluster(
    Q: np.ndarray, L: np.ndarray, residuals: np.ndarray, numbers: np.ndarray, count: int
) -> tuple[np.ndarray, list[float | None]]:
    """Variance and df of each coefficient, None where one cluster decides it, from per-cluster sums only."""
    S, scores = cluster_sums(Q, residuals, numbers, count)
    B, alone = adjustments(S)
    decided = _decided(L, alone)
    adjusted = np.einsum("gjk,gk->gj", B, scores)
    variances, dfs = np.empty(len(L)), []
    for j, row in enumerate(L):
        variances[j] = float(np.sum((adjusted @ row) ** 2))
        along = B @ row
        b = np.einsum("gjk,gk->gj", S, along)
        df = _satterthwaite(np.einsum("gj,gj->g", along, b), b, float(row @ row))
        dfs.append(None if decided[j] else df)
    return variances, dfs


def cluster_sums(
    Q: np.ndarray, values: np.ndarray, numbers: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Of every cluster: Q_g'Q_g (G, p, p), and Q_g'values (G, p)."""
    p = Q.shape[1]
    S, sums = np.empty((count, p, p)), np.empty((count, p))
    for j in range(p):
        sums[:, j] = np.bincount(numbers, Q[:, j] * values, count)
        for k in range(j + 1):
            S[:, j, k] = S[:, k, j] = np.bincount(numbers, Q[:, j] * Q[:, k], count)
    return S, sums


def adjustments(S: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """B_g for every cluster, (G, p, p), and the directions w that one cluster alone decides, (any number, p)."""
    if S.shape[1] == 1:
        left = 1.0 - S
        alone = np.ones((int((left <= SINGULAR).sum()), 1))
        return np.where(left > SINGULAR, 1.0 / np.sqrt(np.maximum(left, SINGULAR)), 0.0), alone
    eigenvalues, W = np.linalg.eigh(S)
    left = 1.0 - eigenvalues
    root = np.where(left > SINGULAR, 1.0 / np.sqrt(np.maximum(left, SINGULAR)), 0.0)
    return np.einsum("gjk,gk,glk->gjl", W, root, W), W.transpose(0, 2, 1)[left <= SINGULAR]


def _decided(L: np.ndarray, alone: np.ndarray) -> np.ndarray:
    """Which coefficients take part in a combination of columns that one cluster alone decides, bool (p,)."""
    part = np.abs(alone @ L.T).max(axis=0, initial=0.0)
    return part > OWN * np.sqrt(np.einsum("jk,jk->j", L, L))


def _satterthwaite(d: np.ndarray, b: np.ndarray, model_variance: float) -> float:
    """tr(P)² / tr(P²), or 0 where the clusters leave nothing to estimate this variance from."""
    squares = np.einsum("gj,gj->g", b, b)
    trace = float(np.sum(d - squares))
    if trace <= 1e-8 * model_variance:
        return 0.0
    gram = b.T @ b
    return trace**2 / float(d @ d - 2.0 * (d @ squares) + np.sum(gram * gram))
