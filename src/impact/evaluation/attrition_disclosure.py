"""What of the block `attrition` an audience may see.

1. The chain's answers, those not linkable and those analysed are taken from the flow as it is shown.
2. Consented and invited are shown from k on, and only if they are equal to, or at least k more than, the next count
   of the chain that is shown: fewer would tell that a few refused.
3. Attended enough is shown if at least k did and at least k did not: “all but two” tells of two.
4. Lost against kept: only if both are at least k, the averages of the finding on the same people are shown, not all of
   a group had one score, nearly the same people stand in no row of `quality`, and they need not give way (`averages`).
5. Dose: only if both groups are at least k, those not known are none or at least k, neither changed by one amount, and
   no subgroup that is shown is nearly the same people, and they need not give way (`averages`).
6. For the public, figures are rounded as everywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from impact.evaluation import findings as shapes
from impact.evaluation.numbers import published, significant
from impact.evaluation.subgroup_disclosure import is_nearly_same
from impact.evaluation.wording import caveat, counted

Row = dict[str, Any]
_NO_SHARE = {"value": None, "low": None, "high": None}


def disclose_attrition(
    raw: Row, flow: Sequence[Row], shown: Sequence[Row], beside: Collection[tuple[str, int]],
    thresholds: tuple[int, int], language: str, audience: str,
) -> Row:  # fmt: skip
    """`flow` and `shown` (findings) as this audience sees them; `raw` the document before disclosure; `beside`:
    averages that give way (`averages`). `thresholds`: this audience's and the team's; what the team's document does not
    show, no other does."""
    block, (k, team) = raw["attrition"], thresholds
    kept = {(one["scale"], one["contrast"], _side(one)): one for one in shown if _is_whole(one)}
    asked: dict[tuple[Any, ...], int] = {}
    for row in block["lost"]:
        asked[_place(row)] = asked.get(_place(row), 0) + row["_asked"]
    nearby = {
        (row["scale"], row["wave"], row["side"]) for row in raw["quality"]
        if row["language"] is None
        and 0 < abs(row["n"] - asked.get((row["scale"], row["wave"], row["side"]), row["n"])) < k
    }  # fmt: skip
    levels: dict[tuple[Any, ...], list[Any]] = {}
    for full, seen in zip(raw["findings"], shown, strict=True):
        if "_partition" in full and not seen["suppressed"]:
            levels.setdefault(full["_partition"][:3], []).append(full["_levels"])
    lost = [
        _lost(row, kept, ("lost", i) in beside or _place(row) in nearby, k, language)
        for i, row in enumerate(block["lost"])
    ]
    dose = [
        _dose(row, kept, levels, ("dose", i) in beside, k, language) for i, row in enumerate(block["dose"])
    ]
    if audience == "public":
        lost, dose = [_rounded(row) for row in lost], [_rounded(row) for row in dose]
    return block | {
        "chain": [_chain(row, flow, (k, team), language) for row in block["chain"]], "lost": lost, "dose": dose
    }  # fmt: skip


def _place(row: Row) -> tuple[Any, ...]:
    return row["scale"], row["_wave"], row["side"]


def _side(found: Row) -> str | None:
    return found["subgroup"].get("side")


def _is_whole(found: Row) -> bool:
    return set(found["subgroup"]) <= {"side"}


def _public(row: Row) -> Row:
    return {key: value for key, value in row.items() if not key.startswith("_")}


def _chain(row: Row, flow: Sequence[Row], thresholds: tuple[int, int], language: str) -> Row:
    k, team = thresholds
    by_wave = {one["wave"]: one for one in flow if (one["arm"], one["side"]) == (row["arm"], row["side"])}
    waves = [wave for wave in row["_waves"] if wave in by_wave]
    answered = [by_wave[wave]["submissions"] for wave in waves]
    first = answered[0] if answered else None
    consented, invited = _before_first(row["_consented"], row["_invited"], first, team)
    consented, invited = _before_first(consented, invited, first, k)
    enough = row["_attended"]
    if enough is not None and (enough < k or row["_absent"] < k):
        enough = None
    later = [by_wave[wave] for wave in waves[1:]]
    whole = bool(later) and all(one["linked"] is not None for one in later)
    stages = [_stage("invited", invited), _stage("consented", consented)]
    stages += [_stage("answered", first, waves[0])] if waves else []
    stages.append(_stage("attended", enough))
    stages += [_stage("answered", people, wave) for wave, people in zip(waves[1:], answered[1:], strict=True)]
    stages.append(
        _stage("not_linkable", sum(one["submissions"] - one["linked"] for one in later) if whole else None)
    )
    stages.append(_stage("analysed", by_wave[waves[0]]["analysed"] if waves else None))
    told = [count for count in (invited, consented) if count is not None]
    odd = first is not None and any(count < first for count in told)
    return _public(row) | {
        "stages": stages,
        "caveats": [caveat("more_than_consented", language)] if odd else [],
        "suppressed": any(one.get("suppressed") for one in by_wave.values()),
    }


def _before_first(
    consented: int | None, invited: int | None, first: int | None, k: int
) -> tuple[int | None, int | None]:
    """Consented and invited, where they may stand before those who answered first."""
    consented = _outside(consented, first, k)
    invited = _outside(invited, first if consented is None else consented, k)
    if invited is not None and first is not None and 0 < invited - first < k:
        invited = None
    return consented, invited


def _outside(people: int | None, following: int | None, k: int) -> int | None:
    """A count that was told from outside, if it may stand before the count `following` it in the chain."""
    if people is None or people < k:
        return None
    return None if following is None or 0 < abs(people - following) < k else people


def _stage(name: str, people: int | None, wave: str | None = None) -> Row:
    return {"stage": name, "wave": wave, "people": people}


def _lost(row: Row, kept: Mapping[tuple[Any, ...], Row], tells_of_few: bool, k: int, language: str) -> Row:
    found = kept.get((row["scale"], row["contrast"], row["side"]))
    if found is None or found["suppressed"] or min(row["kept"], row["lost"]) < k:
        return _public(row) | {
            "kept": None, "lost": None, "share_lost": _NO_SHARE, "before": {"kept": None, "lost": None},
            "difference": _NO_SHARE, "caveats": [caveat("too_few_to_show", language)], "suppressed": True,
        }  # fmt: skip
    level = found["arms"][row["arm"]]["before"] if found["arms"] else found["before"]
    if level["mean"] is None or row["_is_alike"] or tells_of_few:
        return _public(row) | {
            "before": {"kept": None, "lost": None}, "difference": _NO_SHARE,
            "caveats": [caveat("levels_hidden", language)],
        }  # fmt: skip
    return _public(row)


def _dose(
    row: Row,
    kept: Mapping[tuple[Any, ...], Row],
    levels: Mapping[tuple[Any, ...], list[Any]],
    tells_of_few: bool,
    k: int,
    language: str,
) -> Row:
    key = row["scale"], row["contrast"], row["side"]
    found = kept.get(key)
    few = min(row["reached"]["n"], row["others"]["n"]) < k or 0 < row["_unknown"] < k
    if (
        found is None
        or found["suppressed"]
        or few
        or tells_of_few
        or row["_is_alike"]
        or any(is_nearly_same(row["_levels"], one, k) for one in levels.get(key, ()))
    ):
        empty = {"n": None, "change": shapes.no_level()}
        return _public(row) | {
            "reached": empty, "others": empty, "caveats": [caveat("too_few_to_show", language)],
            "suppressed": True,
        }  # fmt: skip
    notes = [caveat("dose_not_by_chance", language)]
    if row["_unknown"]:
        notes.append(
            caveat("attendance_unknown", language, people=counted("people", row["_unknown"], language))
        )
    return _public(row) | {"caveats": notes}


def _rounded(row: Row) -> Row:
    """Scores to one decimal, shares to three digits."""
    row = dict(row)
    for name in ("before", "difference"):
        if name in row:
            row[name] = {key: published(value, (0.0,)) for key, value in row[name].items()}
    if "share_lost" in row:
        row["share_lost"] = {key: significant(value) for key, value in row["share_lost"].items()}
    for name in ("reached", "others"):
        if name in row:
            change = {key: published(value, (0.0,)) for key, value in row[name]["change"].items()}
            row[name] = row[name] | {"change": change}
    return row
