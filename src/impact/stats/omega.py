"""McDonald's omega from a one-factor model, fitted by maximum likelihood."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from impact.stats.caveats import Caveat
from impact.stats.columns import check_confidence
from impact.stats.distributions import normal_quantile
from impact.stats.reliability import Reliability, against_the_rest, moments_of

MAX_STEPS = 60  # a proper solution takes fewer than thirty; what creeps on has none
LAST_GAIN = 1e-14
"""Of the misfit, by the coming step: the estimates are then within 1e-7 of a single person's standard error."""
NEAR_ENOUGH = 1e-9
"""The same where rounding lets the misfit fall no further."""


def mcdonald_omega(items: Any, confidence: float = 0.95, names: Sequence[str] | None = None) -> Reliability:
    """McDonald's omega total: the share of the sum's variance that one common factor explains.

    Null hypothesis: none is tested.

    items       (n, k) answers, reversed items already turned round; NaN = missing. People who miss an item are
                left out; `n` counts the others.
    confidence  of the interval, between 0 and 1.
    names       (k,) of the items, for the caveat.

    ω = (Σλ)² / ((Σλ)² + Σψ) with loadings λ and residual variances ψ of the covariance matrix, by normal-theory
    maximum likelihood; the interval by the delta method from the expected information, cut at 0 and 1.
    Limits: needs three items, each with some variation, and more people than items; no value where a residual
    variance comes out negative or zero. The interval is for large samples: below about 50 people it is too narrow.

    Sources: [1] McDonald (1999), Test Theory, ch. 6. [2] Jöreskog (1967), Psychometrika 32, 443–482. [3] Raykov
    (2002), Multivariate Behavioral Research 37, 89–103. [4] R `lavaan::cfa(std.lv = TRUE)`.

    >>> result = mcdonald_omega([[1, 2, 1, 2], [2, 2, 3, 3], [3, 4, 3, 3], [4, 4, 5, 4], [5, 4, 4, 5], [2, 3, 2, 1], [4, 5, 5, 4]])
    >>> round(result.value, 4), round(result.low, 4), round(result.high, 4), result.n
    (0.9451, 0.8781, 1.0, 7)
    """
    check_confidence(confidence)
    moments = moments_of(items, names)
    n, k = moments.n, len(moments.names)
    variances = np.diag(moments.covariance)
    flat = tuple(name for name, value in zip(moments.names, variances, strict=True) if value == 0.0)
    caveat: str | None = moments.caveat or (Caveat.TOO_FEW_ITEMS if k < 3 else None)
    if caveat is None and flat:
        caveat = f"answered alike by everybody: {', '.join(flat)}"
    if caveat is None and n <= k:
        caveat = Caveat.TOO_FEW_FOR_MODEL
    if caveat:
        return Reliability(None, None, None, n, k, caveat, flat)
    deviations = np.sqrt(variances)
    solution = _one_factor(moments.covariance / np.outer(deviations, deviations))
    if (solution[1] <= 1e-8).any():
        return Reliability(None, None, None, n, k, Caveat.NO_SOLUTION)
    if not solution[2]:
        return Reliability(None, None, None, n, k, Caveat.NOT_CONVERGED)
    value, error = _omega(solution[0] * deviations, solution[1] * variances, n)
    against = against_the_rest(moments)
    words = f"running against the rest: {', '.join(against)}" if against else None
    reach = normal_quantile(confidence) * error
    return Reliability(value, max(0.0, value - reach), min(1.0, value + reach), n, k, words, against)


def _one_factor(R: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
    """Loadings and residual variances of a correlation matrix, and whether they are at an optimum.

    Newton's steps, or Fisher's where the curvature is not positive, halved until the misfit falls: Fisher's alone
    creep where the model fits badly. The end is judged by what the next step would gain, whatever the residuals' size.
    """
    k, (loadings, residuals) = len(R), _start(R)
    fit, gain = _misfit(R, loadings, residuals), math.inf
    for _ in range(MAX_STEPS):
        W = np.linalg.inv(np.outer(loadings, loadings) + np.diag(residuals))
        C = W @ R @ W
        gradient = np.concatenate([(C - W) @ loadings, 0.5 * np.diag(C - W)])
        step = _step(W, C, loadings, gradient)
        gain = math.inf if step is None else float(gradient @ step)
        if step is None or gain < LAST_GAIN:
            break
        size = 1.0
        while size > 1e-4:
            trial = loadings + size * step[:k], residuals + size * step[k:]
            new = _misfit(R, *trial)
            if new < fit:
                break
            size /= 2
        else:
            break
        (loadings, residuals), fit = trial, new
    return loadings, residuals, gain < NEAR_ENOUGH


def _step(W: np.ndarray, C: np.ndarray, loadings: np.ndarray, gradient: np.ndarray) -> np.ndarray | None:
    """Downhill with the curvature of half the misfit, for W = Σ⁻¹, C = Σ⁻¹RΣ⁻¹; None if there is none."""
    k, expected = len(W), _products(W, W, loadings) / 2
    observed = _products(W, C, loadings) - expected
    observed[:k, :k] -= C - W
    for curvature in (observed, expected):
        try:
            np.linalg.cholesky(curvature)
        except np.linalg.LinAlgError:
            continue
        return np.linalg.solve(curvature, gradient)
    return None


def _products(A: np.ndarray, B: np.ndarray, loadings: np.ndarray) -> np.ndarray:
    """tr(A dΣ B dΣ') for the changes of Σ by each two of (loadings, residuals), A and B symmetric."""
    a, b = A @ loadings, B @ loadings
    k, mixed = len(a), np.outer(a, b)
    whole = np.empty((2 * k, 2 * k))
    whole[:k, :k] = mixed + mixed.T + A * float(loadings @ b) + B * float(loadings @ a)
    whole[:k, k:] = A * b + B * a
    whole[k:, :k] = whole[:k, k:].T
    whole[k:, k:] = A * B
    return whole


def _start(R: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Loadings of the first principal axis, with squared multiple correlations where they exist."""
    eigenvalues, vectors = np.linalg.eigh(R)
    loadings = vectors[:, -1] * math.sqrt(max(eigenvalues[-1] - 0.5, 0.25))
    loadings = np.clip(loadings, -0.95, 0.95)
    return loadings, 1.0 - loadings**2


def _misfit(R: np.ndarray, loadings: np.ndarray, residuals: np.ndarray) -> float:
    """log|Σ| + tr(R Σ⁻¹), or infinity where Σ is not positive definite."""
    sigma = np.outer(loadings, loadings) + np.diag(residuals)
    eigenvalues = np.linalg.eigvalsh(sigma)
    if eigenvalues[0] <= 1e-12:
        return math.inf
    return float(np.log(eigenvalues).sum() + np.trace(np.linalg.solve(sigma, R)))


def _omega(loadings: np.ndarray, residuals: np.ndarray, n: int) -> tuple[float, float]:
    """ω of the sum of the items, and its delta-method standard error, from unstandardised estimates."""
    W = np.linalg.inv(np.outer(loadings, loadings) + np.diag(residuals))
    common, unique = float(loadings.sum()), float(residuals.sum())
    total = common**2 + unique
    k = len(loadings)
    slope = np.repeat([2.0 * common * unique / total**2, -(common**2) / total**2], k)
    variance = float(slope @ np.linalg.solve(_products(W, W, loadings) / 2, slope)) / n
    return common**2 / total, math.sqrt(max(variance, 0.0))
