"""The counts of a Findings document, and all that a reader knows of how they hang together.

Sets of people, within one arm and side: who submitted at a wave ⊇ who was linked ⊇ who was analysed; who has a score
of a scale at a wave ⊇ who is in its finding. Nobody needs the data to know what follows: whoever is linked at one
wave is linked at another; of two sets within a third, some people are in both if they are too large for it. These
are the relations; `complement` finds from them what must be hidden beside what is too small.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

from impact.evaluation.cells import VALUES, is_hidden
from impact.evaluation.complement import Cell, Relation, System, adds_up, covers, secondary

Row = Mapping[str, Any]
STEPS = ("submissions", "linked", "analysed")


def hidden_counts(raw: Row, k: int, wider: Iterable[Cell] = ()) -> frozenset[Cell]:
    """Cells of `raw` (the engine's document, nothing hidden yet) that are not shown at threshold `k`:
    ("flow", row, step), ("quality", row), ("finding", row). `wider`: cells that are hidden in any case."""
    system = system_of(raw, k)
    beside = [cell for one in wider for cell in _cells_of(one, system)]
    hidden = {*system.primary, *secondary(system, k, beside=beside)}
    return frozenset(("finding", cell[1]) if cell[0] == "finding" else cell for cell in hidden)


def _cells_of(cell: Cell, system: System) -> list[Cell]:
    if cell[0] != "finding":
        return [cell]
    return [one for one in system.values if one[:2] == cell]


def system_of(raw: Row, k: int) -> System:
    """Counts and relations of `raw`, with those that threshold `k` hides by themselves."""
    system = System()
    waves = list(dict.fromkeys(row["wave"] for row in raw["flow"]))
    _flow(system, raw, k, waves)
    _findings(system, raw["findings"], k)
    _quality(system, raw, k)
    _overlaps(system, raw, waves)
    return system


def by_chance(raw: Row, row: Row) -> bool:
    """Whether a row of the flow exists only if somebody is in it: people without an arm or a side, or of an arm
    that the plan is not about."""
    arms = ("workshop",) if raw["design"] == "one_group" else ("workshop", "comparison")
    has_sides = any(one["side"] is not None for one in raw["flow"])
    return row["arm"] not in arms or (has_sides and row["side"] is None)


def _flow(system: System, raw: Row, k: int, waves: Sequence[str]) -> None:
    groups: dict[tuple[Any, Any], list[int]] = defaultdict(list)
    for i, row in enumerate(raw["flow"]):
        groups[row["arm"], row["side"]].append(i)
        # That there is such a row tells that somebody is there, so that “hidden” must be as open without 0.
        least = max(k, VALUES + 1) if by_chance(raw, row) else k
        for step in STEPS:
            cell = ("flow", i, step)
            system.values[cell] = row[step]
            if is_hidden("flow", group=None, count=row[step], k=least):
                system.primary[cell] = least - 1
        system.kept.add(("flow", i, "submissions"))
        for wider, closer in pairwise(STEPS):
            system.relations.append(covers([("flow", i, wider)], [("flow", i, closer)]))
    is_whole = raw["data"]["submissions"] == sum(row["submissions"] for row in raw["flow"])
    for rows in groups.values():
        if by_chance(raw, raw["flow"][rows[0]]) and is_whole:
            system.relations.append(covers([("flow", i, "submissions") for i in rows], [], 1))
        if not is_whole or len(rows) != len(waves):
            continue  # who answered at a wave outside the plan may be linked to that one
        for i in rows:
            others = [("flow", j, "linked") for j in rows if j != i]
            system.relations.append(covers(others, [("flow", i, "linked")]))


def _findings(system: System, findings: Sequence[Row], k: int) -> None:
    """People of a finding, by arm; hidden together if either group is too small."""
    for j, found in enumerate(findings):
        if "sides" in found["subgroup"]:
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
        if not _is_whole(found) and "sides" not in found["subgroup"]:
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
    flow = raw["flow"]
    for i, row in enumerate(raw["quality"]):
        if row["language"] is not None:
            continue
        cell = ("quality", i)
        system.values[cell] = row["n"]
        if is_hidden("quality", group=row["n"], k=k):
            system.primary[cell] = k - 1
        here = _flow_cells(raw, row["side"], row["wave"], "submissions")
        if sum(flow[one[1]]["submissions"] for one in here) >= row["n"]:
            system.relations.append(covers(here, [cell]))


def _flow_cells(raw: Row, side: str | None, wave: str, step: str) -> list[Cell]:
    return [
        ("flow", i, step)
        for i, row in enumerate(raw["flow"])
        if (row["side"], row["wave"]) == (side, wave) and not by_chance(raw, row)
    ]


def _overlaps(system: System, raw: Row, waves: Sequence[str]) -> None:
    """Who is in two sets: bounds on the people of findings from the flow, the scales and each other."""
    quality = {
        (row["scale"], row["wave"], row["side"]): ("quality", i)
        for i, row in enumerate(raw["quality"])
        if row["language"] is None
    }
    for side in dict.fromkeys(row["side"] for row in raw["flow"]):
        arms = [row["arm"] for row in raw["flow"] if row["side"] == side and not by_chance(raw, row)]
        both = {
            (arm, frozenset(pair)): ("both", arm, side, *sorted(pair))
            for arm in dict.fromkeys(arms)
            for pair in combinations(waves, 2)
        }
        system.unguarded |= dict.fromkeys(both.values(), (0, math.inf))
        _pairs(system, raw, side, both)
        for j, found in enumerate(raw["findings"]):
            if _is_whole(found) and found["subgroup"].get("side") == side:
                system.relations += _of_finding(raw, j, found, both, quality)
        _steps(system, raw, side)
        _triangles(system, raw, side, quality)


def _pairs(
    system: System, raw: Row, side: str | None, both: Mapping[tuple[str, frozenset[str]], Cell]
) -> None:
    """People who answered at both of two waves, of whom no count is shown."""
    is_whole = raw["data"]["submissions"] == sum(row["submissions"] for row in raw["flow"])
    for i, row in enumerate(raw["flow"]):
        if row["side"] != side or by_chance(raw, row):
            continue
        linked = ("flow", i, "linked")
        mine = {pair: cell for (arm, pair), cell in both.items() if arm == row["arm"]}
        here = [cell for pair, cell in mine.items() if row["wave"] in pair]
        system.relations += [covers([linked], [cell]) for cell in here]
        if is_whole:
            system.relations.append(covers(here, [linked]))
        for one, other in combinations([pair for pair in mine if row["wave"] in pair], 2):
            far = mine.get(one ^ other)
            if far is not None:
                system.relations.append(covers([linked, far], [mine[one], mine[other]]))


def _of_finding(
    raw: Row,
    j: int,
    found: Row,
    both: Mapping[tuple[str, frozenset[str]], Cell],
    quality: Mapping[tuple[str, str, str | None], Cell],
) -> Iterator[Relation]:
    side, waves = found["subgroup"].get("side"), found["contrast"].split(" - ")
    parts = [("finding", j, arm) for arm in ("workshop", "comparison")[: len(found["_groups"])]]
    pairs = [both.get((part[2], frozenset(waves))) for part in parts]
    yield from (covers([pair], [part]) for pair, part in zip(pairs, parts, strict=True) if pair)
    for wave in waves:
        if (found["scale"], wave, side) in quality:
            yield covers([quality[found["scale"], wave, side]], parts)
    codes = {note["code"] for note in found["caveats"]}
    lost = [quality.get((found["scale"], wave, side)) for wave in waves]
    if None not in pairs and None not in lost and "no_workshop" not in codes:
        answered = [cell for wave in waves for cell in _flow_cells(raw, side, wave, "submissions")]
        yield covers([*parts, *answered], [*pairs, *lost])


def _steps(system: System, raw: Row, side: str | None) -> None:
    """Analysed are the people of the primary findings, each once."""
    for i, row in enumerate(raw["flow"]):
        if row["side"] != side or by_chance(raw, row):
            continue
        analysed = ("flow", i, "analysed")
        cells = [
            ("finding", j, row["arm"])
            for j, found in enumerate(raw["findings"])
            if found["role"] == "primary"
            and _is_whole(found)
            and found["subgroup"].get("side") == side
            and row["wave"] in found["contrast"].split(" - ")
        ]
        system.relations += [covers([analysed], [cell]) for cell in cells]
        system.relations.append(covers(cells, [analysed]))


def _triangles(
    system: System, raw: Row, side: str | None, quality: Mapping[tuple[str, str, str | None], Cell]
) -> None:
    """Two findings that share a wave overlap where they are too large for the people of that wave, and who is in
    both is in the third."""
    mine = {
        (found["scale"], frozenset(found["contrast"].split(" - "))): j
        for j, found in enumerate(raw["findings"])
        if _is_whole(found) and found["subgroup"].get("side") == side
    }
    for (scale, one), (other_scale, other) in combinations(mine, 2):
        shared, far = one & other, mine.get((scale, one ^ other))
        if scale != other_scale or len(shared) != 1 or far is None:
            continue
        at_wave = quality.get((scale, next(iter(shared)), side))
        if at_wave is None:
            continue
        arms = ("workshop", "comparison")[: len(raw["findings"][far]["_groups"])]
        numbers = (mine[scale, one], mine[scale, other])
        parts = [("finding", j, arm) for j in numbers for arm in arms]
        system.relations.append(covers([at_wave, *(("finding", far, arm) for arm in arms)], parts))
