"""A design declared before any data: made-up people who answer the instrument's real items, with a stated truth.

A score of a person on a scale is drawn as the engine would see it: a latent normal common to the items (person and
occasion, and the workshop's mood at that wave), noise of each item, their sum cut into the item's own options. So
floors, ceilings and steps are those of the questionnaire, and the true change in points is an exact expectation.

Effects are in standard deviations of the score before (those of `g_before`), because evaluators and published
results speak so; `Declared` says the rest. The scheme declaration → draw → analysis → diagnosis follows Blair,
Cooper, Coppock & Humphreys 2019, Am. Polit. Sci. Rev. 113, 838 (DeclareDesign).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from impact.evaluation.people import Sample
from impact.evaluation.simulate import cuts, expected_score, homes, latent_shift, options_of
from impact.instruments.model import Instrument, Item, Scale
from impact.plans.model import THEN, Contrast, Plan

ITEM_CORRELATION = 0.6
"""Latent correlation of two items of one scale: alpha near .8 for three items, as short scales have it."""
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(61)


@dataclass(frozen=True)
class Declared:
    """What is supposed of a programme.

    workshops        workshops held; with two arms those of the workshop arm
    people_per_side  in each workshop (an instrument without sides: in each workshop)
    effects          scale → change in standard deviations of the score before, positive in the desired direction
                     (or upwards where none is desired); scales left out do not change
    icc              share of the variance of the change of a score that lies between workshops, 0 to below 1
    correlation      of a person's scores at two waves, inside a workshop, 0 to below 1
    attrition        share of people lost at each later wave, for no reason of theirs (none where people look back)
    kept             share of the effect that is still there from the second later wave on
    comparison       with two arms: comparison workshops of the same size, that do not change; None: as many
    alone            with two arms: comparison people in no workshop, for each side; then `comparison` is 0
    """

    workshops: int = 6
    people_per_side: int = 10
    effects: Mapping[str, float] = field(default_factory=dict)
    icc: float = 0.05
    correlation: float = 0.6
    attrition: float = 0.15
    kept: float = 1.0
    comparison: int | None = None
    alone: int = 0

    def problems(self) -> list[str]:
        """What is wrong with it, all at once."""
        least = {"workshops": 1, "people_per_side": 1, "alone": 0}
        found = [f"{name} must be {low} or more" for name, low in least.items() if getattr(self, name) < low]
        if self.comparison is not None and self.comparison < 0:
            found.append("comparison must be 0 or more")
        shares = [
            name for name in ("icc", "correlation", "attrition") if not 0.0 <= getattr(self, name) < 1.0
        ]
        found += [f"{name} must be 0 or more and below 1" for name in shares]
        if not -1.0 <= self.kept <= 2.0:
            found.append("kept must lie between −1 and 2")
        found += [f"the effect on {scale} must be a number" for scale, size in self.effects.items() if not math.isfinite(size)]  # fmt: skip
        return found


def scale_spread(instrument: Instrument, scale: Scale, correlation: float = ITEM_CORRELATION) -> float:
    """Standard deviation of the score, 0–100, when the latent answers have mean 0, variance 1 and, between two items
    of the scale, this correlation.

    Given what is common to the items they are independent, so the variance is that of the conditional expectation
    plus the mean conditional variance: one integral over a normal, by Gauss–Hermite quadrature. Exact to 1e-6.
    """
    common, noise = math.sqrt(correlation) * _NODES, math.sqrt(1.0 - correlation)
    moments = [_moments(instrument.item[name], name in scale.reversed, common, noise) for name in scale.items]
    mean = sum(first for first, _ in moments) / len(moments)
    inside = sum(second for _, second in moments) / len(moments) ** 2
    weights = _WEIGHTS / _WEIGHTS.sum()
    average = float(weights @ mean)
    return 100.0 * math.sqrt(float(weights @ (mean - average) ** 2 + weights @ inside))


def _moments(
    item: Item, is_reversed: bool, common: np.ndarray, noise: float
) -> tuple[np.ndarray, np.ndarray]:
    """(mean, variance) of an answer as 0–1 of its range, given what is common: two arrays like `common`."""
    low, high = item.value_range
    units = (np.array(options_of(item)) - low) / (high - low)
    below = _normal_cdf((cuts(len(units))[:, None] - (-common if is_reversed else common)) / noise)
    shares = np.diff(np.vstack([np.zeros_like(common), below, np.ones_like(common)]), axis=0)
    mean = units @ shares
    variance = units**2 @ shares - mean**2
    return (1.0 - mean if is_reversed else mean), variance


def _normal_cdf(values: np.ndarray) -> np.ndarray:
    return np.vectorize(lambda value: 0.5 * (1.0 + math.erf(value / math.sqrt(2.0))), otypes=[float])(values)


class Drawer:
    """Draws the samples of a plan's primary findings, programme after programme, and knows their truth.

    Raises ValueError if an effect is more than the answers can express.
    """

    def __init__(
        self, plan: Plan, instrument: Instrument, declared: Declared, rng: np.random.Generator
    ) -> None:
        self.plan, self.instrument, self.declared, self.rng = plan, instrument, declared, rng
        self.sides: tuple[str | None, ...] = (
            instrument.side_ids if plan.by_side and instrument.sides else (None,)
        )
        used = {wave for contrast in plan.contrasts for wave in (contrast.before, contrast.after)}
        # Who looks back is asked once, about the time before and about now.
        self.waves = [wave for wave in (THEN, *instrument.waves) if wave in used]
        self.scales = [instrument.scale[outcome.scale] for outcome in plan.primary]
        borrowed = {
            scale.id
            for scale in self.scales
            if any(homes(plan, instrument)[i] != scale.id for i in scale.items)
        }
        if borrowed:
            raise ValueError(f"the items of {', '.join(sorted(borrowed))} belong to another outcome as well")
        self.points = {scale.id: self._points(scale) for scale in self.scales}
        self.shift = {
            scale.id: [latent_shift(instrument, scale, 0.0, points) for points in self._by_wave(scale.id)]
            for scale in self.scales
        }
        self._lay_out()

    def _points(self, scale: Scale) -> float:
        size = self.declared.effects.get(scale.id, 0.0)
        sign = -1.0 if scale.direction == "lower" else 1.0
        mood = _parts(self.declared, len(scale.items))[2]
        return sign * size * scale_spread(self.instrument, scale, (ITEM_CORRELATION + mood) / (1.0 + mood))

    def _by_wave(self, scale: str) -> list[float]:
        whole = self.points[scale]
        return [
            0.0 if wave == 0 else whole * (1.0 if wave == 1 else self.declared.kept)
            for wave in range(len(self.waves))
        ]

    def truth(self, scale: str, contrast: Contrast) -> float:
        """Expected change in points; with two arms the difference that the workshops make. Exact."""
        levels = [
            expected_score(
                self.instrument, self.instrument.scale[scale], self.shift[scale][self.waves.index(wave)]
            )
            for wave in (contrast.after, contrast.before)
        ]
        return levels[0] - levels[1]

    def _lay_out(self) -> None:
        """Who sits where: the same in every programme."""
        declared, is_one_group = self.declared, not self.plan.has_arms
        others = 0 if is_one_group or declared.alone else declared.comparison
        others = declared.workshops if others is None else others
        alone = 0 if is_one_group else declared.alone
        sides = len(self.instrument.sides) or 1
        rooms = np.repeat(np.arange(declared.workshops + others), declared.people_per_side * sides)
        side = np.tile(np.repeat(np.arange(sides), declared.people_per_side), declared.workshops + others)
        count = declared.workshops + others
        self.cluster = np.concatenate([rooms, count + 1 + np.arange(alone * sides)]).astype(np.int64)
        self.side = np.concatenate([side, np.repeat(np.arange(sides), alone)]).astype(np.int8)
        self.treated = self.cluster < declared.workshops
        self.labels, self.is_nested = count, bool(alone) and others == 0

    def samples(self) -> dict[tuple[str, Contrast, str | None], Sample]:
        """One programme: (scale, contrast, side) → the people who answered at both waves."""
        people = len(self.cluster)
        kept = np.ones((people, len(self.waves)), dtype=bool)
        if THEN not in self.waves:
            kept[:, 1:] = self.rng.random((people, len(self.waves) - 1)) >= self.declared.attrition
        found = {}
        for scale in self.scales:
            scores = self._scores(scale)
            for contrast in self.plan.contrasts:
                ends = [self.waves.index(wave) for wave in (contrast.before, contrast.after)]
                both = kept[:, ends].all(axis=1)
                for number, side in enumerate(self.sides):
                    chosen = np.flatnonzero(both if side is None else both & (self.side == number))
                    found[scale.id, contrast, side] = self._sample(scores, chosen, ends)
        return found

    def _sample(self, scores: np.ndarray, chosen: np.ndarray, ends: list[int]) -> Sample:
        cluster = np.zeros(len(chosen), np.int64) if self.plan.cluster == "none" else self.cluster[chosen]
        return Sample(
            scores[chosen, ends[0]],
            scores[chosen, ends[1]],
            cluster,
            self.side[chosen],
            self.treated[chosen],
            np.column_stack([chosen, chosen + len(self.cluster)]),
            self.labels,
        )

    def _scores(self, scale: Scale) -> np.ndarray:
        """Scores of everybody at every wave: float64 (people, waves), 0–100."""
        people, waves = len(self.cluster), len(self.waves)
        person, occasion, mood = _parts(self.declared, len(scale.items))
        rooms = np.sqrt(mood) * self.rng.standard_normal((self.labels + 1, waves))
        rooms[-1] = 0.0  # people in no workshop have no mood in common
        common = np.sqrt(person) * self.rng.standard_normal((people, 1))
        common = common + np.sqrt(occasion) * self.rng.standard_normal((people, waves))
        common = common + rooms[np.minimum(self.cluster, self.labels)]
        spread = np.where(self.cluster < self.labels, math.sqrt(1.0 + mood), 1.0)[:, None]
        shift = self.treated[:, None] * np.array(self.shift[scale.id])
        total = np.zeros((people, waves))
        for name in scale.items:
            noise = math.sqrt(1.0 - ITEM_CORRELATION) * self.rng.standard_normal((people, waves))
            latent = shift + (common + noise) / spread
            item, is_reversed = self.instrument.item[name], name in scale.reversed
            low, high = item.value_range
            units = (np.array(options_of(item)) - low) / (high - low)
            answers = units[np.searchsorted(cuts(len(units)), -latent if is_reversed else latent)]
            total += 1.0 - answers if is_reversed else answers
        return 100.0 * total / len(scale.items)


def _parts(declared: Declared, items: int) -> tuple[float, float, float]:
    """Latent variances of (person, occasion, workshop at a wave), those of person and occasion summing to the
    correlation of the items: so that the *scores* correlate as declared, and the declared share of the variance of
    their change lies between workshops."""
    rho, noise = ITEM_CORRELATION, (1.0 - ITEM_CORRELATION) / items
    person = min(declared.correlation * (rho + noise), rho)
    change_inside = 2.0 * (rho - person + noise)
    mood = declared.icc / (1.0 - declared.icc) * change_inside / 2.0
    return person, rho - person, mood
