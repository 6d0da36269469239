"""What is analysed, fixed before the data: Plan, Outcome. Frozen; an invalid one cannot be loaded (see load.py)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

ALERT_ON = ("point", "low")
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
class Alerts:
    """When the harm monitor raises an alert: from `worse_share` of people reliably worse on.

    scales    (scale, share) pairs that have a limit of their own
    evaluate  what must reach the limit: the share itself (`point`), or the lower end of its interval (`low`)
    """

    worse_share: float
    scales: tuple[tuple[str, float], ...] = ()
    evaluate: str = "point"

    def limit_of(self, scale: str) -> float:
        return dict(self.scales).get(scale, self.worse_share)


@dataclass(frozen=True)
class Plan:
    """An analysis plan. `sha256` is of its canonical content and is printed with every result.

    cluster    `workshop` (people in one workshop resemble each other) or `none` (with its caveat)
    estimator  for three workshops or more; `few_workshops` names the one for one or two, fixed here beforehand
    correction `simultaneous` (Bonferroni-adjusted intervals over primary outcomes × sides)
    arm_means  people of the workshop arm `attended` it, or were `offered` a place (came or not)
    imputations  how often missing scores are filled in for the sensitivity analyses; 0: never
    minimum_n  fewer analysed people than this, and no interval is computed
    alerts     the alert rule of the harm monitor, None: the plan has none
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
    seed: int = 1
    alerts: Alerts | None = None
    imputations: int = 20
    path: str = ""

    @cached_property
    def primary(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.role == "primary")

    def sesoi_of(self, outcome: Outcome) -> float:
        return self.sesoi if outcome.sesoi is None else outcome.sesoi
