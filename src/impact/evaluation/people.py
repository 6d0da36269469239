"""Who enters a finding: people who were asked at both waves, with the scores of one scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impact.evaluation.canonical import Canonical
from impact.instruments.model import ARMS, Instrument
from impact.plans.model import Contrast

WORKSHOP, COMPARISON = ARMS.index("workshop"), ARMS.index("comparison")


@dataclass(frozen=True)
class Pairs:
    """People with a submission at both waves of a contrast, one entry each.

    before, after   row numbers in the canonical submissions
    side, arm       as said before, else as said after
    cluster         workshop, as said before, else after; people of the workshop arm without one share a number,
                    people of the comparison arm without one have a number each
    """

    before: np.ndarray
    after: np.ndarray
    side: np.ndarray
    arm: np.ndarray
    cluster: np.ndarray

    def where(self, mask: np.ndarray) -> Pairs:
        return Pairs(self.before[mask], self.after[mask], self.side[mask], self.arm[mask], self.cluster[mask])


@dataclass(frozen=True)
class Sample:
    """Scores of n people on one scale, 0–100, none missing; `rows` int64 (n, 2) are those they come from."""

    before: np.ndarray
    after: np.ndarray
    cluster: np.ndarray
    side: np.ndarray
    treated: np.ndarray
    rows: np.ndarray

    @property
    def change(self) -> np.ndarray:
        # Differences of scores carry floating-point dust; equal changes must be equal.
        return np.round(self.after - self.before, 9)

    @property
    def n(self) -> int:
        return len(self.before)

    def where(self, mask: np.ndarray) -> Sample:
        return Sample(
            self.before[mask],
            self.after[mask],
            self.cluster[mask],
            self.side[mask],
            self.treated[mask],
            self.rows[mask],
        )


def together(first: Sample, second: Sample) -> Sample:
    """The people of both, those of `first` first."""
    names = ("before", "after", "cluster", "side", "treated", "rows")
    return Sample(*(np.concatenate([getattr(first, name), getattr(second, name)]) for name in names))


def pairs_of(data: Canonical, instrument: Instrument, contrast: Contrast) -> Pairs:
    """Everybody who answered at both waves, in canonical order."""
    rows = data.row_of[:, [instrument.waves.index(contrast.before), instrument.waves.index(contrast.after)]]
    before, after = rows[(rows >= 0).all(axis=1)].T
    submissions = data.submissions
    side = np.where(submissions.side[before] >= 0, submissions.side[before], submissions.side[after])
    arm = submissions.arm[before]
    workshop = submissions.workshop[before].astype(np.int64)
    workshop = np.where(workshop >= 0, workshop, submissions.workshop[after])
    alone = (workshop < 0) & (arm == COMPARISON)
    count = len(submissions.workshops)
    cluster = np.where(workshop >= 0, workshop, count)
    cluster[alone] = count + 1 + np.arange(alone.sum())
    return Pairs(before, after, side, arm, cluster)


def sample_of(pairs: Pairs, scores: np.ndarray) -> Sample:
    """Those of `pairs` who have a score both times; `scores` is float64 (rows,), NaN where there is none."""
    before, after = scores[pairs.before], scores[pairs.after]
    has_both = ~(np.isnan(before) | np.isnan(after))
    return Sample(
        before[has_both],
        after[has_both],
        pairs.cluster[has_both],
        pairs.side[has_both],
        pairs.arm[has_both] == WORKSHOP,
        np.column_stack([pairs.before[has_both], pairs.after[has_both]]),
    )
