"""Numbers as they are written and published: never so short that they say the opposite of the rule.

A verdict depends on which side of 0 and of ±SESOI the ends of an interval lie. A number that would land on such a
mark, or beyond it, only by rounding keeps more decimals; in a sentence it is named by words if even three would not do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

MOST_DECIMALS = 3
_DUST = 1e-9
"""Differences below this are floating-point dust."""

Round = Callable[[float], float]


def marks_of(sesoi: float) -> tuple[float, float, float]:
    """What a number on the scale of 0–100 may not be rounded across."""
    return (0.0, sesoi, -sesoi)


def _side(value: float, mark: float) -> int:
    difference = value - mark
    return 0 if abs(difference) < _DUST else (1 if difference > 0 else -1)


def keeps_sides(rounded: float, value: float, marks: tuple[float, ...]) -> bool:
    """Whether `rounded` lies on the same side of every mark as `value`."""
    return all(_side(rounded, mark) == _side(value, mark) for mark in marks)


def decimals_for(value: float, first: int, marks: tuple[float, ...], most: int = MOST_DECIMALS) -> int | None:
    """The fewest decimals, from `first` to `most`, that keep `value` on its side of all marks; else None."""
    fits = (d for d in range(first, most + 1) if keeps_sides(round(value, d), value, marks))
    return next(fits, None)


def in_words(
    value: float, marks: tuple[float, ...], phrases: Mapping[str, str], with_sign: bool = False
) -> str:
    """`value` for a sentence: whole from 10 on, else one decimal, more only where a mark needs it.

    `phrases` has `above` and `below` with {mark}: “just above 0”.

    >>> in_words(12.34, (0.0,), {}), in_words(0.04, (0.0,), {}), in_words(-3.0, (0.0,), {}, True)
    ('12', '0.04', '−3.0')
    """
    first = 0 if abs(round(value, 1)) >= 10 else 1
    decimals = decimals_for(value, first, marks)
    if decimals is None:
        mark = min(marks, key=lambda one: abs(one - value))
        phrase = phrases["above" if value > mark else "below"]
        return phrase.format(mark=f"{mark:g}".replace("-", "−"))
    text = f"{value:.{decimals}f}"
    if not float(text):
        return "0"
    if text.startswith("-"):
        return text.replace("-", "−")
    return f"+{text}" if with_sign else text


def published(value: float | None, marks: tuple[float, ...]) -> float | None:
    """`value` on the scale of 0–100 for the public: one decimal, two below 1, more only where a mark needs it.

    It never turns the order of two numbers, so an estimate stays inside its interval.
    """
    if value is None:
        return None
    first = 1 if abs(value) >= 1 else 2
    decimals = decimals_for(value, first, marks, 9)
    return round(value, 9 if decimals is None else decimals) + 0.0


def significant(value: float | None, digits: int = 3) -> float | None:
    """`value` with so many significant digits.

    >>> significant(0.0123456)
    0.0123
    """
    return None if value is None else float(f"{value:.{digits}g}") + 0.0


def round_for_public(document: dict[str, Any]) -> dict[str, Any]:
    """Findings whose numbers are too coarse to be linked with, or solved for, single people's answers.

    Verdicts and sentences are those of the exact numbers. Averages, spreads, estimates and intervals have one
    decimal (two below 1), other statistics three significant digits; counts are as they are.
    """
    return document | {
        "findings": [_finding(found) for found in document["findings"]],
        "quality": [_quality(row) for row in document["quality"]],
    }


def _each(block: dict[str, Any], change: Callable[[Any], Any], *names: str) -> dict[str, Any]:
    return block | {name: change(block[name]) for name in names if name in block}


def _finding(found: dict[str, Any]) -> dict[str, Any]:
    marks = marks_of(found["sesoi"])

    def scale(value: float | None) -> float | None:
        return published(value, marks)

    def levels(block: dict[str, Any]) -> dict[str, Any]:
        return _each(block, lambda value: published(value, (0.0,)), "mean", "sd")

    def arm(block: dict[str, Any]) -> dict[str, Any]:
        return _each(block, levels, "before", "after")

    estimate = _each(found["estimate"], scale, "value", "low", "high")
    estimate = _each(estimate, significant, "std_error", "df")
    if estimate["simultaneous"] is not None:
        estimate["simultaneous"] = _each(estimate["simultaneous"], scale, "low", "high")
    change = _each(found["reliable_change"], lambda value: published(value, (0.0,)), "threshold")
    arms = found["arms"]
    statistics = ("statistic", "df", "p_value", "p_adjusted")
    return found | {
        "before": levels(found["before"]),
        "after": levels(found["after"]),
        "arms": None if arms is None else {name: arm(values) for name, values in arms.items()},
        "estimate": estimate,
        "tests": [_each(test, significant, *statistics) for test in found["tests"]],
        "effect_size": _each(found["effect_size"], significant, "value", "low", "high"),
        "benchmark": found["benchmark"]
        and _each(
            found["benchmark"], lambda one: _each(one, significant, "value", "low", "high"), "shrunken"
        ),
        "reliable_change": _each(change, significant, "expected_by_error", "reliability"),
        "sensitivity": [_each(row, scale, "value", "low", "high") for row in found["sensitivity"]],
    }


def _quality(row: dict[str, Any]) -> dict[str, Any]:
    def block(values: dict[str, Any]) -> dict[str, Any]:
        return _each(values, significant, "value", "low", "high")

    row = _each(row, lambda value: published(value, (0.0,)), "mean", "sd")
    row = _each(row, significant, "floor", "ceiling", "missing")
    return _each(row, block, "alpha", "omega")
