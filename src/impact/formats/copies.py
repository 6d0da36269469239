"""Submissions that came in twice: the same row copied, or the same rows in two files.

A respondent who is there twice at a wave is found in people.py. Here are the others, known by their code: two
people may well have the same code, but not also the same answer to every item.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from impact.errors import Problem
from impact.formats import words
from impact.formats.table import Part
from impact.instruments.submissions import Submissions
from impact.linkage import usable

_MOST = 3


def check_copies(parts: Sequence[Part], data: Submissions, problems: list[Problem]) -> None:
    """Tell of rows without a respondent that have a usable code and are alike in everything."""
    coded = np.flatnonzero((data.respondent < 0) & usable(data.code)) if data.code.shape[1] else []
    if not len(coded):
        return
    places = (data.wave, data.workshop, data.side, data.arm, data.language)
    # Few rows share a code and a place: only of those are the answers looked at.
    rows = _not_alone(coded, _bytes([*places, *data.code.T], coded))
    answers = [*places, *data.code.T, *data.answers.values(), *_texts(data, rows)]
    groups = _groups(rows, _bytes(answers, rows)) if len(rows) else []
    if groups:
        problems.append(_told(parts, groups))


def _bytes(columns: Sequence[np.ndarray], rows: np.ndarray) -> np.ndarray:
    """(n,) one value a row, equal where all columns are equal. Columns may be whole or of `rows` only."""
    taken = [column if len(column) == len(rows) else column[rows] for column in columns]
    matrix = np.concatenate(
        [np.ascontiguousarray(column).view(np.uint8).reshape(len(rows), -1) for column in taken], axis=1
    )
    return np.ascontiguousarray(matrix).view(np.dtype((np.void, matrix.shape[1]))).ravel()


def _texts(data: Submissions, rows: np.ndarray) -> list[np.ndarray]:
    """Texts of `rows` as numbers, the same for the same text."""
    found = []
    for texts in (data.texts or {}).values():
        numbers: dict[str, int] = {}
        found.append(
            np.array([numbers.setdefault(texts[row], len(numbers)) for row in rows.tolist()], np.int64)
        )
    return found


def _not_alone(rows: np.ndarray, keys: np.ndarray) -> np.ndarray:
    hashes = _hash(keys)
    ordered = np.sort(hashes)
    shared = ordered[1:][ordered[1:] == ordered[:-1]]
    return rows[np.isin(hashes, shared)] if len(shared) else rows[:0]


def _hash(keys: np.ndarray) -> np.ndarray:
    """uint64 (n,) of the bytes; two that collide cost a look at their answers, no more."""
    width = keys.dtype.itemsize
    padded = np.zeros((len(keys), -(-width // 8) * 8), np.uint8)
    padded[:, :width] = keys.view(np.uint8).reshape(len(keys), width)
    mixed = np.zeros(len(keys), np.uint64)
    for word in padded.view(np.uint64).T:
        mixed = (mixed ^ word) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed


def _groups(rows: np.ndarray, keys: np.ndarray) -> list[np.ndarray]:
    """Rows that are alike, two or more together, in the order of the first of each."""
    _, group, count = np.unique(keys, return_inverse=True, return_counts=True)
    several = count[group] > 1
    rows, group = rows[several], group[several]
    order = np.argsort(group, kind="stable")
    cuts = np.flatnonzero(np.diff(group[order])) + 1
    found = np.split(rows[order], cuts) if len(rows) else []
    return sorted(found, key=lambda places: int(places[0]))


def _told(parts: Sequence[Part], groups: Sequence[np.ndarray]) -> Problem:
    """Where the first few copies are, and how many more there are."""
    numbers = np.concatenate([part.rows for part in parts])
    files = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    several = len({part.name for part in parts}) > 1
    told = []
    for places in groups[:_MOST]:
        if several:
            named = [
                f"{words.shown(parts[files[i]].name, 80)} row {numbers[i]}" for i in places[:_MOST].tolist()
            ]
            told.append(words.listed(named, len(places)))
        else:
            told.append(words.rows(numbers[places].tolist()))
    rest = f"; and {len(groups) - len(told)} more" if len(groups) > len(told) else ""
    return Problem(
        words.shown(parts[files[groups[0][0]]].name, 80),
        f"the same submission is there more than once, with the same code and the same answers: "
        f"{'; '.join(told)}{rest}.",
        "Keep one of each. If they are two people, give each person a respondent.",
    )
