"""Submissions → people: by the respondent's number where there is one, by the self-generated code elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from impact.errors import DataInvalid, Problem
from impact.instruments.model import Instrument
from impact.instruments.submissions import Submissions
from impact.linkage.pair import pair_codes, usable

NAMED_PROBLEMS = 20


@dataclass(frozen=True, eq=False)
class Links:
    """Which submissions are of one person.

    person    int64 (n,)  same number = same person; each person has at most one submission a wave; the numbers
                          themselves carry no meaning
    by        `respondent`, `code`, `mixed`, or `none` if nothing could be linked by either
    distance  int8 (n,)   differing elements of the pair that joined this submission to the person's first one;
                          0 for the first wave, for a person's first linked submission and for exact pairs; −1 for a
                          later submission that is joined to no other
    refused               later submissions that had a candidate but were left alone, because another assignment
                          was as good
    pairs                 wave (all but the first) → differing elements → how many submissions were joined so
    """

    person: np.ndarray
    by: str
    distance: np.ndarray
    refused: int
    pairs: Mapping[str, Mapping[int, int]]


def link(instrument: Instrument, submissions: Submissions) -> Links:
    """Join the waves. Linking never looks at an answer to an item, nor at the order of the rows.

    Submissions with a `respondent` are joined by it. The others are joined by their linkage code, first within
    workshop and side, then, exact codes only, across workshops within the side; each later wave is compared with
    the first submission of every person not yet found there. See `pair.py` for what may differ.

    Raises DataInvalid, with all of them, if a respondent has two submissions of one wave.
    """
    n = len(submissions)
    person = np.full(n, -1, np.int64)
    distance = np.full(n, -1, np.int8)
    numbered = submissions.respondent >= 0
    if numbered.any():
        person[numbered] = _dense(submissions.respondent[numbered])
        _refuse_duplicates(instrument, submissions, np.flatnonzero(numbered), person)
    coded = ~numbered & usable(submissions.code) if submissions.code.shape[1] else np.zeros(n, bool)
    alone = np.flatnonzero(~numbered)
    person[alone] = int(person.max(initial=-1)) + 1 + np.arange(len(alone))
    refused = _by_code(submissions, coded, person, distance, len(instrument.waves)) if coded.any() else 0
    joined = _joined(person)
    distance[(submissions.wave == 0) | ((distance < 0) & joined)] = 0
    by = {(True, True): "mixed", (True, False): "respondent", (False, True): "code"}.get(
        (bool(numbered.any()), bool(coded.any())), "none"
    )
    return Links(person, by, distance, refused, _count(instrument, submissions.wave, person, distance))


def _dense(labels: np.ndarray) -> np.ndarray:
    """Labels → 0 … P−1. Numbers in a narrow range, as the readers give them, need no sorting."""
    top = int(labels.max())
    if top <= 4 * len(labels) + 1000:
        return (np.cumsum(np.bincount(labels) > 0) - 1)[labels]
    return np.unique(labels, return_inverse=True)[1]


def _refuse_duplicates(
    instrument: Instrument, submissions: Submissions, rows: np.ndarray, person: np.ndarray
) -> None:
    waves = len(instrument.waves)
    slot = person[rows] * waves + submissions.wave[rows]
    double = np.bincount(slot)[slot] > 1
    if not double.any():
        return
    rows, slot = rows[double], slot[double]
    order = np.argsort(slot, kind="stable")
    groups = np.split(rows[order], np.flatnonzero(np.diff(slot[order])) + 1)
    groups.sort(key=lambda group: int(group[0]))
    problems = [
        Problem(
            where=f"submissions {', '.join(str(int(row) + 1) for row in group)}",
            what=f"the same respondent answered the wave {instrument.waves[submissions.wave[group[0]]]} {len(group)} times.",
            remedy="Keep one of them, or give them different respondents.",
            field="respondent",
        )
        for group in groups[:NAMED_PROBLEMS]
    ]
    if len(groups) > NAMED_PROBLEMS:
        more = len(groups) - NAMED_PROBLEMS
        problems.append(
            Problem("", f"{more} more respondents answered a wave more than once.", "", "respondent")
        )
    raise DataInvalid(*problems)


def _by_code(
    submissions: Submissions, coded: np.ndarray, person: np.ndarray, distance: np.ndarray, waves: int
) -> int:
    """Join later waves to the first submissions of people; fills `person` and `distance`, returns ties refused."""
    pools = submissions.workshop, submissions.side
    anchors = np.flatnonzero(coded & (submissions.wave == 0))
    refused = 0
    for wave in range(1, waves):
        rows = np.flatnonzero(coded & (submissions.wave == wave))
        found = pair_codes(anchors, rows, submissions.code, pools, (submissions.side,))
        person[found.second] = person[found.first]
        distance[found.second] = found.distance
        refused += len(found.tied)
        anchors = np.concatenate([anchors, np.setdiff1d(rows, found.second)])
    return refused


def _joined(person: np.ndarray) -> np.ndarray:
    """(n,) True where the person has another submission."""
    return np.bincount(person)[person] > 1 if len(person) else np.zeros(0, bool)


def _count(
    instrument: Instrument, wave: np.ndarray, person: np.ndarray, distance: np.ndarray
) -> dict[str, dict[int, int]]:
    first = np.full(int(person.max(initial=-1)) + 1, len(instrument.waves), np.int8)
    for index in reversed(range(len(instrument.waves))):
        first[person[wave == index]] = index
    later = wave > first[person] if len(person) else np.zeros(0, bool)
    pairs = {}
    for index, name in enumerate(instrument.waves[1:], start=1):
        counts = np.bincount(distance[later & (wave == index)].astype(np.intp), minlength=1)
        pairs[name] = {differing: int(count) for differing, count in enumerate(counts) if count}
    return pairs
