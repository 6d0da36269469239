"""The report's tables: all results in the order of the plan, and how well the scales measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from impact.report.charts import Column, Row, Table
from impact.report.reading import ROLES, Finding, Reading, is_difference
from impact.report.text import interval, number, percent, signed


def results_table(reading: Reading) -> Table:
    """One row a finding: scale, who, people, before, after, change, interval, verdict; grouped by role."""
    names = ("scale", "side", "n", "before", "after", "change", "plain", "verdict")
    numeric = {"n", "before", "after", "change", "plain"}
    titles = {"change": "difference"} if reading.compares_arms else {}
    columns = tuple(
        Column(reading.word(f"column.{titles.get(n, n)}", level=reading.level), n in numeric) for n in names
    )
    several = len({finding["contrast"] for finding in reading.ordered()}) > 1
    rows: list[Row] = []
    for role in ROLES:
        found = [finding for finding in reading.ordered() if finding["role"] == role]
        if found:
            rows.append(Row((reading.word(f"role.{role}"), *[""] * (len(names) - 1)), section=True))
        rows += _rows(reading, found, several)
    return Table(reading.word("page.results_caption", level=reading.level), columns, tuple(rows))


def _rows(reading: Reading, found: list[Finding], several_contrasts: bool) -> list[Row]:
    """A scale's findings stand together, in the order in which the plan first names the scale."""
    rows = []
    for scale in dict.fromkeys(finding["scale"] for finding in found):
        for finding in (f for f in found if f["scale"] == scale):
            label = reading.scale_label(scale)
            if several_contrasts:
                label = f"{label} ({_contrast(reading, finding['contrast'])})"
            rows.append(_row(reading, finding, label))
    return rows


def _row(reading: Reading, finding: Finding, label: str) -> Row:
    mark = reading.mark(finding)
    if mark.hidden:
        return Row((label, mark.label, "–", "–", "–", "–", "–", mark.hidden), hidden=True)
    ends = interval(mark.plain.low, mark.plain.high) if mark.plain else "–"
    means = ("", "") if is_difference(finding["subgroup"]) else (number(mark.before), number(mark.after))
    count = "–" if mark.n is None else str(mark.n)
    return Row((label, mark.label, count, *means, signed(mark.change), ends, mark.verdict))


def _contrast(reading: Reading, name: str) -> str:
    return " – ".join(reading.wave_label(part.strip()) for part in name.split(" - "))


def quality_table(reading: Reading) -> Table:
    """One row a scale, wave and side; the same by language stays in the findings."""
    names = ("scale", "wave", "side", "n", "alpha", "alpha_interval", "omega", "floor", "ceiling", "missing")
    worded = {"scale", "wave", "side"}
    columns = tuple(Column(reading.word(f"column.{n}"), n not in worded) for n in names)
    whole = (entry for entry in reading.findings.get("quality", ()) if not entry.get("language"))
    rows = tuple(_quality_row(reading, entry) for entry in whole)
    return Table(reading.word("page.quality_caption"), columns, rows)


def _quality_row(reading: Reading, entry: Mapping[str, Any]) -> Row:
    label = reading.scale_label(entry["scale"])
    names = (label, reading.wave_label(entry["wave"]), reading.side_label(entry.get("side")))
    if entry.get("suppressed"):
        return Row((*names, *["–"] * 7), hidden=True)
    alpha, omega = entry.get("alpha") or {}, entry.get("omega") or {}
    ends = (alpha.get("low"), alpha.get("high"))
    return Row(
        (
            *names,
            "–" if entry.get("n") is None else str(entry["n"]),
            number(alpha.get("value"), 2),
            "–" if None in ends else f"{number(ends[0], 2)} to {number(ends[1], 2)}",
            number(omega.get("value"), 2),
            *(percent(entry.get(key)) for key in ("floor", "ceiling", "missing")),
        )
    )
