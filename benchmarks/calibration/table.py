"""results.csv, and the tables that docs/methods.md shows of it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path

from benchmarks.calibration.cells import COLUMNS, DEFAULT, Row, row_of

RESULTS = Path(__file__).with_name("results.csv")
DOCUMENT = Path(__file__).parents[2] / "docs" / "methods.md"
LEVEL, LOWEST, HIGHEST = 0.06, 0.94, 0.98
"""The bounds: wrong findings, and the share of intervals that hold the truth."""

OPEN, CLOSE = "<!-- calibration -->", "<!-- /calibration -->"

WORDS = {
    "A": "A: one group",
    "B": "B: against a waiting list in workshops",
    "C": "C: against people in no workshop",
    "D": "D: two sides in each workshop",
    "E": "E: two sides whose difference varies",
}
SCALES = {"seven": "1–7", "five_ceiling": "1–5, ceiling", "eleven": "0–10"}
RIVALS = {
    "ignored": "everybody as if alone (paired t, ordinary least squares)",
    "cr1_z": "clustered errors with normal quantiles (statsmodels' default)",
    "cr2": "plain CR2, Satterthwaite df",
    "cr2_widened": "CR2 widened by a working ICC of .015",
    "mixed_satterthwaite": "mixed model, Satterthwaite df (R's lmerTest)",
    "mixed_kenward_roger": "mixed model, Kenward–Roger df (R's pbkrtest)",
}


def write_results(rows: list[Row]) -> None:
    with RESULTS.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(row.cells() for row in rows)


def read_results() -> list[Row]:
    with RESULTS.open(newline="", encoding="utf-8") as file:
        return [row_of(cells) for cells in csv.DictReader(file)]


def tables(rows: list[Row]) -> str:
    return f"{_defaults(rows)}\n\n{_short(rows)}\n\n{_behind_cr2(rows)}\n\n{_rivals(rows)}"


def write_document() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    found = re.escape(OPEN) + ".*" + re.escape(CLOSE)
    new, count = re.subn(found, lambda _: f"{OPEN}\n{tables(read_results())}\n{CLOSE}", text, flags=re.S)
    if count != 1:
        raise SystemExit(f"{DOCUMENT.name} must have one place between {OPEN} and {CLOSE}, it has {count}")
    DOCUMENT.write_text(new, encoding="utf-8")


def shown_in_document() -> str:
    return DOCUMENT.read_text(encoding="utf-8").split(OPEN + "\n")[1].split("\n" + CLOSE)[0]


def _defaults(rows: list[Row]) -> str:
    lines = [
        "| design | workshops | wrongly finds a change, % | where | six at .05/6 each, % | interval holds the truth, % | finds .35 SD, % |",
        "|---|---|---|---|---|---|---|",
    ]
    for design, words in WORDS.items():
        mine = [row for row in rows if row.design == design and row.analysis == DEFAULT[design]]
        for workshops in sorted({row.workshops for row in mine}):
            some = [row for row in mine if row.workshops == workshops]
            worst = max(some, key=lambda row: row.type1)
            power = _range(row.power for row in some if row.icc == 0.05)
            held = _range((row.coverage for row in some), digits=1)
            six = max(row.type1_of_six for row in some)
            lines.append(
                f"| {words} | {workshops} | {worst.type1:.1%} | {_where(worst)} | {six:.1%} | {held} | {power} |".replace(
                    "%", ""
                )
            )
    return "\n".join(lines)


def falls_short(row: Row) -> bool:
    return row.type1 > LEVEL or not LOWEST <= row.coverage <= HIGHEST


def _short(rows: list[Row]) -> str:
    """Every default cell outside the bounds, the three scales together."""
    lines = [
        "Outside the bounds (more than 6.0 % wrong findings, or fewer than 94 or more than 98 % true intervals):"
    ]
    short = [row for row in rows if row.is_default and falls_short(row)]
    for cell in dict.fromkeys((row.design, *_cell(row)[:4]) for row in short):
        some = [row for row in short if (row.design, *_cell(row)[:4]) == cell]
        lines.append(
            f"- {cell[0]}, {some[0].workshops} workshops of {_where(some[0], scale=False)}: wrong findings "
            f"{_range((row.type1 for row in some), 1)} %, true intervals "
            f"{_range((row.coverage for row in some), 1)} % ({', '.join(SCALES[row.scale] for row in some)})"
        )
    return "\n".join(lines if short else [lines[0] + " none."])


def _behind_cr2(rows: list[Row]) -> str:
    """Design C from 4 workshops: what its default costs where CR2 would do."""
    mine = [row for row in rows if row.design == "C" and row.workshops >= 4]
    defaults = {_cell(row): row for row in mine if row.is_default}
    cr2 = [row for row in mine if row.analysis == "cr2"]
    most = max(
        (row for row in cr2 if row.type1 <= LEVEL), key=lambda row: row.power - defaults[_cell(row)].power
    )
    own = defaults[_cell(most)]
    return (
        f"In design C, from 4 workshops, CR2 errs in up to {100 * max(row.type1 for row in cr2):.1f} %. Where it errs in at "
        f"most 6.0 %, the default finds up to {100 * (most.power - own.power):.0f} points less than CR2 "
        f"({most.workshops} workshops of {_where(most)}: {100 * own.power:.0f} against {100 * most.power:.0f} %)."
    )


def _rivals(rows: list[Row]) -> str:
    lines = [
        "| design | analysis | wrongly finds a change, % | where | interval holds the truth, % | finds .35 SD, % |",
        "|---|---|---|---|---|---|",
    ]
    for design, words in WORDS.items():
        defaults = {
            _cell(row): row for row in rows if row.design == design and row.analysis == DEFAULT[design]
        }
        for analysis, name in RIVALS.items():
            mine = [row for row in rows if row.design == design and row.analysis == analysis]
            if analysis == DEFAULT[design] or not mine:
                continue
            worst = max(mine, key=lambda row: row.type1)
            weakest = min(mine, key=lambda row: row.power - defaults[_cell(row)].power)
            lines.append(
                f"| {words} | {name} | {worst.type1:.1%} ± {worst.type1_se:.1%} | "
                f"{worst.workshops} workshops, {_where(worst)} | {min(row.coverage for row in mine):.1%} | "
                f"{weakest.power:.0%} ({defaults[_cell(weakest)].power:.0%}) |".replace("%", "")
            )
    return "\n".join(lines)


def _cell(row: Row) -> tuple[object, ...]:
    return row.workshops, row.smallest, row.largest, row.icc, row.scale


def _where(row: Row, scale: bool = True) -> str:
    icc = f"{row.icc:g}".replace("0.", ".")
    return f"{row.smallest}–{row.largest} people, ICC {icc}" + (f", {SCALES[row.scale]}" if scale else "")


def _range(shares: Iterable[float], digits: int = 0) -> str:
    values = sorted(shares)
    low, high = (f"{100 * value:.{digits}f}" for value in (values[0], values[-1]))
    return low if low == high else f"{low}–{high}"
