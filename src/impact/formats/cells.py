"""One cell's text → the number that stands for the answer."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from impact.instruments.model import (
    MISSING_MASK,
    MISSING_NUMBER,
    NOT_ASKED,
    NOT_SHOWN,
    REFUSED,
    UNANSWERED,
    Item,
)

MISSING = {"": UNANSWERED, ".r": REFUSED, ".s": NOT_SHOWN, ".w": NOT_ASKED}
_NUMBER = re.compile(r"[+-]?\d{1,30}([.,]\d{1,30})?([eE][+-]?\d{1,3})?", re.ASCII)
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫−", "01234567890123456789.-")
_ROUNDING = 1e-6


def number_of(text: str, comma: bool) -> float | None:
    """The finite number in `text` (also in Arabic-Indic or Persian digits), or None.

    `comma`: a decimal comma counts, because the file's separator is another.
    """
    plain = text.translate(_DIGITS)
    if not _NUMBER.fullmatch(plain) or ("," in plain and not comma):
        return None
    number = float(plain.replace(",", "."))
    return number if math.isfinite(number) else None


class Answerer:
    """Texts of one closed item → its stored values: option index, number or bit mask (see Submissions)."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.dtype, self.missing = (
            (np.uint8, {code: code for code in MISSING.values()})
            if item.is_single
            else (np.float64, MISSING_NUMBER)
            if item.type == "number"
            else (np.uint32, MISSING_MASK)
        )
        self.not_asked = self.missing[NOT_ASKED]
        self._texts = {value: i for i, value in enumerate(item.values) if isinstance(value, str)}
        self._numbers = {float(value): i for i, value in enumerate(item.values) if not isinstance(value, str)}

    def nothing(self, n: int) -> np.ndarray:
        """(n,) not asked."""
        return np.full(n, self.not_asked, self.dtype)

    def table(self, values: Sequence[str], comma: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(stored value, is no possible answer, is an answer or a refusal) for each text of `values`."""
        stored = [self._stored(value, comma) for value in values]
        unanswered = self.missing[UNANSWERED]
        silent = ("", ".s", ".w")
        return (
            np.array(
                [unanswered if value is None else value for value in stored] or [unanswered], self.dtype
            ),
            np.array([value is None for value in stored] or [False]),
            np.array([text not in silent for text in values] or [False]),
        )

    def _stored(self, text: str, comma: bool) -> float | int | None:
        if text in MISSING:
            return self.missing[MISSING[text]]
        if self.item.is_single:
            return self._index(text, comma)
        return self._number(text, comma) if self.item.type == "number" else self._mask(text, comma)

    def _index(self, text: str, comma: bool) -> int | None:
        if text in self._texts:
            return self._texts[text]
        number = number_of(text, comma)
        return None if number is None else self._numbers.get(number)

    def _mask(self, text: str, comma: bool) -> int | None:
        places = [self._index(part.strip(), comma) for part in text.split("|")]
        if None in places or len(set(places)) != len(places):
            return None
        return sum(1 << place for place in places if place is not None)

    def _number(self, text: str, comma: bool) -> float | None:
        number = number_of(text, comma)
        low, high = self.item.minimum, self.item.maximum
        if number is None or (low is not None and number < low) or (high is not None and number > high):
            return None
        # 2.0899999 for 2.09 is a computer's rounding, 2.5 for a whole number is a slip.
        return number if abs(round(number, self.item.decimals) - number) <= _ROUNDING else None
