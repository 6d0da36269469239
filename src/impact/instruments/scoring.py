"""Scale scores, 0–100 as percentage of the maximum possible (POMP): 100·(mean − minimum)/(maximum − minimum)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from impact.instruments.model import Instrument, Item, Scale
from impact.instruments.submissions import Submissions

# Every missing code of a `number` lies below this (see model.MISSING_NUMBER).
_ALL_NUMBERS_ABOVE = -1e299


def score(instrument: Instrument, scale: Scale, submissions: Submissions) -> np.ndarray:
    """Score of each submission on `scale`: float64 (n,), 0–100, NaN where too few items were answered.

    Each item is rescaled to 0–1 by its own range (reversed ones flipped), the answered ones are averaged if
    their share is at least `scale.minimum_answered`, and the mean is multiplied by 100.
    """
    total = np.zeros(len(submissions))
    answered = np.zeros(len(submissions), dtype=np.uint8)
    for name in scale.items:
        parts = _unit(instrument.item[name], name in scale.reversed, submissions.answers, 0.0)
        total += parts[0]
        answered += parts[1]
    # The tolerance lets a share written as 0.66 or 2/3 mean two of three.
    needed = max(1.0, scale.minimum_answered * len(scale.items) - 1e-9)
    scores = np.full(len(submissions), np.nan)
    np.divide(100.0 * total, answered, out=scores, where=answered >= needed)
    return scores


def item_matrix(instrument: Instrument, scale: Scale, submissions: Submissions) -> np.ndarray:
    """Answers to the items of `scale`: float64 (n, k), each 0–1 by its own range, reversed flipped, NaN missing."""
    matrix = np.empty((len(submissions), len(scale.items)))
    for column, name in enumerate(scale.items):
        matrix[:, column] = _unit(instrument.item[name], name in scale.reversed, submissions.answers, np.nan)[
            0
        ]
    return matrix


def _unit(
    item: Item, is_reversed: bool, answers: Mapping[str, np.ndarray], missing: float
) -> tuple[np.ndarray, np.ndarray]:
    """(answers as 0–1 with `missing` where there is none, whether there is one), both (n,)."""
    low, high = item.value_range
    column = answers[item.id]
    if item.type == "number":
        is_answered = column > _ALL_NUMBERS_ABOVE
        unit = np.where(is_answered, (column - low) / (high - low), missing)
        if is_reversed:
            unit = np.where(is_answered, 1.0 - unit, missing)
        return unit, is_answered
    # One table look-up a submission: 1,000,000 rows take milliseconds.
    table, has_answer = np.full(256, missing), np.zeros(256, dtype=bool)
    unit_values = (np.array([float(value) for value in item.values]) - low) / (high - low)
    table[: len(unit_values)] = 1.0 - unit_values if is_reversed else unit_values
    has_answer[: len(unit_values)] = True
    return table.take(column), has_answer.take(column)
