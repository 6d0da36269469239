"""The closed answers of one submission as one packed value, in the frozen item order; read back as columns.

One byte for a single choice (option index or missing code), four for several choices (bit mask or missing
mask), eight for a number (or MISSING_NUMBER); little endian, no padding. The instrument says how to read it.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence

import numpy as np

from impact.errors import DataInvalid
from impact.instruments.model import (
    MISSING_CODES,
    MISSING_MASK,
    MISSING_NUMBER,
    UNANSWERED,
    Instrument,
    Item,
)

_LETTERS = {"choices": "I", "number": "d"}
_DTYPES = {"choices": "<u4", "number": "<f8"}
_COLUMN_TYPES = {"choices": np.uint32, "number": np.float64}


def record_size(instrument: Instrument) -> int:
    """Bytes of one packed submission."""
    return struct.calcsize(_layout(instrument))


def column_type(item: Item) -> type[np.generic]:
    """The numpy type of the column of a closed item: uint8, uint32 or float64."""
    return _COLUMN_TYPES.get(item.type, np.uint8)


def missing_value(item: Item, code: int) -> int | float:
    """How the missing code (UNANSWERED, REFUSED, NOT_SHOWN, NOT_ASKED) is stored for this type of item."""
    if item.type == "number":
        return MISSING_NUMBER[code]
    return MISSING_MASK[code] if item.type == "choices" else code


def pack(instrument: Instrument, values: Mapping[str, int | float]) -> bytes:
    """Pack stored values by closed item id; an item that is absent is unanswered.

    Values are option indices, bit masks, numbers or `missing_value`s. One that does not fit its item is a
    fault of the caller: ValueError.
    """
    unknown = [name for name in values if name not in instrument.item or not instrument.item[name].is_closed]
    if unknown:
        raise ValueError(f"no closed items of {instrument.ref}: {', '.join(sorted(unknown))}")
    stored = [
        _checked(item, values[item.id] if item.id in values else missing_value(item, UNANSWERED))
        for item in instrument.closed_items
    ]
    return struct.pack(_layout(instrument), *stored)


def unpack(instrument: Instrument, blobs: Sequence[bytes]) -> dict[str, np.ndarray]:
    """Columns (n,) by closed item id of n packed submissions. Raises DataInvalid if one has another size."""
    size = record_size(instrument)
    joined = b"".join(blobs)
    if len(joined) != size * len(blobs) or any(len(blob) != size for blob in blobs):
        raise DataInvalid.at(
            instrument.ref,
            f"a stored submission is not {size} bytes long.",
            "It was stored with another version of the instrument: use that version.",
        )
    if not size:
        return {}
    records = np.frombuffer(joined, dtype=np.dtype(_fields(instrument)))
    return {
        item.id: np.array(records[item.id], dtype=column_type(item), order="C")
        for item in instrument.closed_items
    }


def pack_columns(instrument: Instrument, answers: Mapping[str, np.ndarray]) -> list[bytes]:
    """The inverse of `unpack`: columns (n,) of stored values by closed item id → n packed submissions.

    The values must fit their items (those that `formats` has read do): they are not checked again.
    """
    size = record_size(instrument)
    columns = [answers[item.id] for item in instrument.closed_items]
    if not columns:
        return []
    records = np.empty(len(columns[0]), dtype=np.dtype(_fields(instrument)))
    for item, column in zip(instrument.closed_items, columns, strict=True):
        records[item.id] = column
    joined = records.tobytes()
    return [joined[start : start + size] for start in range(0, len(joined), size)]


def _fields(instrument: Instrument) -> list[tuple[str, str]]:
    return [(item.id, _DTYPES.get(item.type, "u1")) for item in instrument.closed_items]


def _layout(instrument: Instrument) -> str:
    return "<" + "".join([_LETTERS.get(item.type, "B") for item in instrument.closed_items])


def _checked(item: Item, value: int | float) -> int | float:
    if item.type == "number":
        fits = math.isfinite(value) and (value > -1e299 or value in MISSING_NUMBER.values())
    elif item.type == "choices":
        fits = 0 <= value < 1 << len(item.options) or value in MISSING_MASK.values()
    else:
        fits = 0 <= value < len(item.options) or value in MISSING_CODES
    if not fits:
        raise ValueError(f"{value} does not fit the item {item.id}")
    return value
