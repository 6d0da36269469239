"""What stands beside the results, as text for a terminal: only what there is, in the findings' own sentences.

Which parts there are, and in which order, is that of the report (`impact.report.beside`); tables that a terminal has
no room for become lines.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from impact.cli.bidi import isolated, wrapped
from impact.cli.tables import GAP, Column, table, width

if TYPE_CHECKING:
    from impact.report.beside import Part
    from impact.report.charts import Table
    from impact.report.reading import Reading

Section = tuple[str, list[str]]
_WITH_TABLE = ("gaps", "deviations", "lost")
"""Parts whose tables say what their sentences do not."""
_IN_ANNEX = ("lost",)

_OFTEN_UNKNOWN = ("invited", "consented", "attended")
"""Steps that a programme may know nothing of; a number that all others have is missing only where it is hidden."""
_AT_THE_END = ("not_linkable", "analysed")


def beside_sections(reading: Reading, wide: int) -> list[Section]:
    """(heading, lines) of each part."""
    from impact.report.beside import annex_parts, main_parts

    parts = [*main_parts(reading), *(part for part in annex_parts(reading) if part.id in _IN_ANNEX)]
    return [(part.title, _lines(reading, part, wide)) for part in parts]


def _lines(reading: Reading, part: Part, wide: int) -> list[str]:
    if part.id == "chain":
        dash = reading.word("beside.dash")  # there are none in a line
        return [*_chains(reading, wide), *_notes([note for note in part.notes if note != dash], wide)]
    tables = [line for one in part.tables if part.id in _WITH_TABLE for line in _table(one, wide)]
    # Numbers stand for the sentences where a sentence is as long as a table.
    sentences = [] if part.id == "gaps" else bullets(part.sentences, wide)
    return [*sentences, *tables, *_notes(part.notes, wide)]


def _chains(reading: Reading, wide: int) -> list[str]:
    """`The north: invited 60 → consented 52 → …`: one a side and arm; a step that may not be told says so."""
    from impact.report.beside.lost import chain_rows, stage_label, who

    rows = chain_rows(reading)
    known = {
        (one["stage"], one["wave"])
        for row in rows
        for one in row["stages"]
        if one["people"] is not None or one["stage"] not in _OFTEN_UNKNOWN
    }
    told = []
    for row in rows:
        named = [
            (one["stage"], f"{stage_label(reading, one).lower()} {_people(reading, one)}")
            for one in row["stages"]
            if (one["stage"], one["wave"]) in known
        ]
        way = " → ".join(text for stage, text in named if stage not in _AT_THE_END)
        ends = (text for stage, text in named if stage in _AT_THE_END)
        told.append(f"{isolated(who(reading, row))}: " + "; ".join([way, *ends]))
    return bullets(told, wide)


def _people(reading: Reading, stage: Mapping[str, Any]) -> str:
    return reading.word("flow_chart.count_hidden") if stage["people"] is None else f"{stage['people']:,}"


def _table(one: Table, wide: int) -> list[str]:
    """As a table where it fits; else each row as one line of its cells with their headings."""
    rows = [row.cells[0] if row.section else row.cells for row in one.rows]
    shortened = [
        textwrap.shorten(row, wide, placeholder=" …") if isinstance(row, str) else row for row in rows
    ]
    inner = [
        (GAP + row[0], *row[1:]) if _has_sections(one) and not isinstance(row, str) else row
        for row in shortened
    ]
    columns = [Column(column.title, column.numeric) for column in one.columns]
    drawn = table(columns, inner).splitlines()
    if all(width(line) <= wide for line in drawn):
        return ["", *drawn, ""]
    return [line for row in rows for line in _row_lines(one, row, wide)]


def _has_sections(one: Table) -> bool:
    return any(row.section for row in one.rows)


def _row_lines(one: Table, row: str | Sequence[str], wide: int) -> list[str]:
    """What names the row, then its numbers with their headings."""
    if isinstance(row, str):
        return wrapped(row, wide)
    first = next((i for i, column in enumerate(one.columns) if column.numeric), 1)
    heads = [column.title.lower() for column in one.columns]
    named = "; ".join(
        f"{head} {isolated(cell)}" for head, cell in zip(heads[first:], row[first:], strict=True)
    )
    name = ", ".join(isolated(cell) for cell in row[:first])
    return bullets([f"{name}: {named}"], wide)


def _notes(notes: Sequence[str], wide: int) -> list[str]:
    return [line for note in notes for line in wrapped(note, wide)]


def reasons(found: Mapping[str, Any], reading: Reading) -> str:
    """Why no more may be said of a finding; "" where only the design sets the limit."""
    from impact.report.beside.around import reasons_of

    told = reasons_of(found)
    return (
        reading.word("page.reasons", reasons=" ".join(told)) if told and not found.get("suppressed") else ""
    )


def bullets(texts: Sequence[str], wide: int) -> list[str]:
    return [line for text in texts for line in wrapped(text, wide, "• ")]
