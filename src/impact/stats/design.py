"""A design of people in workshops, and what it leads to: standard error, degrees of freedom, power.

The model is that of `draws.draw_rooms`: in standard deviations of one wave, the change inside a workshop has the
variance 2(1 − r); what a workshop does to all its people has the variance icc/(1 − icc) of that. The analysis is
`mean_change_cr2`. Workshops of one size make it the t test of their means, and its power is a noncentral t. Sizes left
by attrition are binomial: then the power is a mean over sizes and over how workshops differ by luck; given these, the
interval's width is known and the mean change is normal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from impact.stats.caveats import Caveat
from impact.stats.columns import check_confidence
from impact.stats.distributions import noncentral_t_cdf, t_quantile

MOST, FEWEST, NUMBERS = 32_768, 256, 262_144
"""Where attrition leaves sizes open: points to average over, fewer where many workshops even out their luck."""

OFTEN = 0.01
"""A workshop that ends with nobody at least this often is worth a word."""

COUNTLESS = 1e7
"""Degrees of freedom from which the noncentral t is the normal to 1e-7."""


@dataclass(frozen=True)
class Design:
    """Everything but the change; ValueError for what no programme can be."""

    n_per_workshop: int
    workshops: int
    r: float
    icc: float
    attrition: float
    confidence: float

    def __post_init__(self) -> None:
        whole(self.n_per_workshop, "n_per_workshop")
        whole(self.workshops, "workshops")
        check_correlation(self.r)
        for name in ("icc", "attrition"):
            share = getattr(self, name)
            if not 0.0 <= share < 1.0:
                raise ValueError(f"{name} must be 0 or more and below 1, it is {share}")
        check_confidence(self.confidence)

    def caveat(self, groups: int = 0) -> Caveat | None:
        """What to say of a design that can be analysed; `groups`: in all, if some of them are a comparison."""
        if self.workshops == 2 and not groups:
            return Caveat.TWO_WORKSHOPS
        empty = self.attrition**self.n_per_workshop
        often = -math.expm1((groups or self.workshops) * math.log1p(-empty)) >= OFTEN
        return Caveat.EMPTY_WORKSHOPS if often else None


@dataclass(frozen=True, eq=False)
class Outlook:
    """What a design leads to, in numbers that do not depend on the change; arrays have one entry a point.

    std_error      of the mean change; `df` of its test, `design_effect`: on average over sizes that give a test
    tested         share of all points that give a test
    error          standard error of the mean change, given how much workshops differ from each other
    shift          what these differences add to the mean change
    reach          half the width of the interval
    """

    std_error: float
    df: float
    design_effect: float
    tested: float
    error: np.ndarray
    shift: np.ndarray
    reach: np.ndarray

    @classmethod
    def of(cls, design: Design) -> Outlook | None:
        """None if no point gives a test."""
        sizes, normal = _points(design)
        tested = (sizes > 0).sum(axis=1) >= 2
        if not tested.any():
            return None
        sizes, normal = sizes[tested], normal[tested]
        n = sizes.sum(axis=1)
        share, filled = sizes / n[:, None], np.maximum(sizes, 1)
        own, common = 2.0 * (1.0 - design.r), design.icc / (1.0 - design.icc)
        variances = own * (common + 1.0 / filled)
        variance = np.einsum("rg,rg->r", share * share, variances)
        df = satterthwaite(share, filled)
        # The precision-weighted mean of the workshops does not depend on how they differ from each other.
        precision = (sizes > 0) / variances
        total = precision.sum(axis=1)
        means = normal * np.sqrt(variances)
        apart = means - (np.einsum("rg,rg->r", precision, means) / total)[:, None]
        shift = np.einsum("rg,rg->r", share, apart)
        estimated = np.einsum("rg,rg->r", share * share / (1.0 - share), (apart - shift[:, None]) ** 2)
        reach = _t_quantiles(df, design.confidence) * np.sqrt(estimated)
        effects = variance * n / (own * (1.0 + common))
        averages = (math.sqrt(float(variance.mean())), float(df.mean()), float(effects.mean()))
        return cls(*averages, float(tested.mean()), 1.0 / np.sqrt(total), shift, reach)

    def power(self, design: Design, effect: float) -> float:
        from scipy.special import ndtr

        if design.attrition == 0.0:  # workshops of one size: no average is needed
            return rejection(effect / self.std_error, self.df, t_quantile(self.df, design.confidence))
        change, found = min(abs(effect), 1e100), 0.0
        for shift in (self.shift, -self.shift):  # just as likely
            for side in (change + shift, -change - shift):
                found += float(ndtr((side - self.reach) / self.error).mean())
        return self.tested * min(found / 2.0, 1.0)


def satterthwaite(share: np.ndarray, filled: np.ndarray) -> np.ndarray:
    """The degrees of freedom that `mean_change_cr2` uses, of each row of workshop sizes; (R, J) each.

    The variance is y'A y of the workshop means y, with A = (I − w1') diag(c) (I − 1w'), c_g = w_g²/(1 − w_g). If people
    are independent, y has the variances V = diag(1/n_g), and tr(A V)² / tr(A V A V) are the degrees of freedom, written
    out so that they cost O(J). A workshop without people has the share 0 and any size; one that has all gives 0.
    """
    left, v = 1.0 - share, 1.0 / filled
    c = np.where(left > 0.0, share * share / np.where(left > 0.0, left, 1.0), 0.0)
    C = c.sum(axis=1)
    rest = C[:, None] * share * share - 2.0 * c * share
    mean = np.einsum("rg,rg->r", v, c + rest)
    a, b, d = (np.einsum("rg,rg->r", v, x * y) for x, y in ((c, c), (c, share), (share, share)))
    own = np.einsum("rg,rg->r", v * v, c * (c + 2.0 * rest))
    square = own + b * b + 2.0 * d * (a - C * b) + (C * d - b) ** 2
    known = mean > 0.0
    return np.where(known, mean * mean / np.where(known, square, 1.0), 0.0)


def whole(value: Any, name: str, least: int = 1) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ValueError(f"{name} must be a whole number of {least} or more, it is {value}")


def check_effect(effect: float) -> None:
    if not math.isfinite(effect):
        raise ValueError(f"effect must be a finite number of standard deviations, it is {effect}")


def check_correlation(r: float) -> None:
    if not -1.0 <= r < 1.0:
        raise ValueError(f"r must be −1 or more and below 1, it is {r}")


def _points(design: Design) -> tuple[np.ndarray, np.ndarray]:
    """Workshop sizes after attrition, and a standard normal for each workshop: a Latin hypercube of both, (points, J)."""
    from scipy.special import bdtr, ndtri

    n, J = design.n_per_workshop, design.workshops
    if design.attrition == 0.0:
        return np.full((1, J), n), np.zeros((1, J))
    points = max(FEWEST, min(MOST, NUMBERS // J))
    places = np.random.default_rng(1).permuted(np.tile(np.arange(points), (J, 2, 1)), axis=2)
    middle = (np.arange(points) + 0.5) / points
    sizes = np.searchsorted(bdtr(np.arange(float(n)), n, 1.0 - design.attrition), middle)
    return sizes[places[:, 0].T], ndtri(middle)[places[:, 1].T]


def _t_quantiles(df: np.ndarray, confidence: float) -> np.ndarray:
    values, place = np.unique(df, return_inverse=True)
    return np.array([t_quantile(value, confidence) for value in values.tolist()])[place]


def rejection(noncentrality: float, df: float, critical: float) -> float:
    """P(|T| > critical) of a noncentral t."""
    shift = min(abs(noncentrality), 1e150)
    if df > COUNTLESS:
        from scipy.special import ndtr

        return float(ndtr(shift - critical) + ndtr(-shift - critical))
    return noncentral_t_cdf(-critical, df, shift) + 1.0 - noncentral_t_cdf(critical, df, shift)
