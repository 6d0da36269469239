"""From an interval to a verdict: against zero and the smallest effect of interest, never from p alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from impact.evaluation.rules import rule_file
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

    The rows are data (rules/verdicts.yaml). `direction` is the desired one (`higher`, `lower`, `none`). With T for the interval turned so that more is
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
    rule = rule_file("verdicts")["verdict"]
    found = next(row["verdict"] for row in rule["rows"] if _holds(row, low, high, sesoi))
    return rule["without_direction"].get(found, found) if direction == "none" else found


def _holds(row: Mapping[str, Any], low: float, high: float, sesoi: float) -> bool:
    """Whether all conditions of a row hold for the turned interval."""
    marks = {"sesoi": sesoi, "minus_sesoi": -sesoi}
    tests = {
        "low_above": lambda mark: low > mark,
        "low_from": lambda mark: low >= mark,
        "high_up_to": lambda mark: high <= mark,
        "high_below": lambda mark: high < mark,
    }
    return all(tests[name](marks.get(mark, mark)) for name, mark in row.items() if name != "verdict")


def family_size(plan: Plan, sides: int) -> int:
    """How many intervals must hold together: primary outcomes × sides × contrasts.

    Counted from the plan and the instrument, never from the data, so that a missing side makes nothing narrower.
    """
    return len(plan.primary) * (sides if plan.by_side and sides else 1) * len(plan.contrasts)


def rules_block(plan: Plan) -> dict[str, Any]:
    """The part `rules` of the Findings: by which named rules verdicts, words and licences were chosen, with sources."""
    verdicts, licences = rule_file("verdicts"), rule_file("licences")
    return {
        "verdict": {"id": verdicts["verdict"]["id"], "source": verdicts["verdict"]["source"]},
        "size_words": {"id": plan.words, "source": verdicts["size_words"][plan.words]["source"]},
        "licence": {
            "id": licences["id"],
            "sources": {name: rule["source"] for name, rule in licences["rules"].items()},
        },
    }
