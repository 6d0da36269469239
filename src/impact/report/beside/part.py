"""A part of the report beside the results, and how its rows are named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from impact.report.charts import Column, Table
from impact.report.reading import Reading, texts
from impact.report.text import sentence

Row = Mapping[str, Any]
_WITHHELD = ("too_few_to_show",)


@dataclass(frozen=True)
class Part:
    """`sentences` are the findings' own; `notes` say how tables are to be read and what limits them.

    id  names the part in pages; the same in every document
    """

    id: str
    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()


def rows_of(reading: Reading, block: str) -> tuple[Row, ...]:
    """The rows of a block that may be seen; none where the document is older than the block."""
    return tuple(row for row in reading.findings.get(block) or () if not row.get("suppressed"))


def claim_of(reading: Reading, row: Row) -> str:
    """The sentence; of a contrast that is not the plan's first with its name, since sentences do not tell the times."""
    return of_contrast(reading, row, (row.get("claim") or {}).get("text") or "")


def of_contrast(reading: Reading, row: Row, text: str) -> str:
    told, contrast = sentence(text, limit=1500), row.get("contrast") or ""
    if not told or " - " not in contrast or contrast == reading.first_contrast:
        return told
    return reading.word("beside.of_contrast", contrast=contrast_label(reading, contrast), text=told)


def columns(
    reading: Reading, *names: str, worded: Iterable[str] = (), **values: object
) -> tuple[Column, ...]:
    """Columns by the names of their words; numeric ones unless `worded`."""
    plain = frozenset(worded)
    return tuple(Column(reading.word(f"column.{name}", **values), name not in plain) for name in names)


def caveats_of(rows: Iterable[Row]) -> tuple[str, ...]:
    """Each caveat of the rows once; that a row is withheld is seen in the row."""
    listed = [one for row in rows for one in row.get("caveats") or () if one.get("code") not in _WITHHELD]
    return texts(listed)


def contrast_label(reading: Reading, contrast: str) -> str:
    """`After – Before`; a contrast with a name of its own keeps it."""
    return " – ".join(reading.wave_label(part.strip()) for part in contrast.split(" - "))


def scale_of(reading: Reading, row: Row) -> str:
    """The scale, with the contrast where it is not the plan's first."""
    label = reading.scale_label(row["scale"])
    if row.get("contrast") in (None, reading.first_contrast):
        return label
    return f"{label} ({contrast_label(reading, row['contrast'])})"


def is_primary(reading: Reading, row: Row) -> bool:
    """Whether the row is about a scale that the plan names first."""
    return row["scale"] in reading.scales("primary")


def main_claims(reading: Reading, rows: Iterable[Row]) -> tuple[str, ...]:
    """The sentences of the primary scales; where the plan names none, of all."""
    listed = list(rows)
    chosen = [row for row in listed if is_primary(reading, row)] if reading.scales("primary") else listed
    return tuple(dict.fromkeys(text for row in chosen if (text := claim_of(reading, row))))


def level_of(reading: Reading, block: Row) -> str:
    return f"{block['level'] * 100:g}\u00a0%" if block.get("level") else reading.level
