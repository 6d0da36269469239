"""A data file as columns of coded text: what CSV and XLSX have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

Progress = Callable[[float], None]
"""Told the share of the work that is done, 0 to 1."""

MAXIMUM_COLUMNS = 5_000


@dataclass(frozen=True)
class Column:
    """n cells: `values[codes]` is their text, without the white space around it.

    codes   unsigned or signed integers (n,), small where there are few distinct values
    values  the distinct texts; after a recode two of them may be equal
    """

    codes: np.ndarray
    values: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def constant(cls, text: str, n: int) -> Column:
        return cls(np.zeros(n, np.uint8), (text,))

    @classmethod
    def of(cls, texts: list[str]) -> Column:
        vocabulary: dict[str, int] = {}
        codes = [vocabulary.setdefault(text.strip(), len(vocabulary)) for text in texts]
        return cls(np.array(codes, np.int32), tuple(vocabulary))

    def keep(self, mask: np.ndarray) -> Column:
        return Column(self.codes[mask], self.values)

    def renamed(self, new: Callable[[str], str]) -> Column:
        """Every value replaced by `new(value)`."""
        return Column(self.codes, tuple(new(value) for value in self.values))

    def where(self, wanted: Callable[[str], bool]) -> np.ndarray:
        """bool (n,): the cells whose text is `wanted`."""
        flags = np.array([wanted(value) for value in self.values], bool)
        return flags[self.codes] if len(self.codes) else np.zeros(0, bool)


@dataclass(frozen=True)
class Table:
    """One file: its name, the header as written, one Column each, and the row numbers of a spreadsheet.

    A name that is empty or stands twice in the header is for the reader of the table to judge.
    """

    name: str
    header: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: np.ndarray
    comma_decimals: bool = True

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> Column:
        return self.columns[self.header.index(name)]


@dataclass(frozen=True)
class Part:
    """Submissions of one file under the names of the data format: `wave`, `side`, `code.pet`, item ids …

    `source` gives for each name the column of the file it comes from (the same name if it is not there).
    `mapped`: a column map made it, so that items which it leaves out are not asked, rather than forgotten.
    """

    name: str
    rows: np.ndarray
    cells: Mapping[str, Column]
    source: Mapping[str, str] = field(default_factory=dict)
    comma_decimals: bool = True
    mapped: bool = False

    def __len__(self) -> int:
        return len(self.rows)

    def column_name(self, name: str) -> str:
        return self.source.get(name, name)
