"""The people of a finding and those who were lost: everybody with a score at one of its waves, or at both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from impact.evaluation.people import WORKSHOP, Sample, Settled, clusters_of
from impact.instruments.model import Instrument
from impact.plans.model import THEN, Contrast


@dataclass(frozen=True)
class Asked:
    """Everybody of the plan's arms who answered at one wave of a contrast, or at both, in canonical order.

    before, after  row numbers in the canonical submissions, −1 where there is none
    cluster        as in `people.Pairs`
    room           the workshop, −1 where none is named, whatever the plan makes of workshops
    is_exact       the codes of both submissions were the same, or a respondent's number was
    """

    before: np.ndarray
    after: np.ndarray
    cluster: np.ndarray
    room: np.ndarray
    side: np.ndarray
    treated: np.ndarray
    is_exact: np.ndarray
    labels: int

    def everyone(
        self, scores: np.ndarray, side: int | None, looked_back: np.ndarray | None = None
    ) -> Everyone:
        """Those with a score; `scores` float64 (rows,), NaN where there is none. `side`: None takes all.
        `looked_back`: the scores of the time before, where people were asked about it afterwards."""
        padded = np.append(scores, np.nan)  # row −1 is nobody's
        earlier = padded if looked_back is None else np.append(looked_back, np.nan)
        before, after = earlier[self.before], padded[self.after]
        kept = ~(np.isnan(before) & np.isnan(after))
        if side is not None:
            kept &= self.side == side
        columns = (self.cluster, self.room, self.side, self.treated, self.is_exact)
        return Everyone(before[kept], after[kept], *(column[kept] for column in columns), self.labels)


def asked_of(settled: Settled, instrument: Instrument, contrast: Contrast) -> Asked:
    """Whom `people.pairs_of` could have paired, if nobody had been lost."""
    data, submissions = settled.data, settled.data.submissions
    # Who looks back is asked about both times at one wave.
    waves = [contrast.after if wave == THEN else wave for wave in (contrast.before, contrast.after)]
    rows = data.row_of[:, [instrument.waves.index(wave) for wave in waves]]
    first = np.where(rows[:, 0] >= 0, rows[:, 0], rows[:, 1])
    kept = first >= 0
    kept[kept] = settled.placed[first[kept]]
    rows, first = rows[kept], first[kept]
    distance = np.append(data.distance, np.int8(0))[rows].max(axis=1, initial=0)
    return Asked(
        rows[:, 0],
        rows[:, 1],
        clusters_of(settled, first),
        submissions.workshop[first].astype(np.int64),
        submissions.side[first],
        submissions.arm[first] == WORKSHOP,
        distance <= 0,
        len(submissions.workshops),
    )


@dataclass(frozen=True)
class Everyone:
    """People with a score before, after or both (0–100, NaN where there is none); the rest as in `Asked`."""

    before: np.ndarray
    after: np.ndarray
    cluster: np.ndarray
    room: np.ndarray
    side: np.ndarray
    treated: np.ndarray
    is_exact: np.ndarray
    labels: int

    @property
    def kept(self) -> np.ndarray:
        """bool: those of the main analysis, with both scores."""
        return ~(np.isnan(self.before) | np.isnan(self.after))

    @property
    def has_before(self) -> np.ndarray:
        return ~np.isnan(self.before)

    @property
    def lost(self) -> np.ndarray:
        """bool: those with a score before only."""
        return np.isnan(self.after)

    @property
    def at_an_end(self) -> np.ndarray:
        """bool: those at the floor or the ceiling before."""
        return (self.before <= 1e-9) | (self.before >= 100 - 1e-9)

    @property
    def by_room(self) -> np.ndarray:
        """Workshops as clusters whatever the plan makes of them: those who name none are each on their own, or all
        in one room where nobody names one."""
        if (self.room < 0).all():
            return np.zeros(len(self.room), dtype=np.int64)
        alone = self.room < 0
        return np.where(alone, self.labels + np.cumsum(alone), self.room)

    def sample(
        self, mask: np.ndarray, before: np.ndarray | None = None, after: np.ndarray | None = None
    ) -> Sample:
        """Those of `mask`, with other scores before or after where they are given."""
        start = self.before if before is None else before
        end = self.after if after is None else after
        return Sample(
            start[mask],
            end[mask],
            self.cluster[mask],
            self.side[mask],
            self.treated[mask],
            np.empty((int(mask.sum()), 0), dtype=np.int64),
            self.labels,
        )
