"""What an audience may see of the perception gaps; `disclosure.py` has the rules, this is how they hold here.

1. Fewer than k people on either side: the row is hidden, in the shape of every other row.
2. A measured share is a count of people: fewer than k who agreed, or who did not, before or after, and no number of
   the row is shown; the gap and the guess would give the share back. Two cut-offs of one item may not differ by fewer
   than k people either.
3. All guessed the same, or moved alike: no number is shown.
4. What a side guessed or said at a wave, and before or after among those asked both times, is not shown twice for
   people who differ by fewer than k, nor where fewer than k of those asked at one time only agreed, or did not: the
   row of the wave gives way to the contrast, a later contrast to an earlier one: its change alone would do.
5. What the team's document does not show, the public's does not either: whoever has both has no more than the team.
"""

from __future__ import annotations

from typing import Any

from impact.evaluation.labels import Labels
from impact.evaluation.numbers import published, significant
from impact.evaluation.perception_gap import no_gap, no_sides
from impact.evaluation.perception_gap_text import withheld_claim
from impact.evaluation.wording import caveat

Row = dict[str, Any]
COUNTS = ("n_estimating", "n_measured")


def disclose_gaps(rows: list[Row], k: int, labels: Labels, team: int | None = None) -> list[Row]:
    """The block `perception_gap` for an audience with the threshold `k`; `rows` are left as they were. `team`: the
    threshold of the team's document; what that hides is hidden here too."""
    hidden = _codes(rows, k if team is None else min(team, k), {})
    if team is not None and team < k:
        hidden = _codes(rows, k, hidden)
    shown = []
    for number, row in enumerate(rows):
        found = _withheld(row, hidden[number], labels) if number in hidden else row
        shown.append({key: value for key, value in found.items() if not key.startswith("_")})
    return shown


def _codes(rows: list[Row], k: int, before: dict[int, str]) -> dict[int, str]:
    """Row → why it is not shown at the threshold k; `before`: those that another document does not show. A reason that
    a row has by itself goes before one that it has from others."""
    own = {number: code for number, row in enumerate(rows) if (code := _code(row, rows, k))}
    hidden = before | own
    contrasts: list[Row] = []
    for number, row in enumerate(rows):
        if number in hidden or not row["contrast"]:
            continue
        if _repeats(row, contrasts, k):
            hidden[number] = "gap_levels_hidden"
        else:
            contrasts.append(row)
    for number, row in enumerate(rows):
        if number not in hidden and row["wave"] and any(_nearly(row, other, k) for other in contrasts):
            hidden[number] = "gap_levels_hidden"
    return hidden


def rounded_gaps(rows: list[Row]) -> list[Row]:
    """For the public: one decimal, two below 1, more only where a number would land on 0."""
    return [_rounded(row) for row in rows]


def _code(row: Row, rows: list[Row], k: int) -> str | None:
    """Why no number of a row may be shown for itself (rules 1–3), or None."""
    if min(row[name] for name in COUNTS) < k:
        return "too_few_to_show"
    if row["gap"]["value"] is None:  # fewer than the plan's minimum: there is nothing to hide
        return None
    if any(not k <= count <= row["n_measured"] - k for count in row["_agree"]) or _cuts_closely(row, rows, k):
        return "few_agree"
    return "everyone_alike" if row["_is_alike"] else None


def _cuts_closely(row: Row, rows: list[Row], k: int) -> bool:
    """Whether an earlier gap cuts the same answers elsewhere, with fewer than k people between the two cuts."""
    for other in rows:
        if other is row:
            return False
        if other["own_item"] != row["own_item"] or other["agree_from"] == row["agree_from"]:
            continue
        if all(other[name] == row[name] for name in ("by", "of", "wave", "contrast")):
            pairs = zip(row["_agree"], other["_agree"], strict=True)
            if any(abs(one - two) < k for one, two in pairs):
                return True
    return False


def _same_gap(row: Row, other: Row) -> bool:
    return all(row[name] == other[name] for name in ("item", "own_item", "agree_from", "by", "of"))


def _nearly(row: Row, contrast: Row, k: int) -> bool:
    """Rule 4 for the row of a wave: those asked both times are among its people."""
    after, before = contrast["contrast"].split(" - ")
    if not _same_gap(row, contrast) or row["wave"] not in (after, before):
        return False
    more = [row[name] - contrast[name] for name in COUNTS]
    agree = row["_agree"][0] - contrast["_agree"][int(row["wave"] == after)]
    # Who is at the wave only is a group too, and how many of them agreed is a count of people.
    return any(0 < people < k for people in more) or (more[1] > 0 and not k <= agree <= more[1] - k)


def _repeats(row: Row, contrasts: list[Row], k: int) -> bool:
    """Rule 4 for a contrast: an earlier one shares a wave with it, and its people are others, but not enough."""
    for other in contrasts:
        if not _same_gap(row, other) or not set(row["contrast"].split(" - ")) & set(
            other["contrast"].split(" - ")
        ):
            continue
        for side, name in enumerate(COUNTS):
            if row["_people"][side] != other["_people"][side] and abs(row[name] - other[name]) < k:
                return True
    return False


def _withheld(row: Row, code: str, labels: Labels) -> Row:
    few = code == "too_few_to_show"
    return row | {
        **({**dict.fromkeys(COUNTS), "clusters": None} if few else {}),
        "estimated": None,
        "measured": None,
        "before": no_sides(),
        "after": no_sides(),
        "gap": no_gap(row["gap"]["level"]),
        "estimator": None if few else row["estimator"],
        "verdict": None,
        "claim": withheld_claim(row, labels),
        "caveats": [caveat(code, labels.language)],
        "suppressed": few,
    }


def _rounded(row: Row) -> Row:
    def short(value: float | None) -> float | None:
        return published(value, (0.0,))

    def all_of(block: Row, *names: str) -> Row:
        return block | {name: short(block[name]) for name in names}

    gap = all_of(row["gap"], "value", "low", "high")
    return row | {
        **{name: short(row[name]) for name in ("estimated", "measured")},
        "before": all_of(row["before"], "estimated", "measured", "gap"),
        "after": all_of(row["after"], "estimated", "measured", "gap"),
        "gap": gap | {name: significant(gap[name]) for name in ("std_error", "df")},
    }
