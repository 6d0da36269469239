"""Measurement quality item by item: which items run against their scale, are skipped, or are ticked through.

Parts of a row of `quality`:

    items           [{item, item_rest, missing}] of the scale, in its order: correlation with the sum of the others
                    (`stats.item_total`, complete answers, reversed items turned round), None below ten people; and
                    the share of this row's submissions without an answer
    negative_items  ids of items whose item_rest is below 0: perhaps scored the wrong way round
    straight_lining [{page, n, share}] for the pages with items of the scale that ask a grid: of those who answered
                    all of it, the share who gave the same answer to every item, as it stood on the page

A grid is the likert items of a page with the same options: at least four with one that is reversed in a scale, so that
the same answer contradicts itself, or at least six (Zhang & Conrad 2014, Survey Research Methods 8, 127–135; Curran
2016, J. Experimental Social Psychology 66, 4–19). Answers all alike on fewer items are often what people mean.

All are computed once for all rows, by column.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from impact import stats
from impact.evaluation.numbers import significant
from impact.evaluation.wording import caveat
from impact.instruments.model import MISSING_CODES, Instrument, Item, Scale
from impact.instruments.submissions import Submissions

Row = dict[str, Any]
FEWEST_WITH_REVERSED, FEWEST = 4, 6
_NOT_ALL, _VARIED, _ALIKE = 0, 1, 2


class Grids:
    """Who answered which grid how, worked out when first asked for: uint8 (rows,) of _NOT_ALL, _VARIED, _ALIKE."""

    def __init__(self, instrument: Instrument, submissions: Submissions) -> None:
        self._submissions = submissions
        self._reversed = {name for scale in instrument.scales for name in scale.reversed}
        self._grids = {page.id: _grid(instrument, page.items) for page in instrument.pages}
        self._states: dict[tuple[str, str], np.ndarray] = {}

    def of(self, scale: Scale, wave: str) -> dict[str, np.ndarray]:
        """Page id → state of every row, for the pages whose grid at `wave` holds an item of `scale`."""
        found = {}
        for page, sets in self._grids.items():
            for items in sets:
                asked = [item for item in items if wave in item.waves]
                if any(item.id in scale.items for item in asked) and self._is_grid(asked):
                    found[page] = self._state(page, tuple(asked))
        return found

    def _is_grid(self, items: list[Item]) -> bool:
        has_reversed = any(item.id in self._reversed for item in items)
        return len(items) >= (FEWEST_WITH_REVERSED if has_reversed else FEWEST)

    def _state(self, page: str, items: tuple[Item, ...]) -> np.ndarray:
        key = (page, ",".join(item.id for item in items))
        if key not in self._states:
            first = self._submissions.answers[items[0].id]
            alike = np.ones(len(first), dtype=bool)
            answered = first < min(MISSING_CODES)
            for item in items[1:]:
                column = self._submissions.answers[item.id]
                alike &= column == first
                answered &= column < min(MISSING_CODES)
            # 0, 1 or 2 without an array of wider numbers: _NOT_ALL, _VARIED, _ALIKE.
            self._states[key] = answered.view(np.uint8) * (alike.view(np.uint8) + np.uint8(_VARIED))
        return self._states[key]


def _grid(instrument: Instrument, names: tuple[str, ...]) -> list[list[Item]]:
    """The likert items of a page, apart by what can be answered."""
    sets: dict[tuple[Any, ...], list[Item]] = defaultdict(list)
    for name in names:
        item = instrument.item[name]
        if item.type == "likert":
            sets[item.values].append(item)
    return list(sets.values())


def item_parts(
    scale: Scale,
    items: np.ndarray,
    complete: np.ndarray,
    grids: dict[str, np.ndarray],
    is_enough: bool,
    language: str,
) -> tuple[Row, list[dict[str, str]]]:
    """The parts of one row and its caveats.

    `items` float64 (people, k) 0–1 with NaN, `complete` those of them without NaN; `grids` page id → states of these
    people; `is_enough`: there are people enough to judge reliability.
    """
    width, people = len(scale.items), len(items)
    rest: tuple[float | None, ...] = (None,) * width
    if is_enough and width > 1:
        rest = stats.item_total(complete).item_rest
    lacking = np.isnan(items).sum(axis=0)
    negative = [name for name, r in zip(scale.items, rest, strict=True) if r is not None and r < 0]
    parts = {
        "items": [
            {"item": name, "item_rest": r, "missing": int(lacks) / people if people else None, "_lacking": int(lacks)}
            for name, r, lacks in zip(scale.items, rest, lacking, strict=True)
        ],
        "negative_items": negative,
        "straight_lining": [_straight(page, state) for page, state in sorted(grids.items())],
        "_people": people,
    }  # fmt: skip
    notes = [caveat("items_against", language, items=", ".join(negative))] if negative else []
    if is_enough and width > 1 and None in rest:
        notes.append(caveat("item_rest_unknown", language))
    return parts, notes


def _straight(page: str, state: np.ndarray) -> Row:
    counts = np.bincount(state, minlength=3)
    n, alike = int(counts[_VARIED] + counts[_ALIKE]), int(counts[_ALIKE])
    return {"page": page, "n": n, "share": alike / n if n else None, "_alike": alike}


def hidden_parts(row: Row) -> Row:
    """The parts of a row that is not shown."""
    return {
        "items": [{"item": one["item"], "item_rest": None, "missing": None} for one in row["items"]],
        "negative_items": [],
        "straight_lining": [
            {"page": one["page"], "n": None, "share": None} for one in row["straight_lining"]
        ],
    }


def disclose_parts(rows: list[Row | None], raw: list[Row], k: int, language: str) -> list[Row]:
    """`rows` (shown or hidden as a whole already, in the order of `raw`, None where one is left out) with the parts
    that an audience may see.

    A share of people is shown only if at least k are in it and at least k are not; a share that is shown for all
    languages is shown for single ones only if it may be for each of them, and for those who name none. The share
    missing of the whole scale is not shown where it would give back that of an item which is hidden.
    """
    groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for number, row in enumerate(raw):
        groups[row["scale"], row["wave"], row["side"]].append(number)
    shown: dict[int, Row] = {}
    for group in groups.values():
        cells = {number: _cells(raw[number]) for number in group}
        parts = [number for number in group if raw[number]["language"] is not None]
        closed = {
            cell for cell in cells[group[0]] if parts and not _are_safe(cells, group[0], parts, cell, k)
        }
        for number in group:
            if rows[number] is None:
                continue
            is_part = raw[number]["language"] is not None
            shut = {cell for cell, (count, n) in cells[number].items() if not k <= count <= n - k}
            shown[number] = _told(
                rows[number], raw[number], shut | (closed if is_part else set()), k, language
            )
    return [shown[number] for number in sorted(shown)]


def _cells(row: Row) -> dict[tuple[str, str], tuple[int, int]]:
    """(kind, name) → (people in it, people in all)."""
    cells = {("items", one["item"]): (one["_lacking"], row["_people"]) for one in row["items"]}
    cells |= {("straight_lining", one["page"]): (one["_alike"], one["n"]) for one in row["straight_lining"]}
    for end in ("floor", "ceiling"):
        if row[end] is not None:
            cells["end", end] = (round(row[end] * row["n"]), row["n"])
    return cells


def _are_safe(
    cells: dict[int, dict[tuple[str, str], tuple[int, int]]],
    whole: int,
    parts: list[int],
    cell: tuple[str, str],
    k: int,
) -> bool:
    """Whether all parts of a cell may be told: each language, and those left over if there are any."""
    told = [cells[number].get(cell, (0, 0)) for number in parts]
    rest = tuple(cells[whole][cell][i] - sum(one[i] for one in told) for i in (0, 1))
    return all(k <= count <= n - k for count, n in [*told, *([rest] if rest[1] else [])])


def _told(row: Row, raw: Row, shut: set[tuple[str, str]], k: int, language: str) -> Row:
    row = {key: value for key, value in row.items() if not key.startswith("_")}
    if row["suppressed"]:
        return row | hidden_parts(raw)
    items = [
        {
            "item": one["item"],
            "item_rest": one["item_rest"],
            "missing": None if ("items", one["item"]) in shut else one["missing"],
        }
        for one in raw["items"]
    ]
    lines = []
    for one in raw["straight_lining"]:
        few = one["n"] < k
        share = None if few or ("straight_lining", one["page"]) in shut else one["share"]
        lines.append({"page": one["page"], "n": None if few else one["n"], "share": share})
    ends = {end: None for kind, end in shut if kind == "end"}
    told = row | ends | {"items": items, "straight_lining": lines}
    notes = []
    if any(row[end] is not None for end in ends) and "few_at_an_end" not in [
        c["code"] for c in row["caveats"]
    ]:
        notes.append(caveat("few_at_an_end", language, threshold=str(k)))
    if any(one["missing"] is None for one in items) or any(one["share"] is None for one in lines):
        notes.append(caveat("few_in_a_share", language, threshold=str(k)))
    if _gives_back(raw, shut, k):
        told["missing"] = None
        notes.append(caveat("missing_hidden", language))
    return told | {"caveats": [*row["caveats"], *notes]}


def _gives_back(raw: Row, shut: set[tuple[str, str]], k: int) -> bool:
    """Whether the share missing of the whole scale, less what is shown of its items, tells what is hidden too well.

    With nothing shown it tells no more than it did alone. Else each hidden count must have five values left, given
    their sum and that each is below k; where one is hidden because all but a few are missing, it is not shown.
    """
    hidden = [one["_lacking"] for one in raw["items"] if ("items", one["item"]) in shut]
    if not hidden or len(hidden) == len(raw["items"]):
        return False
    if max(hidden) >= k:
        return True
    total, most = sum(hidden), k - 1
    least = max(0, total - (len(hidden) - 1) * most)
    return min(most, total) - least < 4


def rounded_parts(row: Row) -> Row:
    """For the public: three significant digits."""
    return row | {
        "items": [
            one | {"item_rest": significant(one["item_rest"]), "missing": significant(one["missing"])}
            for one in row["items"]
        ],
        "straight_lining": [one | {"share": significant(one["share"])} for one in row["straight_lining"]],
    }
