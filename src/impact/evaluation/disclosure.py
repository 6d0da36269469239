"""What this audience may see: small groups hidden, and what would give them back.

The rule, in words: *a number is shown only if it rests on at least k people; a total only if all its parts are
shown; parts of a whole are shown all or none; and two numbers that differ by fewer than k people are not both
shown as averages.* k is the plan's threshold for the audience. Everything that is drawn or written later
receives only what this stage returns.

1. A finding about a group (or, with two arms or two sides, groups) of fewer than k: every number is None, its
   sentence does not depend on the numbers, and its shape is that of every other finding.
2. Flow: a count below k is hidden, zero included, with the counts after it in its row. Totals over rows that hold
   a hidden count (`data.submissions`, `data.respondents`, linked pairs) are hidden too.
3. Linkage: if one distance of a wave has fewer than k pairs (and some), all distances of that wave are hidden.
4. Quality: a row of fewer than k is hidden; rows by language are shown only if all, and those without a
   language, are at least k. Averages are hidden where the people of the row and of a finding differ by fewer
   than k, since the difference of two averages would tell the scores of those few.
5. Averages of a second contrast are hidden where it shares a wave with an earlier one and the people differ by
   fewer than k.
6. Where all people have the same score, or all changed by the same amount, averages are hidden (and sentences
   are those that do not use them); where all, or all but fewer than k, fall into one category of reliable change,
   or into two, the counts are hidden: such numbers tell each person's answer.
7. A category of people within a group (moved clearly one way; at an end of the scale) is a count of people too:
   below k, nobody included, it is None. The rest of reliable change (`unchanged`) is shown only with both others;
   a share at an end of the scale only if the people who are not there are at least k as well.
8. The blocks beside the findings hold to these rules each in its own way (disclosure_blocks.py).
9. The public gets rounded figures (numbers.py) and no `data.sha256`: both would let a guess of hidden answers be
   checked, the one by solving for them, the other by hashing them.
9. Sensitivity analyses: sensitivity_disclosure.py.

Sources: Hundepool et al. 2012, Statistical Disclosure Control, ch. 4; practice.md section 5.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from impact.evaluation import findings as shapes
from impact.evaluation import sensitivity_disclosure as sensitivity
from impact.evaluation.across_workshops import block_of
from impact.evaluation.attrition_disclosure import disclose_attrition
from impact.evaluation.claims import frequencies, licence_of, suppressed_claim
from impact.evaluation.disclosure_blocks import disclose_blocks, rounded_blocks
from impact.evaluation.finding import who
from impact.evaluation.intervals import interval_block
from impact.evaluation.labels import Labels, scale_title
from impact.evaluation.numbers import round_for_public
from impact.evaluation.retention import disclose_retention
from impact.evaluation.sensitivity import no_summary
from impact.evaluation.subgroup_disclosure import withhold_levels
from impact.evaluation.wording import caveat, words
from impact.instruments.model import Instrument

Row = dict[str, Any]
_COUNTS = ("submissions", "linked", "analysed")
_CATEGORIES = ("improved", "unchanged", "worsened")
_DISTANCES = ("exact", "one_differs", "two_differ")


def disclose(raw: Row, audience: str, threshold: int, labels: Labels, instrument: Instrument) -> Row:
    """`raw` as the engine made it → Findings for `audience`. `raw` is left as it was."""
    language = labels.language
    people = (raw["licence"]["arms"] or {}).get("workshop")
    raw = raw | {"findings": withhold_levels(raw["findings"], threshold)}
    shown = [_finding(found, threshold, raw, labels, instrument, people) for found in raw["findings"]]
    _hide_levels(raw["findings"], shown, threshold, language)
    flow = [_flow_row(row, threshold) for row in raw["flow"]]
    quality = _quality(raw["quality"], raw["findings"], threshold, language)
    quality = [_without_few_at_ends(row, threshold, language) for row in quality]
    parts_hidden = any(row["suppressed"] for row in flow)
    disclosed = raw | {
        "audience": audience,
        "data": _totals(raw["data"], flow),
        "flow": flow,
        "findings": [_public(found) for found in shown],
        **disclose_blocks(raw, shown, quality, threshold, labels, instrument),
        "intervals": interval_block(raw["intervals"]["level"], raw["intervals"]["family"], shown, language),
        "retention": disclose_retention(raw["retention"], threshold, language),
        "attrition": disclose_attrition(raw["attrition"], flow, raw, shown, threshold, language, audience),
        "linkage": _linkage(raw["linkage"], flow, threshold),
        "portfolio": block_of(**raw["portfolio"], threshold=threshold, language=language),
        "disclosure": _rule(audience, threshold, sum(found["suppressed"] for found in shown), language),
        "caveats": raw["caveats"] + ([caveat("parts_hidden", language)] if parts_hidden else []),
    }
    if audience != "public":
        return disclosed
    return round_for_public(
        disclosed | {"data": disclosed["data"] | {"sha256": None}} | rounded_blocks(disclosed)
    )


def _rule(audience: str, threshold: int, hidden: int, language: str) -> Row:
    texts = words(language)["disclosure"]
    rule = texts["rule"].format(threshold=threshold)
    text = f"{rule} {texts['public']}" if audience == "public" else rule
    return {"audience": audience, "threshold": threshold, "hidden": hidden, "rule": text}


def _public(found: Row) -> Row:
    return {key: value for key, value in found.items() if not key.startswith("_")}


def _finding(found: Row, k: int, raw: Row, labels: Labels, instrument: Instrument, people: str | None) -> Row:
    if min(found["_groups"]) < k:
        return _hidden_finding(found, raw["licence"], labels, instrument)
    change, code = _reliable_change(found["reliable_change"], k, people, labels.language)
    caveats = [*found["caveats"], *([caveat(code, labels.language)] if code else [])]
    return (
        found
        | {"reliable_change": change, "caveats": caveats}
        | sensitivity.disclosed(found, k, _is_alike(found), labels.language)
    )


def _reliable_change(block: Row, k: int, people: str | None, language: str) -> tuple[Row, str | None]:
    """Rules 6 and 7: (the block, a caveat code or None)."""
    if block["improved"] is None:
        return block, None
    n = sum(block[name] for name in _CATEGORIES)
    counts = {name: block[name] if block[name] >= k else None for name in _CATEGORIES}
    told = [counts[name] for name in ("improved", "worsened") if counts[name] is not None]
    # What is told is taken from n: the rest must be nobody's secret either.
    rests = [n - count for count in told] + [n - sum(told)]
    if block["unchanged"] == n or min(rests) < k:
        return shapes.no_reliable_change(), "everyone_in_one_category"
    if None in counts.values():
        counts["unchanged"] = None
    # “Fewer than ten this way, fewer than ten that way” tells a reader nothing.
    expected, cutoff = block["expected_by_error"], block["threshold"]
    text = frequencies(counts, n, expected, k, people, language, cutoff) if told else None
    return block | counts | {"text": text}, None


def _hidden_finding(found: Row, licence: Row, labels: Labels, instrument: Instrument) -> Row:
    side = found["subgroup"].get("side")
    claim = suppressed_claim(
        licence_of(licence["design"], True, False),
        title=scale_title(instrument, found["scale"], labels, side),
        who=found.get("_who") or who(labels, side, "sides" in found["subgroup"]),
        language=labels.language,
        arm_means=licence["arm_means"] or "attended",
    )
    return found | {
        "estimator": None,
        "n": None,
        "clusters": None,
        "singletons": None,
        "before": shapes.no_level(),
        "after": shapes.no_level(),
        "arms": None,
        "estimate": shapes.no_estimate(found["estimate"]["level"]),
        "tests": [],
        "effect_size": shapes.no_effect_size(),
        "benchmark": None,
        "reliable_change": shapes.no_reliable_change(),
        "verdict": None,
        "sensitivity": [],
        "sensitivity_summary": no_summary(),
        "claim": claim,
        "caveats": [caveat("too_few_to_show", labels.language)],
        "suppressed": True,
    }


def _hide_levels(raw: list[Row], shown: list[Row], k: int, language: str) -> None:
    """Rules 5 and 6 on `shown`, which stand in the order of `raw`."""
    earlier: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for full, found in zip(raw, shown, strict=True):
        if found["suppressed"]:
            continue
        code = None
        if _is_alike(full):
            code = "everyone_alike"
        elif any(_nearly_same_people(full, other, k) for other in earlier[_group(full)]):
            code = "levels_hidden"
        earlier[_group(full)].append(full)
        if code:
            found["before"], found["after"] = shapes.no_level(), shapes.no_level()
            if found["arms"]:
                found["arms"] = {
                    arm: {"n": values["n"], "before": shapes.no_level(), "after": shapes.no_level()}
                    for arm, values in found["arms"].items()
                }
            found["claim"] = full["_claim_without_levels"]
            found["caveats"] = [*found["caveats"], caveat(code, language)]


def _group(found: Row) -> tuple[str, str]:
    return found["scale"], str(sorted(found["subgroup"].items(), key=str))


def _is_alike(found: Row) -> bool:
    """Whether everybody of a group had one score, or changed by one amount."""
    if found.get("_is_alike"):
        return True
    levels = [found["before"], found["after"]]
    for arm in (found["arms"] or {}).values():
        levels += [arm["before"], arm["after"]]
    return any(_is_zero(level["sd"]) for level in levels)


def _is_zero(sd: float | None) -> bool:
    return sd is not None and sd < shapes.ALIKE


def _nearly_same_people(one: Row, other: Row, k: int) -> bool:
    waves = set(one["contrast"].split(" - ")) & set(other["contrast"].split(" - "))
    differ = one["_fingerprint"] != other["_fingerprint"]
    return bool(waves) and differ and abs(one["n"] - other["n"]) < k


def _flow_row(row: Row, k: int) -> Row:
    row = dict(row)
    for count in _COUNTS:
        if row[count] < k:
            return row | dict.fromkeys(_COUNTS[_COUNTS.index(count) :]) | {"suppressed": True}
    return row


def _totals(data: Row, flow: list[Row]) -> Row:
    whole = {count: all(row[count] is not None for row in flow) for count in _COUNTS}
    return data | {
        "submissions": data["submissions"] if whole["submissions"] else None,
        "respondents": data["respondents"] if whole["submissions"] and whole["linked"] else None,
    }


def _linkage(block: Row, flow: list[Row], k: int) -> Row:
    whole = all(row["linked"] is not None for row in flow)
    waves = []
    for wave in block["waves"]:
        linked = wave["linked"] if whole and wave["linked"] >= k else None
        parts = [wave[distance] for distance in _DISTANCES]
        if linked is None or any(0 < part < k for part in parts):
            wave = wave | dict.fromkeys(_DISTANCES) | {"suppressed": True}
        waves.append(wave | {"linked": linked})
    refused = block["refused"] if whole and not 0 < block["refused"] < k else None
    return block | {"waves": waves, "refused": refused}


def _quality(rows: list[Row], raw: list[Row], k: int, language: str) -> list[Row]:
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["scale"], row["wave"], row["side"]].append(row)
    alike = {
        key[::2]
        for key, group in groups.items()
        if any(_is_zero(row["sd"]) for row in group if row["n"] >= k)
    }
    alike |= {
        (found["scale"], found["subgroup"].get("side"))
        for found in raw
        if set(found["subgroup"]) <= {"side"} and _is_alike(found)
    }
    shown = []
    for key, group in groups.items():
        together = [row["n"] for row in group if row["language"] is not None]
        rest = group[0]["n"] - sum(together)
        languages_small = bool(together) and (min(together) < k or 0 < rest < k)
        levels_small = any(0 < abs(group[0]["n"] - n) < k for n in _people_of_findings(raw, *key))
        for row in group:
            if row["n"] < k or (languages_small and row["language"] is not None):
                shown.append(_hidden_quality(row, language))
            elif key[::2] in alike:
                shown.append(_without_levels(row, "everyone_alike", language, "floor", "ceiling"))
            elif levels_small:
                shown.append(_without_levels(row, "levels_hidden", language))
            else:
                shown.append(dict(row))
    return shown


def _without_few_at_ends(row: Row, k: int, language: str) -> Row:
    """Rule 7 for the shares at both ends."""
    few = [
        name
        for name in ("floor", "ceiling")
        if row[name] is not None and not k <= round(row[name] * row["n"]) <= row["n"] - k
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
