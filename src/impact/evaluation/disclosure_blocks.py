"""The blocks of Findings beside the findings, for an audience: each holds to the rules of disclosure.py in its own way.

Perception gaps, response shift, the harm monitor, and measurement item by item.
"""

from __future__ import annotations

from typing import Any

from impact.evaluation.harm import disclose_harm, rounded_harm
from impact.evaluation.labels import Labels
from impact.evaluation.perception_gap_disclosure import disclose_gaps, rounded_gaps
from impact.evaluation.quality_items import disclose_parts, rounded_parts
from impact.evaluation.response_shift_disclosure import disclose_shifts, rounded_shifts
from impact.instruments.model import Instrument

Row = dict[str, Any]


def disclose_blocks(
    raw: Row, shown: list[Row], quality: list[Row], thresholds: tuple[int, int], labels: Labels,
    instrument: Instrument,
) -> Row:  # fmt: skip
    """The blocks of `raw`, Findings as computed, for the `thresholds` (this audience's, the team's); `shown` and
    `quality` are disclosed already."""
    k, team = thresholds
    return {
        "quality": disclose_parts(quality, raw["quality"], k, labels.language),
        "perception_gap": disclose_gaps(raw["perception_gap"], k, labels, team),
        "response_shift": disclose_shifts(raw, shown, k, labels, instrument),
        "harm": disclose_harm(raw, shown, k, labels, instrument),
    }


def rounded_blocks(disclosed: Row) -> Row:
    """The same for the public, rounded; the numbers of a row of `quality` as a whole are rounded elsewhere."""
    return {
        "quality": [rounded_parts(row) for row in disclosed["quality"]],
        "perception_gap": rounded_gaps(disclosed["perception_gap"]),
        "response_shift": rounded_shifts(disclosed["response_shift"]),
        "harm": rounded_harm(disclosed["harm"]),
    }
