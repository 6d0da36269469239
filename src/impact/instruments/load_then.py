"""What a then-item must satisfy: it asks its item again, with the same answers, from a later wave; see then.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from impact.instruments.load_checks import quoted
from impact.instruments.load_words import Reader
from impact.instruments.model import Item, PerceptionGap, Scale
from impact.instruments.reading import Place, suggestion

BEFORE = "pre"
"""The wave before the workshop, if an instrument has it: nobody can look back there."""


def check_then(
    reader: Reader,
    items: Sequence[Item],
    scales: Sequence[Scale],
    gaps: Sequence[PerceptionGap],
    waves: Sequence[str],
) -> None:
    """Note every then-item that does not fit its item, its waves, or the scales and gaps around it."""
    known = {item.id: item for item in items}
    places = _places(reader)
    seen: dict[str, str] = {}
    for item in items:
        if not item.then_of:
            continue
        place = (*places.get(item.id, ("items",)), "then_of")
        if _has_item(reader, place, item, known, seen):
            _same_answers(reader, place, item, known[item.then_of])
            _later(reader, place, item, known[item.then_of], waves)
    _not_mixed(reader, known, scales, gaps)
    _whole_scales(reader, places, known, scales)


def _has_item(
    reader: Reader, place: Place, item: Item, known: Mapping[str, Item], seen: dict[str, str]
) -> bool:
    """Whether `then_of` names an ordinary item that can be scored and has no other then-item."""
    source = known.get(item.then_of)
    if source is None:
        others = {name for name in known if name != item.id}
        reader.problem(place, f"the item “{item.then_of}” does not exist.", suggestion(item.then_of, others))
        return False
    if source.then_of or source.id == item.id:
        reader.problem(place, f"“{source.id}” is a then-item itself.", "Name the item that it asks again.")
        return False
    if item.then_of in seen:
        what = f"“{item.then_of}” is asked again by “{seen[item.then_of]}” already."
        reader.problem(place, what, "Keep one then-item for each item.")
        return False
    seen[item.then_of] = item.id
    # Without options its own fault was told already.
    if not source.is_scorable and (source.options or not source.is_single):
        what = f"the item “{source.id}” (type {source.type}) cannot be scored."
        reader.problem(place, what, "Only an item that can be scored is asked again about the time before.")
        return False
    return True


def _same_answers(reader: Reader, place: Place, item: Item, source: Item) -> None:
    """A then-answer can be compared only if it was given on the same answers."""
    as_asked = [(one.type, one.values, one.minimum, one.maximum, one.decimals) for one in (item, source)]
    if as_asked[0] != as_asked[1]:
        what = f"“{item.id}” has not the type and the answers of “{source.id}”."
        reader.problem(place, what, "Give both the same type, options and range.")


def _later(reader: Reader, place: Place, item: Item, source: Item, waves: Sequence[str]) -> None:
    """It looks back: not from the wave before, nor from the first of several waves at which it is asked.

    Asked at the first wave alone it is the item before, looked at afterwards (retrospective pre).
    """
    first = waves[0] if waves else ""
    if BEFORE in item.waves or (first in item.waves and len(item.waves) > 1):
        wave = BEFORE if BEFORE in item.waves else first
        reader.problem(
            place,
            f"“{item.id}” looks back, and is asked at {wave}, when there is nothing to look back on.",
            "Name its later waves, as in “waves: [post]”.",
        )
    lacking = [wave for wave in item.waves if wave not in source.waves]
    if lacking:
        what = f"“{item.id}” is asked at {', '.join(lacking)}, and “{source.id}” is not."
        reader.problem(
            place, what, "Ask both at that wave, so that people judge both times by one yardstick."
        )


def _not_mixed(
    reader: Reader, known: Mapping[str, Item], scales: Sequence[Scale], gaps: Sequence[PerceptionGap]
) -> None:
    """A then-item is in no scale and in no gap: it would be mixed into what people say of themselves now."""
    for place, scale in zip(_listed(reader, "scales"), scales, strict=False):
        for index, name in enumerate(scale.items):
            if name in known and known[name].then_of:
                what = f"“{name}” looks back and cannot be in the scale “{scale.id}”."
                remedy = "Remove it: a scale has its then-score through “then_of”."
                reader.problem((*place, "items", index), what, remedy)
    for place, gap in zip(_listed(reader, "perception_gaps"), gaps, strict=False):
        for key, name in (("own", gap.own), ("estimate", gap.estimate)):
            if name in known and known[name].then_of:
                what = f"“{name}” looks back and cannot be in a perception gap."
                reader.problem((*place, key), what, "Name an item about now.")


def _whole_scales(
    reader: Reader, places: Mapping[str, Place], known: Mapping[str, Item], scales: Sequence[Scale]
) -> None:
    """Then-items of a scale are asked for all its items, at the same waves, or no then-score can be made."""
    asked = {item.then_of: item for item in known.values() if item.then_of}
    for source, item in asked.items():
        around = [scale for scale in scales if source in scale.items]
        missing = _missing(around[0], asked, item) if around else []
        if not missing or any(not _missing(scale, asked, item) for scale in around):
            continue
        reader.problem(
            (*places.get(item.id, ("items",)), "then_of"),
            f"in the scale “{around[0].id}”, {quoted(missing)} not asked again at the waves of “{item.id}”.",
            "Ask all items of a scale again, at the same waves, or none.",
        )


def _missing(scale: Scale, asked: Mapping[str, Item], item: Item) -> list[str]:
    return [name for name in scale.items if name not in asked or asked[name].waves != item.waves]


def _places(reader: Reader) -> dict[str, Place]:
    """Where each item stands in the file."""
    found: dict[str, Place] = {}
    for place in _listed(reader, "items"):
        found.setdefault(str(reader.document.data["items"][place[1]].get("id")), place)
    return found


def _listed(reader: Reader, section: str) -> list[Place]:
    """Places of the mappings in a list; whatever else stands there was noted and read as nothing."""
    listed = reader.document.data.get(section)
    if not isinstance(listed, list):
        return []
    return [(section, index) for index, parts in enumerate(listed) if isinstance(parts, Mapping)]
