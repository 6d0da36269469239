"""What is analysed, fixed before the data: Plan, Outcome. Frozen; an invalid one cannot be loaded (see load.py)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

ALERT_ON = ("point", "low")
DESIGNS = ("one_group", "retrospective_pre", "comparison", "randomised")
TWO_ARMS = ("comparison", "randomised")
LATER_DESIGNS = ("stepped_wedge", "repeated_cross_section")
"""Known by name, not available yet: a plan that asks for one is told so."""
COMPARISON_GROUPS = ("other", "matched", "waiting_list")
UNITS = ("workshop", "person")
THEN = "then"
"""Stands for the time before in a contrast whose people look back: `post - then`."""
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
class Retention:
    """The share of a gain that is kept: (`after` − `before`) / (`gain` − `before`), three waves of the instrument."""

    name: str
    after: str
    gain: str
    before: str


@dataclass(frozen=True)
class Subgroup:
    """People by their answer to a single-choice item at the first wave. Not `planned`: its findings are exploratory."""

    item: str
    planned: bool = False


@dataclass(frozen=True)
class Attendance:
    """Who attended: `item` says how often, `at_least` so often is enough."""

    item: str
    at_least: float


@dataclass(frozen=True)
class Reason:
    """Why the plan was changed at `path` after it was locked."""

    path: str
    reason: str


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
    benchmark  id of a published distribution of effects (`benchmarks.py`) to read primary findings beside; None: none
    arm_means  people of the workshop arm `attended` it, or were `offered` a place (came or not)
    imputations  how often missing scores are filled in for the sensitivity analyses; 0: never
    unit       what chance put into an arm: a `workshop` or a `person`; "" where the plan does not say
    comparison_group  how the comparison group came about
    deviations reasons for changes after the lock; no part of what is locked
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
    benchmark: str | None = None
    seed: int = 1
    alerts: Alerts | None = None
    imputations: int = 20
    path: str = ""
    comparison_group: str = "other"
    unit: str = ""
    retentions: tuple[Retention, ...] = ()
    subgroups: tuple[Subgroup, ...] = ()
    attendance: Attendance | None = None
    deviations: tuple[Reason, ...] = ()

    @cached_property
    def primary(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.role == "primary")

    @property
    def has_arms(self) -> bool:
        return self.design in TWO_ARMS

    @cached_property
    def waves(self) -> frozenset[str]:
        """Every wave that is compared."""
        named = {wave for one in self.contrasts for wave in (one.after, one.before)}
        named |= {wave for one in self.retentions for wave in (one.after, one.gain, one.before)}
        return frozenset(named - {THEN})

    def sesoi_of(self, outcome: Outcome) -> float:
        return self.sesoi if outcome.sesoi is None else outcome.sesoi
