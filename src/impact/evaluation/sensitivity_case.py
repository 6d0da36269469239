"""What all sensitivity analyses of one finding share, and what each of them gives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from impact.evaluation import designs
from impact.evaluation.designs import Estimate
from impact.evaluation.everyone import Everyone
from impact.evaluation.people import Sample
from impact.evaluation.setting import Setting
from impact.evaluation.verdicts import verdict


@dataclass(frozen=True)
class Result:
    """One analysis, in points. `note` is a code of `sensitivity.notes` in the wording.

    people      bool (everyone,) whom it rests on; None: those of the main analysis
    is_counted  its verdict may be held against the main one
    rooms       it would tell the mean of a workshop
    shifted     people whose scores it moves by one amount, so that their number would be told; None: none
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    verdict: str | None = None
    note: str | None = None
    people: np.ndarray | None = None
    is_counted: bool = True
    rooms: bool = False
    shifted: np.ndarray | None = None

    def noting(self, code: str) -> Result:
        return replace(self, note=code)


@dataclass(frozen=True)
class Case:
    """A finding to be looked at in other ways.

    value, verdict, estimator  of the main analysis
    level                      of the interval that decides; `sesoi` and `direction` as for the main verdict
    linked_by                  as in `linkage.Links`
    """

    setting: Setting
    everyone: Everyone
    value: float
    verdict: str | None
    estimator: str
    level: float
    sesoi: float
    direction: str
    linked_by: str

    @property
    def is_clustered(self) -> bool:
        """Whether the main interval speaks of workshops."""
        return self.estimator.endswith("_cr2") or self.estimator in ("partially_nested", "ancova_blocked")

    def estimate(self, sample: Sample) -> Estimate:
        """The design's own estimator at the deciding level."""
        setting = self.setting
        return designs.estimate(
            setting.plan, sample, self.level, setting.ran, setting.is_nested, setting.is_blocked
        )

    @cached_property
    def main(self) -> Estimate:
        """The main analysis at the deciding level: an analysis of the same people is not computed again."""
        return self.estimate(self.everyone.sample(self.everyone.kept))

    def verdict_of(self, low: float | None, high: float | None) -> str | None:
        return verdict(low, high, self.sesoi, self.direction)

    def result(self, found: Estimate, people: np.ndarray | None = None, rooms: bool = False) -> Result:
        """An estimate as a result; without an interval its note says so."""
        judged = self.verdict_of(found.low, found.high)
        note = None if judged else "no_interval"
        return Result(found.value, found.low, found.high, judged, note, people, rooms=rooms)

    def of_people(self, mask: np.ndarray) -> Result:
        """The main analysis of other people."""
        sample = self.everyone.sample(mask)
        if not self.is_enough(sample):
            return Result(note="too_few_people", people=mask)
        is_main = bool((mask == self.everyone.kept).all())
        return self.result(self.main if is_main else self.estimate(sample), mask)

    def is_enough(self, sample: Sample) -> bool:
        treated = int(sample.treated.sum())
        groups = [sample.n] if self.setting.is_one_group else [treated, sample.n - treated]
        return min(groups) >= max(self.setting.plan.minimum_n, 1)
