"""Names for people: of the programme, its sides and scales, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from impact.evaluation.wording import words
from impact.instruments.model import Instrument
from impact.instruments.text import in_language
from impact.plans.model import Plan


@dataclass(frozen=True)
class Labels:
    """`sides`: id → name in `language`. `synthetic`: nobody was asked, the data were drawn."""

    programme: str
    sides: Mapping[str, str]
    language: str = "en"
    organisation: str = ""
    synthetic: bool = False


def default_labels(instrument: Instrument, plan: Plan, language: str = "en") -> Labels:
    """The plan's title, and the sides as the instrument names them."""
    return Labels(
        plan.title, {side.id: in_language(side.name, language) for side in instrument.sides}, language
    )


def scale_title(instrument: Instrument, scale: str, labels: Labels, side: str | None = None) -> str:
    """The title of a scale; {own} and {other} are filled with the sides' names, or said in general."""
    general = words(labels.language)["sides"]
    others = [name for key, name in labels.sides.items() if key != side]
    own = labels.sides[side] if side in labels.sides else general["own"]
    other = others[0] if side in labels.sides and len(others) == 1 else general["other"]
    text = in_language(instrument.scale[scale].title, labels.language)
    return text.replace("{own}", own).replace("{other}", other)


def block(
    instrument: Instrument, plan: Plan, labels: Labels, waves: list[str], workshops: int
) -> dict[str, Any]:
    """The part `labels` of the Findings."""
    general = words(labels.language)["sides"]
    scales = {}
    for outcome in plan.outcomes:
        scale = instrument.scale[outcome.scale]
        sense = in_language(scale.sense, labels.language)
        scales[scale.id] = {
            "title": scale_title(instrument, scale.id, labels),
            "direction": scale.direction,
            "sense": sense.replace("{own}", general["own"]).replace("{other}", general["other"]),
        }
    return {
        "programme": labels.programme,
        "organisation": labels.organisation,
        "synthetic": labels.synthetic,
        "language": labels.language,
        "sides": {side: labels.sides.get(side, side) for side in instrument.side_ids},
        "scales": scales,
        "waves": waves,
        "workshops": workshops,
    }
