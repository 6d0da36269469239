"""Two releases of one programme: whether together they tell what each alone does not.

Who holds both can take one from the other. Where the counts differ by fewer than the threshold, the difference is
about those few people: their average change is (n₂·m₂ − n₁·m₁) / (n₂ − n₁).
Source: Hundepool et al. 2012, Statistical Disclosure Control, ch. 4 (differencing).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from impact.evaluation.cells import VALUES
from impact.evaluation.published import by_chance

Findings = Mapping[str, Any]
_COUNTS = ("submissions", "linked", "analysed")


def too_close(earlier: Findings, new: Findings, threshold: int) -> list[str]:
    """Places where `earlier` and `new` together tell of 1 to threshold − 1 people; empty: nothing is too close.

    Compared are the n of findings (same scale, contrast and subgroup), of quality rows, of perception gaps and of
    response shift, the counts of the flow and the totals: those that both show must differ by nobody or by `threshold`
    at least. A count that only one of them shows must not give back the hidden one: that is the shown one less those
    who came, or more by those who left, of whom the submissions of its side tell. Both are Findings as `run` gives
    them, of any audience (what the team holds and what the public is given may be compared too); it does not matter
    which is the earlier.

    >>> too_close(earlier, new, 10)
    ['findings: fear, post - pre, side a: n']
    """
    before, after = dict(_counts(earlier)), dict(_counts(new))
    moved = {side: _moved(earlier, new, side) for side in _sides(earlier) | _sides(new)}
    places = []
    for place, (count, side) in after.items():
        then = before.get(place, (None, side))[0]
        if count is not None and then is not None:
            if 0 < abs(count - then) < threshold:
                places.append(place)
        elif (
            (count is not None or then is not None) and place in before and not place.endswith("submissions")
        ):
            value = count if count is not None else then
            if value - moved.get(side, 0) > threshold - VALUES:
                places.append(place)
    return places


def may_refresh(shown: Findings, new: Findings, threshold: int) -> bool:
    """Whether a live page may go from the figures `shown` last to `new` ones: refreshed in batches of at least
    `threshold` people a shown count, so that no single answer is the difference between two looks at it.

    The page keeps `shown` as it is until then. The same figures may always be shown again.
    """
    return not too_close(shown, new, threshold)


def _sides(findings: Findings) -> set[str | None]:
    return {row["side"] for row in findings["flow"]}


def _moved(earlier: Findings, new: Findings, side: str | None) -> float:
    """At most so many people of a side came or left in between, for all that a reader can be sure of: as its
    submissions tell at the wave where they moved most. Infinity where one of the two hides them and the other does
    not; a wave that both hide, or have no row for, counts as nobody."""
    then, now = (_submissions(one, side) for one in (earlier, new))
    moved = [0.0]
    for key in {*then, *now}:
        counts = (then.get(key, 0), now.get(key, 0))
        if None not in counts:
            moved.append(abs(counts[1] - counts[0]))
        elif counts != (None, None):
            moved.append(math.inf)
    return max(moved)


def _submissions(findings: Findings, side: str | None) -> dict[tuple[str, str], int | None]:
    """(arm, wave) → submissions of the side, in the arms that the plan is about."""
    return {
        (row["arm"], row["wave"]): row["submissions"]
        for row in findings["flow"]
        if row["side"] == side and not by_chance(findings, row)
    }


def _counts(findings: Findings) -> Iterator[tuple[str, tuple[int | None, str | None]]]:
    """(place, (count of people, side)) of everything that is published as a count."""
    for found in findings["findings"]:
        side = found["subgroup"].get("side")
        place = f"findings: {found['scale']}, {found['contrast']}{_group(found['subgroup'])}: n"
        if "sides" not in found["subgroup"] or found["n"] is not None:
            yield place, (found["n"], side)
        for arm, values in (found["arms"] or {}).items():
            place = f"findings: {found['scale']}, {found['contrast']}{_group(found['subgroup'])}, {arm}: n"
            yield place, (values["n"], side)
    for row in findings["quality"]:
        place = ", ".join(str(row[key]) for key in ("scale", "wave", "side", "language") if row[key])
        yield f"quality: {place}: n", (row["n"], row["side"])
    for row in findings.get("perception_gap", ()):
        place = f"perception_gap: {row['own_item']} of {row['of']} by {row['by']}, {row['wave'] or row['contrast']}"
        yield f"{place}: n_estimating", (row["n_estimating"], row["by"])
        yield f"{place}: n_measured", (row["n_measured"], row["of"])
    for row in findings.get("response_shift", ()):
        place = f"response_shift: {row['scale']}, {row['contrast']}{_group(row['subgroup'])}: n"
        yield place, (row["n"], row["subgroup"].get("side"))
    for row in findings["flow"]:
        place = ", ".join(str(row[key]) for key in ("arm", "side", "wave") if row[key])
        for count in _COUNTS:
            yield f"flow: {place}: {count}", (row[count], row["side"])
    for count in ("submissions", "respondents"):
        if findings["data"][count] is not None:
            yield f"data: {count}", (findings["data"][count], None)


def _group(subgroup: Mapping[str, Any]) -> str:
    if "sides" in subgroup:
        return ", sides " + " and ".join(subgroup["sides"])
    return "".join(f", {name} {value}" for name, value in sorted(subgroup.items()))
