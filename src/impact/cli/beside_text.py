"""What stands beside the results, as text for a terminal: perception gaps, response shift, harm. Only what there is."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from impact.cli.tables import GAP, Column, table

if TYPE_CHECKING:
    from impact.report.reading import Reading

Row = Mapping[str, Any]
Section = tuple[str, list[str]]


def beside_sections(reading: Reading, wide: int) -> list[Section]:
    """(heading, lines) of each part; one without lines is not printed."""
    findings = reading.findings
    return [
        ("What each side guesses of the other, in percent", _gaps(reading, findings.get("perception_gap", ()), wide)),
        ("Looking back", _bullets([_text(row) for row in findings.get("response_shift", ()) if _has(row)], wide)),
        ("Harm", _harm(findings.get("harm", ()), wide)),
    ]  # fmt: skip


def _has(row: Row) -> bool:
    return row["shift"]["value"] is not None


def _gaps(reading: Reading, rows: Sequence[Row], wide: int) -> list[str]:
    """A table: the item above, a line for each direction and time whose gap is shown; whom it is about below."""
    from impact.report.text import clean, interval, number, signed

    level = next((f"{100 * row['gap']['level']:g}" for row in rows), "95")
    columns = (
        Column("", False), Column("Guess", True), Column("Answers", True), Column("Gap", True),
        Column(f"{level}\u00a0% interval", True), Column("", False),
    )  # fmt: skip
    lines: list[Sequence[str] | str] = []
    last = None
    for row in rows:
        gap = row["gap"]
        if gap["value"] is None:
            continue
        if (row["item"], row["by"]) != last:
            last = (row["item"], row["by"])
            sides = f"{reading.side_label(row['by'])} of {reading.side_name(row['of'])}"
            lines.append(textwrap.shorten(f"{sides}: {clean(row['title'])}", wide, placeholder=" …"))
        when = row["contrast"] or reading.wave_label(row["wave"])
        show = signed if row["contrast"] else number
        verdict = (row["verdict"] or "no interval").replace("_", " ")
        cells = (show(row["estimated"]), show(row["measured"]), signed(gap["value"]))
        lines.append((GAP + when, *cells, interval(gap["low"], gap["high"]), verdict))
    note = "A guess is held against the people of the other side who answered here, not against all of that side."
    return [*table(columns, lines).splitlines(), "", *textwrap.wrap(note, wide)] if lines else []


def _harm(rows: Sequence[Row], wide: int) -> list[str]:
    """Alerts first, then averages against the direction hoped for, and guard outcomes where harm is not excluded."""
    alerts = [row for row in rows if row["alert"]]
    told = [row for row in rows if not row["alert"] and _concerns(row)]
    lines = _bullets([_text(row) for row in [*alerts, *told]], wide)
    judged = [row for row in rows if row["alert_rule"]]
    if judged:
        unknown = sum(row["alert"] is None for row in judged)
        counted = f"Alerts by the plan's rule: {len(alerts)} of {len(judged)} results"
        note = f"{counted}; not said for {unknown}. No alert does not show that nobody was harmed."
        lines += textwrap.wrap(note, wide)
    return lines


def _concerns(row: Row) -> bool:
    harm = row["average"]["harm"]
    return harm == "found" or (row["role"] == "guard" and harm == "not_excluded")


def _text(row: Row) -> str:
    from impact.report.text import clean

    return clean(row["claim"]["text"], limit=1500)


def _bullets(texts: Sequence[str], wide: int) -> list[str]:
    return [
        line
        for text in texts
        for line in textwrap.wrap(text, wide, initial_indent="• ", subsequent_indent="  ")
    ]
