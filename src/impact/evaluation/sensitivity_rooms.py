"""The same people with workshops taken in other ways: ignored, as clusters, exchanged, left out one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from impact import stats
from impact.evaluation import designs
from impact.evaluation.people import Sample
from impact.evaluation.sensitivity_case import Case, Result

MOST_UNITS = 1_000
"""Workshops, or people where arms are exchanged person by person; with more, patterns cost too much time."""

MOST_ROOMS = 500
MOST_REFITTED = 2_000_000
"""People × workshops, where leaving one out needs a new fit."""


def plain(case: Case) -> Result:
    """Workshops ignored: the paired t interval, or least squares with every person on their own."""
    if not case.is_clustered:
        return Result(note="is_main")
    sample = case.everyone.sample(case.everyone.kept)
    if case.setting.is_one_group:
        return case.result(designs.paired(sample, case.level))
    plan = replace(case.setting.plan, cluster="none")
    return case.result(designs.estimate(plan, sample, case.level, case.setting.ran))


def clustered(case: Case) -> Result:
    """CR2 by workshop, where the main analysis does not go by workshop."""
    if case.is_clustered:
        return Result(note="is_main")
    sample, rooms = _by_room(case)
    if case.setting.is_one_group:
        if len(rooms) < 2:
            return Result(note="one_workshop")
        found = stats.mean_change_cr2(sample.change, sample.cluster, confidence=case.level)
    else:
        if not len(rooms):
            return Result(note="one_workshop")
        found = stats.ancova(
            sample.after, sample.before, sample.treated, sample.cluster, confidence=case.level,
            working_icc=stats.WORKING_ICC,
        )  # fmt: skip
    judged = case.verdict_of(found.low, found.high)
    note = None if judged else "no_interval"
    return Result(found.estimate, found.low, found.high, judged, note, rooms=True)


def permutation(case: Case) -> Result:
    """Signs, or arms, exchanged between workshops; between people where the plan or the design knows no workshops in
    both arms. The interval holds all changes that the test does not reject at the deciding level."""
    everyone, setting = case.everyone, case.setting
    rng = np.random.default_rng(setting.plan.seed)
    if setting.is_one_group:
        sample, rooms = _by_room(case)
        if len(rooms) < 2:
            return Result(note="one_workshop")
        if _count(sample.cluster) > MOST_UNITS:
            return Result(note="too_large_to_permute")
        found = stats.sign_flip_interval(sample.change, sample.cluster, case.level, rng)
        return _permuted(case, found, None)
    sample = everyone.sample(everyone.kept)
    by_person = setting.is_nested or setting.plan.cluster == "none"
    if by_person and setting.plan.design != "randomised":
        return Result(note="not_exchangeable")
    if not by_person and _is_mixed(sample):
        return Result(note="arms_in_one_room")
    if (sample.n if by_person else _count(sample.cluster)) > MOST_UNITS:
        return Result(note="too_large_to_permute")
    clusters = None if by_person else sample.cluster
    found = stats.arm_permutation_interval(
        sample.after, sample.before, sample.treated, clusters, case.level, rng
    )
    return _permuted(case, found, "by_person" if by_person else None)


def _permuted(case: Case, found: stats.PermutationInterval, note: str | None) -> Result:
    if found.low is None:
        return Result(note="too_few_workshops", rooms=True)
    judged = case.verdict_of(found.low, found.high)
    return Result(found.estimate, found.low, found.high, judged, note, rooms=True)


def leave_one_out(case: Case) -> Result:
    """The run, of those without one workshop, whose interval speaks least for the main verdict. Which workshop it
    leaves out is not told."""
    everyone = case.everyone
    rooms = everyone.by_room
    named = np.unique(rooms[everyone.kept & (everyone.room >= 0)])
    if len(named) < 2:
        return Result(note="one_workshop")
    if case.setting.is_one_group and case.is_clustered and len(named) <= MOST_ROOMS:
        values = _by_sums(case, named)
    elif len(named) * len(rooms) <= MOST_REFITTED:
        values = [_without(case, rooms == room) for room in named]
    else:
        return Result(note="too_large_to_leave_out")
    if any(value is None for value in values):
        return Result(note="no_interval", rooms=True)
    # Of runs that speak alike the lower: by what is in them, not by the order of workshops.
    keys = [(_speaks_for(case, low, high), low, high) for _, low, high in values]
    worst = min(range(len(named)), key=lambda number: tuple(round(part, 9) for part in keys[number]))
    value, low, high = values[worst]
    mask = everyone.kept & (rooms != named[worst])
    return Result(value, low, high, case.verdict_of(low, high), people=mask, rooms=True)


def _by_sums(case: Case, named: np.ndarray) -> Sequence[tuple[float, float, float] | None]:
    sample = case.everyone.sample(case.everyone.kept)
    if _count(sample.cluster) != len(named):
        return [_without(case, case.everyone.by_room == room) for room in named]
    found = stats.mean_change_without_each(sample.change, sample.cluster, case.level)
    triples = zip(found.estimate, found.low, found.high, strict=True)
    return [
        None if np.isnan(low) else (float(value), float(low), float(high)) for value, low, high in triples
    ]


def _without(case: Case, room: np.ndarray) -> tuple[float, float, float] | None:
    sample = case.everyone.sample(case.everyone.kept & ~room)
    if not case.is_enough(sample):
        return None
    found = case.estimate(sample)
    return None if found.low is None else (found.value, found.low, found.high)


def _speaks_for(case: Case, low: float, high: float) -> float:
    """How clearly an interval speaks for the main verdict: the distance of its critical end from what would break it."""
    if case.direction == "lower":
        low, high = -high, -low
    if case.verdict in ("improved", "improved_below_sesoi", "higher"):
        return low
    if case.verdict in ("worsened", "lower"):
        return -high
    if case.verdict == "no_meaningful_change":
        return -max(abs(low), abs(high))
    return -max(low, -high)  # inconclusive: the run that is nearest to a verdict


def _by_room(case: Case) -> tuple[Sample, np.ndarray]:
    """The people of the main analysis by workshop, whatever the plan makes of workshops; and the named ones."""
    everyone = case.everyone
    sample = replace(everyone.sample(everyone.kept), cluster=everyone.by_room[everyone.kept])
    return sample, np.unique(everyone.room[everyone.kept & (everyone.room >= 0)])


def _is_mixed(sample: Sample) -> bool:
    """Whether a workshop has people of both arms."""
    count = int(sample.cluster.max(initial=-1)) + 1
    arms = [np.bincount(sample.cluster[sample.treated == arm], minlength=count) > 0 for arm in (True, False)]
    return bool((arms[0] & arms[1]).any())


def _count(clusters: np.ndarray) -> int:
    return int(np.count_nonzero(np.bincount(clusters)))
