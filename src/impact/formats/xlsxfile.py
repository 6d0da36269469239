"""XLSX → Table. A workbook is a stranger's ZIP of XML, so it is weighed before it is opened.

Nothing in it is run or fetched: no formula, macro or link to another workbook (platforms' past holes: XML
entities, ZIP bombs, formulas, external links).
"""

from __future__ import annotations

import datetime
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from impact.errors import DataInvalid, Problem
from impact.formats import words
from impact.formats.table import Column, Progress, Table

MAXIMUM_BYTES = 100_000_000
MAXIMUM_UNPACKED = 100_000_000
MAXIMUM_PARTS = 2_000
MAXIMUM_ROWS = 200_000
_LAST_ROW = 1_048_576  # of any spreadsheet program; empty rows with a format may reach down to it
MAXIMUM_CELLS = 10_000_000
MAXIMUM_WIDTH = 2_000
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")


def read_xlsx(path: Path, progress: Progress | None = None) -> Table:
    """The one sheet of `path` that holds cells (or the one called `data`), as text cells.

    Raises DataInvalid: no workbook, too large, several sheets, formulas or error values (each cell named).
    """
    _weigh(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that do not concern us
            return _read(path, progress)
    except DataInvalid:
        raise
    except Exception:  # a broken workbook makes openpyxl and the XML and ZIP readers raise almost anything
        raise _fault(
            path.name,
            "the workbook is damaged or no Excel file.",
            "Open it, and save it again as .xlsx or CSV.",
        ) from None


def _fault(where: str, what: str, remedy: str) -> DataInvalid:
    return DataInvalid(Problem(words.shown(where, 80), what, remedy))


def _weigh(path: Path) -> None:
    """Refuse what is no ZIP, unpacks to too much, is locked, or declares XML entities."""
    size = path.stat().st_size
    if size == 0:
        raise _fault(path.name, "the file is empty.", "Export the data again, with a header and the answers.")
    if size > MAXIMUM_BYTES:
        raise _fault(
            path.name, f"the workbook is larger than {MAXIMUM_BYTES // 10**6} MB.", "Save it as CSV."
        )
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if unpacked > MAXIMUM_UNPACKED or len(parts) > MAXIMUM_PARTS:
                raise _fault(
                    path.name,
                    f"the workbook unpacks to {unpacked / 1e6:,.0f} MB in {len(parts)} parts; "
                    f"at most {MAXIMUM_UNPACKED // 10**6} MB in {MAXIMUM_PARTS} parts are read.",
                    "Save the sheet with the answers as CSV.",
                )
            for part in parts:
                _look_for_declarations(path, archive, part)
    except DataInvalid:
        raise
    except Exception:  # see above: also wrong checksums, unknown compression, locked parts
        raise _fault(
            path.name, "this is no Excel workbook (.xlsx).", "Open it, and save it again as .xlsx or CSV."
        ) from None


def _look_for_declarations(path: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    if not part.filename.endswith((".xml", ".rels")):
        return
    end = b""
    with archive.open(part) as stream:
        while piece := stream.read(1_000_000):
            # Comments and spaces of any length may stand before it. Zeros: also when it is written in UTF-16.
            read = end + piece.replace(b"\0", b"")
            if any(declaration in read for declaration in _DECLARATIONS):
                raise _fault(
                    path.name,
                    "the workbook declares XML entities, which no spreadsheet program does.",
                    "Do not trust it; ask the sender for a CSV file.",
                )
            end = read[-max(map(len, _DECLARATIONS)) :]


def _read(path: Path, progress: Progress | None) -> Table:
    import openpyxl

    # Opened here, because openpyxl leaves the file open when it gives up on a damaged one.
    with path.open("rb") as stream:
        book = openpyxl.load_workbook(stream, read_only=True, keep_links=False, data_only=False)
        sheet = _sheet(path, book)
        reader = _Sheet(path, sheet.title)
        sheet.reset_dimensions()  # what a file says of its own size may be wrong
        for number, row in enumerate(sheet.iter_rows(), start=1):
            reader.add(number, row)
            if progress and number % 1_000 == 0:
                progress(1 - 1 / (1 + number / 20_000))  # the number of rows is not known beforehand
        return reader.table()


def _sheet(path: Path, book: Any) -> Any:
    named = [sheet for sheet in book.worksheets if sheet.title.strip().casefold() == "data"]
    filled = named or [sheet for sheet in book.worksheets if _has_cells(sheet)]
    if not filled:
        raise _fault(
            path.name, "the workbook is empty.", "Export the data again, with a header and the answers."
        )
    if len(filled) > 1:
        raise _fault(
            path.name,
            f"the workbook has {len(filled)} filled sheets: {words.quoted([s.title for s in filled])}.",
            "Keep one, or call the one with the answers “data”.",
        )
    return filled[0]


def _has_cells(sheet: Any) -> bool:
    rows = sheet.iter_rows(max_row=20, values_only=True)
    return any(value is not None for row in rows for value in row)


class _Sheet:
    """Rows as text, with the faults of single cells."""

    def __init__(self, path: Path, title: str) -> None:
        self.name = path.name
        self.title = title
        self.header: list[str] = []
        self.cells: list[list[str]] = []
        self.rows: list[int] = []
        self.bad: dict[str, list[str]] = {}
        self.outside: list[int] = []
        self.seen = 0

    def add(self, number: int, row: tuple[Any, ...]) -> None:
        texts = [self._text(cell) for cell in row]
        while texts and not texts[-1]:
            texts.pop()
        self.seen += len(row)
        if number > _LAST_ROW or self.seen > 2 * MAXIMUM_CELLS:  # nothing but empty cells, without end
            raise self._too_large()
        if not texts:
            return
        if len(texts) > MAXIMUM_WIDTH or len(self.rows) >= MAXIMUM_ROWS or self._count() > MAXIMUM_CELLS:
            raise self._too_large()
        if not self.header:
            self.header = texts
            return
        if len(texts) > len(self.header):
            self.outside.append(number)
        self.cells.append((texts + [""] * len(self.header))[: len(self.header)])
        self.rows.append(number)

    def _too_large(self) -> DataInvalid:
        return _fault(
            self.name,
            f"the sheet “{words.shown(self.title)}” is larger than {MAXIMUM_ROWS} rows, "
            f"{MAXIMUM_WIDTH} columns or {MAXIMUM_CELLS} cells.",
            "Save it as CSV, which may hold more.",
        )

    def _count(self) -> int:
        return len(self.rows) * len(self.header)

    def _text(self, cell: Any) -> str:
        value = cell.value
        if value is None:
            return ""
        if cell.data_type in ("f", "e"):
            kind = "formulas" if cell.data_type == "f" else "error values"
            self.bad.setdefault(kind, []).append(cell.coordinate)
            return "?"
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, int | float):
            return f"{value:.0f}" if value == int(value) else repr(value)
        if isinstance(value, datetime.datetime) and value.time() == datetime.time():
            return value.date().isoformat()
        return str(value).strip()

    def table(self) -> Table:
        name = words.shown(self.name, 80)
        problems = [
            Problem(
                f"{name}, {'cell' if len(places) == 1 else 'cells'} {words.listed(places[:3], len(places))}",
                f"{kind} are not read.",
                "Put their values in their place (copy, then paste as values).",
            )
            for kind, places in self.bad.items()
        ]
        if self.outside:
            problems.append(
                Problem(
                    f"{name}, {words.rows(self.outside)}",
                    "cells stand to the right of the last column of the header.",
                    "Name their column in the first row, or empty them.",
                )
            )
        DataInvalid.raise_if(problems)
        if not self.rows:
            raise _fault(
                self.name, "the file holds a header and no rows.", "Export the data again, with the answers."
            )
        columns = tuple(Column.of(list(texts)) for texts in zip(*self.cells, strict=True))
        return Table(self.name, tuple(self.header), columns, np.array(self.rows, np.int32))
