"""Who came how far, who was lost on the way and how they differed, and whether more sessions went with more change."""

from __future__ import annotations

from collections.abc import Sequence

from impact.report.beside.part import Part, Row, caveats_of, columns, scale_of
from impact.report.charts import Column, Table
from impact.report.charts import Row as TableRow
from impact.report.reading import Reading
from impact.report.text import interval, number, percent, signed


def chain_rows(reading: Reading) -> list[Row]:
    """The chains in which any number may be told."""
    block = reading.findings.get("attrition") or {}
    return [
        row for row in block.get("chain") or () if any(one["people"] is not None for one in row["stages"])
    ]


def chain_part(reading: Reading) -> Part | None:
    """One row a stage, one column a side (and arm); stages that nobody knows anything of are left out."""
    rows = chain_rows(reading)
    if not rows:
        return None
    heads = (Column(reading.word("column.stage")), *(Column(who(reading, row), True) for row in rows))
    listed = []
    for number_, stage in enumerate(rows[0]["stages"]):
        people = [row["stages"][number_]["people"] for row in rows]
        if any(count is not None for count in people):
            counts = ("–" if count is None else f"{count:,}" for count in people)
            listed.append(TableRow((stage_label(reading, stage), *counts)))
    table = Table(reading.word("beside.chain_caption"), heads, tuple(listed))
    has_dash = any("–" in row.cells for row in listed)
    notes = (reading.word("beside.chain_note"), *([reading.word("beside.dash")] if has_dash else []))
    return Part("chain", reading.word("beside.chain"), (), (table,), (*notes, *caveats_of(rows)))


def who(reading: Reading, row: Row) -> str:
    arms = {one["arm"] for one in (reading.findings.get("attrition") or {}).get("chain") or ()}
    return reading.arm_label(row["arm"], row["side"]) if len(arms) > 1 else reading.side_label(row["side"])


def stage_label(reading: Reading, stage: Row) -> str:
    if stage["stage"] == "answered":
        return reading.word("stage.answered", wave=reading.wave_label(stage["wave"]).lower())
    if stage["stage"] == "attended":
        rule = (reading.findings.get("attrition") or {}).get("attendance") or {}
        if rule.get("at_least") is not None:
            return reading.word("stage.attended_from", least=f"{rule['at_least']:g}")
    return reading.word(f"stage.{stage['stage']}")


def lost_part(reading: Reading) -> Part | None:
    """Baseline of those lost beside those kept, and dose, for the annex."""
    block = reading.findings.get("attrition") or {}
    lost, dose = _seen(block.get("lost") or ()), _seen(block.get("dose") or ())
    tables = [_lost_table(reading, lost)] if lost else []
    tables += [_dose_table(reading, dose)] if dose else []
    if not tables:
        return None
    notes = ([reading.word("beside.lost_note")] if lost else []) + [*caveats_of([*lost, *dose])]
    return Part("lost", reading.word("beside.lost"), (), tuple(tables), tuple(notes))


def _seen(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if not row.get("suppressed")]


def _lost_table(reading: Reading, rows: Sequence[Row]) -> Table:
    names = (
        "scale",
        "who",
        "kept",
        "lost",
        "lost_share",
        "before_kept",
        "before_lost",
        "lost_difference",
        "plain",
    )
    heads = columns(reading, *names, worded=("scale", "who"), level=reading.level)
    return Table(
        reading.word("beside.lost_caption"), heads, tuple(TableRow(_lost_cells(reading, row)) for row in rows)
    )


def _lost_cells(reading: Reading, row: Row) -> tuple[str, ...]:
    before, difference = row["before"], row["difference"]
    return (
        scale_of(reading, row), who(reading, row), str(row["kept"]), str(row["lost"]),
        percent(row["share_lost"]["value"]), number(before["kept"]), number(before["lost"]),
        signed(difference["value"]), interval(difference["low"], difference["high"]),
    )  # fmt: skip


def _dose_table(reading: Reading, rows: Sequence[Row]) -> Table:
    names = ("scale", "side", "reached", "reached_change", "others", "others_change")
    heads = columns(reading, *names, worded=("scale", "side"))
    listed = tuple(
        TableRow(
            (
                scale_of(reading, row), reading.side_label(row["side"]), str(row["reached"]["n"]),
                signed(row["reached"]["change"]["mean"]), str(row["others"]["n"]),
                signed(row["others"]["change"]["mean"]),
            )
        )
        for row in rows
    )  # fmt: skip
    return Table(reading.word("beside.dose_caption"), heads, listed)
