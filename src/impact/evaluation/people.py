"""Who enters a finding: one side, arm and workshop a person, then the people who were asked at both waves."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from impact.evaluation.canonical import Canonical
from impact.instruments.model import ARMS, Instrument
from impact.plans.model import THEN, Contrast, Plan

WORKSHOP, COMPARISON = ARMS.index("workshop"), ARMS.index("comparison")


@dataclass(frozen=True)
class Settled:
    """A programme after every person has one side, one arm and one workshop, and what follows once for all findings.

    data           its submissions with the side, arm and workshop of their person
    in_design      bool (rows,) those of the arms that the plan is about
    contradictory  people who gave another side, arm or workshop at a later wave
    arm_unknown    people who gave no arm at any wave; with one group they belong to it, and this is 0
    workshops      labelled workshops of the arms that the plan is about
    ran            labelled workshops of the workshop arm: those in which anybody submitted anything, at any wave.
                   It says whether there are few workshops, before any scale, side or pair is looked at
    is_nested      workshops in one arm only: nobody of the comparison arm names one, at any wave
    is_clustered   whether the plan tells workshops apart
    is_blocked     chance decided about people, and workshops hold people of both arms: each is a block
    """

    data: Canonical
    in_design: np.ndarray
    contradictory: int
    arm_unknown: int
    workshops: int
    ran: int
    is_nested: bool
    is_clustered: bool
    is_blocked: bool = False

    @property
    def placed(self) -> np.ndarray:
        """bool (rows,): those of `in_design` whose people can be put in a workshop, or need none."""
        if not self.is_clustered or self.ran == 0:
            return self.in_design
        submissions = self.data.submissions
        return self.in_design & ((submissions.workshop >= 0) | (submissions.arm == COMPARISON))


def settle(data: Canonical, plan: Plan) -> Settled:
    """Side, arm and workshop of every person: those of the first wave at which they are told."""
    is_one_group = not plan.has_arms
    told = {name: _first_told(data, name) for name in ("side", "arm", "workshop")}
    arm, workshop = told["arm"][0], told["workshop"][0]
    arm_unknown = 0 if is_one_group else int((arm < 0).sum())
    if is_one_group:
        arm = np.where(arm < 0, np.int8(WORKSHOP), arm)
    columns = {"side": told["side"][0], "arm": arm, "workshop": workshop}
    submissions = replace(data.submissions, **{name: column[data.person] for name, column in columns.items()})
    in_design = submissions.arm == WORKSHOP if is_one_group else submissions.arm >= 0
    ran = _distinct(workshop[arm == WORKSHOP])
    return Settled(
        replace(data, submissions=submissions),
        in_design,
        int(np.logical_or.reduce([differs for _, differs in told.values()]).sum()),
        arm_unknown,
        ran if is_one_group else _distinct(workshop[arm >= 0]),
        ran,
        not is_one_group and ran > 0 and _distinct(workshop[arm == COMPARISON]) == 0,
        plan.cluster != "none",
        plan.unit == "person" and _overlap(workshop[arm == WORKSHOP], workshop[arm == COMPARISON]),
    )


def _overlap(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether a number other than −1 is in both."""
    return bool(np.isin(np.unique(first[first >= 0]), second).any())


def _first_told(data: Canonical, name: str) -> tuple[np.ndarray, np.ndarray]:
    """(what each person says first, −1 if never; bool: whether they say something else later)."""
    column = getattr(data.submissions, name)
    value = np.full(data.people, -1, dtype=column.dtype)
    differs = np.zeros(data.people, dtype=bool)
    for rows in data.row_of.T:
        # Row −1 is the last one: read, and thrown away.
        here = np.where(rows >= 0, column[rows], column.dtype.type(-1)) if len(column) else value
        differs |= (value >= 0) & (here >= 0) & (here != value)
        value = np.where(value >= 0, value, here)
    return value, differs


def _distinct(numbers: np.ndarray) -> int:
    """How many different numbers there are, −1 left out; they are small, so counting beats sorting."""
    return int(np.count_nonzero(np.bincount(numbers[numbers >= 0].astype(np.intp))))


