"""Data files (CSV, XLSX) → Submissions: every fault of every file told at once, with place and remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from impact.errors import DataInvalid, Problem
from impact.formats import words
from impact.formats.assemble import assemble
from impact.formats.columns import ColumnMap
from impact.formats.csvfile import read_csv
from impact.formats.mapping import parts_of
from impact.formats.table import Part, Progress, Table
from impact.formats.xlsxfile import read_xlsx
from impact.instruments.model import Instrument
from impact.instruments.submissions import Submissions

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx")
MAXIMUM_PROBLEMS = 60
_OPTIONAL = ("respondent", "arm", "weight", "language")


def read_data(
    paths: Sequence[Path],
    instrument: Instrument,
    columns: ColumnMap | None = None,
    progress: Progress | None = None,
) -> Submissions:
    """All submissions in `paths`, checked against `instrument`.

    One row a submission: `respondent` or `code.<element>`, `wave`, `workshop`, `side` (if the instrument has
    sides), optional `arm`, `weight`, `language`, then items. An empty cell is unanswered, `.r` refused, `.s` not
    shown, `.w` not asked at this wave; several choices are joined by `|`. With `columns` (a column map) the files
    may have any layout. `progress` is told the share done (0 to 1). Raises DataInvalid with every problem found.
    """
    problems: list[Problem] = []
    parts: list[Part] = []
    if not paths:
        raise DataInvalid(Problem("", "no data file is given.", "Name at least one .csv or .xlsx file."))
    files, again = _each_once(paths)
    problems += again
    for i, (path, label) in enumerate(files.items()):
        try:
            table = replace(_table(path, _share(progress, i, len(files))), name=label)
        except DataInvalid as fault:
            problems += [_labelled(problem, path.name, label) for problem in fault.problems]
            continue
        if columns is None:
            parts += _standard_part(table, instrument, problems)
        else:
            parts += parts_of(table, columns, problems)
    submissions = assemble(parts, instrument, problems)
    DataInvalid.raise_if(_at_most(problems))
    if not len(submissions):
        names = words.quoted([Path(path).name for path in paths])
        raise DataInvalid(
            Problem(
                "", f"{names} hold no submissions.", "Check “drop_when” and “drop_empty” of the column map."
            )
        )
    if progress:
        progress(1.0)
    return submissions


def missing_waves(
    submissions: Submissions, instrument: Instrument, plan_waves: Sequence[str]
) -> tuple[Problem, ...]:
    """A problem for every wave in `plan_waves` at which there is no submission at all."""
    present = {instrument.waves[i] for i in np.unique(submissions.wave).tolist()}
    held = words.listed([f"“{wave}”" for wave in instrument.waves if wave in present] or ["none"])
    return tuple(
        Problem(
            "column “wave”",
            f"the data hold no submission at wave “{wave}”, only {held}: no change from or to it can be computed.",
            f"Add the file or the rows with wave “{wave}”, or use a plan that does not compare it.",
        )
        for wave in dict.fromkeys(plan_waves)
        if wave not in present
    )


def _each_once(paths: Sequence[Path]) -> tuple[dict[Path, str], list[Problem]]:
    """Path → what it is called in messages: its name, with its folder where two have the same name. And which
    are given more than once (also by another way to the same file)."""
    found: dict[Path, Path] = {}
    twice: dict[Path, None] = {}
    for path in map(Path, paths):
        first = found.setdefault(path.resolve(), path)
        if first is not path:
            twice[first] = None
    names = [path.name for path in found.values()]
    labels = {
        path: path.name if names.count(path.name) == 1 else _with_folder(path, found.values())
        for path in found.values()
    }
    what = "the file is given more than once."
    return labels, [Problem(words.shown(labels[path], 80), what, "Give it once.") for path in twice]


def _with_folder(path: Path, others: Iterable[Path]) -> str:
    """The name with as many folders before it as tell it from the others."""
    rivals = [other.resolve().parts for other in others if other is not path]
    own = path.resolve().parts
    length = next(n for n in range(2, len(own) + 1) if all(own[-n:] != rival[-n:] for rival in rivals))
    return "/".join(own[-length:])


def _labelled(problem: Problem, name: str, label: str) -> Problem:
    """A reader knows only the file's name: put what it is called here in its place."""
    name, label = words.shown(name, 80), words.shown(label, 80)
    if name == label or not problem.where.startswith(name):
        return problem
    return replace(problem, where=label + problem.where[len(name) :])


