"""How many people and workshops does it take? Power of the default analyses, before there are any data.

A change is measured in standard deviations of one wave (before, or after), as `g_av` is. With a correlation r between
a person's two scores, the change itself has the standard deviation √(2(1 − r)) of these. `design` tells the model of
people in workshops.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from impact.stats.caveats import Caveat
from impact.stats.columns import check_confidence
from impact.stats.design import Design, Outlook, check_correlation, check_effect, rejection, whole
from impact.stats.distributions import t_quantile


@dataclass(frozen=True)
class PairedPower:
    """`power` and `std_error` (of the mean change, in the unit of `effect`) are None where `caveat` says why."""

    power: float | None
    std_error: float | None
    df: float | None
    effect: float
    n: int
    r: float | None
    confidence: float
    caveat: str | None = None


@dataclass(frozen=True)
class ClusteredPower:
    """One design and its power. What was looked for is None where no value reaches it; `caveat` says why.

    power          chance that the interval of the mean change leaves out zero
    effect         mean change, in SDs of one wave
    people         expected number analysed
    std_error      of the mean change, in SDs of one wave
    df             degrees of freedom of the test, on average
    design_effect  variance of the mean change over that of as many people in no workshops
    """

    power: float | None
    effect: float | None
    workshops: int | None
    n_per_workshop: int
    r: float
    icc: float
    attrition: float
    confidence: float
    people: float | None = None
    std_error: float | None = None
    df: float | None = None
    design_effect: float | None = None
    caveat: str | None = None


def power_paired(n: int, effect: float, r: float | None = None, confidence: float = 0.95) -> PairedPower:
    """Chance that the paired t test finds a change: people who are in no workshops, or in one that stands for itself.

    Null hypothesis of the test: the mean change is zero.

    n           people with both scores.
    effect      the mean change. With `r`, in standard deviations of one wave (as `g_av`); without, in standard
                deviations of the change itself (as `g_z`; Cohen's d of a paired test). Its sign does not matter.
    r           correlation of a person's two scores, −1 to below 1; the change then has the SD √(2(1 − r)).
    confidence  of the interval that must leave out zero, between 0 and 1.

    Exact for normal changes: noncentral t with n − 1 degrees of freedom, both tails. Limits: equal spread before and
    after; nobody is lost (give the n that will remain); people of a workshop are not independent, see
    `power_clustered`. Fewer than two people: none.

    Sources: [1] Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, ch. 2. [2] R
    `pwr::pwr.t.test(n, d, type = "paired")`, `power.t.test(type = "paired", strict = TRUE)`.

    >>> result = power_paired(20, 0.5, r=0.7)
    >>> round(result.power, 4), round(result.std_error, 4), result.df
    (0.7818, 0.1732, 19.0)
    """
    whole(n, "n")
    check_effect(effect)
    check_confidence(confidence)
    if r is not None:
        check_correlation(r)
    if n < 2:
        return PairedPower(None, None, None, effect, n, r, confidence, Caveat.TOO_FEW)
    error = math.sqrt((1.0 if r is None else 2.0 * (1.0 - r)) / n)
    power = rejection(effect / error, n - 1.0, t_quantile(n - 1.0, confidence))
    return PairedPower(power, error, n - 1.0, effect, n, r, confidence)


def power_clustered(
    effect: float, n_per_workshop: int, workshops: int, r: float, icc: float, attrition: float = 0.0,
    confidence: float = 0.95,
) -> ClusteredPower:  # fmt: skip
    """Chance that the default analysis of one group in workshops, `mean_change_cr2`, finds a change.

    Null hypothesis of the test: over all workshops of this kind, the mean change is zero.

    effect          the mean change in standard deviations of one wave (inside a workshop), as `g_av`; any sign.
    n_per_workshop  people in each workshop before any is lost.
    workshops       how many.
    r               correlation of a person's two scores inside a workshop, −1 to below 1.
    icc             share of the variance of the change that lies between workshops, 0 to below 1.
    attrition       share of people without a second score, lost by chance alone, 0 to below 1.
    confidence      of the interval that must leave out zero, between 0 and 1.

    For normal scores. With no attrition exact: noncentral t with `workshops` − 1 degrees of freedom. With attrition an
    average over fixed points that stand for all that may happen, right to about half a percentage point; the power at
    no change is then the error rate of the analysis, a little off 1 − confidence. A programme of which fewer than two
    workshops have anyone left finds nothing. Limits: workshops equally large at first; loss by chance: people who stay
    away because of the workshop bias every analysis. Coarse scales cost power: see `simulate_power`.

    Sources: [1] Donner & Klar (2000), Design and Analysis of Cluster Randomization Trials, ch. 5. [2] Bell &
    McCaffrey (2002), Survey Methodology 28, 169–181. [3] R `power.t.test(n = workshops, type = "one.sample")` for
    equal workshops.

    >>> result = power_clustered(0.4, n_per_workshop=10, workshops=6, r=0.6, icc=0.05, attrition=0.2)
    >>> round(result.power, 2), result.people, round(result.df, 1), round(result.design_effect, 2)
    (0.55, 48.0, 4.9, 1.36)
    """
    design = Design(n_per_workshop, workshops, r, icc, attrition, confidence)
    check_effect(effect)
    if workshops < 2:
        return _result(design, None, None, effect, Caveat.ONE_CLUSTER)
    outlook = Outlook.of(design)
    if outlook is None:
        return _result(design, None, None, effect, Caveat.LOST_WORKSHOPS)
    return _result(design, outlook, outlook.power(design, effect), effect, design.caveat())


def detectable_change(
    n_per_workshop: int, workshops: int, r: float, icc: float, attrition: float = 0.0, power: float = 0.8,
    confidence: float = 0.95,
) -> ClusteredPower:  # fmt: skip
    """The smallest mean change that this design finds with this power: `effect`, in standard deviations of one wave.

    Null hypothesis of the test: over all workshops of this kind, the mean change is zero.

    power       wanted chance to find it, above 1 − confidence and below 1.
    attrition   share of people lost before the second wave, as in `power_clustered`; as are confidence and all others.

    Limits: as `power_clustered`. A smaller change may be there and be missed. With two workshops the smallest change
    is several times that of four, and a caveat says so.

    Sources: [1] Bloom (1995), Evaluation Review 19, 547–556 (minimum detectable effects). [2] R `power.t.test`.

    >>> result = detectable_change(n_per_workshop=12, workshops=8, r=0.6, icc=0.05)
    >>> round(result.effect, 3), result.people, result.df
    (0.381, 96.0, 7.0)
    """
    design = Design(n_per_workshop, workshops, r, icc, attrition, confidence)
    _check_power(power, confidence)
    if workshops < 2:
        return _result(design, None, None, None, Caveat.ONE_CLUSTER)
    outlook = Outlook.of(design)
    if outlook is None or outlook.tested <= power:
        return _result(design, outlook, None, None, Caveat.LOST_WORKSHOPS)
    effect = _root(lambda change: outlook.power(design, change) - power, outlook.std_error)
    return _result(design, outlook, outlook.power(design, effect), effect, design.caveat())


def workshops_needed(
    effect: float, n_per_workshop: int, r: float, icc: float, attrition: float = 0.0, power: float = 0.8,
    confidence: float = 0.95, at_most: int = 200,
) -> ClusteredPower:  # fmt: skip
    """The smallest number of workshops with which a change is found with this power: `workshops`.

    Null hypothesis of the test: over all workshops of this kind, the mean change is zero.

    effect      the mean change, in standard deviations of one wave, as in `power_clustered`.
    power       wanted chance to find it, above 1 − confidence and below 1. The result's `power` is that reached.
    at_most     workshops to try; if even these do not reach the power, `workshops` is None.
    confidence  and all others as in `power_clustered`.

    Limits: as `power_clustered`. More people in each workshop help little once icc × people passes 1: more workshops do.

    Sources: [1] Donner & Klar (2000), Design and Analysis of Cluster Randomization Trials, ch. 5. [2] R
    `power.t.test(type = "one.sample")` for equal workshops.

    >>> result = workshops_needed(0.4, n_per_workshop=10, r=0.6, icc=0.05, attrition=0.2)
    >>> result.workshops, round(result.power, 2), result.people
    (10, 0.84, 80.0)
    """
    check_effect(effect)
    whole(at_most, "at_most", 2)
    _check_power(power, confidence)

    def attempt(workshops: int) -> ClusteredPower:
        return power_clustered(effect, n_per_workshop, workshops, r, icc, attrition, confidence)

    low, high, best = 1, 2, attempt(2)
    while (best.power or 0.0) < power:
        if high == at_most:
            lost = {"power": None, "workshops": None, "people": None, "std_error": None, "df": None}
            return replace(best, **lost, design_effect=None, caveat=Caveat.TOO_MANY_WORKSHOPS)
        low, high = high, min(2 * high, at_most)
        best = attempt(high)
    while high - low > 1:
        middle = (low + high) // 2
        found = attempt(middle)
        if (found.power or 0.0) >= power:
            high, best = middle, found
        else:
            low = middle
    return best


def _check_power(power: float, confidence: float) -> None:
    check_confidence(confidence)
    if not 1.0 - confidence < power < 1.0:
        raise ValueError(
            f"power must lie between 1 − confidence ({1.0 - confidence:.3g}) and 1, it is {power}"
        )


def _root(excess: Callable[[float], float], scale: float) -> float:
    from scipy.optimize import brentq

    if excess(0.0) >= 0.0:
        return 0.0
    high = scale
    while excess(high) < 0.0:
        high *= 2.0
    return float(brentq(excess, 0.0, high, xtol=1e-12 * scale, rtol=1e-13))


def _result(
    design: Design, outlook: Outlook | None, power: float | None, effect: float | None, caveat: Caveat | None
) -> ClusteredPower:
    inputs = (
        design.workshops,
        design.n_per_workshop,
        design.r,
        design.icc,
        design.attrition,
        design.confidence,
    )
    people = design.n_per_workshop * design.workshops * (1.0 - design.attrition)
    if outlook is None:
        return ClusteredPower(power, effect, *inputs, people, caveat=caveat)
    return ClusteredPower(
        power, effect, *inputs, people, outlook.std_error, outlook.df, outlook.design_effect, caveat
    )
