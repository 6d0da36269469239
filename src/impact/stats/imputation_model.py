"""The regression behind an imputation: one draw from its posterior for each of m data sets at once.

y = X b + u_g + e with flat priors for b and log σ, and workshop intercepts u_g ~ N(0, ρ σ²). The share of the variance
between workshops, ICC = ρ / (1 + ρ), is drawn from its exact posterior on a grid. With w_g = ρ / (1 + ρ n_g), the sums
X'X, X'y and y'y lose Σ_g w_g s_g s_g' (s_g: the sums of workshop g), which gives X'V⁻¹X and so on; the density of ρ
is Π(1 + ρ n_g)^(−½) |X'V⁻¹X|^(−½) RSS^(−df/2), with b and σ integrated out. So no draw depends on the one before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impact.stats.caveats import Caveat

REPEATS = 1e-9
"""A column of which this share or less is not in the columns before it repeats them."""

EXACT = 1e-12
"""A residual sum of squares below this share of the total is zero."""

DONORS = 5

ICC_GRID = np.arange(20) / 20.0
"""Shares of the variance between workshops that are possible, all equally likely beforehand; .95 stands for more."""


@dataclass(frozen=True, eq=False)
class Posterior:
    """Best and drawn coefficients (m, p), best and drawn workshop intercepts (m, G), and drawn residual SD (m,)."""

    best: np.ndarray
    drawn: np.ndarray
    best_rooms: np.ndarray
    drawn_rooms: np.ndarray
    sigma: np.ndarray
    caveat: Caveat | None


def posterior(
    rng: np.random.Generator, X: np.ndarray, y: np.ndarray, rooms: np.ndarray | None, count: int
) -> Posterior:
    """One draw a data set. X (m, n, p) with an intercept, y (n,) near mean 0 and SD 1, rooms (n,) 0 … count − 1."""
    m, n, p = X.shape
    ratios = np.zeros(1) if rooms is None else ICC_GRID / (1.0 - ICC_GRID)
    sums, totals, sizes = _room_sums(X, y, rooms, count)
    w = ratios[:, None] / (1.0 + ratios[:, None] * sizes)  # (K, G)
    A, c = np.swapaxes(X, 1, 2) @ X, np.einsum("mnp,n->mp", X, y)
    A = A[:, None] - (w @ (sums[..., :, None] * sums[..., None, :]).reshape(m, count, p * p)).reshape(
        m, -1, p, p
    )
    c = c[:, None] - w @ (sums * totals[:, None])
    yy = float(y @ y) - w @ totals**2
    L, kept = _cholesky(A)
    forward = np.linalg.solve(L, np.where(kept, c, 0.0)[..., None])[..., 0]
    rss = np.maximum(yy - np.einsum("mkp,mkp->mk", forward, forward), 0.0)
    df = n - kept.sum(axis=2)
    chosen = _choose(rng, ratios, sizes, L, rss, df)
    each = np.arange(m)
    L, forward, kept = L[each, chosen], forward[each, chosen], kept[each, chosen]
    rss, df, w = rss[each, chosen], df[each, chosen], w[chosen]
    sure = rss <= EXACT * n
    sigma = np.where(sure, 0.0, np.sqrt(rss / rng.chisquare(df)))
    steps = np.where(kept, sigma[:, None] * rng.standard_normal((m, p)), 0.0)
    both = np.linalg.solve(np.swapaxes(L, 1, 2), np.stack([forward, forward + steps], axis=2))
    best, drawn = both[:, :, 0], both[:, :, 1]
    noise = sigma[:, None] * np.sqrt(w) * rng.standard_normal((m, count))
    best_rooms, drawn_rooms = (w * (totals - np.einsum("mgp,mp->mg", sums, b)) for b in (best, drawn))
    caveat = Caveat.IMPUTED_WITHOUT_DOUBT if sure.any() else None if kept.all() else Caveat.COLLINEAR
    return Posterior(best, drawn, best_rooms, drawn_rooms + noise, sigma, caveat)


def _room_sums(
    X: np.ndarray, y: np.ndarray, rooms: np.ndarray | None, count: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sums of X (m, G, p) and of y (G,) in each workshop, and how many people there are."""
    sums, totals = np.zeros((len(X), count, X.shape[2])), np.zeros(count)
    if rooms is None:
        return sums, totals, np.zeros(count)
    order = np.argsort(rooms, kind="stable")
    starts = np.flatnonzero(np.diff(rooms[order], prepend=-1))
    present = rooms[order][starts]
    sums[:, present] = np.add.reduceat(X[:, order], starts, axis=1)
    totals[present] = np.add.reduceat(y[order], starts)
    return sums, totals, np.bincount(rooms, minlength=count).astype(np.float64)


def _cholesky(A: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lower factors of many small matrices, and which columns do not repeat earlier ones (the others get a 1)."""
    p = A.shape[-1]
    L, kept = np.zeros_like(A), np.ones(A.shape[:-1], bool)
    for j in range(p):
        rest = A[..., j:, j] - (L[..., j:, :j] @ L[..., j, :j, None])[..., 0]
        good = rest[..., 0] > REPEATS * A[..., j, j]
        root = np.sqrt(np.where(good, rest[..., 0], 1.0))
        L[..., j:, j] = np.where(good[..., None], rest / root[..., None], 0.0)
        L[..., j, :j] *= good[..., None]
        L[..., j, j] = root
        kept[..., j] = good
    return L, kept


def _choose(
    rng: np.random.Generator, ratios: np.ndarray, sizes: np.ndarray, L: np.ndarray, rss: np.ndarray, df: np.ndarray
) -> np.ndarray:  # fmt: skip
    """The place on the grid that each data set draws, by its posterior probability (the Gumbel trick)."""
    if len(ratios) == 1:
        return np.zeros(len(L), np.intp)
    density = -0.5 * np.log1p(ratios[:, None] * sizes).sum(axis=1)
    density = density - np.log(np.diagonal(L, axis1=2, axis2=3)).sum(axis=2)
    density = density - 0.5 * df * np.log(np.maximum(rss, EXACT))
    return np.argmax(density + rng.gumbel(size=density.shape), axis=1)


def donors(rng: np.random.Generator, guessed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """For each expected value (m, h), the number of one of the 5 people whose own expected value (m, n) is nearest.

    People with the same expectation come in random order, so that none of them is a donor more often.
    """
    m, n = guessed.shape
    guessed = np.round(guessed, 9)
    order = np.lexsort((rng.random((m, n)), guessed), axis=1)
    ordered = np.take_along_axis(guessed, order, axis=1)
    reach = min(DONORS, n)
    places = np.empty(expected.shape, np.intp)
    for i in range(m):
        places[i] = np.searchsorted(ordered[i], expected[i])
    near = places[:, :, None] + np.arange(-reach, reach)
    outside = (near < 0) | (near >= n)
    near = np.clip(near, 0, n - 1)
    rows = np.arange(m)[:, None, None]
    distance = np.where(outside, np.inf, np.abs(ordered[rows, near] - expected[:, :, None]))
    nearest = np.argsort(distance, axis=2, kind="stable")[:, :, :reach]
    picked = np.take_along_axis(nearest, rng.integers(0, reach, expected.shape)[:, :, None], axis=2)
    return order[rows[:, :, 0], np.take_along_axis(near, picked, axis=2)[:, :, 0]]
