"""How much too small CR2's variance is, on average, where workshops of different sizes are not alike."""

from __future__ import annotations

from typing import Any

import numpy as np

from impact.stats.columns import design_matrix, labelled, same_length
from impact.stats.cr2 import Pieces, pieces_of


def cr2_widening(X: Any, clusters: Any, working_icc: float) -> tuple[float, ...]:
    """What the CR2 variance of each coefficient must be multiplied with, 1 or more, to be right on average.

    Null hypothesis: none is tested.

    X            (n, p) columns of full rank, without missing values.
    clusters     (n,) labels of one kind; rows without one (NaN, None, "") are left out.
    working_icc  the assumed share of the variance of the errors that lies between clusters, 0 to below 1: fixed
                 beforehand, not estimated. 0 gives 1 for every coefficient.

    CR2 is right on average where people of a workshop are no more alike than others (the working model of its
    matrices). Where they are, and workshops differ much in size, it is too small for a comparison of arms. Errors with
    a part of variance τ = icc/(1 − icc) common to a cluster give the coefficient the variance |l|² + τ Σ (l's_g)², and
    its estimate the mean tr P + τ ‖T‖² (notation of `cr2`), where

        T = diag(s_g'B_g l) − c s',   s_g = Q_g'1,   c_g = S_g B_g l.

    The factor is their ratio, or 1 if that is smaller; a coefficient without a standard error has 1. Limits: the
    degrees of freedom stay those of CR2. Cost: O(n p² + G p³).

    Source: own, after [1] Bell & McCaffrey (2002), Survey Methodology 28, 169–181, and [2] Pustejovsky & Tipton
    (2018), J. Business & Economic Statistics 36, 672–683, where the working model is part of the matrices. What it
    mends is measured in docs/methods.md, “Calibration”.

    >>> X = [[1, 0], [1, 0], [1, 0], [1, 0], [1, 0], [1, 1], [1, 1], [1, 1], [1, 1], [1, 1]]
    >>> [round(factor, 4) for factor in cr2_widening(X, [1, 2, 2, 2, 2, 3, 4, 4, 4, 4], working_icc=0.03)]
    [1.053, 1.053]
    """
    X, (labels, there) = design_matrix(X), labelled(clusters)
    same_length(X=X, clusters=labels)
    X, labels = X[there], labels[there]
    if not 0.0 <= working_icc < 1.0:
        raise ValueError(f"working_icc must be 0 or more and below 1, it is {working_icc}")
    pieces = pieces_of(X, labels)
    if pieces is None or working_icc == 0.0:
        return (1.0,) * X.shape[1]
    return widening_of(pieces, working_icc)


def widening_of(pieces: Pieces, working_icc: float) -> tuple[float, ...]:
    """`cr2_widening` where the pieces of the fit are made already."""
    s, tau = pieces.sums(np.ones(len(pieces.Q))), working_icc / (1.0 - working_icc)
    factors = []
    for row, (along, c) in zip(pieces.L, pieces.along, strict=True):
        own, crossed = np.einsum("gj,gj->g", s, along), np.einsum("gj,gj->g", s, c)
        shared = float(own @ own - 2.0 * (own @ crossed) + np.sum((s.T @ s) * (c.T @ c)))
        alone = float(np.sum(along * c) - np.sum(c * c))
        true = float(row @ row + tau * np.sum((s @ row) ** 2))
        factors.append(max(1.0, true / (alone + tau * shared)) if alone > 1e-8 * (row @ row) else 1.0)
    return tuple(factors)
