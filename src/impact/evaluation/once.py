"""Everybody counts once: who took part in several workshops, or answered a wave more than once.

Linkage joins a person's waves within a workshop first. The same complete code on the same side in two workshops is one
person who took part in both. What that person, or a respondent, sent more than once for a wave is counted once: that
of the workshop where they answered at most waves, then the submission with most answers; if both have the same, a
hash of the answers decides, so that the order of rows does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from impact.evaluation.canonical import LinksLike, hash_of_rows
from impact.evaluation.notes import counted
from impact.evaluation.wording import caveat
from impact.instruments.model import MISSING_CODES, MISSING_MASK, MISSING_NUMBER, Instrument
from impact.instruments.submissions import Submissions


@dataclass(frozen=True)
class Single:
    """Submissions with at most one a person and wave, and their links; `repeated`: people who had more."""

    submissions: Submissions
    person: np.ndarray
    by: str
    refused: int
    pairs: Mapping[str, Mapping[int, int]]
    repeated: int

    def caveats(self, threshold: int, language: str) -> list[dict[str, str]]:
        if not self.repeated:
            return []
        told = caveat("several_workshops", language, people=counted(self.repeated, threshold, language))
        return [told | {"text": told["text"][:1].upper() + told["text"][1:]}]


def once(instrument: Instrument, submissions: Submissions, links: LinksLike) -> Single:
    """Each person once a wave. Costs one sort of the codes; nothing more where nobody is double."""
    linked = np.asarray(links.person, dtype=np.int64)
    person = _joined(submissions, linked)
    whole = (links.by, links.refused, links.pairs)
    waves = len(instrument.waves)
    _, person = np.unique(person, return_inverse=True) if len(person) else (None, person)
    slot = person * waves + submissions.wave
    is_double = np.bincount(slot)[slot] > 1 if len(slot) else np.zeros(0, dtype=bool)
    moved = _people_of_several(person, linked)
    if not is_double.any():
        return Single(submissions, person, *whole, repeated=moved)
    doubled = np.unique(np.concatenate([person[is_double], _merged(person, linked)]))
    _, first = np.unique(linked, return_inverse=True)
    waves_each = np.bincount(first)[first]
    answered = _answered(instrument, submissions)
    keys = hash_of_rows(instrument, submissions)
    order = np.lexsort((keys, -answered, -waves_each, slot))
    ordered = slot[order]
    best = order[np.concatenate([[True], ordered[1:] != ordered[:-1]])]
    kept = np.sort(best)
    return Single(_take(submissions, kept), person[kept], *whole, repeated=len(doubled))


def _joined(submissions: Submissions, linked: np.ndarray) -> np.ndarray:
    """Numbers of people after those of one complete code, on one side, in different workshops became one."""
    code = submissions.code
    if not code.shape[1] or not len(code):
        return linked
    complete = np.flatnonzero(
        (code >= 0).all(axis=1) & (submissions.respondent < 0) & (submissions.workshop >= 0)
    )
    if not len(complete):
        return linked
    complete = complete[
        np.argsort(submissions.wave[complete], kind="stable")
    ]  # a person's first wave comes first
    group, size = submissions.side[complete].astype(np.int64) + 1, 256
    for column in code[complete].T:
        width = int(column.max()) + 1
        if size > 2**62 // width:
            _, group = np.unique(group, return_inverse=True)
            size = int(group.max()) + 1
        group, size = group * width + column, size * width
    _, group = np.unique(group, return_inverse=True)
    return _merge(linked, complete, group, submissions.workshop[complete].astype(np.int64))


def _merge(linked: np.ndarray, rows: np.ndarray, group: np.ndarray, workshop: np.ndarray) -> np.ndarray:
    """People who share a group get the smallest of their numbers, unless two of them are in one workshop: then the
    code is not theirs alone, and nobody of it is joined."""
    people, first = np.unique(linked[rows], return_index=True)
    groups, rooms = group[first], workshop[first]
    shared = np.bincount(groups)[groups] > 1
    if not shared.any():
        return linked
    people, groups, rooms = people[shared], groups[shared], rooms[shared]
    room = groups * (int(rooms.max()) + 1) + rooms
    _, place, times = np.unique(room, return_inverse=True, return_counts=True)
    twice = np.zeros(int(groups.max()) + 1, dtype=bool)
    np.logical_or.at(twice, groups, times[place] > 1)
    people, groups = people[~twice[groups]], groups[~twice[groups]]
    if not len(people):
        return linked
    lowest = np.full(int(groups.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(lowest, groups, people)
    known, inverse = np.unique(linked, return_inverse=True)
    number = known.copy()
    number[np.searchsorted(known, people)] = lowest[groups]
    return number[inverse]


def _merged(person: np.ndarray, linked: np.ndarray) -> np.ndarray:
    """Those of `person` who were several in `linked`."""
    if not len(person):
        return person
    pairs = (
        np.unique(np.column_stack([person, linked]), axis=0)
        if (person.max() + 1) < len(np.unique(linked))
        else np.empty((0, 2), dtype=np.int64)
    )
    return np.flatnonzero(np.bincount(pairs[:, 0].astype(np.intp), minlength=1) > 1)


def _people_of_several(person: np.ndarray, linked: np.ndarray) -> int:
    return len(_merged(person, linked))


def _answered(instrument: Instrument, submissions: Submissions) -> np.ndarray:
    """How many closed items each submission answers."""
    count = np.zeros(len(submissions), dtype=np.int64)
    for item in instrument.closed_items:
        missing = {"number": MISSING_NUMBER, "choices": MISSING_MASK}.get(item.type)
        codes = list(missing.values()) if missing else list(MISSING_CODES)
        count += ~np.isin(submissions.answers[item.id], codes)
    return count


def _take(submissions: Submissions, rows: np.ndarray) -> Submissions:
    columns = {
        name: getattr(submissions, name)[rows]
        for name in ("wave", "workshop", "side", "arm", "language", "respondent", "code")
    }
    weight = None if submissions.weight is None else submissions.weight[rows]
    answers = {name: column[rows] for name, column in submissions.answers.items()}
    return replace(submissions, **columns, weight=weight, answers=answers)
