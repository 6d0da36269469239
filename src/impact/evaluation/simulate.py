"""A synthetic programme whose truth is known, so that a report can be judged against it.

Each person has a place on each scale (standard normal), each workshop its own mood at each later wave, each
occasion and each item its own noise. The sum is cut into the real answers of the instrument, so that floors,
ceilings and steps are those of the real questionnaire. The shift that gives the wanted change in points is found
from the exact expectation of the cut answers, hence the truth is the expectation itself, not an average of draws.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from impact.evaluation.drawing import answer_texts, code_texts
from impact.instruments.model import Instrument, Item, Scale
from impact.plans.model import Plan

Row = dict[str, str]

# Standard deviations of the parts of an answer, before their sum is brought to 1. Their ratios give a pre-post
# correlation of the scales near .6 and a workshop share of the change near .05 (planning values of practice.md).
_PERSON, _OCCASION, _ITEM, _WORKSHOP = 1.0, 0.45, 0.9, 0.15
_TOTAL = math.sqrt(_PERSON**2 + _OCCASION**2 + _ITEM**2 + _WORKSHOP**2)
_SPREAD_OF_CUTS = 1.6


@dataclass(frozen=True)
class _Person:
    number: int
    workshop: int
    side: str
    arm: str
    language: str


def draw(
    plan: Plan,
    instrument: Instrument,
    *,
    seed: int,
    workshops: int = 3,
    people_per_side: int = 10,
    shifts: Mapping[str, Mapping[str, float]] | None = None,
    dropout: float = 0.15,
    code_error: float = 0.15,
    unlinkable: float = 0.05,
    languages: Sequence[str] | Mapping[str, Sequence[str]] | None = None,
    by: str = "code",
) -> tuple[list[Row], dict[str, Any]]:
    """(rows of a data file, the truth), from the seed alone.

    people_per_side  in each workshop. An instrument without sides has one group, named "" in `shifts`.
    shifts           side → scale → expected change in points of 0–100 (scales left out: 0). With two arms it is
                     the change of the workshop arm; every second workshop is then a comparison group that does
                     not change.
    dropout          share of people who do not come back, at each later wave.
    code_error       share of people who write one code element otherwise later; `unlinkable`: all of them.
    languages        tags to mix, or side → tags. Default: the instrument's first.
    by               `code` for linkage codes (if the instrument has them), `respondent` for numbers.

    Rows have the columns of the data file as text. The truth: `expected_change` side → scale → points, and
    counts of what was drawn. Raises ValueError for a shift that the answers cannot express.
    """
    rng = np.random.default_rng(seed)
    wanted = shifts or {}
    _check(plan, instrument, wanted)
    people = _people(rng, plan, instrument, workshops, people_per_side, languages)
    waves = _waves(plan, instrument)
    answers = _Answers(rng, plan, instrument, wanted, workshops)
    codes = code_texts(
        rng, instrument, [person.language for person in people], len(waves), code_error, unlinkable
    )
    if by != "code" or not codes:
        codes = [[{"respondent": f"p{person.number + 1:06d}"}] * len(waves) for person in people]
    rows: list[Row] = []
    returned = 0
    for person in people:
        for position, wave in enumerate(waves):
            if position and rng.random() < dropout:
                continue
            returned += position == 1
            cells = answers.of(person, wave, is_later=position > 0)
            rows.append({**_columns(person, wave, instrument), **codes[person.number][position], **cells})
    order = rng.permutation(len(rows))
    truth = {"seed": seed, "expected_change": answers.truth(), "people": len(people), "returned": returned}
    return [rows[i] for i in order], truth


def _check(plan: Plan, instrument: Instrument, shifts: Mapping[str, Mapping[str, float]]) -> None:
    sides, home = instrument.side_ids or ("",), homes(plan, instrument)
    for side, scales in shifts.items():
        if side not in sides:
            raise ValueError(f"no side {side!r}; there are {sides}")
        for scale in scales:
            if scale not in instrument.scale:
                raise ValueError(f"no scale {scale!r} in {instrument.ref}")
            if any(home[item] != scale for item in instrument.scale[scale].items):
                raise ValueError(f"the items of {scale!r} are moved by another scale of the plan")


def _waves(plan: Plan, instrument: Instrument) -> list[str]:
    named = plan.waves
    return [wave for wave in instrument.waves if wave in named]


def _people(
    rng: np.random.Generator,
    plan: Plan,
    instrument: Instrument,
    workshops: int,
    per_side: int,
    languages: Sequence[str] | Mapping[str, Sequence[str]] | None,
) -> list[_Person]:
    first = instrument.languages[0].tag
    people: list[_Person] = []
    for workshop in range(workshops):
        is_comparison = plan.has_arms and workshop % 2 == 1
        for side in instrument.side_ids or ("",):
            tags = languages.get(side, [first]) if isinstance(languages, Mapping) else languages or [first]
            for _ in range(per_side):
                tag = tags[int(rng.integers(len(tags)))]
                arm = "comparison" if is_comparison else "workshop"
                people.append(_Person(len(people), workshop, side, arm, tag))
    return people


def _columns(person: _Person, wave: str, instrument: Instrument) -> Row:
    row = {
        "wave": wave,
        "workshop": f"Workshop {person.workshop + 1}",
        "arm": person.arm,
        "language": person.language,
    }
    return row | ({"side": person.side} if instrument.sides else {})


def homes(plan: Plan, instrument: Instrument) -> dict[str, str]:
    """Item → the scale that moves it: the plan's outcomes first, since an item may be in several scales."""
    ordered = [outcome.scale for outcome in plan.outcomes]
    ordered += [scale.id for scale in instrument.scales if scale.id not in ordered]
    found: dict[str, str] = {}
    for scale in ordered:
        for item in instrument.scale[scale].items:
            found.setdefault(item, scale)
    return found


