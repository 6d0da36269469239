"""What a plan will find, before any data: power, bias, coverage and the chance of each verdict.

Made-up programmes of a declared design (`declared.py`) go through the plan's own estimator and verdict rule, the very
functions that judge real ones; nothing is approximated but by the number of programmes, whose standard error stands
beside each share.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from impact import stats
from impact.evaluation import designs
from impact.evaluation.claims import licence_block, licence_of
from impact.evaluation.declared import Declared, Drawer
from impact.evaluation.people import Sample
from impact.evaluation.verdicts import family_size, verdict
from impact.instruments.model import Instrument
from impact.plans.model import Contrast, Outcome, Plan

MOVED = {"improved": 1, "improved_below_sesoi": 1, "higher": 1, "worsened": -1, "lower": -1}
"""Verdicts that say which way it went, in the desired direction (or upwards where none is desired)."""

NOTHING = 1e-7
"""A true change of fewer points than this is none: the latent shift is found to 1e-9."""


@dataclass
class _Tally:
    """What happened to one finding, programme after programme. `way`: where the truth goes, 1 to the good, −1 to the
    bad (or up and down where no direction is desired), 0 nowhere."""

    outcome: Outcome
    contrast: str
    side: str | None
    direction: str
    truth: float
    way: int
    values: list[float] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    people: int = 0
    covered: int = 0
    covered_together: int = 0
    with_interval: int = 0
    verdicts: Counter[str | None] = field(default_factory=Counter)


def forecast(
    plan: Plan,
    instrument: Instrument,
    declared: Declared,
    *,
    repetitions: int = 500,
    seed: int = 1,
    language: str = "en",
    progress: Callable[[float], None] = lambda share: None,
) -> dict[str, Any]:
    """Diagnosis of `plan` under `declared`, for each primary outcome, contrast and side.

    Returns {"plan", "declared", "repetitions", "seed", "licence", "reading", "sides", "family", "findings": [{"scale", "contrast",
    "side", "truth", "mean", "bias", "bias_error", "coverage", "coverage_simultaneous", "half_width", "people",
    "power", "power_error", "wrong_sign", "verdicts": {verdict: share}}], "any_moved", "any_wrong"}. Points of 0–100,
    shares 0–1. `coverage` is of the programmes with an interval; `power` and `verdicts` of all of them (`none`: no
    interval); `power`: the verdict goes the declared way, or, without an effect, any way. `any_wrong`: a programme
    with at least one primary verdict that goes the other way than the truth, or any way where nothing changes.
    Raises ValueError for a declaration that makes no sense, with every reason.

    >>> forecast(plan, instrument, Declared(effects={"fear": 0.3}), repetitions=1000)["findings"][0]["power"]
    0.41
    """
    if problems := [*declared.problems(), *([] if repetitions >= 1 else ["repetitions must be 1 or more"])]:
        raise ValueError("; ".join(problems))
    plan = replace(plan, outcomes=plan.primary)
    licence = licence_of(plan.design, plan.cluster != "none", designs.is_few(plan, declared.workshops))
    drawer = Drawer(plan, instrument, declared, np.random.default_rng(seed))
    judge = _Judge(plan, instrument, drawer, declared)
    for number in range(repetitions):
        judge.programme(drawer.samples())
        progress((number + 1) / repetitions)
    return {
        "plan": {"id": plan.id, "sha256": plan.sha256},
        "declared": {name: getattr(declared, name) for name in declared.__dataclass_fields__},
        "repetitions": repetitions,
        "seed": seed,
        "licence": licence,
        "reading": licence_block(licence, plan.design, language, plan.arm_means)["reading"],
        "sides": len(instrument.sides) or 1,
        "family": judge.family,
        "findings": [_diagnosis(tally, repetitions) for tally in judge.tallies.values()],
        "any_moved": judge.any_moved / repetitions,
        "any_wrong": judge.any_wrong / repetitions,
    }


class _Judge:
    """Gives every sample to the plan's estimator, as `finding.py` does, and keeps count."""

    def __init__(self, plan: Plan, instrument: Instrument, drawer: Drawer, declared: Declared) -> None:
        self.plan, self.instrument, self.drawer = plan, instrument, drawer
        self.ran = declared.workshops
        self.family = family_size(plan, len(instrument.sides))
        self.together = stats.simultaneous_level(plan.level, self.family)
        self.any_moved = self.any_wrong = 0
        self.tallies = {
            (outcome.scale, contrast, side): self._tally(outcome, contrast, side)
            for contrast in plan.contrasts
            for outcome in plan.outcomes
            for side in drawer.sides
        }

    def _tally(self, outcome: Outcome, contrast: Contrast, side: str | None) -> _Tally:
        direction, truth = (
            self.instrument.scale[outcome.scale].direction,
            self.drawer.truth(outcome.scale, contrast),
        )
        way = 0 if abs(truth) < NOTHING else 1 if (truth > 0) == (direction != "lower") else -1
        return _Tally(outcome, contrast.name, side, direction, truth, way)

    def programme(self, samples: dict[Any, Sample]) -> None:
        ways = [self._finding(self.tallies[key], sample) for key, sample in samples.items()]
        self.any_moved += any(way for way, _ in ways)
        self.any_wrong += any(way and way != true for way, true in ways)

    def _finding(self, tally: _Tally, sample: Sample) -> tuple[int, int]:
        """(which way the verdict goes, which way the truth goes), in the desired direction; 0: no way."""
        plain, wide = self._estimates(sample)
        tally.people += sample.n
        if plain.value is not None:
            tally.values.append(plain.value)
        if plain.low is not None:
            tally.with_interval += 1
            tally.widths.append((plain.high - plain.low) / 2)
            tally.covered += plain.low <= tally.truth <= plain.high
            tally.covered_together += wide.low <= tally.truth <= wide.high
        found = verdict(wide.low, wide.high, self.plan.sesoi_of(tally.outcome), tally.direction)
        tally.verdicts[found] += 1
        return MOVED.get(found, 0), tally.way

    def _estimates(self, sample: Sample) -> tuple[designs.Estimate, designs.Estimate]:
        treated = int(sample.treated.sum())
        groups = [treated, sample.n - treated] if self.plan.has_arms else [sample.n]
        if min(groups) < max(self.plan.minimum_n, 1):
            none = designs.withheld(self.plan, sample, self.ran)
            return none, none
        plain, wide = (
            designs.estimate(self.plan, sample, level, self.ran, self.drawer.is_nested)
            for level in (self.plan.level, self.together)
        )
        return plain, wide