def _share(progress: Progress | None, i: int, of: int) -> Progress | None:
    return None if progress is None else lambda done: progress((i + min(done, 1.0)) / of)


def _table(path: Path, progress: Progress | None) -> Table:
    name = words.shown(path.name, 80)
    if path.suffix.lower() not in ENDINGS:
        raise DataInvalid(
            Problem(
                name,
                f"a file that ends in “{words.shown(path.suffix)}” cannot be read."
                if path.suffix
                else "the file's name has no ending that tells its kind.",
                "Give the data as CSV in UTF-8 (.csv) or as an Excel workbook (.xlsx).",
            )
        )
    try:
        return read_xlsx(path, progress) if path.suffix.lower() == ".xlsx" else read_csv(path, progress)
    except FileNotFoundError:
        raise DataInvalid(
            Problem(words.shown(str(path), 200), "there is no such file.", "Check the path.")
        ) from None
    except OSError as fault:
        reason = (fault.strerror or "unknown reason").lower()
        raise DataInvalid(
            Problem(words.shown(str(path), 200), f"the file cannot be read: {reason}.", "Check the path.")
        ) from None


def _standard_part(table: Table, instrument: Instrument, problems: list[Problem]) -> Iterator[Part]:
    """The table as it is, if its header is that of the data format."""
    faults = list(_header_problems(table, instrument))
    problems += faults
    # Of a column that stands twice, nobody knows which one counts: its cells are not looked at.
    cells = {
        name: column
        for name, column in zip(table.header, table.columns, strict=True)
        if name and table.header.count(name) == 1
    }
    yield Part(table.name, table.rows, cells, comma_decimals=table.comma_decimals)


def _header_problems(table: Table, instrument: Instrument) -> Iterator[Problem]:
    name = words.shown(table.name, 80)
    items = [item.id for item in instrument.items if item.type != "note"]
    codes = [f"code.{element.id}" for element in instrument.code_elements]
    required = ["wave", "workshop", *(["side"] if instrument.sides else [])]
    known = [*required, *_OPTIONAL, *codes, *items, *([] if instrument.sides else ["side"])]
    for i, column in enumerate(table.header):
        if not column and any(table.columns[i].values):
            yield Problem(
                f"{name}, column {i + 1}",
                "the column has no name.",
                "Name it in the first row, or remove it.",
            )
    names = [column for column in table.header if column]
    for column in dict.fromkeys(column for column in names if names.count(column) > 1):
        yield Problem(
            f"{name}, column “{words.shown(column)}”",
            f"the header names this column {names.count(column)} times.",
            "Keep one of them.",
        )
    yield from _unknown(name, [column for column in dict.fromkeys(names) if column not in known], known)
    for column in required:
        if column not in names:
            yield Problem(
                f"{name}, row 1",
                f"the column “{column}” is missing.",
                f"Add it; this instrument needs {words.listed(required)}.",
            )
    absent = [column for column in codes if column not in names]
    if absent and len(absent) < len(codes):
        yield Problem(
            f"{name}, row 1",
            f"the code lacks {words.quoted(absent, 6)}.",
            f"Give all its elements ({words.listed(codes)}), with empty cells where nothing was said.",
        )
    yield from _no_items(table, instrument, name)


def _unknown(name: str, columns: list[str], known: list[str]) -> Iterator[Problem]:
    if len(columns) <= 12:
        for column in columns:
            yield Problem(
                f"{name}, column “{words.shown(column)}”",
                "the column is unknown.",
                words.nearest(column, known) + " Otherwise remove it, or give a column map.",
            )
        return
    yield Problem(
        f"{name}, row 1",
        f"{len(columns)} columns are unknown: {words.quoted(columns, 5)}.",
        "Is this file for another instrument? Files of other tools are read with a column map.",
    )


def _no_items(table: Table, instrument: Instrument, name: str) -> Iterator[Problem]:
    """A file without any item. One that lacks some is read: what has no column was not asked of these people,
    and the findings say so. (A misspelt name is an unknown column, and told as such.)"""
    items = [item.id for item in instrument.closed_items]
    if not set(items) & set(table.header):
        yield Problem(
            f"{name}, row 1",
            f"no column is an item of {instrument.ref}.",
            f"Name columns after its items: {words.quoted(items, 6)}.",
        )


def _at_most(problems: list[Problem]) -> list[Problem]:
    rest = len(problems) - MAXIMUM_PROBLEMS
    if rest <= 0:
        return problems
    return [*problems[:MAXIMUM_PROBLEMS], Problem("", f"{rest} more problems.", "Mend these first.")]
