"""Harm: alerts by the plan's rule first, then more people worse than error explains, and averages against the direction
hoped for. Its absence is never said."""

from __future__ import annotations

from collections.abc import Sequence

from impact.report.beside.part import Part, Row, caveats_of, claim_of, columns, level_of, rows_of, scale_of
from impact.report.charts import Row as TableRow
from impact.report.charts import Table
from impact.report.reading import Reading
from impact.report.text import percent
from impact.report.wording import word_or


def harm_part(reading: Reading) -> Part | None:
    """What concerns, in sentences: alerts, then more people clearly worse than error of measurement alone explains,
    worse averages, and guard outcomes where harm is not excluded."""
    rows = rows_of(reading, "harm")
    if not rows:
        return None
    alerts = [row for row in rows if row["alert"]]
    concerns = [row for row in rows if not row["alert"] and _concerns(row)]
    sentences = tuple(text for row in [*alerts, *concerns] if (text := claim_of(reading, row)))
    if not sentences and not _judged(rows):
        return None
    notes = (*_counted(reading, rows), *caveats_of(row for row in rows if _is_beyond(row)))
    return Part("harm", reading.word("beside.harm"), sentences, (), notes)


def harm_annex(reading: Reading) -> Part | None:
    """All results alike, so that a reader sees which were looked at and not only which concern."""
    rows = [row for row in rows_of(reading, "harm") if row["n"] is not None]
    if not rows:
        return None
    names = ("scale", "side", "n", "worse", "plain", "by_error", "harm_average")
    names += ("alert",) if _judged(rows) else ()
    worded = ("scale", "side", "harm_average", "alert")
    sesois = {row["average"].get("sesoi") for row in rows}
    sesoi = sesois.pop() if len(sesois) == 1 else None
    if sesoi is None:
        names = tuple("harm_average_each" if name == "harm_average" else name for name in names)
        worded = (*worded, "harm_average_each")
    level = level_of(reading, rows[0]["share"])
    heads = columns(reading, *names, worded=worded, level=level, by=_points(reading, sesoi))
    listed = tuple(TableRow(_cells(reading, row, sesoi is None)[: len(names)]) for row in rows)
    table = Table(reading.word("beside.harm_caption"), heads, listed)
    notes = (reading.word("beside.harm_note", threshold=reading.threshold), *caveats_of(rows))
    return Part("harm-all", reading.word("beside.harm_all"), (), (table,), notes)


def _concerns(row: Row) -> bool:
    harm = row["average"]["harm"]
    return _is_beyond(row) or harm == "found" or (row["role"] == "guard" and harm == "not_excluded")


def _is_beyond(row: Row) -> bool:
    """Whether even the lower end of the share got worse lies above what error of measurement alone would put there."""
    low, expected = row["share"]["low"], row["expected_share"]
    return low is not None and expected is not None and low > expected


def _judged(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["alert_rule"]]


def _counted(reading: Reading, rows: Sequence[Row]) -> tuple[str, ...]:
    judged = _judged(rows)
    if not judged:
        return (reading.word("beside.harm_no_rule"),)
    alerts = sum(bool(row["alert"]) for row in judged)
    unknown = sum(row["alert"] is None for row in judged)
    said = len(judged) - unknown
    if not said:
        return (reading.word("beside.harm_alerts_not_said", total=len(judged)),)
    form = "beside.harm_alerts_unknown" if unknown else "beside.harm_alerts"
    alerts = str(alerts) if alerts else reading.word("beside.harm_alerts_no")
    return (reading.word(form, alerts=alerts, said=said, unknown=unknown),)


def _points(reading: Reading, sesoi: float | None) -> str:
    """`5 points`, `1 point`; "" where there is no such number."""
    if sesoi is None:
        return ""
    return reading.word("points.one" if sesoi == 1 else "points.other", points=f"{sesoi:g}")


def _average(reading: Reading, row: Row, with_points: bool) -> str:
    """Whether harm of the size that matters is ruled out; `with_points` where that size is not in the heading."""
    harm, points = row["average"]["harm"], _points(reading, row["average"].get("sesoi"))
    said = word_or(reading.language, f"harm_average.{harm}", "–")
    return reading.word("harm_average.of", said=said, by=points) if with_points and harm and points else said


def _cells(reading: Reading, row: Row, with_points: bool) -> tuple[str, ...]:
    share, worsened = row["share"], row["worsened"]
    few = reading.word("few") if worsened is None else str(worsened)
    ends = (share["low"], share["high"])
    alert = {True: "yes", False: "no", None: "unknown"}[row["alert"]]
    return (
        scale_of(reading, row), reading.subgroup_label(row["subgroup"]), str(row["n"]), few,
        "–" if None in ends else reading.word("range", low=percent(ends[0]), high=percent(ends[1])),
        f"{100 * row['expected_share']:g}\u00a0%",
        _average(reading, row, with_points),
        reading.word(f"alert.{alert}"),
    )  # fmt: skip
