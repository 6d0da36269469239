"""Who is who: labels that run through all files, and nobody twice at one wave."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from impact.errors import Problem
from impact.formats import words
from impact.formats.table import Column, Part
from impact.instruments.model import Instrument

_MOST_PEOPLE = 3


class Labels:
    """Text → number, the same in all parts; the empty text is −1."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def of(self, column: Column) -> np.ndarray:
        numbers = self.numbers
        used = np.zeros(len(column.values), bool)  # rows may have been left out, and labels with them
        used[column.codes] = True
        table = [
            numbers.setdefault(value, len(numbers)) if value and is_used else -1
            for value, is_used in zip(column.values, used.tolist(), strict=True)
        ]
        return np.array(table, np.int32)[column.codes]

    def sorted(self) -> tuple[np.ndarray, tuple[str, ...]]:
        """The place of each number among the sorted labels (the last one: −1 stays −1), and these."""
        labels = list(self.numbers)
        places = sorted(range(len(labels)), key=labels.__getitem__)
        order = np.full(len(labels) + 1, -1, np.int32)
        order[places] = np.arange(len(labels), dtype=np.int32)
        return order, tuple(labels[i] for i in places)


def check_people(
    parts: Sequence[Part],
    instrument: Instrument,
    wave: np.ndarray,
    respondent: np.ndarray,
    people: Labels,
    problems: list[Problem],
) -> None:
    """A person has one submission a wave; without a name for people, two waves cannot be joined."""
    known = (respondent >= 0) & (wave >= 0)
    # Sorting only the keys is quick; which rows they are is asked only when a key is there twice.
    key = respondent * np.int64(len(instrument.waves)) + wave
    ordered = np.sort(key[known])
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if len(twice):
        problems.append(_duplicates(parts, instrument, np.where(known, key, -1), twice, people))
    has_names = any(name == "respondent" or name.startswith("code.") for part in parts for name in part.cells)
    several = len(np.unique(wave[wave >= 0])) > 1
    if several and not has_names:
        problems.append(
            Problem(
                f"{words.shown(parts[0].name, 80)}, row 1",
                "the data hold several waves, and nothing tells who is the same person.",
                "Add the column “respondent”, or the elements of the code as “code.<element>”.",
            )
        )


def _duplicates(
    parts: Sequence[Part], instrument: Instrument, key: np.ndarray, twice: np.ndarray, people: Labels
) -> Problem:
    names = list(people.numbers)
    rows = np.concatenate([part.rows for part in parts])
    files = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    several = len({part.name for part in parts}) > 1
    told = []
    for value in twice[:_MOST_PEOPLE].tolist():
        person, wave = divmod(value, len(instrument.waves))
        places = np.flatnonzero(key == value)
        if several:
            where = words.listed(
                [f"{words.shown(parts[files[i]].name)} row {rows[i]}" for i in places[:3].tolist()],
                len(places),
            )
        else:
            where = words.rows(rows[places].tolist())
        told.append(f"“{words.shown(names[person])}” at “{instrument.waves[wave]}” ({where})")
    first = parts[files[np.flatnonzero(key == twice[0])[0]]]
    rest = f"; and {len(twice) - len(told)} more" if len(twice) > len(told) else ""
    what = f"a person has more than one submission at a wave: {'; '.join(told)}{rest}."
    column = words.shown(first.column_name("respondent"))
    return Problem(
        f"{words.shown(first.name, 80)}, column “{column}”",
        what,
        "Keep one of them (or correct the respondent or the wave).",
    )
