"""What all findings of one evaluation share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from impact.evaluation.labels import Labels
from impact.instruments.model import Instrument
from impact.plans.deviations import Deviation
from impact.plans.model import Plan


@dataclass(frozen=True)
class Setting:
    """What all findings of one evaluation share.

    family      how many intervals must hold together
    is_planned  the plan was locked
    ran         workshops of the programme, as `people.Settled` counts them
    is_nested   workshops in one arm only, as `people.Settled` tells
    threshold   the smallest group of people that this audience is told a number of
    is_blocked  workshops are blocks of both arms, as `people.Settled` tells
    deviations  what was changed after the plan was locked
    """

    plan: Plan
    instrument: Instrument
    labels: Labels
    family: int
    is_planned: bool
    ran: int
    is_nested: bool
    threshold: int
    deviations: tuple[Deviation, ...] = ()
    is_blocked: bool = False

    def planned(self, scale: str, contrast: str, subgroup: Mapping[str, Any], role: str) -> bool:
        """Whether a finding is as it was set beforehand: locked, and touched by no later change."""
        return self.is_planned and not any(
            one.touches(scale, contrast, subgroup, role) for one in self.deviations
        )

    @property
    def is_one_group(self) -> bool:
        return not self.plan.has_arms
