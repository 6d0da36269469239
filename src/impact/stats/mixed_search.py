"""The best restricted likelihood of all: a grid over the whole range, then Newton's steps, on every boundary.

The residual variance is profiled out: only the ratios τ = variance / residual variance are searched.
"""

from __future__ import annotations

import itertools

import numpy as np

from impact.stats.mixed_pieces import OneLevel, Pieces, TwoLevels, rss_of

GRID = np.geomspace(1e-5, 1e9, 113)
"""Ratios times the mean size of a group, for one level."""
FARTHEST = 1e10
"""A ratio beyond this means that nothing is left inside the groups."""
NOTHING = 1e-10
"""Share of the squared residuals of least squares up to which what is left inside the groups is nothing."""
NEAR_ZERO = 1e-2
"""A ratio below this that still falls is tried at zero."""
FIRST_RELEASE = 0.1
"""A ratio that leaves zero is tried here, then at thirds of it."""
RELEASE_GAIN = 1e-11
"""Share of the deviance by which it must fall: less is rounding."""
RELEASES = 10
LAST_GAIN = 1e-12
"""Share of the deviance: when Newton's step promises less, it is the last one."""


def search(model: OneLevel | TwoLevels) -> np.ndarray | None:
    """Variances (groups[, persons], residual) of the best fit; None if there is nothing inside the groups or people."""
    k = model.components - 1
    free = model.n - len(model.inner) + 1
    # The residuals come in scaled to squares of n − p.
    if rss_of(model.weighted(np.full(k, 100.0 * FARTHEST))) <= NOTHING * free:
        return None
    starts = _grid_one(model) if isinstance(model, OneLevel) else _grid_two(model)
    best, lowest = None, np.inf
    for tau in starts:
        polished, deviance = _settle(model, tau)
        # Of two equal optima the one with fewer variances is taken: it was tried first.
        if deviance < lowest - 1e-9 * max(1.0, abs(lowest) if np.isfinite(lowest) else 1.0):
            best, lowest = polished, deviance
    if best is None or best.max() >= FARTHEST:
        return None
    rss = rss_of(model.weighted(best))
    return None if rss <= NOTHING**1.5 * free else np.append(best, 1.0) * (rss / free)


def _settle(model: OneLevel | TwoLevels, tau: np.ndarray) -> tuple[np.ndarray, float]:
    """An optimum that no ratio at zero can leave downhill, and its deviance.

    `_polish` never takes a ratio from zero again; but with the other one moved the deviance may fall from there.
    """
    tau, (deviance, gradient, _) = _polish(model, tau)
    if isinstance(model, OneLevel):  # its fine grid has every optimum that leaving zero could lead to
        return tau, deviance
    for _ in range(RELEASES):
        released = None if tau.max() >= FARTHEST else _released(model, tau, deviance, gradient)
        if released is None:
            break
        tau, (deviance, gradient, _) = _polish(model, released)
    return tau, deviance


def _released(
    model: OneLevel | TwoLevels, tau: np.ndarray, deviance: float, gradient: np.ndarray
) -> np.ndarray | None:
    """The ratio at zero with the steepest fall made positive, so that the deviance is lower; None if there is none."""
    noise = RELEASE_GAIN * (1.0 + abs(deviance))
    for i in np.argsort(gradient):
        size = FIRST_RELEASE
        while tau[i] == 0.0 and -gradient[i] * size > noise:
            trial = tau.copy()
            trial[i] = size
            if profile(model, trial)[0] < deviance - noise:
                return trial
            size /= 3.0
    return None


