"""What a clustered fit needs of its columns and clusters alone, whatever the outcome: made once, used by both the fit
and its widening. Notation as in clustered.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from impact.stats.columns import cluster_numbers

SINGULAR = 1e-10
"""1 − λ below this is zero (clubSandwich uses 1e-12 on the same eigenvalues)."""
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
    def B(self) -> np.ndarray:  # noqa: N802
        """The adjustment of every cluster, (G, p, p)."""
        return adjustments(self.S)

    @cached_property
    def along(self) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
        """For each row l of L: B_g l, and S_g B_g l, both (G, p)."""
        rows = [self.B @ row for row in self.L]
        return tuple((one, np.einsum("gjk,gk->gj", self.S, one)) for one in rows)

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Q_g'values of every cluster, (G, p)."""
        return np.column_stack(
            [np.bincount(self.numbers, column * values, self.count) for column in self.Q.T]
        )


def pieces_of(X: np.ndarray, labels: np.ndarray) -> Pieces | None:
    """Of complete, finite X and labels of any kind; None if columns repeat each other or are too many."""
    factor = orthonormal(X) if len(X) >= X.shape[1] else None
    return None if factor is None else Pieces(*factor, *cluster_numbers(labels))


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


def adjustments(S: np.ndarray) -> np.ndarray:
    """B_g for every cluster, (G, p, p)."""
    if S.shape[1] == 1:
        left = 1.0 - S
        return np.where(left > SINGULAR, 1.0 / np.sqrt(np.maximum(left, SINGULAR)), 0.0)
    largest = float(np.trace(S, axis1=1, axis2=2).max(initial=0.0))
    if largest < SERIES_BELOW:
        return _by_series(S, largest)
    eigenvalues, W = np.linalg.eigh(S)
    left = 1.0 - eigenvalues
    root = np.where(left > SINGULAR, 1.0 / np.sqrt(np.maximum(left, SINGULAR)), 0.0)
    return np.einsum("gjk,gk,glk->gjl", W, root, W)


def _by_series(S: np.ndarray, largest: float) -> np.ndarray:
    """(I − S_g)^(−1/2) by its power series, to the last digit of a float where all eigenvalues are below `largest`."""
    coefficients, size = [1.0], 1.0
    while size > 1e-18:
        k = len(coefficients)
        coefficients.append(coefficients[-1] * (2 * k - 1) / (2 * k))
        size *= largest
    identity = np.eye(S.shape[1])
    B = np.broadcast_to(coefficients[-1] * identity, S.shape)
    for coefficient in reversed(coefficients[:-1]):
        B = S @ B + coefficient * identity
    return B
