"""Which counts of a Findings document are hidden: those that are too small, and those that would tell them.

Within one side: who submitted at a wave ⊇ who was linked ⊇ who was analysed; who has a score of a scale at a wave ⊇
who is in its finding. Sets that overlap tell of each other: of 20 linked people of whom 19 have both scores, 19 are in
the finding, whether it is shown or not. So a side is shown whole, or beyond its submissions not at all, but for three
cases. With one group, a wave that too few answered (a follow-up that has begun) takes only what rests on that wave
with it, if nobody can tell from the other waves who was there. A wave that enough answered, but to which too few can
be followed, takes its findings with it, and the counts of who was linked and analysed.

A scale that few answered, where enough are linked, takes only itself with it, if all who were analysed are in another.

Subgroups add up to their side: what must be hidden beside a small level is the work of `complement`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from impact.evaluation.cells import VALUES, is_hidden
from impact.evaluation.complement import Cell, System, adds_up, covers, secondary

Row = Mapping[str, Any]
STEPS = ("submissions", "linked", "analysed")


def hidden_counts(raw: Row, k: int, wider: Iterable[Cell] = ()) -> frozenset[Cell]:
    """Cells of `raw` (the engine's document, nothing hidden yet) that are not shown at threshold `k`:
    ("flow", row, step), ("quality", row), ("finding", row). `wider`: cells that are hidden in any case."""
    system = system_of(raw, k)
    beside = {cell for one in wider for cell in _cells_of(one, system)}
    hidden = {*system.primary, *secondary(system, k, beside=beside)}
    for side in dict.fromkeys(row["side"] for row in raw["flow"]):
        hidden |= _of_side(raw, side, system, hidden)
    return frozenset(("finding", cell[1]) if cell[0] == "finding" else cell for cell in hidden)


def _cells_of(cell: Cell, system: System) -> list[Cell]:
    if cell[0] != "finding":
        return [cell]
    return [one for one in system.values if one[:2] == cell]


def system_of(raw: Row, k: int) -> System:
    """Counts and relations of `raw`, with those that threshold `k` hides by themselves."""
    system = System()
    _flow(system, raw, k)
    _findings(system, raw["findings"], k)
    _quality(system, raw, k)
    return system


def by_chance(raw: Row, row: Row) -> bool:
    """Whether a row of the flow exists only if somebody is in it: people without an arm or a side, or of an arm
    that the plan is not about."""
    arms = ("workshop",) if raw["design"] == "one_group" else ("workshop", "comparison")
    has_sides = any(one["side"] is not None for one in raw["flow"])
    return row["arm"] not in arms or (has_sides and row["side"] is None)


def _flow(system: System, raw: Row, k: int) -> None:
    for i, row in enumerate(raw["flow"]):
        # That there is such a row tells that somebody is there, so that “hidden” must be as open without 0.
        least = max(k, VALUES + 1) if by_chance(raw, row) else k
        for step in STEPS:
            cell = ("flow", i, step)
            system.values[cell] = row[step]
            if is_hidden("flow", group=None, count=row[step], k=least):
                system.primary[cell] = least - 1


def _findings(system: System, findings: Sequence[Row], k: int) -> None:
    """People of a finding, by arm; hidden together if either group is too small."""
    for j, found in enumerate(findings):
        if is_difference(found):
            continue
        groups = dict(zip(("workshop", "comparison"), found["_groups"], strict=False))
        few = [is_hidden("averages", group=people, k=k) for people in groups.values()]
        for arm, people in groups.items():
            cell = ("finding", j, arm)
            if people >= k and any(few):
                system.unguarded[cell] = (0, math.inf)
                continue
            system.values[cell] = people
            if people < k:
                system.primary[cell] = k - 1
    _levels(system, findings)


def _levels(system: System, findings: Sequence[Row]) -> None:
    """Subgroups of a side: their levels add up to it, or to less where some people name no level."""
    wholes = {(*_what(found), *_side(found)): j for j, found in enumerate(findings) if _is_whole(found)}
    families: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for j, found in enumerate(findings):
        if not _is_whole(found) and not is_difference(found):
            families[(*_what(found), *_side(found), _family(found))].append(j)
    for key, levels in families.items():
        whole = wholes.get(key[:-1])
        if whole is None:
            continue
        for arm in ("workshop", "comparison")[: len(findings[whole]["_groups"])]:
            parts = [("finding", j, arm) for j in levels]
            people = sum(findings[j]["_groups"][("workshop", "comparison").index(arm)] for j in levels)
            total = ("finding", whole, arm)
            exact = people == findings[whole]["_groups"][("workshop", "comparison").index(arm)]
            system.relations.append(adds_up(total, parts) if exact else covers([total], parts))


def is_difference(found: Row) -> bool:
    """Whether a finding compares two sides, or two levels of a subgroup."""
    return any(isinstance(value, list) for value in found["subgroup"].values())


def _what(found: Row) -> tuple[str, str]:
    return found["scale"], found["contrast"]


def _side(found: Row) -> tuple[str | None]:
    return (found["subgroup"].get("side"),)


def _is_whole(found: Row) -> bool:
    return set(found["subgroup"]) <= {"side"}


def _family(found: Row) -> tuple[Any, ...]:
    """The subgroup variable: keys but `side`; where one key names the variable, its value as well."""
    subgroup = found["subgroup"]
    return tuple(
        sorted((key, subgroup[key] if key in ("item", "by", "variable") else "")
               for key in subgroup if key != "side")
    )  # fmt: skip


def _quality(system: System, raw: Row, k: int) -> None:
    for i, row in enumerate(raw["quality"]):
        if row["language"] is None:
            system.values["quality", i] = row["n"]
            if is_hidden("quality", group=row["n"], k=k):
                system.primary["quality", i] = k - 1


def _of_side(raw: Row, side: str | None, system: System, hidden: set[Cell]) -> set[Cell]:
    """What is hidden of a side beside `hidden`."""
    flow = [(i, row) for i, row in enumerate(raw["flow"]) if row["side"] == side and not by_chance(raw, row)]
    mine = {("flow", i, step): {row["wave"]} for i, row in flow for step in STEPS}
    for i, row in enumerate(raw["quality"]):
        if ("quality", i) in system.values and row["side"] == side:
            mine["quality", i] = {row["wave"]}
    for cell in system.values:
        found = raw["findings"][cell[1]] if cell[0] == "finding" else None
        if found is not None and found["subgroup"].get("side") == side and _is_whole(found):
            mine[cell] = set(found["contrast"].split(" - "))
    telling = hidden & mine.keys()
    if _is_one_wave(raw):
        # Everybody knows that nobody can be linked yet: these hidden counts are no secret.
        telling = {cell for cell in telling if cell[0] == "quality" or cell[-1] == "submissions"}
    if not flow or not telling:
        return set()
    if all(cell[0] != "flow" for cell in telling):
        scales = {_scale_of(raw, cell) for cell in telling}
        if _analysed_elsewhere(raw, flow, scales, mine):
            return {cell for cell in mine if cell[0] != "flow" and _scale_of(raw, cell) in scales}
    scarce = {row["wave"] for i, row in flow if ("flow", i, "submissions") in hidden}
    if raw["design"] == "one_group" and _is_apart(raw, scarce, flow, mine, hidden):
        return {cell for cell, waves in mine.items() if waves & scarce}
    shared = set.intersection(*(mine[cell] for cell in telling))
    followed = {("flow", i, "linked") for i, row in flow if row["wave"] in shared}
    if len(shared) == 1 and not scarce and followed <= system.primary.keys():
        gone = {cell for cell, waves in mine.items() if cell[0] == "finding" and waves & shared}
        steps = _steps_of_followed(raw, flow, shared, mine, gone)
        if steps is not None:
            return gone | steps
    return {cell for cell in mine if cell[-1] != "submissions"}


def _steps_of_followed(
    raw: Row,
    flow: Sequence[tuple[int, Row]],
    shared: set[str],
    mine: Mapping[Cell, set[str]],
    gone: set[Cell],
) -> set[Cell] | None:
    """Too few can be followed to the wave `shared`, so its findings are `gone`: which steps of the flow go as well.

    Who is linked through that wave alone is among the linked of other waves. These are shown only if a finding that
    is shown has all of them. None if the submissions would give a hidden count back.
    """
    hidden: set[Cell] = set()
    for i, row in flow:
        told = [0]
        for cell, waves in mine.items():
            if cell[0] == "finding" and cell not in gone and row["wave"] in waves and cell[2] == row["arm"]:
                told.append(raw["findings"][cell[1]]["_groups"][0 if cell[2] == "workshop" else 1])
        steps = {
            ("flow", i, step)
            for step in ("linked", "analysed")
            if row["wave"] in shared or row[step] != max(told)
        }
        hidden |= steps
        if steps and row["submissions"] - max(told) < VALUES - 1:
            return None
    return hidden


def _analysed_elsewhere(
    raw: Row, flow: Sequence[tuple[int, Row]], scales: set[str], mine: Mapping[Cell, set[str]]
) -> bool:
    """Where only these scales are to be hidden of a side: whether another primary finding has everybody who was
    analysed, at each wave. Then who was analysed tells nothing of them; else it tells at least who is in them alone."""
    for _, row in flow:
        others = [
            raw["findings"][cell[1]]["_groups"][0 if cell[2] == "workshop" else 1]
            for cell, waves in mine.items()
            if cell[0] == "finding"
            and row["wave"] in waves
            and cell[2] == row["arm"]
            and raw["findings"][cell[1]]["role"] == "primary"
            and raw["findings"][cell[1]]["scale"] not in scales
        ]
        if row["analysed"] > max(others, default=0):
            return False
    return True


def _scale_of(raw: Row, cell: Cell) -> str:
    return raw["quality" if cell[0] == "quality" else "findings"][cell[1]]["scale"]


def _is_one_wave(raw: Row) -> bool:
    """Whether all answers there are come from one wave, and people are not asked about two times at once."""
    waves = {row["wave"] for row in raw["flow"] if row["submissions"]}
    is_all = raw["data"]["submissions"] == sum(row["submissions"] for row in raw["flow"])
    return len(waves) < 2 and is_all and not any(row["linked"] for row in raw["flow"])


def _is_apart(
    raw: Row,
    scarce: set[str],
    flow: Sequence[tuple[int, Row]],
    mine: Mapping[Cell, set[str]],
    hidden: set[Cell],
) -> bool:
    """Whether of three waves one is `scarce`, nothing else is hidden, and the other two do not tell who was there:
    as many are linked at the one as at the other, and their own findings account for all who were analysed."""
    others = [(i, row) for i, row in flow if row["wave"] not in scarce]
    if (
        len(scarce) != 1
        or len(others) != 2
        or any(c in hidden and not waves & scarce for c, waves in mine.items())
    ):
        return False
    if raw["data"]["submissions"] != sum(row["submissions"] for row in raw["flow"]):
        return False  # linked to answers at a wave that the plan does not use
    accounted = sum(
        sum(raw["findings"][cell[1]]["_groups"])
        for cell, waves in mine.items()
        if cell[0] == "finding" and not waves & scarce and raw["findings"][cell[1]]["role"] == "primary"
    )
    linked = {row["linked"] for _, row in others}
    return len(linked) == 1 and max(row["analysed"] for _, row in others) <= accounted
