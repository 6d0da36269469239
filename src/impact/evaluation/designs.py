"""One default estimator for each design, as the plan fixed it: people in, an interval out.

one_group     mean change; CR2 standard error clustered by workshop with Satterthwaite df from three workshops on,
              the paired t interval for the people in these rooms with one or two, or where workshops are ignored
comparison,   ANCOVA: after on arm and before, CR2 by workshop with the widening for workshops that differ in size, or
randomised    HC2 (every person a cluster) where the plan ignores workshops; workshops against people who are in none:
              precision-weighted Welch on the adjusted means (`stats.partially_nested`); people put into the arms
              by chance inside of workshops (`unit: person`): the same within blocks (`stats.ancova_blocked`)
side × time   change regressed on side, CR2 by workshop; Welch's t with one or two workshops; no interval where a
              side sits in a single workshop that the other side does not fill alike

Sources: Bell & McCaffrey 2002, Survey Methodology 28, 169; Pustejovsky & Tipton 2018, J. Bus. Econ. Stat. 36, 672;
Vickers & Altman 2001, BMJ 323, 1123 (ANCOVA); Roberts & Roberts 2005, Clin. Trials 2, 152 (one arm grouped). The choice between them depends on the plan and on `ran`, the number
of labelled workshops of the programme in which anybody submitted anything (`people.Settled`): never on a result, nor
on who of a side came back and answered a scale. Where workshops ran but pairs come from one or two of them, CR2 stays
and its degrees of freedom tell it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from impact import stats
from impact.evaluation.people import Sample
from impact.plans.model import Plan
from impact.stats.distributions import t_quantile

FEWEST_WORKSHOPS = 3
"""From so many workshops on, the interval speaks of workshops; below, of the people in these rooms."""

_FEW_DF = 2.0
"""With so few degrees of freedom only a very large change can be told from chance: the finding says so."""


@dataclass(frozen=True)
class Estimate:
    """What an estimator gives, in points; None where it cannot be computed, with caveat codes that say why.

    `clusters`: labelled workshops that pairs come from; `singletons`: comparison people on their own.
    """

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
    singletons: int | None = None

    def noting(self, *codes: str) -> Estimate:
        return replace(self, caveats=(*self.caveats, *(code for code in codes if code not in self.caveats)))


def is_few(plan: Plan, ran: int) -> bool:
    """Whether a programme of `ran` workshops speaks of the people in its rooms only."""
    return not plan.has_arms and plan.cluster != "none" and ran < FEWEST_WORKSHOPS


def estimate(
    plan: Plan, sample: Sample, level: float, ran: int, is_nested: bool = False, is_blocked: bool = False
) -> Estimate:
    """The plan's default estimate of the change (one group) or of the difference made (two arms) at `level`.

    `is_nested`: the programme has workshops in the workshop arm only; `is_blocked`: chance decided about people inside
    of workshops that hold both arms (`people.Settled`).
    """
    if not plan.has_arms:
        return _one_group(plan, sample, level, ran)
    return _two_arms(plan, sample, level, is_nested, is_blocked)


def at_level(found: Estimate, level: float) -> Estimate | None:
    """The interval of `found` at another level, without fitting again where it is made of its error and df alone;
    None where it is not."""
    if found.estimator not in ("ancova_cr2", "ancova_hc2") or found.df is None:
        return None
    reach = t_quantile(found.df, level) * found.std_error
    return replace(found, low=found.value - reach, high=found.value + reach)


def withheld(plan: Plan, sample: Sample, ran: int) -> Estimate:
    """No estimate at any level, because there are too few people: only how many workshops there are."""
    return _begun("none", plan, sample, is_few(plan, ran))


def paired(sample: Sample, level: float) -> Estimate:
    """The plain paired t interval, workshops ignored; also shown beside the clustered one."""
    found = Estimate("paired_t")
    if sample.n < 2:
        return found
    return _filled(found, stats.paired_t(sample.before, sample.after, confidence=level), sample.change)


def difference(sample: Sample, is_first: np.ndarray, plan: Plan, level: float, ran: int) -> Estimate:
    """Side × time: mean change of the first side minus that of the second."""
    change, few = sample.change, is_few(plan, ran)
    value = float(change[is_first].mean() - change[~is_first].mean())
    is_welch = few or plan.cluster == "none"
    found = _begun("side_by_time_welch" if is_welch else "side_by_time_cr2", plan, sample, few)
    found = _told_from_few(replace(found, value=value), plan, ran)
    if plan.cluster != "none" and _is_side_one_workshop(sample.cluster, is_first):
        # Nothing is left over in such a workshop: its own luck would be counted as no luck at all.
        return found.noting("one_cluster_per_side")
    if is_welch:
        found = found.noting("workshops_ignored" if plan.cluster == "none" else "few_workshops")
        result = stats.welch_t(change[is_first], change[~is_first], confidence=level)
        return _with_interval(found, _plain(result))
    design = np.column_stack([np.ones(sample.n), is_first.astype(float)])
    result = stats.ols_cr2(change, design, sample.cluster, confidence=level)
    return _coefficient(found, result, 1, value)


def agrees_closely(sample: Sample, plain: Estimate, is_first: np.ndarray | None = None) -> bool:
    """Whether the clustered standard error is less than half of that from people alone. Clustering widens on
    average; with few workshops it can narrow by chance, and the reader should know."""
    if plain.std_error is None or not plain.estimator.endswith("_cr2"):
        return False
    one = np.ones(sample.n)
    if plain.estimator == "ancova_cr2":
        columns, outcome = [one, sample.before - sample.before.mean(), sample.treated], sample.after
    else:
        columns, outcome = [one] if is_first is None else [one, is_first], sample.change
    return plain.std_error < 0.5 * _error_alone(np.column_stack(columns).astype(float), outcome)


def _error_alone(X: np.ndarray, y: np.ndarray) -> float:
    """The standard error of the last column's coefficient if people were independent of each other."""
    inverse = np.linalg.inv(X.T @ X)
    residuals = y - X @ (inverse @ (X.T @ y))
    return float(np.sqrt(inverse[-1, -1] * (residuals @ residuals) / max(len(y) - X.shape[1], 1)))


