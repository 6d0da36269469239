"""CSV → Table, without a heavy library: the bytes are cut by numpy, so a million rows take about a second.

Cutting by columns also tells what row-wise readers pass over in silence: every ragged row, the row in which a
quotation mark is left open, the byte that is not UTF-8.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from impact.errors import DataInvalid, Problem
from impact.formats import words
from impact.formats.table import MAXIMUM_COLUMNS, Column, Progress, Table

MAXIMUM_BYTES = 2_000_000_000
MAXIMUM_HEADER = 1_000_000
CHUNK = 8_000_000
_QUOTE, _NEWLINE, _RETURN = 34, 10, 13
_SEPARATORS = ",;\t"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_csv(path: Path, progress: Progress | None = None, chunk: int = CHUNK) -> Table:
    """The table in `path`: UTF-8 (with or without BOM), separated by comma, semicolon or tab.

    Wholly empty rows are left out. Raises DataInvalid with every fault of the file's form.
    """
    data = _read(path)
    header, separator, start, row = _header(path.name, data)
    body = _Body(path.name, data, start, row, separator, len(header), chunk)
    vocabularies: list[dict[bytes, int]] = [{} for _ in header]
    codes: list[list[np.ndarray]] = [[] for _ in header]
    numbers: list[np.ndarray] = []
    for piece in body:
        for i, column in enumerate(codes):
            column.append(piece.codes(i, vocabularies[i]))
        numbers.append(piece.rows)
        if progress:
            progress(body.done / len(data))
    DataInvalid.raise_if(body.problems())
    if not sum(len(part) for part in numbers):
        raise _fault(
            path.name, "the file holds a header and no rows.", "Export the data again, with the answers."
        )
    columns = tuple(
        Column(np.concatenate(column), _texts(vocabulary))
        for column, vocabulary in zip(codes, vocabularies, strict=True)
    )
    return Table(path.name, header, columns, np.concatenate(numbers), separator != ",")


def _fault(where: str, what: str, remedy: str) -> DataInvalid:
    return DataInvalid(Problem(words.shown(where, 80), what, remedy))


def _read(path: Path) -> bytes:
    if path.stat().st_size > MAXIMUM_BYTES:
        raise _fault(path.name, f"the file is larger than {MAXIMUM_BYTES // 10**9} GB.", "Split it by wave.")
    data = path.read_bytes()
    if data.startswith(_UTF16):
        raise _fault(
            path.name, "the file is in UTF-16, not UTF-8.", "Save it again as “CSV UTF-8 (comma delimited)”."
        )
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        raise _fault(path.name, "the file is empty.", "Export the data again, with a header and the answers.")
    if b"\x00" in data:
        kind = "an Excel or ZIP file" if data.startswith(b"PK") else "a binary file"
        raise _fault(
            path.name,
            f"this is {kind}, not CSV text.",
            "Give the data as CSV in UTF-8, or as .xlsx with that ending.",
        )
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    return data


def _header(name: str, data: bytes) -> tuple[tuple[str, ...], str, int, int]:
    """Column names, separator, where the body begins and the number of its first row."""
    start, row = 0, 1
    while data[start : start + 1] in (b"\n", b"\r"):
        row += data[start : start + 1] == b"\n"
        start += 1
    head = np.frombuffer(data, np.uint8, min(MAXIMUM_HEADER, len(data) - start), start)
    inside = _inside_quotes(head)
    ends = np.flatnonzero((head == _NEWLINE) & ~inside)
    if not len(ends) and (len(head) == MAXIMUM_HEADER or inside[-1]):
        raise _fault(
            f"{name}, row {row}",
            "the header has no end.",
            "Close the quotation mark that is left open, or begin the file with one row of column names.",
        )
    end = int(ends[0]) if len(ends) else len(head)
    text = _decode(name, data, start, start + end).rstrip("\r")
    outside = head[:end][~inside[:end]]
    counts = [int(np.count_nonzero(outside == ord(mark))) for mark in _SEPARATORS]
    separator = _SEPARATORS[counts.index(max(counts))]
    try:
        names = tuple(
            cell.strip() for cell in next(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        )
    except (csv.Error, StopIteration):
        raise _fault(
            f"{name}, row {row}", "the header cannot be read.", "Write one row of column names."
        ) from None
    if len(names) != max(counts) + 1:
        raise _fault(
            f"{name}, row {row}",
            "the header has a quotation mark inside a column name.",
            "Put the whole name in quotation marks, or remove the mark.",
        )
    if len(names) > MAXIMUM_COLUMNS:
        raise _fault(
            name, f"the file has more than {MAXIMUM_COLUMNS} columns.", "Keep those that are needed."
        )
    return names, separator, min(start + end + 1, len(data)), row + 1


def _inside_quotes(buffer: np.ndarray) -> np.ndarray:
    """bool: after an odd number of quotation marks (a doubled mark closes and opens again)."""
    return np.bitwise_xor.accumulate((buffer == _QUOTE).view(np.uint8)).view(bool)


def _decode(name: str, data: bytes, start: int, end: int) -> str:
    try:
        return data[start:end].decode()
    except UnicodeDecodeError as fault:
        place = start + fault.start
        line = data.count(b"\n", 0, place) + 1
        byte = data[place : place + 1]
        raise _fault(
            f"{name}, line {line}",
            f"the file is not in UTF-8: the byte 0x{byte.hex().upper()} "
            f"(“{words.shown(byte.decode('latin-1'))}” in Latin-1) stands there.",
            "Save it again with the encoding UTF-8 (in Excel: “CSV UTF-8”).",
        ) from None


def _texts(vocabulary: dict[bytes, int]) -> tuple[str, ...]:
    return tuple(raw.decode().replace('""', '"').strip() for raw in vocabulary)


class _Body:
    """The rows after the header, piece by piece, and the faults found on the way."""

    def __init__(
        self, name: str, data: bytes, start: int, row: int, separator: str, width: int, chunk: int
    ) -> None:
        self.name, self.data, self.done, self.row = name, data, start, row
        self.separator, self.width, self.chunk = ord(separator), width, chunk
        self.has_quotes = b'"' in data
        self.ragged: dict[int, list[int]] = {}
        self.open_row: int | None = None

    def __iter__(self) -> Iterator[_Piece]:
        size = self.chunk
        while self.done < len(self.data):
            end = min(self.done + size, len(self.data))
            marks, buffer, is_open = self._cut(end)
            if marks is None:  # no row ends in this piece: a very long row, or an open quotation mark
                if end == len(self.data) and is_open:
                    self.open_row = self.row
                    return
                size *= 2
                continue
            size = self.chunk
            yield self._piece(marks, buffer)

    def _cut(self, end: int) -> tuple[np.ndarray | None, np.ndarray, bool]:
        """Positions of the separators and row ends from `self.done` on, up to the last row end before `end`."""
        start, is_last = self.done, end == len(self.data)
        closing = b"\n" if is_last and self.data[-1:] != b"\n" else b""
        # Eight bytes more, so that a short cell at the end can be read as one number.
        buffer = np.frombuffer(self.data[start:end] + closing + bytes(8), np.uint8)
        body = buffer[:-8]
        found = (body == self.separator) | (body == _NEWLINE)
        is_open = False
        if self.has_quotes:
            inside = _inside_quotes(body)
            found &= ~inside
            is_open = bool(inside[-1])
        marks = np.flatnonzero(found)
        ends = np.flatnonzero(body[marks] == _NEWLINE)
        if not len(ends):
            return None, buffer, is_open
        return marks[: ends[-1] + 1], buffer, is_open

    def _piece(self, marks: np.ndarray, buffer: np.ndarray) -> _Piece:
        length = int(marks[-1]) + 1
        _decode(self.name, self.data, self.done, self.done + length)
        self.done = min(self.done + length, len(self.data))
        ends = np.flatnonzero(buffer[marks] == _NEWLINE)
        cells = np.diff(ends, prepend=-1)
        starts = np.concatenate(([0], marks[ends[:-1]] + 1))
        size = marks[ends] - starts
        size -= (size > 0) & (buffer[marks[ends] - 1] == _RETURN)
        rows = np.arange(self.row, self.row + len(ends), dtype=np.int32)
        self.row += len(ends)
        # Nothing in the row, or nothing but separators: a spreadsheet's leftovers.
        is_empty = (size == 0) | ((cells == self.width) & (size == cells - 1))
        is_good = (cells == self.width) & ~is_empty
        for i in np.flatnonzero((cells != self.width) & ~is_empty).tolist():
            self.ragged.setdefault(int(cells[i]), []).append(int(rows[i]))
        if not is_good.all():
            marks = marks[np.repeat(is_good, cells)]
        return _Piece(buffer, marks.reshape(-1, self.width), starts[is_good], rows[is_good], self.has_quotes)

    def problems(self) -> Iterator[Problem]:
        name = words.shown(self.name, 80)
        for cells, numbers in sorted(self.ragged.items()):
            many = "cell" if cells == 1 else "cells"
            yield Problem(
                f"{name}, {words.rows(numbers)}",
                f"{cells} {many} where the header has {self.width}.",
                "Check the separators there; put a text that holds one in quotation marks.",
            )
        if self.open_row is not None:
            yield Problem(
                f"{name}, row {self.open_row}",
                "a quotation mark is opened and never closed.",
                "Close it, or remove it; a mark inside a text is written twice.",
            )


class _Piece:
    """Some rows of which every cell is known by its place: `marks` (n, width) are the ends of the cells."""

    def __init__(
        self,
        buffer: np.ndarray,
        marks: np.ndarray,
        starts: np.ndarray,
        rows: np.ndarray,
        has_quotes: bool,
    ) -> None:
        self.buffer, self.marks, self.starts, self.rows = buffer, marks, starts, rows
        self.has_quotes = has_quotes

    def codes(self, i: int, vocabulary: dict[bytes, int]) -> np.ndarray:
        """The cells of column `i` as places in `vocabulary`, which grows."""
        start = self.starts if i == 0 else self.marks[:, i - 1] + 1
        size = self.marks[:, i] - start
        if i == self.marks.shape[1] - 1:
            size = size - ((size > 0) & (self.buffer[self.marks[:, i] - 1] == _RETURN))
        if self.has_quotes:
            wrapped = (size > 1) & (self.buffer[start] == _QUOTE) & (self.buffer[start + size - 1] == _QUOTE)
            start, size = start + wrapped, size - 2 * wrapped
        if not len(size):
            return np.zeros(0, np.uint8)
        longest = int(size.max())
        if longest <= 2:
            codes = self._short(start, size, longest, vocabulary)
        elif longest <= 8:
            codes = self._middle(start, size, longest, vocabulary)
        else:
            whole, ends = self.buffer.tobytes(), start + size
            codes = np.array(
                [
                    vocabulary.setdefault(whole[a:b], len(vocabulary))
                    for a, b in zip(start.tolist(), ends.tolist(), strict=True)
                ]
            )
        return codes.astype(np.uint8 if len(vocabulary) <= 256 else np.int32)

    def _short(
        self, start: np.ndarray, size: np.ndarray, longest: int, vocabulary: dict[bytes, int]
    ) -> np.ndarray:
        """Cells of at most two bytes: the bytes themselves are the place in a table."""
        key = np.where(size > 0, self.buffer[start], np.uint8(0)).astype(np.uint16)
        if longest == 2:
            key |= np.where(size > 1, self.buffer[start + 1], np.uint8(0)).astype(np.uint16) << 8
        present = np.flatnonzero(np.bincount(key))
        table = np.zeros(int(present[-1]) + 1, np.int32)
        table[present] = [vocabulary.setdefault(raw, len(vocabulary)) for raw in _bytes(present)]
        return table[key]

    def _middle(
        self, start: np.ndarray, size: np.ndarray, longest: int, vocabulary: dict[bytes, int]
    ) -> np.ndarray:
        """Cells of at most eight bytes: each is one 64-bit number."""
        key = np.zeros(len(size), np.uint64)
        for i in range(longest):
            key |= np.where(size > i, self.buffer[start + i], np.uint8(0)).astype(np.uint64) << np.uint64(
                8 * i
            )
        distinct, inverse = np.unique(key, return_inverse=True)
        table = [vocabulary.setdefault(raw, len(vocabulary)) for raw in _bytes(distinct)]
        return np.array(table, np.int32)[inverse]


def _bytes(keys: np.ndarray) -> list[bytes]:
    """No cell holds a zero byte, so that the zeros, which numpy cuts off, are only what follows a shorter one."""
    return keys.astype("<u8").view("S8").tolist()