class _Answers:
    """Draws the answers of one person at one wave, and knows what to expect of them."""

    def __init__(
        self,
        rng: np.random.Generator,
        plan: Plan,
        instrument: Instrument,
        shifts: Mapping[str, Mapping[str, float]],
        workshops: int,
    ) -> None:
        self.rng, self.instrument, self.plan = rng, instrument, plan
        self.sides = instrument.side_ids or ("",)
        self.home = homes(plan, instrument)
        self.scales = list(dict.fromkeys(self.home.values()))
        self.level = {
            (side, scale): float(rng.normal(0, 0.25)) for side in self.sides for scale in self.scales
        }
        self.shift = {key: self._shift(*key, shifts) for key in self.level}
        self.mood = rng.normal(0, _WORKSHOP, (workshops, len(self.scales), len(instrument.waves)))
        self.place: dict[tuple[int, str], float] = {}

    def _shift(self, side: str, scale: str, shifts: Mapping[str, Mapping[str, float]]) -> float:
        points = shifts.get(side, {}).get(scale, 0.0)
        level = self.level[side, scale]
        return latent_shift(self.instrument, self.instrument.scale[scale], level, points)

    def truth(self) -> dict[str, dict[str, float]]:
        """Side → outcome → expected change in points; a scale that borrows items moves with their homes."""
        return {
            side: {
                outcome.scale: round(self._expected(side, outcome.scale), 6) for outcome in self.plan.outcomes
            }
            for side in self.sides
        }

    def _expected(self, side: str, scale: str) -> float:
        changes = []
        for item in self.instrument.scale[scale].items:
            key = (side, self.home[item])
            is_reversed = item in self.instrument.scale[scale].reversed
            levels = [
                expected_unit(self.instrument.item[item], is_reversed, centre)
                for centre in (self.level[key], self.level[key] + self.shift[key])
            ]
            changes.append(levels[1] - levels[0])
        return 100.0 * sum(changes) / len(changes)

    def of(self, person: _Person, wave: str, is_later: bool) -> Row:
        latent: dict[str, float] = {}
        scores: dict[str, float] = {}
        for number, scale in enumerate(self.scales):
            if (person.number, scale) not in self.place:
                self.place[person.number, scale] = float(self.rng.normal(0, _PERSON))
            mood = self.mood[person.workshop, number, self.instrument.waves.index(wave)]
            occasion = float(self.rng.normal(0, _OCCASION))
            scores[scale] = self.place[person.number, scale] + occasion + mood
        for item, scale in self.home.items():
            centre = self.level[person.side, scale]
            if is_later and person.arm == "workshop":
                centre += self.shift[person.side, scale]
            value = centre + (scores[scale] + float(self.rng.normal(0, _ITEM))) / _TOTAL
            latent[item] = -value if item in self.instrument.scale[scale].reversed else value
        return answer_texts(self.rng, self.instrument, wave, latent, options_of, cuts)


def options_of(item: Item) -> list[float]:
    """The answers, in ascending order, that a scored item can be given in a simulation.

    A `number` is answered on eleven evenly spaced values of its range.
    """
    if item.type != "number":
        return sorted(float(value) for value in item.values)
    low, high = item.value_range
    return sorted({round(low + (high - low) * step / 10, item.decimals) for step in range(11)})


def cuts(count: int) -> np.ndarray:
    """Where the latent answer is cut into `count` options: symmetric, evenly spaced; float64 (count − 1,)."""
    return np.linspace(-_SPREAD_OF_CUTS, _SPREAD_OF_CUTS, count + 1)[1:-1] if count > 1 else np.empty(0)


def expected_unit(item: Item, is_reversed: bool, centre: float) -> float:
    """Expected answer as 0–1 of its range, reversed flipped, for a latent normal with mean `centre`, variance 1."""
    low, high = item.value_range
    options = options_of(item)
    sign = -1.0 if is_reversed else 1.0
    below = [0.5 * (1 + math.erf((cut - sign * centre) / math.sqrt(2))) for cut in cuts(len(options))]
    shares = np.diff([0.0, *below, 1.0])
    unit = float(
        sum(share * (value - low) / (high - low) for share, value in zip(shares, options, strict=True))
    )
    return 1.0 - unit if is_reversed else unit


def expected_score(instrument: Instrument, scale: Scale, centre: float) -> float:
    """Expected score, 0–100, when all latent answers have the mean `centre`. Exact."""
    units = [expected_unit(instrument.item[name], name in scale.reversed, centre) for name in scale.items]
    return 100.0 * sum(units) / len(units)


def latent_shift(instrument: Instrument, scale: Scale, centre: float, points: float) -> float:
    """The latent shift from `centre` that changes the expected score by `points`, by bisection to 1e-9."""
    if points == 0:
        return 0.0
    goal = expected_score(instrument, scale, centre) + points
    low, high = -8.0, 8.0
    ends = [expected_score(instrument, scale, centre + end) for end in (low, high)]
    if not ends[0] < goal < ends[1]:
        raise ValueError(
            f"a change of {points:.3g} points is more than the scale {scale.id!r} leaves room for"
        )
    while high - low > 1e-9:
        middle = (low + high) / 2
        if expected_score(instrument, scale, centre + middle) < goal:
            low = middle
        else:
            high = middle
    return (low + high) / 2
