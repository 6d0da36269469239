"""What a plan says of people: their subgroups, who attended enough; and the reasons for changes after the lock."""

from __future__ import annotations

from typing import Any

from impact.instruments.model import Instrument, Item
from impact.instruments.reading import Document, Place, suggestion
from impact.plans.entries import entries_of
from impact.plans.model import Attendance, Reason, Subgroup


def read_subgroups(document: Document, instrument: Instrument | None) -> tuple[Subgroup, ...]:
    """Single-choice items; an entry is `{item: sex, planned: true}`. Problems are noted in `document`."""
    found: list[Subgroup] = []
    for i, entry in enumerate(entries_of(document, "subgroups", "- {item: sex, planned: true}")):
        place = ("subgroups", i)
        if not document.keys(place, entry, required=("item",), optional=("planned",)) or "item" not in entry:
            continue
        name, planned = entry["item"], entry.get("planned", False)
        if not isinstance(planned, bool):
            document.problem((*place, "planned"), f"“{planned}” is neither true nor false.", "Write one.")
            continue
        item = _item(document, (*place, "item"), name, instrument)
        if instrument is not None and item is None:
            continue
        if any(one.item == name for one in found):
            document.problem(place, f"the item “{name}” makes a subgroup twice.", "Keep one of the two.")
        elif item is not None and (item.type not in ("choice", "likert") or len(item.options) < 2):
            document.problem(
                place,
                f"the item “{name}” (type {item.type}) does not put people into groups.",
                "Name an item of the type “choice” with a few answers.",
            )
        elif name in ("side", "sides"):
            document.problem(place, "“side” stands for the sides already.", "Write “by_side: true”.")
        else:
            found.append(Subgroup(str(name), planned))
    return tuple(found)


def read_attendance(document: Document, instrument: Instrument | None) -> Attendance | None:
    """`{item: sessions, at_least: 3}`; problems are noted in `document`."""
    place, entry = ("attendance",), document.data.get("attendance")
    if entry is None or not document.keys(place, entry, required=("item", "at_least")):
        return None
    if "item" not in entry or "at_least" not in entry:
        return None
    item = _item(document, (*place, "item"), entry["item"], instrument)
    at_least = document.number((*place, "at_least"), entry["at_least"], -1e9, 1e9)
    if item is None or at_least is None:
        return None
    if not item.is_scorable:
        document.problem(
            (*place, "item"),
            f"the item “{item.id}” has no numbers to count sessions by.",
            "Name a number, or a choice whose answers are numbers.",
        )
        return None
    low, high = item.value_range
    if not low < at_least <= high:
        document.problem(
            (*place, "at_least"),
            f"with “at_least: {at_least:g}” everybody or nobody has attended: “{item.id}” goes from {low:g} to {high:g}.",
            "Write a number between.",
        )
        return None
    return Attendance(item.id, float(at_least))


def read_reasons(document: Document) -> tuple[Reason, ...]:
    """`{path: outcomes.fear.sesoi, reason: …}` for each change after the lock."""
    found: list[Reason] = []
    for i, entry in enumerate(entries_of(document, "deviations", "- {path: level, reason: …}")):
        place = ("deviations", i)
        if not document.keys(place, entry, required=("path", "reason")):
            continue
        texts = [entry.get(key) for key in ("path", "reason")]
        if not all(isinstance(text, str) and text.strip() for text in texts):
            document.problem(
                place, "a deviation needs a path and a reason in words.", "Write {path: level, reason: …}."
            )
        elif any(one.path == texts[0].strip() for one in found):
            document.problem(place, f"two reasons are given for “{texts[0]}”.", "Keep one of the two.")
        else:
            found.append(Reason(*(text.strip() for text in texts)))
    return tuple(found)


def _item(document: Document, place: Place, name: Any, instrument: Instrument | None) -> Item | None:
    if instrument is None:
        return None
    item = instrument.item.get(name) if isinstance(name, str) else None
    if item is None:
        known = [one.id for one in instrument.closed_items]
        document.problem(
            place, f"the instrument {instrument.ref} has no item “{name}”.", suggestion(str(name), known)
        )
    elif not item.is_closed:
        document.problem(place, f"the item “{name}” is answered in own words.", "Name a closed item.")
        return None
    return item
