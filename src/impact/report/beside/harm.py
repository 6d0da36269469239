"""Harm: alerts by the plan's rule first, then averages against the direction hoped for. Its absence is never said."""

from __future__ import annotations

from collections.abc import Sequence

from impact.report.beside.part import Part, Row, caveats_of, claim_of, columns, level_of, rows_of, scale_of
from impact.report.charts import Row as TableRow
from impact.report.charts import Table
from impact.report.reading import Reading
from impact.report.text import percent
from impact.report.wording import word_or


def harm_part(reading: Reading) -> Part | None:
    """What concerns, in sentences: alerts, then worse averages and guard outcomes where harm is not excluded."""
    rows = rows_of(reading, "harm")
    if not rows:
        return None
    alerts = [row for row in rows if row["alert"]]
    concerns = [row for row in rows if not row["alert"] and _concerns(row)]
    sentences = tuple(text for row in [*alerts, *concerns] if (text := claim_of(reading, row)))
    if not sentences and not _judged(rows):
        return None
    return Part("harm", reading.word("beside.harm"), sentences, (), _counted(reading, rows))


def harm_annex(reading: Reading) -> Part | None:
    """All results alike, so that a reader sees which were looked at and not only which concern."""
    rows = [row for row in rows_of(reading, "harm") if row["n"] is not None]
    if not rows:
        return None
    names = ("scale", "side", "n", "worse", "plain", "by_error", "harm_average")
    names += ("alert",) if _judged(rows) else ()
    worded = ("scale", "side", "harm_average", "alert")
    heads = columns(reading, *names, worded=worded, level=level_of(reading, rows[0]["share"]))
    listed = tuple(TableRow(_cells(reading, row)[: len(names)]) for row in rows)
    table = Table(reading.word("beside.harm_caption"), heads, listed)
    notes = (reading.word("beside.harm_note", threshold=reading.threshold), *caveats_of(rows))
    return Part("harm-all", reading.word("beside.harm_all"), (), (table,), notes)


def _concerns(row: Row) -> bool:
    harm = row["average"]["harm"]
    return harm == "found" or (row["role"] == "guard" and harm == "not_excluded")


def _judged(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["alert_rule"]]


def _counted(reading: Reading, rows: Sequence[Row]) -> tuple[str, ...]:
    judged = _judged(rows)
    if not judged:
        return (reading.word("beside.harm_no_rule"),)
    alerts = sum(bool(row["alert"]) for row in judged)
    unknown = sum(row["alert"] is None for row in judged)
    form = "beside.harm_alerts_unknown" if unknown else "beside.harm_alerts"
    return (reading.word(form, alerts=alerts, total=len(judged), unknown=unknown),)


def _cells(reading: Reading, row: Row) -> tuple[str, ...]:
    share, worsened, language = row["share"], row["worsened"], reading.language
    few = reading.word("few") if worsened is None else str(worsened)
    ends = (share["low"], share["high"])
    alert = {True: "yes", False: "no", None: "unknown"}[row["alert"]]
    return (
        scale_of(reading, row), reading.subgroup_label(row["subgroup"]), str(row["n"]), few,
        "–" if None in ends else reading.word("range", low=percent(ends[0]), high=percent(ends[1])),
        f"{100 * row['expected_share']:g}\u00a0%",
        word_or(language, f"harm_average.{row['average']['harm']}", "–"),
        reading.word(f"alert.{alert}"),
    )  # fmt: skip
