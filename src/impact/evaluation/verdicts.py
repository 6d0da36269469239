"""From an interval to a verdict: against zero and the smallest effect of interest, never from p alone."""

from __future__ import annotations

from impact.plans.model import Plan

VERDICTS = (
    "improved",
    "improved_below_sesoi",
    "worsened",
    "no_meaningful_change",
    "inconclusive",
    "higher",
    "lower",
)


def verdict(low: float | None, high: float | None, sesoi: float, direction: str) -> str | None:
    """The verdict on an interval in points; None without an interval.

    `direction` is the desired one (`higher`, `lower`, `none`). With T for the interval turned so that more is
    better, in this order: *improved_below_sesoi* if T lies above zero and does not pass the SESOI; *improved* if
    T lies above zero; *worsened* if below; *no_meaningful_change* if within ±SESOI; else *inconclusive*. A scale
    without a desired direction gets *higher* or *lower* instead.

    >>> verdict(1, 4, 5, "higher"), verdict(-9, -6, 5, "lower"), verdict(-3, 9, 5, "higher")
    ('improved_below_sesoi', 'improved', 'inconclusive')
    """
    if low is None or high is None:
        return None
    if direction == "lower":
        low, high = -high, -low
    if low > 0:
        if direction == "none":
            return "higher"
        return "improved_below_sesoi" if high <= sesoi else "improved"
    if high < 0:
        return "lower" if direction == "none" else "worsened"
    return "no_meaningful_change" if -sesoi <= low and high <= sesoi else "inconclusive"


def family_size(plan: Plan, sides: int) -> int:
    """How many intervals must hold together: primary outcomes × sides × contrasts.

    Counted from the plan and the instrument, never from the data, so that a missing side makes nothing narrower.
    """
    return len(plan.primary) * (sides if plan.by_side and sides else 1) * len(plan.contrasts)
