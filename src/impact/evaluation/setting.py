"""What all findings of one evaluation share."""

from __future__ import annotations

from dataclasses import dataclass

from impact.evaluation.labels import Labels
from impact.instruments.model import Instrument
from impact.plans.model import Plan


@dataclass(frozen=True)
class Setting:
    """What all findings of one evaluation share.

    family      how many intervals must hold together
    is_planned  the plan was locked
    ran         workshops of the programme, as `people.Settled` counts them
    is_nested   workshops in one arm only, as `people.Settled` tells
    threshold   the smallest group of people that this audience is told a number of
    """

    plan: Plan
    instrument: Instrument
    labels: Labels
    family: int
    is_planned: bool
    ran: int
    is_nested: bool
    threshold: int

    @property
    def is_one_group(self) -> bool:
        return not self.plan.has_arms
