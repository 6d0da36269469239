"""Which averages may stand beside each other: none that, added and subtracted, tell the scores of a few.

Averages of a scale at several waves and contrasts are sums over sets of people who are nearly the same. People who are
in the same of these sets are one class; the sum of a class's scores at a wave is an unknown, and each average that is
shown is one equation in them. A few people are told of if some combination of the equations is about classes of 1 to
k − 1 people in all and about nobody else: that is so where the equations lose rank when the columns of those classes
are struck out. Averages are admitted in a fixed order (changes, then levels, rows of quality, what was kept, who was
lost, dose; in each as the plan has them), so that what is shown depends on who answered, never on what.

With two arms a change is taken as if each arm's were told. Scales that share items (a scale and its facets) tell of
those who left some of the items out, or are in one of the samples only: the later scale of the plan gives way where
they are 1 to k − 1. What a standard deviation tells besides is not counted.

Source: Hundepool et al. 2012, Statistical Disclosure Control, ch. 4 (linked tables, differencing).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

Row = Mapping[str, Any]
Cell = tuple[str, int]
MOST_SETS = 60
"""People are told apart by one bit a set."""
MOST_SMALL = 10
"""Up to so many small classes every set of them is tried; with more, only averages of the people of the first are shown."""


@dataclass(frozen=True, eq=False)
class People:
    """Persons (their numbers, each once) of a row that tells an average, whether each is of the workshop arm, and the
    persons among them who left out an item of the scale."""

    persons: np.ndarray
    treated: np.ndarray
    partial: np.ndarray

    @classmethod
    def of(
        cls, person: np.ndarray, rows: np.ndarray, treated: np.ndarray, partial: np.ndarray | None
    ) -> People:
        """`person` of each submission; `rows` (n,) or (n, waves) of the people; `partial` bool for each submission."""
        persons = person[rows if rows.ndim == 1 else rows[:, 0]]
        left_out = (
            np.zeros(len(persons), bool)
            if partial is None
            else partial[rows].reshape(len(persons), -1).any(1)
        )
        return cls(persons, treated, persons[left_out])

    @cached_property
    def parts(self) -> tuple[np.ndarray, ...]:
        both = self.persons[self.treated], self.persons[~self.treated]
        return tuple(part for part in both if len(part))


@dataclass(frozen=True, eq=False)
class Average:
    """What a row tells: for each pair, the sum over these persons of their scores at these waves, with signs."""

    cell: Cell
    sums: tuple[tuple[np.ndarray, tuple[tuple[str, int], ...]], ...]


def withheld(raw: Row, gone: Collection[Cell], k: int) -> frozenset[Cell]:
    """Cells (name, row) that give way at the threshold `k`, named `finding`, `levels` (of a finding), `averages` (mean
    and standard deviation of a row of quality), `retention`, `lost` or `dose` (of attrition). `raw`: the engine's document.

    Rows have `_whom` (People) where the plan compares more than two waves or scales that share items, and `_shares`,
    the scales that its scale shares items with. `gone`: cells that are not shown in any case.
    """
    findings, quality = raw["findings"], raw["quality"]
    groups: dict[tuple[str, str], list[Average]] = defaultdict(list)
    for key, average in _averages(raw):
        name, row = average.cell
        row_of = {"levels": "finding", "averages": "quality"}.get(name, name), row
        if average.cell not in gone and row_of not in gone:
            groups[key].append(average)
    hidden = _overlapping(findings, quality, gone, k)
    for averages in groups.values():
        hidden |= _leaking([one for one in averages if one.cell not in hidden], k)
    return frozenset(_whole(findings, hidden))


def _averages(raw: Row) -> Iterator[tuple[tuple[str, str], Average]]:
    """((scale, group of people), what is told), in the order in which they are admitted."""
    findings = raw["findings"]
    if not any("_whom" in row for row in findings):
        return
    for name in ("finding", "levels"):
        for i, row in enumerate(findings):
            if (people := row.get("_whom")) is None:
                continue
            after, before = row["contrast"].split(" - ")
            told = [((after, 1), (before, -1))] if name == "finding" else [((before, 1),), ((after, 1),)]
            sums = tuple((part, one) for part in people.parts for one in told)
            yield (row["scale"], _group(row["subgroup"])), Average((name, i), sums)
    for i, row in enumerate(raw["quality"]):
        if row.get("_whom") is not None and row["language"] is None:
            side = {"side": row["side"]} if row["side"] else {}
            sums = ((row["_whom"].persons, ((row["wave"], 1),)),)
            yield (row["scale"], _group(side)), Average(("averages", i), sums)
    for i, row in enumerate(raw["retention"]):
        if (people := row.get("_whom")) is not None:
            first, later = row["waves"]["before"], (row["waves"]["gain"], row["waves"]["after"])
            sums = tuple((part, ((wave, 1), (first, -1))) for part in people.parts for wave in later)
            yield (row["scale"], _group(row["subgroup"])), Average(("retention", i), sums)
    for name in ("lost", "dose"):
        for i, row in enumerate(raw["attrition"][name]):
            after, before = row["contrast"].split(" - ")
            signs = ((before, 1),) if name == "lost" else ((after, 1), (before, -1))
            side = {"side": row["side"]} if row["side"] else {}
            yield (
                (row["scale"], _group(side)),
                Average((name, i), tuple((part, signs) for part in row["_parts"])),
            )


def _group(subgroup: Mapping[str, Any]) -> str:
    return str(sorted(subgroup.items(), key=str))


def _leaking(averages: Sequence[Average], k: int) -> set[Cell]:
    """Of the averages of one scale and group, those that may not join the ones before them."""
    sets = {id(persons): persons for one in averages for persons, _ in one.sums}
    if len(sets) > MOST_SETS:
        return _but_the_first(averages)
    class_of, people = _classes(list(sets.values()))
    small = np.flatnonzero(people < k)
    if not len(small):
        return set()
    if len(small) > MOST_SMALL:
        return _but_the_first(averages)
    waves = list(dict.fromkeys(wave for one in averages for _, signs in one.sums for wave, _ in signs))
    told = _largest_sets(small, people, k)
    struck = np.ones((len(told), len(people), len(waves)))
    for number, few in enumerate(told):
        struck[number, list(few)] = 0.0
    struck = struck.reshape(len(told), 1, -1)
    tables = {one.cell: _equations(one, class_of, len(people), waves) for one in averages}
    if not _tells(np.vstack(list(tables.values())), struck):
        return set()
    admitted, hidden = np.zeros((0, len(people) * len(waves))), set()
    for cell, rows in tables.items():
        trial = np.vstack([admitted, rows])
        if (cell[0] == "levels" and ("finding", cell[1]) in hidden) or _tells(trial, struck):
            hidden.add(cell)
        else:
            admitted = trial
    return hidden


def _classes(sets: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """(class of each person, −1 for who is in no set; people of each class): who is in the same sets is one class."""
    code = np.zeros(1 + max((int(persons.max(initial=0)) for persons in sets), default=0), dtype=np.uint64)
    for bit, persons in enumerate(sets):
        code[persons] |= np.uint64(1) << np.uint64(bit)
    kinds, class_of, people = np.unique(code, return_inverse=True, return_counts=True)
    absent = int(kinds[0] == 0)
    return class_of - absent, people[absent:]


def _equations(one: Average, class_of: np.ndarray, classes: int, waves: Sequence[str]) -> np.ndarray:
    """(sums, classes · waves): +1 or −1 where a class's sum at a wave is part of what is told."""
    rows = np.zeros((len(one.sums), classes, len(waves)))
    for number, (persons, signs) in enumerate(one.sums):
        inside = np.unique(class_of[persons])
        for wave, sign in signs:
            rows[number, inside, waves.index(wave)] = sign
    return rows.reshape(len(one.sums), -1)


