"""One default estimator for each design, as the plan fixed it: people in, an interval out.

one_group     mean change; CR2 standard error clustered by workshop with Satterthwaite df from three workshops on,
              the paired t interval for the people in these rooms with one or two, or where workshops are ignored
comparison,   ANCOVA: after on arm and before, CR2 by workshop, or HC2 (every person a cluster) where the plan
randomised    ignores workshops
side × time   change regressed on side, CR2 by workshop; Welch's t with one or two workshops

Sources: Bell & McCaffrey 2002, Survey Methodology 28, 169; Pustejovsky & Tipton 2018, J. Bus. Econ. Stat. 36, 672;
Vickers & Altman 2001, BMJ 323, 1123 (ANCOVA). The choice between them depends on the plan and the number of
workshops, never on a result.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from impact import stats
from impact.evaluation.people import Sample
from impact.plans.model import Plan

FEWEST_WORKSHOPS = 3
"""From so many workshops on, the interval speaks of workshops; below, of the people in these rooms."""


@dataclass(frozen=True)
class Estimate:
    """What an estimator gives, in points; None where it cannot be computed, with caveat codes that say why."""

    estimator: str
    clusters: int | None = None
    few_workshops: bool = False
    value: float | None = None
    std_error: float | None = None
    df: float | None = None
    statistic: float | None = None
    p_value: float | None = None
    low: float | None = None
    high: float | None = None
    caveats: tuple[str, ...] = ()

    def noting(self, *codes: str) -> Estimate:
        return replace(self, caveats=(*self.caveats, *(code for code in codes if code not in self.caveats)))


def estimate(plan: Plan, sample: Sample, level: float) -> Estimate:
    """The plan's default estimate of the change (one group) or of the difference made (two arms) at `level`."""
    if plan.design == "one_group":
        return _one_group(plan, sample, level)
    return _two_arms(plan, sample, level)


def withheld(plan: Plan, sample: Sample) -> Estimate:
    """No estimate, because there are too few people: only how many workshops there are."""
    clusters = _count(sample, plan)
    few = plan.design == "one_group" and clusters is not None and clusters < FEWEST_WORKSHOPS
    return Estimate("none", clusters, few)


def paired(sample: Sample, level: float) -> Estimate:
    """The plain paired t interval, workshops ignored; also shown beside the clustered one."""
    found = Estimate("paired_t")
    if sample.n < 2:
        return found
    return _filled(found, stats.paired_t(sample.before, sample.after, confidence=level), sample.change)


def difference(sample: Sample, is_first: np.ndarray, plan: Plan, level: float) -> Estimate:
    """Side × time: mean change of the first side minus that of the second."""
    clusters = _count(sample, plan)
    change = sample.change
    value = float(change[is_first].mean() - change[~is_first].mean())
    if clusters is not None and clusters >= FEWEST_WORKSHOPS:
        design = np.column_stack([np.ones(sample.n), is_first.astype(float)])
        result = stats.ols_cr2(change, design, sample.cluster, confidence=level)
        return _coefficient(Estimate("side_by_time_cr2", clusters), result, 1, value)
    found = Estimate("side_by_time_welch", clusters, clusters is not None)
    found = found.noting("workshops_ignored" if clusters is None else "few_workshops")
    result = stats.welch_t(change[is_first], change[~is_first], confidence=level)
    return _with_interval(replace(found, value=value), _plain(result))


def _count(sample: Sample, plan: Plan) -> int | None:
    return None if plan.cluster == "none" else _distinct(sample.cluster)


def _distinct(clusters: np.ndarray) -> int:
    """How many different numbers there are; they are small, so counting beats sorting."""
    return int(np.count_nonzero(np.bincount(clusters)))


def _one_group(plan: Plan, sample: Sample, level: float) -> Estimate:
    clusters = _count(sample, plan)
    if clusters is None:
        found = replace(paired(sample, level), estimator="paired_t")
        return found.noting("workshops_ignored")
    if clusters >= FEWEST_WORKSHOPS:
        result = stats.mean_change_cr2(sample.change, sample.cluster, confidence=level)
        return _filled(Estimate("mean_change_cr2", clusters), result, sample.change)
    if plan.few_workshops == "paired":
        found = replace(paired(sample, level), clusters=clusters, few_workshops=True)
        return found.noting("few_workshops")
    value = float(sample.change.mean())
    return Estimate("none", clusters, True, value, caveats=("few_workshops", "no_interval"))


def _two_arms(plan: Plan, sample: Sample, level: float) -> Estimate:
    clusters = _count(sample, plan)
    name = "ancova_hc2" if clusters is None else "ancova_cr2"
    found = Estimate(name, clusters)
    groups = None if clusters is None else sample.cluster
    result = stats.ancova(
        sample.after, sample.before, sample.treated.astype(float), clusters=groups, confidence=level
    )
    found = _with_interval(replace(found, value=result.estimate), _plain(result))
    if clusters is None:
        return found.noting("workshops_ignored")
    arms = [_distinct(sample.cluster[sample.treated == arm]) for arm in (True, False)]
    if min(arms) >= 2:
        return found
    # With one cluster in an arm its own luck cannot be told from the workshop's; every package prints a p here.
    unknown = Estimate(name, clusters, value=found.value)
    return unknown.noting("one_cluster_per_arm")


def _filled(found: Estimate, result: Any, change: np.ndarray) -> Estimate:
    """`found` with the numbers of a result on a mean change."""
    found = replace(found, value=float(change.mean()))
    if np.ptp(change) == 0:
        return found.noting("all_changed_alike" if change[0] else "nobody_changed")
    return _with_interval(found, _plain(result))


def _plain(result: Any) -> dict[str, float | None]:
    names = ("std_error", "df", "statistic", "p_value", "low", "high")
    return {name: getattr(result, name) for name in names}


def _coefficient(found: Estimate, result: Any, position: int, value: float | None) -> Estimate:
    """`found` with one coefficient of a regression."""
    plural = ("std_errors", "df", "statistics", "p_values", "low", "high")
    single = ("std_error", "df", "statistic", "p_value", "low", "high")
    numbers = {one: _at(getattr(result, many), position) for one, many in zip(single, plural, strict=True)}
    estimated = _at(result.params, position)
    return _with_interval(replace(found, value=value if estimated is None else estimated), numbers)


def _at(values: Any, position: int) -> float | None:
    if values is None or values[position] is None:
        return None
    return float(values[position])


def _with_interval(found: Estimate, numbers: dict[str, float | None]) -> Estimate:
    """All of an interval, or nothing but its caveat: a standard error of nothing is no certainty."""
    if found.value is None or any(numbers[name] is None for name in ("std_error", "df", "low", "high")):
        return found.noting("no_interval")
    return replace(found, **numbers)
