"""Perception gaps: what each side guesses of the other, beside what the other answered."""

from __future__ import annotations

from impact.report.beside.part import Part, Row, caveats_of, claim_of, columns, contrast_label, level_of
from impact.report.charts import Row as TableRow
from impact.report.charts import Table
from impact.report.reading import Reading
from impact.report.text import clean, interval, number, signed


def gap_part(reading: Reading) -> Part | None:
    """Sentences on the first time and the first contrast, both ways alike; the table has every time."""
    rows = gaps(reading)
    if not rows:
        return None
    first = next((row["wave"] for row in rows if row["wave"]), None)
    chosen = [
        r for r in rows if (r["wave"] and r["wave"] == first) or r["contrast"] == reading.first_contrast
    ]
    return Part(
        "gaps",
        reading.word("beside.gaps"),
        tuple(dict.fromkeys(claim_of(reading, row) for row in chosen)),
        (_table(reading, rows),),
        (reading.word("beside.gaps_note"), *caveats_of(rows)),
    )


def gaps(reading: Reading) -> list[Row]:
    """The rows with a gap that may be seen."""
    rows = reading.findings.get("perception_gap") or ()
    return [row for row in rows if not row.get("suppressed") and row["gap"]["value"] is not None]


def heading(reading: Reading, row: Row) -> str:
    """`The north of the south: I am ready to …`."""
    by, of = reading.side_label(row["by"]), reading.side_name(row["of"])
    return reading.word("beside.gaps_of", by=by, of=of, title=clean(row["title"]))


def _table(reading: Reading, rows: list[Row]) -> Table:
    names = ("when", "guess", "answers", "gap", "plain", "verdict")
    level = level_of(reading, rows[0]["gap"])
    heads = columns(reading, *names, worded=("when", "verdict"), level=level)
    listed: list[TableRow] = []
    last = None
    for row in rows:
        if (row["item"], row["by"]) != last:
            last = (row["item"], row["by"])
            listed.append(TableRow((heading(reading, row), *[""] * (len(names) - 1)), section=True))
        listed.append(TableRow(cells(reading, row)))
    return Table(reading.word("beside.gaps_caption"), heads, tuple(listed))


def cells(reading: Reading, row: Row) -> tuple[str, ...]:
    """Guess and answers at a time, or how each moved between two."""
    show = signed if row["contrast"] else number
    when = contrast_label(reading, row["contrast"]) if row["contrast"] else reading.wave_label(row["wave"])
    gap = row["gap"]
    return (
        when, show(row["estimated"]), show(row["measured"]), signed(gap["value"]),
        interval(gap["low"], gap["high"]), reading.word(f"gap_verdict.{row['verdict'] or 'none'}"),
    )  # fmt: skip