def _largest_sets(small: np.ndarray, people: np.ndarray, k: int) -> list[tuple[int, ...]]:
    """Sets of classes with fewer than k people in all, to which no other can be added: they tell all that parts tell."""
    found = []
    for length in range(1, min(len(small), k - 1) + 1):
        for few in combinations(small.tolist(), length):
            total = int(people[list(few)].sum())
            others = [int(people[one]) for one in small.tolist() if one not in few]
            if total < k and total + min(others, default=k) >= k:
                found.append(few)
    return found


def _tells(table: np.ndarray, struck: np.ndarray) -> bool:
    return bool((np.linalg.matrix_rank(table * struck) < np.linalg.matrix_rank(table)).any())


def _but_the_first(averages: Sequence[Average]) -> set[Cell]:
    """All averages of other people than the first: so many sets, or small classes, are not taken apart."""
    first = {id(persons) for persons, _ in averages[0].sums}
    return {one.cell for one in averages if not {id(persons) for persons, _ in one.sums} <= first}


def _overlapping(
    findings: Sequence[Row], quality: Sequence[Row], gone: Collection[Cell], k: int
) -> set[Cell]:
    """Rows of a scale that shares items with one before it, where few people make the difference."""
    hidden: set[Cell] = set()
    for name, rows in (("finding", findings), ("averages", quality)):
        earlier: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
        for i, row in enumerate(rows):
            is_gone = (name, i) in gone or (name == "averages" and ("quality", i) in gone)
            if row.get("_whom") is None or not row.get("_shares") or is_gone:
                continue
            key = _place(row)
            if any(_few_apart(row, other, k) for other in earlier[key] if other["scale"] in row["_shares"]):
                hidden |= {(name, i)} | ({("levels", i)} if name == "finding" else set())
            else:
                earlier[key].append(row)
    return hidden


def _place(row: Row) -> tuple[Any, ...]:
    if "contrast" in row:
        return row["contrast"], _group(row["subgroup"])
    return row["wave"], row["side"], row["language"]


def _few_apart(row: Row, other: Row, k: int) -> bool:
    one, two = row["_whom"], other["_whom"]
    apart = np.union1d(np.setxor1d(one.persons, two.persons), np.union1d(one.partial, two.partial))
    return 0 < len(apart) < k


def _whole(findings: Sequence[Row], hidden: set[Cell]) -> Iterator[Cell]:
    """A side whose change gives way takes its subgroups and comparisons with it, since they add up to it; a subgroup
    takes the others of its item."""
    lost = set()
    for name, i in hidden:
        row = findings[i] if name == "finding" else {}
        if "_partition" in row:
            lost.add(row["_partition"])
        elif row:
            lost |= {(row["scale"], row["contrast"], side) for side in _sides(row)}
    yield from hidden
    for i, row in enumerate(findings):
        places = {(row["scale"], row["contrast"], side) for side in _sides(row)} | {row.get("_partition")}
        if places & lost:
            yield "finding", i
            yield "levels", i


def _sides(row: Row) -> tuple[str | None, ...]:
    if "sides" in row["subgroup"]:
        return tuple(row["subgroup"]["sides"])
    return (row["subgroup"].get("side"),)
