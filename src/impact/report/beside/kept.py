"""Looking back (then-test), and the share of a gain that was kept."""

from __future__ import annotations

from impact.report.beside.part import (
    Part,
    Row,
    caveats_of,
    columns,
    contrast_label,
    level_of,
    main_claims,
    rows_of,
    scale_of,
)
from impact.report.charts import Row as TableRow
from impact.report.charts import Table
from impact.report.reading import Reading, mean_of
from impact.report.text import interval, number, percent, signed


def looking_back_part(reading: Reading) -> Part | None:
    rows = [row for row in rows_of(reading, "response_shift") if row["shift"]["value"] is not None]
    if not rows:
        return None
    names = ("scale", "side", "n", "said_then", "looking_back", "shift", "plain")
    heads = columns(reading, *names, worded=("scale", "side"), level=level_of(reading, rows[0]["shift"]))
    table = Table(
        reading.word("beside.looking_back_caption"), heads, tuple(_shift_row(reading, row) for row in rows)
    )
    notes = (reading.word("beside.looking_back_note"), *caveats_of(rows))
    sentences = main_claims(reading, rows)
    return Part("looking-back", reading.word("beside.looking_back"), sentences, (table,), notes)


def _shift_row(reading: Reading, row: Row) -> TableRow:
    shift = row["shift"]
    return TableRow(
        (
            scale_of(reading, row), reading.subgroup_label(row["subgroup"]), _count(row),
            number(mean_of(row.get("before"))), number(mean_of(row.get("then"))), signed(shift["value"]),
            interval(shift["low"], shift["high"]),
        )
    )  # fmt: skip


def retention_part(reading: Reading) -> Part | None:
    """Every scale whose gain is told or said to be none; how much there was to keep stands in the results."""
    rows = rows_of(reading, "retention")
    if not rows:
        return None
    names = ("scale", "side", "n", "kept_share", "plain")
    heads = columns(reading, *names, worded=("scale", "side"), level=level_of(reading, rows[0]["estimate"]))
    several = len({row["contrast"] for row in rows}) > 1
    # Beside a share that cannot be told there is only why, and the sentences say it.
    told = [row for row in rows if row["estimate"]["value"] is not None]
    listed = tuple(_retention_row(reading, row, several) for row in told)
    tables = (Table(reading.word("beside.kept_caption"), heads, listed),) if told else ()
    without = reading.word("beside.kept_without", count=len(rows) - len(told), total=len(rows))
    notes = (*([without] if len(told) < len(rows) else []), *caveats_of(told))
    return Part("kept", reading.word("beside.kept"), main_claims(reading, rows), tables, notes)


def _retention_row(reading: Reading, row: Row, several: bool) -> TableRow:
    label, estimate = reading.scale_label(row["scale"]), row["estimate"]
    if several:
        label = f"{label} ({contrast_label(reading, row['contrast'])})"
    ends = (estimate["low"], estimate["high"])
    whole = "–" if None in ends else reading.word("range", low=percent(ends[0]), high=percent(ends[1]))
    return TableRow(
        (
            label, reading.subgroup_label(row["subgroup"]), _count(row), percent(estimate["value"]),
            whole.replace("-", "−"),
        )
    )  # fmt: skip


def _count(row: Row) -> str:
    return "–" if row.get("n") is None else str(row["n"])