def profile(model: OneLevel | TwoLevels, tau: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Deviance with the residual variance profiled out (up to a constant), its gradient and Hessian by τ."""
    if isinstance(model, OneLevel):
        free = model.n - len(model.inner) + 1
        deviance, slope, curve = model.profiled(float(tau[0]), NOTHING**1.5 * free)
        return deviance, np.array([slope]), np.array([[curve]])
    return profile_of(model.pieces(np.append(tau, 1.0)), len(tau))


def profile_of(pieces: Pieces, k: int) -> tuple[float, np.ndarray, np.ndarray]:
    """`profile` for any number k of ratios, from what was reckoned at them and a residual variance of 1."""
    free, rss = pieces.n - pieces.p, max(pieces.rss, NOTHING**1.5 * (pieces.n - pieces.p))
    quadratics, both = pieces.quadratics[:k], pieces.double_quadratics[:k, :k]
    deviance = pieces.logdet - float(np.linalg.slogdet(pieces.phi)[1]) + free * np.log(rss)
    gradient = (pieces.gradient + pieces.quadratics)[:k] - free * quadratics / rss
    hessian = -pieces.traces[:k, :k] + free * (
        (both + both.T) / rss - np.outer(quadratics, quadratics) / rss**2
    )
    return float(deviance), gradient, hessian


def _grid_one(model: OneLevel) -> list[np.ndarray]:
    """Zero, and each local minimum on a fine grid of ratios: one call of a few matrix products for all."""
    tau = GRID / float(model.sizes.mean())
    own = 1.0 + np.multiply.outer(tau, model.sizes)
    q = len(model.inner)
    F = ((1.0 / own) @ model.outer.reshape(-1, q * q)).reshape(-1, q, q) + model.inner
    p = F.shape[1] - 1
    whole, part = np.linalg.slogdet(F)[1], np.linalg.slogdet(F[:, :p, :p])[1]
    deviance = np.log(own) @ model.groups + part + (model.n - p) * (whole - part)  # |F| / |F_xx| is the rss
    is_low = np.ones(len(tau), bool)
    is_low[1:] &= deviance[1:] <= deviance[:-1]
    is_low[:-1] &= deviance[:-1] <= deviance[1:]
    return [np.zeros(1), *(tau[i : i + 1] for i in np.flatnonzero(is_low))]


def _grid_two(model: TwoLevels) -> list[np.ndarray]:
    """Zeros, and the best two points of a coarse grid in each of: groups only, people only, both."""
    coarse = np.geomspace(1e-3, 1e3, 9)
    starts = [np.zeros(2)]
    for is_on in ((0, 1), (1, 0), (1, 1)):
        axes = [coarse if on else np.zeros(1) for on in is_on]
        points = [np.array(point) for point in itertools.product(*axes)]
        starts += sorted(points, key=model.profiled)[:2]
    return starts


def _polish(
    model: OneLevel | TwoLevels, tau: np.ndarray
) -> tuple[np.ndarray, tuple[float, np.ndarray, np.ndarray]]:
    """Newton's method on log τ of the ratios that are not zero, with halved steps; a ratio that vanishes is set to 0."""
    tau, active = tau.copy(), tau > 0.0
    deviance, gradient, hessian = profile(model, tau)
    for _ in range(100):
        if not active.any() or tau.max() >= FARTHEST:
            break
        falling = active & (gradient > 0.0) & (tau < NEAR_ZERO)
        if falling.any():
            trial = np.where(falling, 0.0, tau)
            new = profile(model, trial)
            if new[0] <= deviance:
                tau, (deviance, gradient, hessian), active = trial, new, active & ~falling
                continue
        slope = (gradient * tau)[active]
        step = _step(slope, (hessian * np.outer(tau, tau))[np.ix_(active, active)] + np.diag(slope))
        if abs(float(slope @ step)) < LAST_GAIN * (1.0 + abs(deviance)):
            tau[active] *= np.exp(step)  # so near that nothing but this last step is left to gain
            return tau, profile(model, tau)
        for _ in range(30):
            trial = tau.copy()
            trial[active] *= np.exp(step)
            new = profile(model, trial)
            if new[0] <= deviance:
                break
            step = step / 2
        else:
            break
        tau, (deviance, gradient, hessian) = trial, new
    return tau, (deviance, gradient, hessian)


def _step(slope: np.ndarray, curve: np.ndarray) -> np.ndarray:
    """Newton's, always downhill and at most 3 on the scale of logarithms."""
    values, vectors = (curve[0], np.eye(1)) if len(slope) == 1 else np.linalg.eigh(curve)
    floor = 1e-9 * (1.0 + float(np.abs(slope).max()))
    step = -vectors @ ((vectors.T @ slope) / np.maximum(np.abs(values), floor))
    longest = float(np.abs(step).max())
    return step * min(1.0, 3.0 / longest) if longest > 0.0 else step
