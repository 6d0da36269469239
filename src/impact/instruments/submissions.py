"""Submissions as columns: the one shape in which data travel from a file or the database to the findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Submissions:
    """n submissions of one instrument, one array a column; row order carries no meaning.

    wave       int8 (n,)   index into `Instrument.waves`
    workshop   int32 (n,)  index into `workshops` (their labels), −1 where there is none
    side       int8 (n,)   index into `Instrument.sides`, −1 where there is none
    arm        int8 (n,)   index into `model.ARMS`, −1 unknown (an empty cell of a file that has the column; the
               store knows it always, by the workshop)
    language   int8 (n,)   index into `Instrument.languages`, −1 unknown
    respondent int64 (n,)  same number = same person, −1 unknown; a number is an index into
               `respondent_labels` where those are kept (a file about to be imported)
    code       int64 (n, E) one opaque token for each linkage-code element (equal token = equal answer),
               −1 not given; an index into `code_labels[e]` where those are kept
    weight     float64 (n,) or None
    answers    closed item id → column: uint8 option index or missing code (single choice), float64 with
               MISSING_NUMBER (number), uint32 bit mask with MISSING_MASK (choices)
    texts      open item id → n texts, "" where there is none; only from a file about to be imported (no
               evaluation looks at them), else None
    """

    wave: np.ndarray
    workshop: np.ndarray
    workshops: tuple[str, ...]
    side: np.ndarray
    arm: np.ndarray
    language: np.ndarray
    respondent: np.ndarray
    code: np.ndarray
    answers: Mapping[str, np.ndarray]
    weight: np.ndarray | None = None
    respondent_labels: tuple[str, ...] | None = None
    code_labels: tuple[tuple[str, ...], ...] | None = None
    texts: Mapping[str, tuple[str, ...]] | None = None

    def __len__(self) -> int:
        return len(self.wave)
