"""The report's tables: all results in the order of the plan, and how well the scales measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from impact.report.charts import Column, Mark, Row, Table
from impact.report.reading import ROLES, Finding, Reading, has_arms, is_difference
from impact.report.text import interval, number, percent, signed

_RESULTS = ("scale", "side", "n", "before", "after", "change", "deciding", "verdict")


def results_table(reading: Reading) -> Table:
    """One row a finding (and one an arm): scale, who, people, before, after, change, interval, verdict.

    Grouped by role; what compares the sides' changes has a group of its own. The interval is the one on which
    the verdict rests.
    """
    worded = {"scale", "side", "verdict"}
    titles = {} if reading.has_family else {"deciding": "plain"}
    titles |= {"change": "difference"} if reading.compares_arms else {}
    columns = tuple(
        Column(reading.word(f"column.{titles.get(n, n)}", level=reading.level), n not in worded)
        for n in _RESULTS
    )
    several = len({finding["contrast"] for finding in reading.ordered()}) > 1
    rows: list[Row] = []
    for name, found in _groups(reading):
        if found:
            rows.append(Row((reading.word(f"role.{name}"), *[""] * (len(_RESULTS) - 1)), section=True))
        rows += _rows(reading, found, several)
    return Table(reading.word("page.results_caption"), columns, tuple(rows))


def _groups(reading: Reading) -> list[tuple[str, list[Finding]]]:
    """(role, findings) in the order of the roles, with the differences between sides after the primary ones."""
    listed = reading.ordered()
    own = [
        (role, [f for f in listed if f["role"] == role and not is_difference(f["subgroup"])])
        for role in ROLES
    ]
    between = [finding for finding in listed if is_difference(finding["subgroup"])]
    return [own[0], ("sides", between), *own[1:]]


def _rows(reading: Reading, found: Sequence[Finding], several_contrasts: bool) -> list[Row]:
    """A scale's findings stand together, in the order in which the plan first names the scale."""
    rows = []
    for scale in dict.fromkeys(finding["scale"] for finding in found):
        for finding in (f for f in found if f["scale"] == scale):
            label = reading.scale_label(scale)
            if several_contrasts:
                label = f"{label} ({_contrast(reading, finding['contrast'])})"
            if has_arms(finding):
                rows += [_arm_row(label, mark) for mark in reading.shift_marks(finding) if not mark.hidden]
            rows.append(_row(reading, finding, label))
    return rows


def _arm_row(label: str, mark: Mark) -> Row:
    """An arm has averages; the change is told of the difference only."""
    return Row((label, mark.label, _count(mark), number(mark.before), number(mark.after), "", "", ""))


def _row(reading: Reading, finding: Finding, label: str) -> Row:
    mark = reading.mark(finding)
    if mark.hidden:
        return Row((label, mark.label, "–", "–", "–", "–", "–", mark.hidden), hidden=True)
    ends = interval(mark.deciding.low, mark.deciding.high) if mark.deciding else "–"
    of_two = is_difference(finding["subgroup"]) or has_arms(finding)
    means = ("", "") if of_two else (number(mark.before), number(mark.after))
    return Row((label, mark.label, _count(mark), *means, signed(mark.change), ends, mark.verdict))


def _count(mark: Mark) -> str:
    return "–" if mark.n is None else str(mark.n)


def _contrast(reading: Reading, name: str) -> str:
    return " – ".join(reading.wave_label(part.strip()) for part in name.split(" - "))


def quality_table(reading: Reading) -> Table:
    """One row a scale, wave and side; the same by language stays in the findings. Notes say what the words mean."""
    names = ("scale", "wave", "side", "n", "alpha", "alpha_interval", "omega", "floor", "ceiling", "missing")
    worded = {"scale", "wave", "side"}
    columns = tuple(Column(reading.word(f"column.{n}"), n not in worded) for n in names)
    whole = [entry for entry in reading.findings.get("quality", ()) if not entry.get("language")]
    few = reading.word("few")
    rows = tuple(_quality_row(reading, entry, few) for entry in whole)
    notes = [reading.word("page.quality_note")]
    if any(few in row.cells for row in rows):
        notes.append(reading.word("page.quality_few", threshold=reading.threshold))
    return Table(reading.word("page.quality_caption"), columns, rows, tuple(notes))


def _quality_row(reading: Reading, entry: Mapping[str, Any], few: str) -> Row:
    label = reading.scale_label(entry["scale"])
    names = (label, reading.wave_label(entry["wave"]), reading.side_label(entry.get("side")))
    if entry.get("suppressed"):
        return Row((*names, *["–"] * 7), hidden=True)
    alpha, omega = entry.get("alpha") or {}, entry.get("omega") or {}
    ends = (alpha.get("low"), alpha.get("high"))
    at_ends = (few if entry.get(key) is None else percent(entry[key]) for key in ("floor", "ceiling"))
    return Row(
        (
            *names,
            "–" if entry.get("n") is None else str(entry["n"]),
            number(alpha.get("value"), 2),
            "–" if None in ends else f"{number(ends[0], 2)} to {number(ends[1], 2)}",
            number(omega.get("value"), 2),
            *at_ends,
            percent(entry.get("missing")),
        )
    )
