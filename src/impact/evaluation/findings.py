"""The shape of Findings: empty blocks, clean numbers, and the bytes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

FORMAT = 1
UNIT = "points"
ALIKE = 1e-9
"""Scores that spread less than this are the same: the rest is floating-point dust."""
DIGITS = 10
DUST = 1e-9
_PROBABILITIES = ("p_value", "p_adjusted")
"""Significant digits that are kept: fewer than floating-point sums differ by between machines."""


def no_level() -> dict[str, None]:
    return {"mean": None, "sd": None}


def no_estimate(level: float | None = None) -> dict[str, Any]:
    return {
        "value": None,
        "std_error": None,
        "df": None,
        "low": None,
        "high": None,
        "level": level,
        "simultaneous": None,
        "unit": UNIT,
    }


def no_effect_size(name: str | None = None) -> dict[str, Any]:
    return {
        "name": name,
        "value": None,
        "low": None,
        "high": None,
        "interval": None,
        "word": None,
        "rule": None,
    }


def no_reliable_change() -> dict[str, None]:
    return {
        "improved": None,
        "unchanged": None,
        "worsened": None,
        "threshold": None,
        "expected_by_error": None,
        "reliability": None,
        "text": None,
    }


def no_interval() -> dict[str, None]:
    return {"value": None, "low": None, "high": None}


def level(scores: np.ndarray) -> dict[str, float | None]:
    """Mean and standard deviation (n − 1) of scores, 0–100."""
    if len(scores) == 0:
        return no_level()
    return {"mean": float(scores.mean()), "sd": float(scores.std(ddof=1)) if len(scores) > 1 else None}


def clean(value: Any) -> Any:
    """Plain JSON data: 10 significant digits, no NaN or infinity (None), no −0, no numpy types.

    What is smaller than DUST is nothing but rounding of scores from 0 to 100, and is 0; p-values are kept.

    >>> clean({"a": float("nan"), "b": (1/3, -0.0), "c": -6.7e-11, "p_value": 2.8e-31})
    {'a': None, 'b': [0.3333333333, 0.0], 'c': 0.0, 'p_value': 2.8e-31}
    """
    if isinstance(value, dict):
        return {
            str(key): clean(
                0.0 if isinstance(item, float) and abs(item) < DUST and key not in _PROBABILITIES else item
            )
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(f"{value:.{DIGITS}g}") + 0.0 if math.isfinite(value) else None
    return value


def to_json(findings: dict[str, Any]) -> bytes:
    """Findings as UTF-8 JSON: sorted keys, two spaces, a line feed at the end. The same Findings, the same bytes."""
    import orjson

    options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(clean(findings), option=options)
