"""The questions of an instrument file: option sets, items, scales, pages, perception gaps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from impact.instruments.load_frame import duplicates
from impact.instruments.load_words import Reader
from impact.instruments.model import (
    ITEM_TYPES,
    Item,
    Option,
    Page,
    PerceptionGap,
    Scale,
    Text,
)
from impact.instruments.reading import Place, suggestion

MAXIMUM_OPTIONS = 250
MAXIMUM_CHOICES = 24
SIDES = ("own", "other")
DIRECTIONS = ("higher", "lower", "none")
# Columns of a data file that are not items.
RESERVED_IDS = frozenset({"respondent", "wave", "workshop", "side", "arm", "weight", "language", "code"})
_STEPS = {"thermometer": range(11), "closeness": range(1, 8)}
_BY_TYPE = {
    "likert": ("options",),
    "choice": ("options",),
    "choices": ("options",),
    "thermometer": ("low_label", "high_label"),
    "closeness": ("options", "low_label", "high_label"),
    "number": ("minimum", "maximum", "decimals"),
    "text": ("maximum_length",),
    "note": (),
}
_TYPED_KEYS = tuple(dict.fromkeys(key for keys in _BY_TYPE.values() for key in keys))

OptionSets = Mapping[str, tuple[Option, ...]]


def read_option_sets(reader: Reader, value: Any) -> dict[str, tuple[Option, ...]]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        reader.problem(
            ("option_sets",), "“option_sets” should hold sets by name.", "Write “agree: [{value: 1, …}]”."
        )
        return {}
    return {
        str(name): _options(reader, ("option_sets", name), options, SIDES) for name, options in value.items()
    }


def _options(reader: Reader, place: Place, value: Any, names: tuple[str, ...]) -> tuple[Option, ...]:
    options = []
    for index, parts in enumerate(reader.list_of(place, value, "options")):
        spot = (*place, index)
        if not reader.document.keys(spot, parts, required=("value", "label")) or "value" not in parts:
            continue
        found = parts["value"]
        if not _is_value(found):
            reader.problem(
                (*spot, "value"),
                f"“{found}” cannot be the value of an option.",
                "Use a number, or a short text without | and not r, beginning with a letter or digit.",
            )
            continue
        options.append(Option(found, reader.text((*spot, "label"), parts.get("label"), names=names)))
    duplicates(reader, place, [str(option.value) for option in options], "option")
    return tuple(options)


def _is_value(value: Any) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= 40 and value[0].isalnum() and "|" not in value and value not in ("r", "R")
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


def read_items(reader: Reader, value: Any, waves: tuple[str, ...], sets: OptionSets) -> tuple[Item, ...]:
    items = [
        _item(reader, ("items", index), parts, waves, sets)
        for index, parts in enumerate(reader.list_of(("items",), value, "items"))
    ]
    duplicates(reader, ("items",), [item.id if item else "" for item in items], "item")
    return tuple(item for item in items if item)


def _item(reader: Reader, place: Place, parts: Any, waves: tuple[str, ...], sets: OptionSets) -> Item | None:
    optional = ("waves", "help", "show_if", "then_of", *_TYPED_KEYS)
    if not reader.document.keys(place, parts, required=("id", "type", "text"), optional=optional):
        return None
    name = reader.identifier((*place, "id"), parts.get("id"), "item")
    if name in RESERVED_IDS:
        reader.problem(
            (*place, "id"), f"“{name}” is a column of every data file.", "Give the item another id."
        )
    kind = reader.document.one_of((*place, "type"), parts["type"], ITEM_TYPES) if "type" in parts else None
    if kind is None:
        return None
    for key in _TYPED_KEYS:
        if key in parts and key not in _BY_TYPE[kind]:
            reader.problem((*place, key), f"an item of type {kind} has no “{key}”.", "Remove it.")
    texts = {
        key: reader.text((*place, key), parts.get(key), required=key == "text", names=SIDES)
        for key in ("text", "help", "low_label", "high_label")
    }
    minimum, maximum, decimals = _number_range(reader, place, parts, kind)
    return Item(
        id=name,
        type=kind,
        waves=_item_waves(reader, place, parts, waves),
        options=_item_options(reader, place, parts, kind, sets),
        show_if=reader.word((*place, "show_if"), parts.get("show_if"), required=False),
        then_of=reader.word((*place, "then_of"), parts.get("then_of"), required=False),
        minimum=minimum,
        maximum=maximum,
        decimals=decimals,
        maximum_length=int(
            reader.document.number((*place, "maximum_length"), parts.get("maximum_length"), 1, 10_000, 1000)
        ),
        **texts,
    )


def _item_waves(reader: Reader, place: Place, parts: Any, waves: tuple[str, ...]) -> tuple[str, ...]:
    if parts.get("waves") is None:
        return waves
    named = reader.document.texts((*place, "waves"), parts["waves"], "a list of waves")
    for index, wave in enumerate(named):
        if wave not in waves:
            reader.problem(
                (*place, "waves", index), f"the wave “{wave}” is not declared.", suggestion(wave, waves)
            )
    if parts["waves"] == []:
        reader.problem((*place, "waves"), "the item is asked at no wave.", "Name a wave, or remove the item.")
    return tuple(wave for wave in waves if wave in named)


def _item_options(
    reader: Reader, place: Place, parts: Any, kind: str, sets: OptionSets
) -> tuple[Option, ...]:
    spot, value = (*place, "options"), parts.get("options")
    if kind in _STEPS and value is None:
        for key in ("low_label", "high_label"):
            if key not in parts:
                reader.problem(place, f"an item of type {kind} needs “{key}”.", "Say what that end means.")
        return tuple(Option(step, dict.fromkeys(reader.tags, str(step))) for step in _STEPS[kind])
    if "options" not in _BY_TYPE[kind]:
        return ()
    if value is None:
        reader.problem(
            place, f"an item of type {kind} needs “options”.", "Name a set of option_sets, or list them."
        )
        return ()
    if isinstance(value, list):
        options = _options(reader, spot, value, SIDES)
    elif isinstance(value, str) and value in sets:
        options = sets[value]
    else:
        reader.problem(spot, f"the option set “{value}” is unknown.", suggestion(str(value), list(sets)))
        return ()
    if not isinstance(value, list) or len(options) == len(value):
        _check_options(reader, spot, kind, options)
    return options


def _check_options(reader: Reader, spot: Place, kind: str, options: tuple[Option, ...]) -> None:
    most = MAXIMUM_CHOICES if kind == "choices" else MAXIMUM_OPTIONS
    if not 2 <= len(options) <= most:
        reader.problem(
            spot,
            f"an item of type {kind} takes 2 to {most} options, and has {len(options)}.",
            "Add options, or merge some.",
        )
    values = [option.value for option in options]
    if kind == "closeness" and values != list(_STEPS[kind]):
        reader.problem(spot, "the options of closeness are not 1 to 7.", "List seven, in that order.")
    if kind == "likert" and not all(isinstance(value, int | float) for value in values):
        reader.problem(spot, "an option of a likert item is no number.", "Use numbers, or the type choice.")


def _number_range(
    reader: Reader, place: Place, parts: Any, kind: str
) -> tuple[float | None, float | None, int]:
    if kind != "number":
        return None, None, 0
    for key in ("minimum", "maximum"):
        if key not in parts:
            reader.problem(place, f"an item of type number needs “{key}”.", "Say which numbers are possible.")
    number = reader.document.number
    low = number((*place, "minimum"), parts.get("minimum"), -1e15, 1e15, 0)
    high = number((*place, "maximum"), parts.get("maximum"), -1e15, 1e15, low)
    if "maximum" in parts and not low < high:  # type: ignore[operator]
        reader.problem((*place, "maximum"), f"the maximum {high:g} is not above {low:g}.", "Raise it.")
    return low, high, int(number((*place, "decimals"), parts.get("decimals"), 0, 15, 0))  # type: ignore[arg-type]


def read_scales(reader: Reader, value: Any) -> tuple[Scale, ...]:
    scales = [
        _scale(reader, ("scales", index), parts)
        for index, parts in enumerate(reader.list_of(("scales",), value, "scales"))
    ]
    duplicates(reader, ("scales",), [scale.id if scale else "" for scale in scales], "scale")
    return tuple(scale for scale in scales if scale)


def _scale(reader: Reader, place: Place, parts: Any) -> Scale | None:
    required = ("id", "title", "items", "direction", "construct", "source", "sense")
    if not reader.document.keys(place, parts, required, optional=("reversed", "minimum_answered")):
        return None
    document = reader.document
    direction = "none"
    if "direction" in parts:
        direction = document.one_of((*place, "direction"), parts["direction"], DIRECTIONS) or "none"
    # Two thirds of the items, the usual rule of the field.
    share = document.number((*place, "minimum_answered"), parts.get("minimum_answered"), 0, 1, 2 / 3)
    return Scale(
        id=reader.identifier((*place, "id"), parts.get("id"), "scale"),
        # No placeholders: a report names a scale for both sides at once.
        title=reader.text((*place, "title"), parts.get("title")),
        items=document.texts((*place, "items"), parts.get("items"), "a list of items"),
        reversed=frozenset(document.texts((*place, "reversed"), parts.get("reversed"), "a list of items")),
        direction=direction,
        minimum_answered=float(share),  # type: ignore[arg-type]
        construct=reader.word((*place, "construct"), parts.get("construct"), "construct" in parts),
        source=reader.word((*place, "source"), parts.get("source"), "source" in parts),
        sense=reader.text((*place, "sense"), parts.get("sense")),
    )


def read_pages(reader: Reader, value: Any) -> tuple[Page, ...]:
    pages = []
    for index, parts in enumerate(reader.list_of(("pages",), value, "pages")):
        place = ("pages", index)
        if not reader.document.keys(place, parts, ("id", "title", "items"), ("intro",)):
            continue
        title: Text = reader.text((*place, "title"), parts.get("title"), names=SIDES)
        items = reader.document.texts((*place, "items"), parts.get("items"), "a list of items")
        intro = reader.text((*place, "intro"), parts.get("intro"), required=False, names=SIDES)
        pages.append(Page(reader.identifier((*place, "id"), parts.get("id"), "page"), title, items, intro))
    duplicates(reader, ("pages",), [page.id for page in pages], "page")
    return tuple(pages)


def read_gaps(reader: Reader, value: Any) -> tuple[PerceptionGap, ...]:
    gaps = []
    for index, parts in enumerate(reader.list_of(("perception_gaps",), value, "pairs")):
        place = ("perception_gaps", index)
        if not reader.document.keys(place, parts, required=("own", "estimate", "agree_from")):
            continue
        agree = reader.document.number((*place, "agree_from"), parts.get("agree_from"), -1e9, 1e9, 0.0)
        gaps.append(PerceptionGap(str(parts.get("own")), str(parts.get("estimate")), float(agree)))  # type: ignore[arg-type]
    return tuple(gaps)
