"""The engine's default analyses on thousands of data sets at once; each is checked against the engine itself.

`impact.stats.clustered` explains the notation. Here a study is a row of every array, and a cluster g of it is known by
M_g = X_g'X_g and v_g = X_g'y_g alone, so that with G = (X'X)⁻¹ = L L' the score of a coefficient is
(L B_g l)'(v_g − M_g β). A result without interval has NaN as its error: it rejects nothing and excludes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import betaincinv, ndtri

from benchmarks.calibration.designs import Answers
from impact.stats import WORKING_ICC
from impact.stats.partially_nested import MOST_DF

LEVEL = 0.05


@dataclass(frozen=True, eq=False)
class Estimates:
    """One entry a study; df = ∞ is the normal distribution."""

    estimate: np.ndarray
    error: np.ndarray
    df: np.ndarray

    @cached_property
    def reach(self) -> np.ndarray:
        """Half the width of the 95 % interval."""
        return self.reach_at(LEVEL)

    def reach_at(self, level: float) -> np.ndarray:
        """Half the width of the interval that leaves out the truth in the share `level`."""
        df = np.where(np.isfinite(self.df), self.df, 1.0)
        share = betaincinv(df / 2, 0.5, level)
        quantile = np.where(np.isinf(self.df), -ndtri(level / 2), np.sqrt(df * (1.0 - share) / share))
        return quantile * self.error

    @property
    def answered(self) -> np.ndarray:
        return np.isfinite(self.reach)

    def excludes(self, value: float, level: float = LEVEL) -> np.ndarray:
        """Where the interval leaves this value out. No interval excludes nothing."""
        reach = self.reach if level == LEVEL else self.reach_at(level)
        return np.abs(self.estimate - value) > np.where(self.answered, reach, np.inf)


@dataclass(frozen=True, eq=False)
class Geometry:
    """All of a clustered regression that does not depend on the outcome, for the coefficient at `position`.

    M        (R, J, p, p) of each workshop
    inverse  (R, p, p) (X'X)⁻¹
    weights  (R, J, p) L B_g l
    df       (R,) Satterthwaite's, NaN where nothing is left to estimate the variance from
    lone     (R, K, p) rows of people who are a cluster each, 0 where nobody is, and their weights (R, K)
    """

    position: int
    M: np.ndarray
    inverse: np.ndarray
    weights: np.ndarray
    df: np.ndarray
    n: np.ndarray
    clusters: np.ndarray
    lone: np.ndarray | None = None
    lone_weights: np.ndarray | None = None

    @property
    def model(self) -> np.ndarray:
        """The variance of the coefficient over σ², were everybody independent."""
        return self.inverse[:, self.position, self.position]

    @cached_property
    def widening(self) -> np.ndarray:
        """Twin of `impact.stats.cr2_widening`; X must begin with the intercept, and nobody be alone."""
        tau = WORKING_ICC / (1.0 - WORKING_ICC)
        s, c = self.M[:, :, 0, :], np.einsum("rgjk,rgk->rgj", self.M, self.weights)
        turned = c @ self.inverse
        own = np.einsum("rgj,rgj->rg", s, self.weights)
        gram = (np.swapaxes(s, 1, 2) @ s) * (np.swapaxes(turned, 1, 2) @ turned)
        shared = (own**2 - 2.0 * own * np.einsum("rgj,rgj->rg", s, turned)).sum(axis=1) + gram.sum(
            axis=(1, 2)
        )
        alone = (np.einsum("rgj,rgj->rg", self.weights, c) - np.einsum("rgj,rgj->rg", c, turned)).sum(axis=1)
        true = self.model + tau * (np.einsum("rj,rgj->rg", self.inverse[:, self.position], s) ** 2).sum(
            axis=1
        )
        known = np.isfinite(self.df)
        return np.maximum(1.0, true / np.where(known, alone + tau * shared, 1.0))


def geometry(M: np.ndarray, position: int, lone: np.ndarray | None = None) -> Geometry:
    total = M.sum(axis=1)
    if lone is not None:
        total = total + np.swapaxes(lone, 1, 2) @ lone
    diagonal = np.einsum("rjj->rj", total)
    repeated = ~(np.linalg.det(total) > 1e-9 * diagonal.prod(axis=1))
    total = np.where(repeated[:, None, None], np.eye(M.shape[-1]), total)
    L = np.swapaxes(np.linalg.inv(np.linalg.cholesky(total)), 1, 2)
    row = L[:, position, :]
    S = np.swapaxes(L, 1, 2)[:, None] @ M @ L[:, None]
    along = _adjusted(S, row)
    b = np.einsum("rgjk,rgk->rgj", S, along)
    d = np.einsum("rgj,rgj->rg", along, b)
    weights = np.einsum("rjk,rgk->rgj", L, along)
    n, clusters, lone_weights = M[:, :, 0, 0].sum(axis=1), np.full(len(M), float(M.shape[1])), None
    if lone is not None:
        q = lone @ L
        lone_weights = np.einsum("rkj,rj->rk", q, row) / np.sqrt(1.0 - np.einsum("rkj,rkj->rk", q, q))
        b = np.concatenate([b, q * lone_weights[:, :, None]], axis=1)
        d = np.concatenate([d, lone_weights**2], axis=1)
        people = lone[:, :, 0].sum(axis=1)
        n, clusters = n + people, clusters + people
    squares = np.einsum("rgj,rgj->rg", b, b)
    trace = (d - squares).sum(axis=1)
    gram = np.swapaxes(b, 1, 2) @ b
    below = (d * d).sum(axis=1) - 2.0 * (d * squares).sum(axis=1) + (gram * gram).sum(axis=(1, 2))
    known = (trace > 1e-8 * np.einsum("rj,rj->r", row, row)) & ~repeated
    df = np.where(known, trace**2 / np.where(known, below, 1.0), np.nan)
    return Geometry(position, M, L @ np.swapaxes(L, 1, 2), weights, df, n, clusters, lone, lone_weights)


def _adjusted(S: np.ndarray, row: np.ndarray) -> np.ndarray:
    """B_g l of every cluster."""
    if S.shape[-1] == 1:
        return _root(1.0 - S[..., 0]) * row[:, None]
    values, W = np.linalg.eigh(S)
    turned = _root(1.0 - values) * np.einsum("rgjk,rj->rgk", W, row)
    return np.einsum("rgjk,rgk->rgj", W, turned)


def _root(left: np.ndarray) -> np.ndarray:
    return np.where(left > 1e-10, 1.0 / np.sqrt(np.maximum(left, 1e-10)), 0.0)


def regressions(
    known: Geometry, v: np.ndarray, squares: np.ndarray, lone_y: np.ndarray | None = None
) -> dict[str, Estimates]:
    """CR2 with Satterthwaite's df, CR1 with the normal (statsmodels' default), and as if nobody shared a room.

    v (R, J, p), `squares` (R,) the sum of y² of all, lone_y (R, K).
    """
    total = v.sum(axis=1)
    if known.lone is not None:
        total = total + np.einsum("rkj,rk->rj", known.lone, lone_y)
    beta = np.einsum("rjk,rk->rj", known.inverse, total)
    left = np.maximum(squares - np.einsum("rj,rj->r", total, beta), 0.0)
    own = v - np.einsum("rgjk,rk->rgj", known.M, beta)
    plain = known.inverse[:, known.position]
    adjusted = (np.einsum("rgj,rgj->rg", known.weights, own) ** 2).sum(axis=1)
    unadjusted = (np.einsum("rj,rgj->rg", plain, own) ** 2).sum(axis=1)
    if known.lone is not None:
        e = lone_y - np.einsum("rkj,rj->rk", known.lone, beta)
        adjusted += ((known.lone_weights * e) ** 2).sum(axis=1)
        unadjusted += ((np.einsum("rkj,rj->rk", known.lone, plain) * e) ** 2).sum(axis=1)
    p = v.shape[2]
    inflation = known.clusters / (known.clusters - 1) * (known.n - 1) / (known.n - p)
    model = left / (known.n - p) * known.model
    model = np.where(left > 1e-9 * squares, model, np.nan)
    estimate, endless = beta[:, known.position], np.full(len(v), np.inf)
    return {
        "cr2": Estimates(estimate, _error(adjusted, model), known.df),
        "cr1_z": Estimates(estimate, _error(unadjusted * inflation, model), endless),
        "ignored": Estimates(estimate, np.sqrt(model), known.n - p),
    }


def _error(variance: np.ndarray, model: np.ndarray) -> np.ndarray:
    return np.where(variance > 1e-18 * model, np.sqrt(variance), np.nan)


def partially_nested(given: Answers) -> Estimates:
    """Twin of the engine's function of this name."""
    present, who = given.draw.rooms.present, given.draw.alone.present[:, :, 0]
    sizes, J = present.sum(axis=2).astype(float), present.shape[1]
    alone, n = who.sum(axis=1).astype(float), sizes.sum(axis=1)
    y, x = given.after.sum(axis=2) / sizes, given.before.sum(axis=2) / sizes
    lone_y, lone_x = given.lone_after.sum(axis=1) / alone, given.lone_before.sum(axis=1) / alone

    def inside_both(first: str, second: str) -> tuple[np.ndarray, np.ndarray]:
        """Sums of products of the differences from the means: in workshops, among the others."""
        a, b = getattr(given, first), getattr(given, second)
        room = np.einsum("rjn,rjn->rj", a, b) - a.sum(axis=2) * b.sum(axis=2) / sizes
        a, b = getattr(given, "lone_" + first), getattr(given, "lone_" + second)
        return room.sum(axis=1), np.einsum("rk,rk->r", a, b) - a.sum(axis=1) * b.sum(axis=1) / alone

    yy, xy, xx = (
        inside_both("after", "after"), inside_both("after", "before"), inside_both("before", "before")
    )  # fmt: skip
    all_xx, sloped = xx[0] + xx[1], xx[0] + xx[1] > 1e-9
    slope = np.where(sloped, (xy[0] + xy[1]) / np.where(sloped, all_xx, 1.0), 0.0)
    left = [np.maximum(yy[i] - 2.0 * slope * xy[i] + slope**2 * xx[i], 0.0) for i in (0, 1)]
    means, inside = y - slope[:, None] * x, left[0] / (n - J)
    between = np.maximum(means.var(axis=1, ddof=1) - inside * (1.0 / sizes).mean(axis=1), 0.0)
    variances = between[:, None] + inside[:, None] / sizes
    flat = ~(variances.min(axis=1) > 1e-12)
    weights = np.where(flat[:, None], sizes, 1.0 / np.where(flat[:, None], 1.0, variances))
    weights /= weights.sum(axis=1, keepdims=True)
    mean, x_mean = (weights * means).sum(axis=1), (weights * x).sum(axis=1)
    robust = (weights**2 * (means - mean[:, None]) ** 2 / (1.0 - weights)).sum(axis=1)
    free = n + alone - J - 1 - sloped
    error = np.where(sloped, (left[0] + left[1]) / free, 0.0)
    parts = [
        np.maximum(robust, (weights**2 * variances).sum(axis=1)),
        left[1] / (alone - 1) / alone,
        (x_mean - lone_x) ** 2 * error / np.where(sloped, all_xx, 1.0),
    ]
    variance = parts[0] + parts[1] + parts[2]
    answered = variance > 1e-15
    below = parts[0] ** 2 / (J - 1) + parts[1] ** 2 / (alone - 1) + parts[2] ** 2 / free
    welch = variance**2 / np.where(answered, below, 1.0)
    df = np.where(answered, np.minimum(welch, MOST_DF * (J - 1)), np.nan)
    error = np.where(answered, np.sqrt(variance), np.nan)
    return Estimates(mean - (lone_y - slope * lone_x), error, df)
