"""Orthonormal columns of a design matrix, the first step of every least squares here.

Columns are kept as rows, (p, n): the numbers of one column lie side by side, so that each pass over a million of them
is a quick one.
"""

from __future__ import annotations

import numpy as np

REPEATS = 1e-9
"""A column of which no more than this share is left beside the others repeats them."""
WELL_CONDITIONED = 1e-8
"""Smallest eigenvalue of the columns' correlations from which Cholesky's method, done twice, has all digits."""


def orthonormal(columns: np.ndarray, spare: int = 0) -> tuple[np.ndarray, np.ndarray] | None:
    """Rows Q (p, n), followed by `spare` empty ones, and L (p, p) with coefficients(X) = L · coefficients(Q).

    `columns` (p, n), n ≥ p, are those of X. None if a column is zero or repeats others. Cholesky's method twice
    (Yamamoto et al. 2015, Electronic Transactions on Numerical Analysis 44, 306–326) takes a third of the time of
    Householder's, which is left for columns that are nearly alike.
    """
    p, n = columns.shape
    A = np.empty((p + spare, n))
    if p == 1:
        norm = float(np.sqrt(columns[0] @ columns[0]))
        if not norm > 0.0:
            return None
        np.divide(columns[0], norm, out=A[0])
        return A, np.array([[1.0 / norm]])
    gram = columns @ columns.T
    norms = np.sqrt(np.diag(gram))
    if not (norms > 0.0).all():
        return None
    gram /= np.outer(norms, norms)
    if np.linalg.eigvalsh(gram)[0] < WELL_CONDITIONED:
        return _householder(columns, norms, A)
    first = np.linalg.inv(np.linalg.cholesky(gram)) / norms
    rough = first @ columns
    second = np.linalg.inv(np.linalg.cholesky(rough @ rough.T))
    np.matmul(second, rough, out=A[:p])
    return A, (second @ first).T


def factored(X: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Q (n, p), each column's numbers side by side, and L of X = Q L⁻¹; None if its columns are too many or repeat."""
    found = orthonormal(np.ascontiguousarray(X.T)) if len(X) >= X.shape[1] else None
    return None if found is None else (found[0].T, found[1])


def _householder(
    columns: np.ndarray, norms: np.ndarray, A: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    Q, R = np.linalg.qr(columns.T)
    if np.abs(np.diag(R) / norms).min() < REPEATS:
        return None
    A[: len(columns)] = Q.T
    return A, np.linalg.inv(R)
