"""What an audience may see of response shift.

1. Fewer than k people: the row is hidden, in the shape of every other row.
2. All alike at a time, or in a difference: no number is shown.
3. Where these are exactly the people of the finding on the same contrast, change, before and after repeat it, and are
   shown as far as they are there; what the then-scores add was published nowhere else.
4. Where they are others, but fewer than k people more or less than in any result on the same scale, side and wave,
   averages and the change would tell, by subtraction, what those few said; so would shift and retrospective change
   together, whose difference is the change. Only the shift is shown then, and where the finding is not shown.
"""

from __future__ import annotations

from typing import Any

from impact.evaluation.finding import who
from impact.evaluation.findings import no_level
from impact.evaluation.labels import Labels, scale_title
from impact.evaluation.numbers import published, significant
from impact.evaluation.response_shift import DIFFERENCES, LEVELS, no_differences, withheld_claim
from impact.evaluation.wording import caveat
from impact.instruments.model import Instrument

Row = dict[str, Any]


def disclose_shifts(raw: Row, shown: list[Row], k: int, labels: Labels, instrument: Instrument) -> list[Row]:
    """The block of `raw`, Findings as computed, for an audience with the threshold `k`; `shown` are its findings."""
    made, language = [], labels.language
    for row in raw["response_shift"]:
        code = "too_few_to_show" if row["n"] < k else "everyone_alike" if row["_is_alike"] else None
        twin = next(one for one in shown if _is_on_the_same(one, row) and one["contrast"] == row["contrast"])
        if code is not None:
            found = _withheld(row, code, labels, instrument)
        elif twin["suppressed"]:
            found = _only_shift(row, language)
        elif _people(twin) == row["n"]:
            found = _as_in(row, twin, language)
        elif any(abs(people - row["n"]) < k for people in _people_elsewhere(row, raw)):
            found = _only_shift(row, language)
        else:
            found = row
        made.append({key: value for key, value in found.items() if not key.startswith("_")})
    return made


def rounded_shifts(rows: list[Row]) -> list[Row]:
    """For the public: one decimal, two below 1, more only where a number would land on 0."""
    return [_rounded(row) for row in rows]


def _is_on_the_same(found: Row, row: Row) -> bool:
    return (found["scale"], found["subgroup"]) == (row["scale"], row["subgroup"])


def _people(found: Row) -> int | None:
    """How many people of the workshop arm a finding rests on."""
    return found["n"] if found["arms"] is None else found["arms"]["workshop"]["n"]


def _as_in(row: Row, twin: Row, language: str) -> Row:
    """Rule 3. With two arms the change of one of them is told by its averages only."""
    if twin["before"]["mean"] is not None:
        return row
    if twin["arms"] is None:
        return _without_levels(row, "levels_hidden", language)
    return _only_shift(row, language)


def _only_shift(row: Row, language: str) -> Row:
    empty = no_differences(row["shift"]["level"]) | {"shift": row["shift"]}
    return _without_levels(row | empty, "shift_levels_hidden", language)


def _without_levels(row: Row, code: str, language: str) -> Row:
    note = caveat(code, language)
    return row | {name: no_level() for name in LEVELS} | {"caveats": [*row["caveats"], note]}


def _people_elsewhere(row: Row, raw: Row) -> list[int]:
    """How many people each other result on the same scale and side has that shares a wave: of this contrast and at
    each wave at least these, in another contrast others."""
    waves, found = set(row["contrast"].split(" - ")), []
    for other in [*raw["findings"], *raw["response_shift"]]:
        shares = waves & set(other["contrast"].split(" - "))
        if _is_on_the_same(other, row) and shares and other is not row:
            found.append(other["n"] if "arms" not in other else _people(other))
    for other in raw["quality"]:
        # A language is no nested group: what is left of it without those with a then-score is known to nobody.
        is_whole = other["language"] is None and other["wave"] in waves and other["n"] != row["n"]
        if is_whole and (other["scale"], other["side"]) == (row["scale"], row["subgroup"].get("side")):
            found.append(other["n"])
    return found


def _withheld(row: Row, code: str, labels: Labels, instrument: Instrument) -> Row:
    few, side = code == "too_few_to_show", row["subgroup"].get("side")
    return row | {
        **({"n": None, "clusters": None, "estimator": None} if few else {}),
        **{name: no_level() for name in LEVELS},
        **no_differences(row["shift"]["level"]),
        "verdict": None,
        "claim": withheld_claim(
            who(labels, side), scale_title(instrument, row["scale"], labels, side), labels.language
        ),
        "caveats": [caveat(code, labels.language)],
        "suppressed": few,
    }


def _rounded(row: Row) -> Row:
    def short(value: float | None) -> float | None:
        return published(value, (0.0,))

    numbers = {}
    for name in DIFFERENCES:
        block = row[name] | {key: short(row[name][key]) for key in ("value", "low", "high")}
        numbers[name] = block | {key: significant(block[key]) for key in ("std_error", "df")}
    for name in LEVELS:
        numbers[name] = {key: short(value) for key, value in row[name].items()}
    return row | numbers
