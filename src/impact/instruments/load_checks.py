"""What must fit together in an instrument: scales, pages, conditions and perception gaps against the items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from impact.instruments.conditions import Comparison, Condition, ConditionInvalid, parse_condition
from impact.instruments.load_words import Reader
from impact.instruments.model import Item, Page, PerceptionGap, Scale
from impact.instruments.reading import Place, suggestion


class Checks:
    """Items as they stand in the file (index = place in `items`), and everything that refers to them."""

    def __init__(self, reader: Reader, items: Sequence[Item], pages: Sequence[Page]) -> None:
        self._reader, self._items, self._pages = reader, items, pages
        # An item whose type or options are faulty was told about already: it exists, but nothing is said of it.
        self._by_id = {item.id: item for item in items if not item.is_single or len(item.options) > 1}
        self._written = {str(self._at(place).get("id")) for place in self._places("items")}

    def all(self, scales: Sequence[Scale], gaps: Sequence[PerceptionGap], number_of_sides: int) -> None:
        """Note every misfit."""
        for place, scale in zip(self._places("scales"), scales, strict=False):
            self.scale(place, scale)
        self.pages()
        self.conditions()
        for place, gap in zip(self._places("perception_gaps"), gaps, strict=False):
            self.gap(place, gap, number_of_sides)

    def scale(self, place: Place, scale: Scale) -> None:
        """Its items exist, can be scored, are asked at the same waves, and contain the reversed ones."""
        if not scale.items and "items" in self._at(place):
            self._problem((*place, "items"), f"the scale “{scale.id}” has no items.", "Name its items.")
        for index, name in enumerate(scale.items):
            spot = (*place, "items", index)
            item = self._known(spot, name)
            if item and not item.is_scorable:
                self._problem(
                    spot,
                    f"the item “{name}” (type {item.type}) cannot be scored.",
                    "A scale takes single answers with numbers, or numbers with a range.",
                )
        self._repeated((*place, "items"), scale.items)
        written = self._at(place).get("reversed")
        for index, name in enumerate(written if isinstance(written, list) else ()):
            if str(name) not in scale.items:
                self._problem(
                    (*place, "reversed", index),
                    f"the reversed item “{name}” is not in the scale “{scale.id}”.",
                    suggestion(str(name), scale.items),
                )
        self._same_waves((*place, "items"), scale)

    def pages(self) -> None:
        """Page items exist and stand on one page; every question stands on a page, if there are pages."""
        placed: dict[str, str] = {}
        for number, page in enumerate(self._pages):
            for index, name in enumerate(page.items):
                spot = ("pages", number, "items", index)
                self._known(spot, name)
                if name in placed:
                    what = f"the item “{name}” stands on the page “{placed[name]}” already."
                    self._problem(spot, what, "Keep it on one page.")
                placed.setdefault(name, page.id)
        for item, place in self._with_places():
            if self._pages and item.id and item.id not in placed:
                self._problem(
                    place, f"the item “{item.id}” is on no page, so nobody is asked.", "Put it on a page."
                )

    def conditions(self) -> None:
        """Each `show_if` parses and refers to questions that were asked before."""
        on_pages = [name for page in self._pages for name in page.items]
        order = [*on_pages, *(item.id for item in self._items if item.id not in set(on_pages))]
        rank = {name: index for index, name in reversed(list(enumerate(order)))}
        for item, place in self._with_places():
            if not item.show_if:
                continue
            spot = (*place, "show_if")
            try:
                condition = parse_condition(item.show_if)
            except ConditionInvalid as fault:
                self._problem(spot, fault.problems[0].what, fault.problems[0].remedy)
                continue
            for name in condition.items:
                self._condition_item(spot, item, name, rank)
            self._literals(spot, condition)

    def gap(self, place: Place, gap: PerceptionGap, number_of_sides: int) -> None:
        """`own` can be scored, `estimate` runs from 0 to 10, both at the same waves, and there are two sides."""
        if number_of_sides != 2:
            self._problem(
                place, f"a perception gap needs two sides, and there are {number_of_sides}.", "Remove it."
            )
        own, estimate = self._known((*place, "own"), gap.own), self._known((*place, "estimate"), gap.estimate)
        if own and not own.is_scorable:
            self._problem(
                (*place, "own"), f"the item “{gap.own}” cannot be scored.", "Name one with numbers."
            )
        elif own and not own.value_range[0] < gap.agree_from <= own.value_range[1]:
            low, high = own.value_range
            self._problem(
                (*place, "agree_from"),
                f"{gap.agree_from:g} does not divide the answers {low:g} to {high:g} of “{gap.own}”.",
                "Name the lowest answer that counts as agreeing.",
            )
        if estimate and (not estimate.is_scorable or estimate.value_range != (0, 10)):
            self._problem(
                (*place, "estimate"), f"the item “{gap.estimate}” does not run from 0 to 10.", "Make it so."
            )
        if own and estimate and not set(estimate.waves) <= set(own.waves):
            self._problem(
                (*place, "own"),
                f"“{gap.own}” is not asked at every wave of “{gap.estimate}”.",
                "Ask both at the same waves.",
            )

    def _same_waves(self, place: Place, scale: Scale) -> None:
        items = [self._by_id[name] for name in scale.items if name in self._by_id]
        for wave in dict.fromkeys(wave for item in items for wave in item.waves):
            lacking = [item.id for item in items if wave not in item.waves]
            if lacking:
                self._problem(
                    place,
                    f"in the scale “{scale.id}”, {quoted(lacking)} not asked at {wave}, the others are.",
                    "Ask all items of a scale at the same waves.",
                )

    def _condition_item(self, spot: Place, item: Item, name: str, rank: dict[str, int]) -> None:
        source = self._known(spot, name)
        if source is None:
            return
        if source.type == "note":
            self._problem(spot, f"“{name}” is a note, which has no answer.", "Name a question.")
        elif rank.get(name, 0) >= rank.get(item.id, 0):
            self._problem(
                spot,
                f"show_if of “{item.id}” refers to “{name}”, which does not come before it.",
                "Put the question that decides first.",
            )
        missing = [wave for wave in item.waves if wave not in source.waves]
        if missing:
            self._problem(
                spot,
                f"show_if of “{item.id}” refers to “{name}”, which is not asked at {', '.join(missing)}.",
                "Ask both at the same waves.",
            )

    def _literals(self, spot: Place, condition: Condition) -> None:
        for part in condition.comparisons:
            source = self._by_id.get(part.item)
            if source and not _fits(source, part):
                written = f"'{part.literal}'" if isinstance(part.literal, str) else f"{part.literal:g}"
                self._problem(
                    spot,
                    f"“{part.item} {part.operator} {written}” can never be decided by an answer.",
                    f"Compare with {_possible(source)}.",
                )

    def _repeated(self, place: Place, names: Sequence[str]) -> None:
        for index, name in enumerate(names):
            if name in names[:index]:
                self._problem((*place, index), f"the item “{name}” is listed twice.", "List it once.")

    def _known(self, spot: Place, name: str) -> Item | None:
        if name not in self._written:
            self._problem(spot, f"the item “{name}” does not exist.", suggestion(name, self._written))
        return self._by_id.get(name)

    def _places(self, section: str) -> list[Place]:
        """Places of the mappings in a list; whatever else stands there was noted and read as nothing."""
        listed = self._reader.document.data.get(section)
        if not isinstance(listed, list):
            return []
        return [(section, index) for index, parts in enumerate(listed) if isinstance(parts, dict)]

    def _with_places(self) -> Iterable[tuple[Item, Place]]:
        """Items with their places in the file, which may hold broken ones between them."""
        places: dict[str, Place] = {}
        for place in self._places("items"):
            places.setdefault(str(self._at(place).get("id")), place)
        return [(item, places.get(item.id, ("items",))) for item in self._items]

    def _at(self, place: Place) -> dict[str, object]:
        holder: Any = self._reader.document.data
        for part in place:
            holder = holder[part]
        return holder

    def _problem(self, place: Place, what: str, remedy: str) -> None:
        self._reader.problem(place, what, remedy)


def _fits(item: Item, part: Comparison) -> bool:
    is_equality = part.operator in ("=", "!=")
    if item.type in ("text", "number"):
        return isinstance(part.literal, str) == (item.type == "text") and (
            is_equality or item.type == "number"
        )
    if is_equality:
        return part.literal in item.values
    is_numeric = all(isinstance(value, int | float) for value in item.values)
    return item.type != "choices" and is_numeric and not isinstance(part.literal, str)


def _possible(item: Item) -> str:
    if item.type == "number":
        return "a number"
    if item.type == "text":
        return "= or != and a 'text', or use answered()"
    values = [f"'{value}'" if isinstance(value, str) else f"{value:g}" for value in item.values]
    return "one of " + ", ".join(values[:12])


def quoted(names: Sequence[str]) -> str:
    """Names with the verb that follows them."""
    return ", ".join(f"“{name}”" for name in names) + (" is" if len(names) == 1 else " are")