def _begun(estimator: str, plan: Plan, sample: Sample, few: bool) -> Estimate:
    """An estimate with nothing but its counts."""
    if plan.cluster == "none":
        return Estimate(estimator, few_workshops=few)
    counts = np.bincount(sample.cluster, minlength=1)
    workshops = int(np.count_nonzero(counts[: sample.labels]))
    alone = int(np.count_nonzero(counts[sample.labels + 1 :]))
    return Estimate(estimator, workshops or None, few, singletons=alone)


def _told_from_few(found: Estimate, plan: Plan, ran: int) -> Estimate:
    """A programme of three workshops or more does not become one of two because people did not come back."""
    if plan.cluster == "none" or ran < FEWEST_WORKSHOPS or (found.clusters or 0) >= FEWEST_WORKSHOPS:
        return found
    return found.noting("pairs_from_few")


def _is_side_one_workshop(cluster: np.ndarray, is_first: np.ndarray) -> bool:
    """Whether a side sits in one workshop only, unless the workshops are the same for both."""
    sides = [distinct(cluster[is_first]), distinct(cluster[~is_first])]
    is_crossed = sides[0] == sides[1] == distinct(cluster)
    return min(sides) < 2 and not is_crossed


def distinct(clusters: np.ndarray) -> int:
    """How many different numbers there are; they are small, so counting beats sorting."""
    return int(np.count_nonzero(np.bincount(clusters)))


def _one_group(plan: Plan, sample: Sample, level: float, ran: int) -> Estimate:
    if plan.cluster == "none":
        return paired(sample, level).noting("workshops_ignored")
    if not is_few(plan, ran):
        result = stats.mean_change_cr2(sample.change, sample.cluster, confidence=level)
        found = _told_from_few(_begun("mean_change_cr2", plan, sample, False), plan, ran)
        return _filled(found, result, sample.change)
    begun = _begun("none", plan, sample, True)
    if plan.few_workshops == "paired":
        counts = {"clusters": begun.clusters, "singletons": begun.singletons}
        return replace(paired(sample, level), few_workshops=True, **counts).noting("few_workshops")
    return replace(begun, value=float(sample.change.mean()), caveats=("few_workshops", "no_interval"))


def _two_arms(plan: Plan, sample: Sample, level: float, is_nested: bool, is_blocked: bool) -> Estimate:
    is_clustered, arm = plan.cluster != "none", sample.treated.astype(float)
    if not is_clustered:
        name, result = "ancova_hc2", stats.ancova(sample.after, sample.before, arm, confidence=level)
    elif is_blocked:
        name = "ancova_blocked"
        result = stats.ancova_blocked(sample.after, sample.before, arm, sample.cluster, confidence=level)
    elif is_nested:
        name = "partially_nested"
        result = stats.partially_nested(sample.after, sample.before, arm, sample.cluster, confidence=level)
    else:
        name, icc = "ancova_cr2", stats.WORKING_ICC
        result = stats.ancova(
            sample.after, sample.before, arm, sample.cluster, confidence=level, working_icc=icc
        )
    unknown = _begun(name, plan, sample, False)
    unknown = replace(unknown, value=result.estimate)
    found = _with_interval(unknown, _plain(result))
    if not is_clustered:
        return found.noting("workshops_ignored")
    arms = [distinct(sample.cluster[sample.treated == arm]) for arm in (True, False)]
    if min(arms) >= 2:
        return found
    # With one cluster in an arm its own luck cannot be told from the workshop's; every package prints a p here.
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
    found = replace(found, **numbers)
    is_clustered = found.estimator.endswith("_cr2") or found.estimator in (
        "partially_nested",
        "ancova_blocked",
    )
    return found.noting("few_degrees") if is_clustered and found.df <= _FEW_DF + 1e-9 else found
