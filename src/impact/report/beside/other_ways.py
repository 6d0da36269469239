"""Every main result worked out in other ways: all of them, whatever came out, and why some cannot be shown."""

from __future__ import annotations

from impact.report.beside.part import Part, Row, columns, scale_of
from impact.report.charts import Row as TableRow
from impact.report.charts import Table
from impact.report.reading import Finding, Reading
from impact.report.text import clean, interval, signed


def other_ways_part(reading: Reading) -> Part | None:
    listed = [
        found for found in reading.ordered() if found.get("sensitivity") and not found.get("suppressed")
    ]
    if not listed:
        return None
    names = ("analysis", "change", "ways_interval", "verdict")
    names = tuple("difference" if n == "change" and reading.compares_arms else n for n in names)
    rows: list[TableRow] = []
    for found in listed:
        rows.append(TableRow((_heading(reading, found), "", "", ""), section=True))
        rows.append(_main_row(reading, found))
        rows += [TableRow(_cells(reading, found, one)) for one in found["sensitivity"]]
    heads = columns(reading, *names, worded=("analysis", "verdict"))
    table = Table(reading.word("beside.ways_caption"), heads, tuple(rows))
    return Part("ways", reading.word("beside.ways"), (), (table,), (reading.word("beside.ways_note"),))


def summary_of(finding: Finding) -> str:
    """In how many of the other analyses the verdict is the same, in the findings' words; "" where there are none."""
    summary = finding.get("sensitivity_summary") or {}
    return clean(summary.get("text") or "", limit=600) if summary.get("of") else ""


def _heading(reading: Reading, found: Finding) -> str:
    return f"{scale_of(reading, found)}: {reading.finding_label(found)}"


def _main_row(reading: Reading, found: Finding) -> TableRow:
    mark = reading.mark(found)
    ends = interval(mark.deciding.low, mark.deciding.high) if mark.deciding else "–"
    return TableRow((reading.word("beside.ways_main"), signed(mark.change), ends, mark.verdict))


def _cells(reading: Reading, found: Finding, one: Row) -> tuple[str, ...]:
    label = clean(one["label"], limit=200)
    note = clean(one.get("note_text") or "", limit=400).rstrip(".")
    said = reading.verdict({**found, "verdict": one["verdict"]}) if one.get("verdict") else ""
    return (
        label[:1].upper() + label[1:],
        signed(one["value"]),
        interval(one["low"], one["high"]),
        "; ".join(text for text in (said, note) if text) or "–",
    )
