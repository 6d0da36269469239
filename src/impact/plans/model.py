"""What is analysed, fixed before the data: Plan, Outcome. Frozen; an invalid one cannot be loaded (see load.py)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

DESIGNS = ("one_group", "comparison", "randomised")
ARM_MEANS = ("attended", "offered")
ROLES = ("primary", "secondary", "guard", "exploratory")


@dataclass(frozen=True)
class Outcome:
    """A scale and the part it plays. `sesoi`: smallest effect of interest, in points of 0–100; None = the plan's."""

    scale: str
    role: str
    sesoi: float | None = None


@dataclass(frozen=True)
class Contrast:
    """`after` minus `before`: two waves of the instrument. `name` is as the plan writes it: `post - pre`."""

    name: str
    after: str
    before: str


@dataclass(frozen=True)
class Thresholds:
    """The smallest group of people about whom a number may be shown, by audience."""

    team: int = 5
    public: int = 10


@dataclass(frozen=True)
class Plan:
    """An analysis plan. `sha256` is of its canonical content and is printed with every result.

    cluster    `workshop` (people in one workshop resemble each other) or `none` (with its caveat)
    estimator  for three workshops or more; `few_workshops` names the one for one or two, fixed here beforehand
    correction `simultaneous` (Bonferroni-adjusted intervals over primary outcomes × sides)
    benchmark  id of a published distribution of effects (`benchmarks.py`) to read primary findings beside; None: none
    arm_means  people of the workshop arm `attended` it, or were `offered` a place (came or not)
    minimum_n  fewer analysed people than this, and no interval is computed
    """

    id: str
    instrument_id: str
    instrument_version: int
    title: str
    design: str
    outcomes: tuple[Outcome, ...]
    contrasts: tuple[Contrast, ...]
    by_side: bool
    cluster: str
    estimator: str
    few_workshops: str
    effect_size: str
    correction: str
    level: float
    sesoi: float
    missing: str
    minimum_n: int
    thresholds: Thresholds
    words: str
    sha256: str
    compare_sides: bool = False
    arm_means: str = "attended"
    benchmark: str | None = None
    seed: int = 1
    path: str = ""

    @cached_property
    def primary(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.role == "primary")

    def sesoi_of(self, outcome: Outcome) -> float:
        return self.sesoi if outcome.sesoi is None else outcome.sesoi
