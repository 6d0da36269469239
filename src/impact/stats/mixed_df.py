"""Degrees of freedom of single coefficients in a mixed model: Satterthwaite's, and Kenward and Roger's.

Both are 2v² / (g'Wg) for a coefficient's variance v with gradient g by the variance components. Satterthwaite takes W
from the observed information and leaves out components at zero (as lmerTest, whose parameter is the square root, does);
Kenward and Roger take the expected information of all of them, which keeps df small where a variance is zero.
"""

from __future__ import annotations

import numpy as np

from impact.stats.clustered import Numbers
from impact.stats.mixed_pieces import Pieces


def satterthwaite(pieces: Pieces, variances: np.ndarray, L: np.ndarray) -> Numbers:
    """One df a coefficient (rows of L), as `lmerTest` gives them; None where the information is singular."""
    free = np.append(variances[:-1] > 0.0, True)
    inverse = _inverse(pieces.hessian[np.ix_(free, free)])
    if inverse is None:
        return (None,) * len(L)
    return _df(pieces, L, 2.0 * inverse, free)


def kenward_roger(pieces: Pieces, L: np.ndarray) -> tuple[np.ndarray | None, Numbers]:
    """Adjusted standard errors and df, as `pbkrtest` gives them; (None, Nones) where the information is singular."""
    inverse = _inverse(pieces.traces)
    if inverse is None:
        return None, (None,) * len(L)
    W, phi, P = 2.0 * inverse, pieces.phi, pieces.P[:, :-1, :-1]
    inner = np.einsum("iab,bc,jcd->ijad", P, phi, P)
    U = np.einsum("ij,ijab->ab", W, pieces.Q[:, :, :-1, :-1] - inner)
    adjusted = np.diag(L @ (phi + 2.0 * phi @ U @ phi) @ L.T)
    if not (adjusted > 0.0).all():
        return None, (None,) * len(L)
    return np.sqrt(adjusted), _df(pieces, L, W, np.ones(len(P), bool))


def _df(pieces: Pieces, L: np.ndarray, W: np.ndarray, free: np.ndarray) -> Numbers:
    along = L @ pieces.phi
    gradients = np.einsum("ka,iab,kb->ki", along, pieces.P[free][:, :-1, :-1], along)
    own = np.einsum("ka,ka->k", along, L)
    spread = np.einsum("ki,ij,kj->k", gradients, W, gradients)
    return tuple(
        float(2.0 * v * v / s) if s > 0.0 and np.isfinite(s) else None
        for v, s in zip(own, spread, strict=True)
    )


def _inverse(information: np.ndarray) -> np.ndarray | None:
    scale = np.sqrt(np.abs(np.diag(information)))
    if not (scale > 0.0).all():
        return None
    scaled = information / np.outer(scale, scale)
    if np.linalg.eigvalsh((scaled + scaled.T) / 2)[0] <= 1e-12:
        return None
    return np.linalg.inv(scaled) / np.outer(scale, scale)
