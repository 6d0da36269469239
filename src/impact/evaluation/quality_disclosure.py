"""What an audience may see of the rows on how well a scale measured.

A row of fewer than k is hidden, and one that would give another hidden count back. Rows by language are there only
if all of them, and those without a language, are at least k: that there is a row tells that somebody answered in
that language. Averages are hidden where the people of the row and of a finding differ by fewer than k, since the
difference of two averages would tell the scores of those few; shares at the ends of a scale by the rule `ends`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from impact.evaluation import findings as shapes
from impact.evaluation.cells import is_hidden
from impact.evaluation.complement import Cell
from impact.evaluation.wording import caveat

Row = dict[str, Any]


def disclose_quality(
    rows: list[Row], raw: list[Row], hidden: Collection[Cell], k: int, language: str
) -> list[Row | None]:
    """`rows` of the engine → those for an audience, in their order, None for one that is left out.

    `raw`: its findings; `hidden`: cells as in `published` and `averages`."""
    groups: dict[tuple[Any, ...], list[tuple[int, Row]]] = defaultdict(list)
    for number, row in enumerate(rows):
        groups[row["scale"], row["wave"], row["side"]].append((number, row))
    alike = {
        key[::2]
        for key, group in groups.items()
        if any(is_zero(row["sd"]) for _, row in group if row["n"] >= k)
    }
    alike |= {
        (found["scale"], found["subgroup"].get("side"))
        for found in raw
        if set(found["subgroup"]) <= {"side"} and is_alike(found)
    }
    shown: dict[int, Row] = {}
    for key, group in groups.items():
        (first, whole), *by_language = group
        if ("quality", first) in hidden:
            shown[first] = _hidden_quality(whole, language)
            continue
        levels_small = any(0 < abs(whole["n"] - n) < k for n in _people_of_findings(raw, *key))
        for number, row in (group[0], *_languages(by_language, whole["n"], k)):
            if key[::2] in alike:
                shown[number] = _without_levels(row, "everyone_alike", language, "floor", "ceiling")
            elif levels_small or ("averages", number) in hidden or ("averages", first) in hidden:
                shown[number] = _without_levels(row, "levels_hidden", language)
            else:
                shown[number] = dict(row)
    at_ends = {number: _without_few_at_ends(row, k, language) for number, row in shown.items()}
    return [at_ends.get(number) for number in range(len(rows))]


def _languages(rows: list[tuple[int, Row]], whole: int, k: int) -> list[tuple[int, Row]]:
    """All rows by language, or none."""
    counts = [row["n"] for _, row in rows]
    rest = whole - sum(counts)
    small = any(is_hidden("quality", group=n, k=k) for n in counts) or 0 < rest < k
    return [] if small else rows


def is_alike(found: Row) -> bool:
    """Whether everybody of a group had one score, or changed by one amount."""
    if found.get("_is_alike"):
        return True
    levels = [found["before"], found["after"]]
    for arm in (found["arms"] or {}).values():
        levels += [arm["before"], arm["after"]]
    return any(is_zero(level["sd"]) for level in levels)


def is_zero(sd: float | None) -> bool:
    return sd is not None and sd < shapes.ALIKE


def _without_few_at_ends(row: Row, k: int, language: str) -> Row:
    """The shares at both ends: those who are there, and those who are not, are at least k."""
    few = [
        name
        for name in ("floor", "ceiling")
        if row[name] is not None and is_hidden("ends", group=row["n"], count=round(row[name] * row["n"]), k=k)
    ]
    if not few:
        return row
    note = caveat("few_at_an_end", language, threshold=str(k))
    return row | dict.fromkeys(few) | {"caveats": [*row["caveats"], note]}


def _people_of_findings(raw: list[Row], scale: str, wave: str, side: str | None) -> Iterable[int]:
    """How many people of this wave, scale and side each finding rests on."""
    for found in raw:
        if (
            found["scale"] == scale
            and wave in found["contrast"].split(" - ")
            and set(found["subgroup"]) <= {"side"}
            and found["subgroup"].get("side") == side
        ):
            yield found["n"]


def _without_levels(row: Row, code: str, language: str, *more: str) -> Row:
    empty = dict.fromkeys(("mean", "sd", *more))
    return row | empty | {"caveats": [*row["caveats"], caveat(code, language)]}


def _hidden_quality(row: Row, language: str) -> Row:
    return row | {
        "n": None,
        "alpha": shapes.no_interval(),
        "omega": shapes.no_interval(),
        "floor": None,
        "ceiling": None,
        "missing": None,
        "mean": None,
        "sd": None,
        "caveats": [caveat("too_few_to_show", language)],
        "suppressed": True,
    }
