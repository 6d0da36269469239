"""Tails and quantiles, guarded: a p-value is never 0 by rounding, and none of these returns NaN.

scipy.special is used rather than scipy.stats: it loads in a fifth of the time, and scipy.stats.nct.cdf was
seen to return NaN in ordinary tails (t = −3, df = 7, nc = 9; scipy 1.17.1), so the noncentral t is ours.
"""

from __future__ import annotations

import math
import sys
from functools import cache, lru_cache

import numpy as np

SMALLEST_P = sys.float_info.min
"""A p-value too small for a floating-point number is given as this, the smallest normal one (2.2e-308)."""


def two_sided_t(statistic: float, df: float) -> float:
    """P(|T| ≥ |statistic|) for Student's t with `df` (> 0, need not be whole; inf is the normal)."""
    from scipy.special import betainc

    if math.isinf(df) or math.isinf(statistic):
        return two_sided_normal(statistic)
    square = statistic * statistic
    # Near the middle the complement keeps its digits; in the tail it would cancel, however large df is.
    if square < 1.0:
        p = 1.0 - float(betainc(0.5, df / 2, square / (df + square)))
    else:
        p = float(betainc(df / 2, 0.5, df / (df + square)))
    return min(1.0, max(p, SMALLEST_P))


def two_sided_normal(z: float) -> float:
    from scipy.special import ndtr

    return max(2.0 * float(ndtr(-abs(z))), SMALLEST_P)


def t_quantile(df: float, confidence: float) -> float:
    """The t that a two-sided interval of this confidence multiplies its standard error with."""
    from scipy.special import betaincinv, stdtrit

    if math.isinf(df):
        return normal_quantile(confidence)
    tail = (1.0 - confidence) / 2
    if df <= 1e6:
        share = float(betaincinv(df / 2, 0.5, 2 * tail))
        if 0.0 < share < 1.0:
            return math.sqrt(df * (1.0 - share) / share)
    return -float(stdtrit(df, tail))


def normal_quantile(confidence: float) -> float:
    from scipy.special import ndtri

    return -float(ndtri((1.0 - confidence) / 2))


def f_quantile(probability: float, df1: float, df2: float) -> float:
    """The value that an F variable with df1, df2 stays below with this probability."""
    from scipy.special import betaincinv

    share = float(betaincinv(df1 / 2, df2 / 2, probability))
    return df2 * share / (df1 * (1.0 - share))


def small_sample_correction(df: float) -> float:
    """Hedges' exact J(df) = Γ(df/2) / (√(df/2) Γ((df−1)/2)), for df > 1 (it is 0 at 1)."""
    return math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)


@cache
def _gauss_legendre() -> tuple[np.ndarray, np.ndarray]:
    return np.polynomial.legendre.leggauss(32)


@lru_cache(maxsize=1024)
def _chi_range(df: float) -> tuple[float, float]:
    """Where √(χ²/df) lies but for 1e-18 at each end."""
    from scipy.special import gammainccinv, gammaincinv

    half = df / 2
    return math.sqrt(gammaincinv(half, 1e-18) / half), math.sqrt(gammainccinv(half, 1e-18) / half)


def noncentral_t_cdf(statistic: float, df: float, noncentrality: float) -> float:
    """P(T ≤ statistic) by integrating Φ(statistic·s − noncentrality) over s = √(χ²/df), piecewise Gauss–Legendre.

    The normal changes from 0 to 1 around s = noncentrality / statistic; the range is cut there, so that a
    steep step never falls between two nodes. Absolute error below 1e-12.
    """
    from scipy.special import ndtr

    half = df / 2
    low, high = _chi_range(df)
    cuts = {low, high, *np.linspace(low, high, 5)}
    if statistic != 0.0:
        step = noncentrality / statistic
        cuts |= {step + k / abs(statistic) for k in (-8.0, -4.0, 0.0, 4.0, 8.0)}
    edges = np.array(sorted(cut for cut in cuts if low <= cut <= high))
    nodes, weights = _gauss_legendre()
    width = np.diff(edges)[:, None] / 2
    s = (edges[:-1, None] + width) + width * nodes
    density = np.exp(
        math.log(2.0) + half * math.log(half) - math.lgamma(half) + (df - 1) * np.log(s) - half * s * s
    )
    return float(np.clip(np.sum(width * weights * density * ndtr(statistic * s - noncentrality)), 0.0, 1.0))


def noncentrality_limits(statistic: float, df: float, confidence: float) -> tuple[float, float]:
    """The noncentralities for which `statistic` lies at the upper and at the lower tail: an exact interval."""
    tail = (1.0 - confidence) / 2
    return _noncentrality(statistic, df, 1.0 - tail), _noncentrality(statistic, df, tail)


def _noncentrality(statistic: float, df: float, probability: float) -> float:
    from scipy.optimize import brentq
    from scipy.special import ndtri

    def excess(noncentrality: float) -> float:
        return noncentral_t_cdf(statistic, df, noncentrality) - probability

    # Close to the root by the normal approximation; each step outwards is twice as wide.
    spread = math.sqrt(1.0 + statistic**2 / (2.0 * df))
    guess, reach = statistic - float(ndtri(probability)) * spread, 0.1 * spread
    low = high = guess
    if excess(guess) < 0.0:
        while excess(low := low - reach) < 0.0:
            high, reach = low, 2.0 * reach
    else:
        while excess(high := high + reach) > 0.0:
            low, reach = high, 2.0 * reach
    return float(brentq(excess, low, high, xtol=1e-12 * max(1.0, abs(statistic)), rtol=1e-14))
