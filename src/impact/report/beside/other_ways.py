"""Every main result worked out in other ways: all of them, whatever came out, and why some cannot be shown."""

from __future__ import annotations

from collections.abc import Mapping

from impact.report.beside.part import Part, Row, columns, scale_of
from impact.report.charts import Row as TableRow
from impact.report.charts import Table
from impact.report.reading import Finding, Reading
from impact.report.text import interval, sentence, signed


def other_ways_part(reading: Reading) -> Part | None:
    listed = [
        found for found in reading.ordered() if found.get("sensitivity") and not found.get("suppressed")
    ]
    if not listed:
        return None
    names = ("analysis", "change", "ways_interval", "verdict")
    names = tuple("difference" if n == "change" and reading.compares_arms else n for n in names)
    told = dict.fromkeys(note for found in listed for one in found["sensitivity"] if (note := _note(one)))
    numbers = {note: number for number, note in enumerate(told, start=1)}
    rows: list[TableRow] = []
    for found in listed:
        rows.append(TableRow((_heading(reading, found), "", "", ""), section=True))
        rows.append(_main_row(reading, found))
        rows += [_row(reading, found, one, numbers) for one in found["sensitivity"]]
    heads = columns(reading, *names, worded=("analysis", "verdict"))
    table = Table(reading.word("beside.ways_caption"), heads, tuple(rows))
    # A note that holds for many rows is said once, below the table.
    notes = (
        reading.word("beside.ways_numbered", number=number, note=note) for note, number in numbers.items()
    )
    return Part("ways", reading.word("beside.ways"), (), (table,), (reading.word("beside.ways_note"), *notes))


def summary_of(finding: Finding) -> str:
    """In how many of the other analyses the verdict is the same, in the findings' words; "" where there are none."""
    summary = finding.get("sensitivity_summary") or {}
    return sentence(summary.get("text") or "", limit=600) if summary.get("of") else ""


def _heading(reading: Reading, found: Finding) -> str:
    return f"{scale_of(reading, found)}: {reading.finding_label(found)}"


def _main_row(reading: Reading, found: Finding) -> TableRow:
    mark = reading.mark(found)
    ends = interval(mark.deciding.low, mark.deciding.high) if mark.deciding else "–"
    return TableRow((reading.word("beside.ways_main"), signed(mark.change), ends, mark.verdict))


def _note(one: Row) -> str:
    return sentence(one.get("note_text") or "", limit=400)


def _row(reading: Reading, found: Finding, one: Row, numbers: Mapping[str, int]) -> TableRow:
    label, number = sentence(one["label"], limit=200), numbers.get(_note(one))
    said = reading.verdict({**found, "verdict": one["verdict"]}) if one.get("verdict") else ""
    if not said:
        said = reading.word("beside.ways_not_shown") if one.get("suppressed") else "–"
    if number:
        said = reading.word("beside.ways_see", said=said, number=number)
    cells = (
        label[:1].upper() + label[1:],
        signed(one["value"]),
        interval(one["low"], one["high"]),
        said,
    )
    return TableRow(cells, hidden=bool(one.get("suppressed")))
