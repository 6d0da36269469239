"""The contrasts of a plan: two waves, a wave and the time before looked back on, or the share of a gain kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from impact.instruments.model import Instrument
from impact.instruments.reading import Document, Place, suggestion
from impact.plans.entries import entries_of
from impact.plans.model import THEN, TWO_ARMS, Contrast, Retention

_CONTRAST = re.compile(r"^([A-Za-z]\w*) - ([A-Za-z]\w*)$")
_RETENTION = re.compile(r"^\(([A-Za-z]\w*) - ([A-Za-z]\w*)\) / \(([A-Za-z]\w*) - ([A-Za-z]\w*)\)$")
RETENTION = "retention"
_SHORT = ("followup", "pre", "post", "pre")


def read_contrasts(document: Document, instrument: Instrument | None, design: str | None) -> dict[str, Any]:
    """`contrasts` and `retentions` of the plan; problems are noted in `document`."""
    contrasts: list[Contrast] = []
    retentions: list[Retention] = []
    listed = entries_of(document, "contrasts", "- post - pre")
    for i, entry in enumerate(listed):
        place = ("contrasts", i)
        waves = _of_retention(entry)
        if waves is not None:
            retention = Retention(str(entry), waves[0], waves[2], waves[1])
            _check_retention(document, place, retention, waves, retentions, instrument, design)
            retentions.append(retention)
            continue
        match = _CONTRAST.match(entry) if isinstance(entry, str) else None
        if match is None:
            document.problem(
                place,
                f"“{entry}” is no contrast.",
                "Write two waves with a minus between, as in “post - pre”.",
            )
            continue
        contrast = Contrast(entry, match[1], match[2])
        _check_contrast(document, place, contrast, contrasts, instrument, design)
        contrasts.append(contrast)
    if retentions and not contrasts:
        document.problem(
            ("contrasts",), "a share of a gain alone says nothing of the gain.", "Add “post - pre”."
        )
    return {"contrasts": tuple(contrasts), "retentions": tuple(retentions)}


def _of_retention(entry: Any) -> tuple[str, ...] | None:
    """The four waves of a retention as they stand in it, or None."""
    if entry == RETENTION:
        return _SHORT
    match = _RETENTION.match(entry) if isinstance(entry, str) else None
    return match.groups() if match else None


def _check_retention(
    document: Document,
    place: Place,
    found: Retention,
    waves: tuple[str, ...],
    earlier: Sequence[Retention],
    instrument: Instrument | None,
    design: str | None,
) -> None:
    key = (found.after, found.gain, found.before)
    if any((one.after, one.gain, one.before) == key for one in earlier):
        document.problem(place, f"the contrast “{found.name}” is written twice.", "Keep one of the two.")
    if design in TWO_ARMS or design == "retrospective_pre":
        document.problem(
            place,
            f"the share of a gain that is kept is not available for the design “{design}”.",
            "Remove it, and compare “followup - pre” and “post - pre”.",
        )
    if waves[1] != waves[3]:
        document.problem(
            place,
            f"“{found.name}” takes its two changes from different waves.",
            f"Write “({waves[0]} - {waves[1]}) / ({waves[2]} - {waves[1]})”.",
        )
    unknown = _unknown(document, place, (found.before, found.gain, found.after), instrument)
    if instrument is not None and not unknown:
        order = [instrument.waves.index(wave) for wave in (found.before, found.gain, found.after)]
        if not order[0] < order[1] < order[2]:
            document.problem(
                place, f"the waves of “{found.name}” are not in order of time.",
                "Write “(later - first) / (sooner - first)”, as in “(followup - pre) / (post - pre)”.",
            )  # fmt: skip


def _unknown(document: Document, place: Place, waves: Sequence[str], instrument: Instrument | None) -> bool:
    """Whether the instrument lacks one of the waves; told of each."""
    lacking = [wave for wave in dict.fromkeys(waves) if instrument and wave not in instrument.waves]
    for wave in lacking:
        document.problem(
            place,
            f"the instrument {instrument.ref} has no wave “{wave}”.",  # type: ignore[union-attr]
            suggestion(wave, instrument.waves),  # type: ignore[union-attr]
        )
    return bool(lacking)


def _check_contrast(
    document: Document,
    place: Place,
    contrast: Contrast,
    found: Sequence[Contrast],
    instrument: Instrument | None,
    design: str | None,
) -> None:
    if design == "retrospective_pre":
        _check_looking_back(document, place, contrast, found, instrument)
        return
    if contrast.before == THEN and not (instrument and THEN in instrument.waves):
        document.problem(
            place,
            f"“{contrast.name}” looks back, and the design “{design}” compares waves.",
            "Name two waves, or use the design “retrospective_pre”.",
        )
        return
    unknown = _unknown(document, place, (contrast.after, contrast.before), instrument)
    waves = instrument.waves if instrument else ()
    if contrast in found:
        document.problem(place, f"the contrast “{contrast.name}” is written twice.", "Keep one of the two.")
    elif contrast.after == contrast.before:
        document.problem(place, f"“{contrast.name}” compares a wave with itself.", "Name two waves.")
    elif waves and not unknown and waves.index(contrast.after) < waves.index(contrast.before):
        document.problem(
            place,
            f"“{contrast.name}” takes the later wave from the earlier one.",
            f"Write “{contrast.before} - {contrast.after}”.",
        )


def _check_looking_back(
    document: Document,
    place: Place,
    contrast: Contrast,
    found: Sequence[Contrast],
    instrument: Instrument | None,
) -> None:
    """Now minus then, both asked at the same wave."""
    if contrast.before != THEN:
        document.problem(
            place,
            f"“{contrast.name}” compares two waves, and the design “retrospective_pre” looks back from one.",
            f"Write “{contrast.after} - {THEN}”, or use the design “one_group”.",
        )
        return
    if instrument is not None and THEN in instrument.waves:
        document.problem(
            place, "the instrument has a wave “then”, so looking back cannot be told from it.",
            "Give the wave another name.",
        )  # fmt: skip
    _unknown(document, place, (contrast.after,), instrument)
    if found:
        document.problem(
            place, "looking back from two waves makes two different judgements of one time.", "Keep one."
        )
