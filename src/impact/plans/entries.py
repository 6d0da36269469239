"""The lists of a plan: outcomes and contrasts, checked against its instrument."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from impact.instruments.model import Instrument
from impact.instruments.reading import Document, suggestion
from impact.plans.model import ROLES, Contrast, Outcome

_CONTRAST = re.compile(r"^([A-Za-z]\w*) - ([A-Za-z]\w*)$")


def _entries(document: Document, key: str, example: str) -> Sequence[Any]:
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
    entries = _entries(document, "outcomes", "- {scale: fear, role: primary}")
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


def read_contrasts(document: Document, instrument: Instrument | None) -> tuple[Contrast, ...]:
    """The waves that are compared; problems are noted in `document`."""
    found: list[Contrast] = []
    for i, entry in enumerate(_entries(document, "contrasts", "- post - pre")):
        place = ("contrasts", i)
        match = _CONTRAST.match(entry) if isinstance(entry, str) else None
        if match is None:
            document.problem(
                place,
                f"“{entry}” is no contrast.",
                "Write two waves with a minus between, as in “post - pre”.",
            )
            continue
        contrast = Contrast(entry, match[1], match[2])
        for wave in (contrast.after, contrast.before):
            if instrument is not None and wave not in instrument.waves:
                document.problem(
                    place,
                    f"the instrument {instrument.ref} has no wave “{wave}”.",
                    suggestion(wave, instrument.waves),
                )
        _check_contrast(document, place, contrast, found, instrument)
        found.append(contrast)
    return tuple(found)


def _check_contrast(
    document: Document,
    place: tuple[Any, ...],
    contrast: Contrast,
    found: Sequence[Contrast],
    instrument: Instrument | None,
) -> None:
    waves = instrument.waves if instrument else ()
    if contrast in found:
        document.problem(place, f"the contrast “{contrast.name}” is written twice.", "Keep one of the two.")
    elif contrast.after == contrast.before:
        document.problem(place, f"“{contrast.name}” compares a wave with itself.", "Name two waves.")
    elif {contrast.after, contrast.before} <= set(waves) and waves.index(contrast.after) < waves.index(
        contrast.before
    ):
        document.problem(
            place,
            f"“{contrast.name}” takes the later wave from the earlier one.",
            f"Write “{contrast.before} - {contrast.after}”.",
        )


def check_waves(document: Document, instrument: Instrument, values: Mapping[str, Any]) -> None:
    """A scale can change only between waves at which enough of its items are asked."""
    for i, outcome in enumerate(values["outcomes"]):
        scale = instrument.scale[outcome.scale]
        for wave in sorted({wave for found in values["contrasts"] for wave in (found.after, found.before)}):
            asked = sum(wave in instrument.item[name].waves for name in scale.items)
            if asked == 0 or asked < scale.minimum_answered * len(scale.items) - 1e-9:
                document.problem(
                    ("outcomes", i),
                    f"the scale “{scale.id}” is not asked at the wave “{wave}”.",
                    "Remove the outcome, or the contrast that needs this wave.",
                )
