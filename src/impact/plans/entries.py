"""The outcomes of a plan, and whether its instrument asks them when they are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any

from impact.instruments import then_waves
from impact.instruments.model import Instrument
from impact.instruments.reading import Document, suggestion
from impact.plans.model import ROLES, THEN, Outcome


def entries_of(document: Document, key: str, example: str) -> Sequence[Any]:
    """A list that holds at least one entry, or the problem."""
    value = document.data.get(key)
    if key not in document.data:
        return ()
    if not isinstance(value, list) or not value:
        document.problem(
            (key,), f"“{key}” should be a list with at least one entry.", f"Write, for example, {example}."
        )
        return ()
    return value


def read_outcomes(document: Document, instrument: Instrument | None) -> tuple[Outcome, ...]:
    """The scales and their parts; problems are noted in `document`."""
    found: list[Outcome] = []
    seen: set[str] = set()
    entries = entries_of(document, "outcomes", "- {scale: fear, role: primary}")
    for i, entry in enumerate(entries):
        place = ("outcomes", i)
        if not document.keys(place, entry, required=("scale", "role"), optional=("sesoi",)):
            continue
        scale = str(entry.get("scale"))
        if "scale" in entry:
            _check_scale(document, (*place, "scale"), scale, seen, instrument)
        role = document.one_of((*place, "role"), entry["role"], ROLES) if "role" in entry else None
        sesoi = entry.get("sesoi")
        if sesoi is not None:
            sesoi = document.number((*place, "sesoi"), sesoi, 0.1, 50)
        found.append(Outcome(scale, role, sesoi))
    if entries and not any(outcome.role == "primary" for outcome in found):
        document.problem(
            ("outcomes",), "no outcome is primary.", "Give at least one of them “role: primary”."
        )
    return tuple(found)


def _check_scale(
    document: Document, place: tuple[Any, ...], scale: str, seen: set[str], instrument: Instrument | None
) -> None:
    if scale in seen:
        document.problem(place, f"the scale “{scale}” is an outcome twice.", "Keep one of the two.")
    elif instrument is not None and scale not in instrument.scale:
        document.problem(
            place,
            f"the instrument {instrument.ref} has no scale “{scale}”.",
            suggestion(scale, tuple(instrument.scale)),
        )
    seen.add(scale)


def check_waves(document: Document, instrument: Instrument, values: Mapping[str, Any]) -> None:
    """A scale can change only between waves at which enough of its items are asked; looking back needs then-items."""
    retentions = [(one.after, one.gain, one.before) for one in values["retentions"]]
    used = {wave for one in values["contrasts"] for wave in (one.after, one.before)}.union(*retentions)
    looked_back = sorted(one.after for one in values["contrasts"] if one.before == THEN)
    for i, outcome in enumerate(values["outcomes"]):
        scale = instrument.scale[outcome.scale]
        for wave in sorted(used - {THEN}):
            asked = sum(wave in instrument.item[name].waves for name in scale.items)
            if asked == 0 or asked < scale.minimum_answered * len(scale.items) - 1e-9:
                document.problem(
                    ("outcomes", i),
                    f"the scale “{scale.id}” is not asked at the wave “{wave}”.",
                    "Remove the outcome, or the contrast that needs this wave.",
                )
        for wave in looked_back:
            if wave not in then_waves(instrument, scale):
                document.problem(
                    ("outcomes", i),
                    f"the scale “{scale.id}” has no then-items at the wave “{wave}”.",
                    "Remove the outcome, or ask each of its items again in the instrument (then_of).",
                )
    _check_first_wave(document, instrument, values, used - {THEN})


def _check_first_wave(
    document: Document, instrument: Instrument, values: Mapping[str, Any], used: Set[str]
) -> None:
    """A subgroup is told by an answer that the workshop cannot have changed: that of the first wave."""
    first = next((wave for wave in instrument.waves if wave in used), None)
    for i, subgroup in enumerate(values["subgroups"]):
        if first is not None and first not in instrument.item[subgroup.item].waves:
            document.problem(
                ("subgroups", i),
                f"the item “{subgroup.item}” is not asked at “{first}”, the first wave that is compared.",
                "Name an item that is, because what the workshop may change makes no subgroup.",
            )
