"""Rows of a data file → Submissions, without a file: for drawn data, which are known to be sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from impact.evaluation.drawing import number_text
from impact.instruments.model import (
    ARMS,
    MISSING_MASK,
    MISSING_NUMBER,
    NOT_ASKED,
    NOT_SHOWN,
    REFUSED,
    UNANSWERED,
    Instrument,
    Item,
)
from impact.instruments.submissions import Submissions

_MISSING = {"": UNANSWERED, ".r": REFUSED, ".s": NOT_SHOWN, ".w": NOT_ASKED}


def as_submissions(instrument: Instrument, rows: Sequence[Mapping[str, str]]) -> Submissions:
    """The columns that `formats.read_data` would give for `rows`; a value that it would refuse is a KeyError."""
    labels = tuple(dict.fromkeys(row["workshop"] for row in rows if row.get("workshop")))
    names = {label: number for number, label in enumerate(labels)}
    waves = {wave: number for number, wave in enumerate(instrument.waves)}
    sides = {side: number for number, side in enumerate(instrument.side_ids)}
    arms = {"": -1} | {arm: number for number, arm in enumerate(ARMS)}
    tags = {language.tag: number for number, language in enumerate(instrument.languages)}
    return Submissions(
        wave=np.array([waves[row["wave"]] for row in rows], dtype=np.int8),
        workshop=np.array([names.get(row.get("workshop", ""), -1) for row in rows], dtype=np.int32),
        workshops=labels,
        side=np.array([sides.get(row.get("side", ""), -1) for row in rows], dtype=np.int8),
        arm=np.array([arms[row.get("arm", ARMS[0])] for row in rows], dtype=np.int8),
        language=np.array([tags.get(row.get("language", ""), -1) for row in rows], dtype=np.int8),
        respondent=_tokens([row.get("respondent", "") for row in rows]),
        code=_codes(instrument, rows),
        answers={item.id: _answers(item, [row[item.id] for row in rows]) for item in instrument.closed_items},
    )


def _tokens(values: Sequence[str]) -> np.ndarray:
    numbers: dict[str, int] = {}
    return np.array(
        [numbers.setdefault(value, len(numbers)) if value else -1 for value in values], dtype=np.int64
    )


def _codes(instrument: Instrument, rows: Sequence[Mapping[str, str]]) -> np.ndarray:
    columns = [
        _tokens([row.get(f"code.{element.id}", "") for row in rows]) for element in instrument.code_elements
    ]
    return np.column_stack(columns) if columns else np.empty((len(rows), 0), dtype=np.int64)


def _answers(item: Item, cells: Sequence[str]) -> np.ndarray:
    if item.type == "number":
        return np.array(
            [MISSING_NUMBER[_MISSING[cell]] if cell in _MISSING else float(cell) for cell in cells],
            dtype=np.float64,
        )
    known = {number_text(value): position for position, value in enumerate(item.values)}
    if item.type == "choices":
        return np.array(
            [
                MISSING_MASK[_MISSING[cell]]
                if cell in _MISSING
                else sum(1 << known[part] for part in cell.split("|"))
                for cell in cells
            ],
            dtype=np.uint32,
        )
    return np.array([_MISSING[cell] if cell in _MISSING else known[cell] for cell in cells], dtype=np.uint8)
