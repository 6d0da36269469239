"""Two releases of one programme: whether together they tell what each alone does not.

Who holds both can take one from the other. Where the counts differ by fewer than the threshold, the difference is
about those few people: their average change is (n₂·m₂ − n₁·m₁) / (n₂ − n₁).
Source: Hundepool et al. 2012, Statistical Disclosure Control, ch. 4 (differencing).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Findings = Mapping[str, Any]
_COUNTS = ("submissions", "linked", "analysed")


def too_close(earlier: Findings, new: Findings, threshold: int) -> list[str]:
    """Places where `earlier` and `new` rest on people who differ by 1 to threshold − 1; empty: nothing is too close.

    Compared are the n of findings (same scale, contrast and subgroup), of quality rows, of perception gaps and of
    response shift, the counts of the flow and the totals. A number that one of the two hides is not compared. Both are Findings as `run` gives them.

    >>> too_close(earlier, new, 10)
    ['findings: fear, post - pre, side a: n']
    """
    before = dict(_counts(earlier))
    return [
        place
        for place, count in _counts(new)
        if count is not None and before.get(place) is not None and 0 < abs(count - before[place]) < threshold
    ]


def _counts(findings: Findings) -> Iterator[tuple[str, int | None]]:
    """(place, count of people) of everything that is published as a count."""
    for found in findings["findings"]:
        yield f"findings: {found['scale']}, {found['contrast']}{_group(found['subgroup'])}: n", found["n"]
        for arm, values in (found["arms"] or {}).items():
            place = f"findings: {found['scale']}, {found['contrast']}{_group(found['subgroup'])}, {arm}: n"
            yield place, values["n"]
    for row in findings["quality"]:
        place = ", ".join(str(row[key]) for key in ("scale", "wave", "side", "language") if row[key])
        yield f"quality: {place}: n", row["n"]
    for row in findings.get("perception_gap", ()):
        place = f"perception_gap: {row['own_item']} of {row['of']} by {row['by']}, {row['wave'] or row['contrast']}"
        yield f"{place}: n_estimating", row["n_estimating"]
        yield f"{place}: n_measured", row["n_measured"]
    for row in findings.get("response_shift", ()):
        yield f"response_shift: {row['scale']}, {row['contrast']}{_group(row['subgroup'])}: n", row["n"]
    for row in findings["flow"]:
        place = ", ".join(str(row[key]) for key in ("arm", "side", "wave") if row[key])
        for count in _COUNTS:
            yield f"flow: {place}: {count}", row[count]
    for count in ("submissions", "respondents"):
        yield f"data: {count}", findings["data"][count]


def _group(subgroup: Mapping[str, Any]) -> str:
    if "sides" in subgroup:
        return ", sides " + " and ".join(subgroup["sides"])
    return "".join(f", {name} {value}" for name, value in sorted(subgroup.items()))
