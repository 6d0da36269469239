"""How many people were invited and consented: a small CSV file beside the data.

One row an arm and side: the columns `invited` and `consented` (whole numbers, empty = not known), `arm` where the plan
has two (else everybody is of the workshop), `side` where the plan tells sides apart.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from impact.errors import DataInvalid, Problem
from impact.formats import words
from impact.instruments.model import ARMS, Instrument
from impact.plans.model import Plan

COUNTS = ("invited", "consented")
_KNOWN = ("arm", "side", *COUNTS)
_MOST_PEOPLE = 10_000_000
_MOST_BYTES = 1_000_000
Counts = dict[str, int | None]


def read_invited(path: Path, plan: Plan, instrument: Instrument) -> dict[tuple[str, str | None], Counts]:
    """(arm, side or None) → {"invited", "consented"}. Raises DataInvalid with every fault: row, what, what to do."""
    rows = _rows(path)
    sides: tuple[str | None, ...] = instrument.side_ids if plan.by_side else (None,)
    problems: list[Problem] = []
    found: dict[tuple[str, str | None], Counts] = {}
    for number, row in rows:
        where = f"{words.shown(path.name, 80)}, row {number}"
        arm = _one_of(problems, where, "arm", row, ARMS if plan.has_arms else ARMS[:1], ARMS[0])
        side = _one_of(problems, where, "side", row, sides, None)
        counts = {name: _count(problems, where, name, row.get(name, "")) for name in COUNTS}
        few, many = counts["consented"], counts["invited"]
        if few is not None and many is not None and few > many:
            what = f"{few} consented, and {many} were invited."
            problems.append(Problem(where, what, "Correct one of the two."))
        if (arm, side) in found:
            problems.append(Problem(where, "this arm and side are there already.", "Keep one of the rows."))
        found[arm or ARMS[0], side] = counts
    DataInvalid.raise_if(problems)
    return found


def _rows(path: Path) -> list[tuple[int, Mapping[str, str]]]:
    """Row number in the file and cells by column."""
    name = words.shown(path.name, 80)
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise DataInvalid.at(str(path), f"the file cannot be read: {reason}.", "Check the path.") from None
    except UnicodeDecodeError:
        raise DataInvalid.at(name, "the file is not in UTF-8.", "Save it again as CSV UTF-8.") from None
    if len(raw) > _MOST_BYTES:
        raise DataInvalid.at(name, "the file is too large for a few counts.", "Give the file of counts.")
    separator = ";" if text.partition("\n")[0].count(";") else ","
    try:
        listed = list(csv.reader(io.StringIO(text), delimiter=separator, strict=True))
    except csv.Error:
        raise DataInvalid.at(name, "the file is not sound CSV.", "Save it again as CSV UTF-8.") from None
    filled = [(number, row) for number, row in enumerate(listed, 1) if any(cell.strip() for cell in row)]
    if not filled:
        raise DataInvalid.at(name, "the file is empty.", f"Give it the columns {', '.join(COUNTS)}.")
    header = [cell.strip() for cell in filled[0][1]]
    DataInvalid.raise_if(_faults_of_header(name, header))
    DataInvalid.raise_if(
        Problem(f"{name}, row {number}", "the row has more cells than there are columns.", "Remove them.")
        for number, row in filled[1:]
        if len(row) > len(header)
    )
    return [
        (number, {key: cell.strip() for key, cell in zip(header, row, strict=False)})
        for number, row in filled[1:]
    ]


def _faults_of_header(name: str, header: list[str]) -> Iterable[Problem]:
    for cell in dict.fromkeys(header):
        if cell not in _KNOWN:
            what = f"the column “{words.shown(cell)}” is unknown."
            yield Problem(f"{name}, row 1", what, f"Use {', '.join(_KNOWN)}.")
        elif header.count(cell) > 1:
            yield Problem(f"{name}, row 1", f"the column “{cell}” is there twice.", "Keep one of the two.")
    if not set(header) & set(COUNTS):
        yield Problem(f"{name}, row 1", "no column holds counts.", "Add “invited”, “consented” or both.")


def _one_of(
    problems: list[Problem],
    where: str,
    column: str,
    row: Mapping[str, str],
    allowed: Iterable[str | None],
    default: str | None,
) -> str | None:
    """The arm or side of a row; an empty cell is the default, where that is allowed."""
    value = row.get(column) or default
    if value in allowed:
        return value
    listed = ", ".join(f"“{one}”" for one in allowed if one is not None)
    what = f"“{words.shown(value)}” is no {column} of this plan." if value else f"the {column} is missing."
    problems.append(Problem(where, what, f"Use {listed}." if listed else "Leave it empty."))
    return None


def _count(problems: list[Problem], where: str, column: str, cell: str) -> int | None:
    if not cell:
        return None
    if cell.isascii() and cell.isdigit() and len(cell) < 9 and int(cell) <= _MOST_PEOPLE:
        return int(cell)
    what = f"“{words.shown(cell)}” under “{column}” is no count of people."
    problems.append(Problem(where, what, "Write a whole number, or leave the cell empty if it is not known."))
    return None