def _diagnosis(tally: _Tally, repetitions: int) -> dict[str, Any]:
    values = np.array(tally.values)
    mean = float(values.mean()) if len(values) else None
    spread = float(values.std(ddof=1)) if len(values) > 1 else None
    shares = {name or "none": count / repetitions for name, count in sorted(tally.verdicts.items(), key=str)}
    ways = Counter({1: 0, -1: 0})
    for name, share in shares.items():
        ways[MOVED.get(name, 0)] += share
    power, wrong = _ways(tally, ways)
    intervals = tally.with_interval or None
    return {
        "scale": tally.outcome.scale,
        "contrast": tally.contrast,
        "side": tally.side,
        "truth": tally.truth,
        "mean": mean,
        "bias": None if mean is None else mean - tally.truth,
        "bias_error": None if spread is None else spread / math.sqrt(len(values)),
        "coverage": intervals and tally.covered / intervals,
        "coverage_simultaneous": intervals and tally.covered_together / intervals,
        "half_width": float(np.mean(tally.widths)) if tally.widths else None,
        "people": tally.people / repetitions,
        "power": power,
        "power_error": math.sqrt(power * (1.0 - power) / repetitions),
        "wrong_sign": wrong,
        "verdicts": shares,
    }


def _ways(tally: _Tally, ways: Counter[int]) -> tuple[float, float]:
    """(share that goes the declared way, share that goes the other way); without an effect both are any way."""
    moved = ways[1] + ways[-1]
    return (ways[tally.way], ways[-tally.way]) if tally.way else (moved, moved)
