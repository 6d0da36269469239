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

from impact.evaluation.canonical import LinksLike, hash_of_rows, numbered
from impact.evaluation.notes import counted
from impact.evaluation.wording import caveat
from impact.instruments.model import MISSING_CODES, MISSING_MASK, MISSING_NUMBER, Instrument
from impact.instruments.submissions import Submissions


@dataclass(frozen=True)
class Single:
    """Submissions with at most one a person and wave, and their links; `repeated`: people who had more."""

    submissions: Submissions
    person: np.ndarray
    distance: np.ndarray
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
    """Each person once a wave. Costs one sort of the people's codes; nothing more where nobody is double."""
    linked, count = numbered(np.asarray(links.person))
    person = _joined(submissions, linked, count)
    distance = np.asarray(links.distance)
    whole = (links.by, links.refused, links.pairs)
    slot = person * len(instrument.waves) + submissions.wave
    is_double = np.bincount(slot)[slot] > 1 if len(slot) else np.zeros(0, dtype=bool)
    several = np.unique(person[person != linked])
    if not is_double.any():
        return Single(submissions, person, distance, *whole, repeated=len(several))
    repeated = len(np.union1d(person[is_double], several))
    waves_each = np.bincount(linked)[linked]
    answered = _answered(instrument, submissions)
    order = np.lexsort((hash_of_rows(instrument, submissions), -answered, -waves_each, slot))
    ordered = slot[order]
    kept = np.sort(order[np.concatenate([[True], ordered[1:] != ordered[:-1]])])
    return Single(_take(submissions, kept), person[kept], distance[kept], *whole, repeated=repeated)


def _joined(submissions: Submissions, linked: np.ndarray, count: int) -> np.ndarray:
    """Numbers of people after those of one complete code, on one side, in different workshops became one."""
    code = submissions.code
    if not code.shape[1] or not len(code):
        return linked
    is_complete = (code >= 0).all(axis=1) & (submissions.respondent < 0) & (submissions.workshop >= 0)
    rows = np.flatnonzero(is_complete)
    rows = rows[np.argsort(submissions.wave[rows], kind="stable")[::-1]]
    first = np.full(count, -1, dtype=np.int64)
    first[linked[rows]] = rows  # of equal places the last is written: a person's first wave
    people = np.flatnonzero(first >= 0)
    if not len(people):
        return linked
    rows = first[people]
    group, size = submissions.side[rows].astype(np.int64) + 1, 256
    for column in code[rows].T:
        width = int(column.max()) + 1
        if size > 2**62 // width:
            _, group = np.unique(group, return_inverse=True)
            size = int(group.max()) + 1
        group, size = group * width + column, size * width
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    is_shared = np.zeros(len(group), dtype=bool)
    same = ordered[1:] == ordered[:-1]
    is_shared[order[1:][same]] = is_shared[order[:-1][same]] = True
    if not is_shared.any():
        return linked
    number = np.arange(count)
    _merge(number, people[is_shared], group[is_shared], submissions.workshop[rows[is_shared]])
    return number[linked]


def _merge(number: np.ndarray, people: np.ndarray, codes: np.ndarray, workshop: np.ndarray) -> None:
    """People who share a code get the smallest of their numbers, unless two of them are in one workshop: then the
    code is not theirs alone, and nobody of it is joined."""
    _, group = np.unique(codes, return_inverse=True)
    room = group * (int(workshop.max()) + 1) + workshop
    _, place, times = np.unique(room, return_inverse=True, return_counts=True)
    is_ambiguous = np.zeros(int(group.max()) + 1, dtype=bool)
    np.logical_or.at(is_ambiguous, group, times[place] > 1)
    lowest = np.full(len(is_ambiguous), np.iinfo(np.int64).max)
    np.minimum.at(lowest, group, people)
    joined = ~is_ambiguous[group]
    number[people[joined]] = lowest[group[joined]]


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
