"""What the intervals of an evaluation mean, in one true sentence for readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from impact.evaluation.wording import words

_BY_PERSON = ("paired_t", "side_by_time_welch", "ancova_hc2")
"""Estimators that take people one by one, whatever workshop they sat in."""


def interval_block(
    level: float, family: int, findings: Sequence[Mapping[str, Any]], language: str
) -> dict[str, Any]:
    """The part `intervals` of the Findings: {level, family, kind, rooms, text}.

    `findings` are those that the audience sees. `kind` is `simultaneous` where several main results are judged
    together. `rooms`: a primary interval takes people one by one, so that differences between workshops do not
    count as chance.
    """
    forms = words(language)["intervals"]
    rooms = any(
        found["role"] == "primary"
        and found["estimator"] in _BY_PERSON
        and found["estimate"]["low"] is not None
        for found in findings
    )
    kind = "simultaneous" if family > 1 else "single"
    shown = {
        "level": f"{100 * level:g}",
        "risk": f"{100 * (1 - level):.3g}",
        "family": family,
    }
    parts = [forms["single"], forms[kind if family > 1 else "verdict"], *([forms["rooms"]] if rooms else [])]
    return {
        "level": level,
        "family": family,
        "kind": kind,
        "rooms": rooms,
        "text": " ".join(part.format(**shown) for part in parts),
    }
