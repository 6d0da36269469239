"""Table + column map → Parts under the names of the data format."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator

import numpy as np

from impact.errors import Problem
from impact.formats import words
from impact.formats.cells import number_of
from impact.formats.columns import ColumnMap, FileEntry
from impact.formats.table import Column, Part, Table

_LABELS = ("wave", "respondent", "workshop", "side", "arm", "weight", "language")


def parts_of(table: Table, columns: ColumnMap, problems: list[Problem]) -> Iterator[Part]:
    """One Part for each entry of the map that fits the file's name (a wide file may serve two waves)."""
    file_name = table.name.rpartition("/")[2]  # files of one name are called with their folder
    entries = [entry for entry in columns.files if fnmatch.fnmatchcase(file_name, entry.match)]
    name = words.shown(table.name, 80)
    if not entries:
        problems.append(
            Problem(
                name,
                f"no entry of the column map “{columns.name}” fits this file's name.",
                f"Rename the file, or change “match”: {words.quoted([e.match for e in columns.files])}.",
            )
        )
    for entry in entries:
        faults = _faults(table, entry)
        problems += [fault for fault in faults if fault not in problems]
        if not faults:
            yield _part(table, entry, columns)


def _faults(table: Table, entry: FileEntry) -> list[Problem]:
    """Columns that the map names and the file lacks, or has twice."""
    name = words.shown(table.name, 80)
    wanted = [column for names in entry.columns.values() for column in names] + list(entry.drop_when)
    faults = []
    for column in dict.fromkeys(wanted):
        count = table.header.count(column)
        if count == 0:
            faults.append(
                Problem(
                    f"{name}, row 1",
                    f"the column “{words.shown(column)}”, which the column map names, is missing.",
                    words.nearest(column, [known for known in table.header if known]),
                )
            )
        elif count > 1:
            faults.append(
                Problem(
                    f"{name}, column “{words.shown(column)}”",
                    f"the header names this column {count} times.",
                    "Rename one of them, in the file and in the column map.",
                )
            )
    return faults


def _part(table: Table, entry: FileEntry, columns: ColumnMap) -> Part:
    n = len(table)
    cells = {name: _cells(table, name, names, columns) for name, names in entry.columns.items()}
    keep = np.ones(n, bool)
    for column, values in entry.drop_when.items():
        keep &= ~table.column(column).where(lambda value, values=values: _plain(value) in values)
    if entry.drop_empty:
        answers = [cell.where(bool) for name, cell in cells.items() if not _is_label(name)]
        keep &= np.any(answers, axis=0) if answers else True
    if not keep.all():
        cells = {name: cell.keep(keep) for name, cell in cells.items()}
    kept = int(keep.sum())
    cells |= {name: Column.constant(value, kept) for name, value in entry.constants.items()}
    source = {name: names[0] for name, names in entry.columns.items()}
    return Part(table.name, table.rows[keep], cells, source, table.comma_decimals, mapped=True)


def _cells(table: Table, name: str, names: tuple[str, ...], columns: ColumnMap) -> Column:
    """The first of `names` that is not missing, each recoded by its own name or by that of the data format."""

    def clean(column: str) -> Column:
        missing = columns.missing_labels if _is_label(name) else columns.missing_answers
        recode = columns.recode.get(name) or columns.recode.get(column) or {}

        def new(value: str) -> str:
            if value in missing or _plain(value) in missing:
                return ""
            return recode.get(value, recode.get(_plain(value), value))

        return table.column(column).renamed(new)

    first = clean(names[0])
    for other in names[1:]:
        first = _filled(first, clean(other))
    return first


def _is_label(name: str) -> bool:
    """Not an item."""
    return name in _LABELS or name.startswith("code.")


def _filled(first: Column, second: Column) -> Column:
    """`second` where `first` is empty."""
    is_empty = first.where(lambda value: not value)
    codes = np.where(is_empty, second.codes.astype(np.int64) + len(first.values), first.codes)
    return Column(codes, first.values + second.values)


def _plain(value: str) -> str:
    """`3` for `3.0`: what a spreadsheet or R makes of a whole number in a column with gaps."""
    number = number_of(value, comma=False)
    return f"{number:.0f}" if number is not None and abs(number) < 1e15 and number == int(number) else value