@dataclass(frozen=True)
class Pairs:
    """People with a submission at both waves of a contrast, one entry each.

    before, after   row numbers in the canonical submissions
    side, arm       of the person
    cluster         below `labels` a workshop; `labels` for people of the workshop arm if nobody there names one
                    (one room); −1 for those who name none where others do; above, comparison people on their own.
                    All 0 where the plan does not tell workshops apart
    """

    before: np.ndarray
    after: np.ndarray
    side: np.ndarray
    arm: np.ndarray
    cluster: np.ndarray
    labels: int

    def where(self, mask: np.ndarray) -> Pairs:
        columns = (self.before, self.after, self.side, self.arm, self.cluster)
        return Pairs(*(column[mask] for column in columns), self.labels)


@dataclass(frozen=True)
class Sample:
    """Scores of n people on one scale, 0–100, none missing; `rows` int64 (n, 2) are those they come from.

    `cluster`, `labels` as in Pairs, without −1; `left_out`: people with both scores who name no workshop.
    """

    before: np.ndarray
    after: np.ndarray
    cluster: np.ndarray
    side: np.ndarray
    treated: np.ndarray
    rows: np.ndarray
    labels: int = 0
    left_out: int = 0

    @property
    def change(self) -> np.ndarray:
        # Differences of scores carry floating-point dust; equal changes must be equal.
        return np.round(self.after - self.before, 9)

    @property
    def n(self) -> int:
        return len(self.before)

    def where(self, mask: np.ndarray) -> Sample:
        columns = {name: getattr(self, name)[mask] for name in _COLUMNS}
        return replace(self, **columns)


_COLUMNS = ("before", "after", "cluster", "side", "treated", "rows")


def together(first: Sample, second: Sample) -> Sample:
    """The people of both, those of `first` first."""
    columns = (np.concatenate([getattr(first, name), getattr(second, name)]) for name in _COLUMNS)
    return Sample(*columns, first.labels, first.left_out + second.left_out)


def pairs_of(settled: Settled, instrument: Instrument, contrast: Contrast) -> Pairs:
    """Everybody of the plan's arms who answered at both waves, in canonical order."""
    data, submissions = settled.data, settled.data.submissions
    # Who looks back answers for both times at one wave.
    waves = [contrast.after if contrast.before == THEN else contrast.before, contrast.after]
    rows = data.row_of[:, [instrument.waves.index(wave) for wave in waves]]
    before, after = rows[(rows >= 0).all(axis=1)].T
    if not settled.in_design.all():
        kept = settled.in_design[before]
        before, after = before[kept], after[kept]
    cluster, labels = clusters_of(settled, before), len(submissions.workshops)
    return Pairs(before, after, submissions.side[before], submissions.arm[before], cluster, labels)


def clusters_of(settled: Settled, rows: np.ndarray) -> np.ndarray:
    """`cluster` as in Pairs of the people with these rows, one row each."""
    submissions = settled.data.submissions
    if not settled.is_clustered:
        return np.zeros(len(rows), dtype=np.int64)
    cluster, labels = submissions.workshop[rows].astype(np.int64), len(submissions.workshops)
    alone = (cluster < 0) & (submissions.arm[rows] == COMPARISON)
    if settled.ran == 0:
        cluster[(cluster < 0) & ~alone] = labels
    cluster[alone] = labels + 1 + np.arange(alone.sum())
    return cluster


def sample_of(pairs: Pairs, scores: np.ndarray, looked_back: np.ndarray | None = None) -> Sample:
    """Those of `pairs` who have a score both times; `scores` is float64 (rows,), NaN where there is none.

    `looked_back`: the same for the time before, where people were asked about it afterwards.
    """
    before = (scores if looked_back is None else looked_back)[pairs.before]
    after = scores[pairs.after]
    has_both = ~(np.isnan(before) | np.isnan(after))
    kept = has_both & (pairs.cluster >= 0)
    return Sample(
        before[kept],
        after[kept],
        pairs.cluster[kept],
        pairs.side[kept],
        pairs.arm[kept] == WORKSHOP,
        np.column_stack([pairs.before[kept], pairs.after[kept]]),
        pairs.labels,
        int(has_both.sum() - kept.sum()),
    )
