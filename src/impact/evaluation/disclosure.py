"""What this audience may see: small groups hidden, and what would give them back.

The rule, in words: *a number is shown only if it rests on at least k people; a total only if all its parts are
shown; parts of a whole are shown all or none; and two numbers that differ by fewer than k people are not both
shown as averages.* k is the plan's threshold for the audience. Everything that is drawn or written later
receives only what this stage returns.

1. Which counts are too small, and which others would give them back, is found once for the whole document
   (`published`, `complement`): of the flow, of findings and of quality rows. The public is not told what the team is
   not told, so that whoever holds both documents has no more than the one for the team.
2. A finding about a group (or, with two arms or two sides, groups) of fewer than k: every number is None, its
   sentence does not depend on the numbers, and its shape is that of every other finding.
3. Totals over rows that hold a hidden count (`data.submissions`, `data.respondents`, linked pairs) are hidden too.
4. Linkage: see `linkage_disclosure`.
5. Averages that, added and subtracted, would tell of fewer than k people give way to those before them: a whole
   finding, or its levels, or those of a row of `quality`, or what was kept (`averages`; `quality_disclosure`).
6. Where all people have the same score, or all changed by the same amount, averages are hidden (and sentences
   are those that do not use them); where all, or all but fewer than k, fall into one category of reliable change,
   or into two, the counts are hidden: such numbers tell each person's answer.
7. A category of people within a group (moved clearly one way) is a count of people too: below k, nobody included,
   it is None. The rest of reliable change (`unchanged`) is shown only with both others.
8. The blocks beside the findings hold to these rules each in its own way (disclosure_blocks.py), sensitivity analyses
   in theirs (sensitivity_disclosure.py).
9. The public gets rounded figures (numbers.py) and no `data.sha256`: both would let a guess of hidden answers be
   checked, the one by solving for them, the other by hashing them.

Sources: Hundepool et al. 2012, Statistical Disclosure Control, ch. 4; practice.md section 5.
"""

from __future__ import annotations

from typing import Any

from impact.evaluation import findings as shapes
from impact.evaluation import sensitivity_disclosure as sensitivity
from impact.evaluation.across_workshops import block_of
from impact.evaluation.attrition_disclosure import disclose_attrition
from impact.evaluation.averages import withheld
from impact.evaluation.cells import is_hidden, told
from impact.evaluation.claims import frequencies, licence_of, suppressed_claim
from impact.evaluation.complement import Cell
from impact.evaluation.disclosure_blocks import disclose_blocks, rounded_blocks
from impact.evaluation.finding import who
from impact.evaluation.intervals import interval_block
from impact.evaluation.labels import Labels, scale_title
from impact.evaluation.linkage_disclosure import disclose_linkage, without_tolerance
from impact.evaluation.numbers import round_for_public
from impact.evaluation.published import STEPS, hidden_counts, is_difference
from impact.evaluation.quality_disclosure import disclose_quality, is_alike
from impact.evaluation.retention import disclose_retention
from impact.evaluation.sensitivity import no_summary
from impact.evaluation.subgroup_disclosure import withhold_levels
from impact.evaluation.wording import caveat, words
from impact.instruments.model import Instrument

Row = dict[str, Any]
_CATEGORIES = ("improved", "unchanged", "worsened")


def disclose(
    raw: Row, audience: str, threshold: int, labels: Labels, instrument: Instrument, team: int | None = None
) -> Row:
    """`raw` as the engine made it → Findings for `audience`. `team`: the threshold of the team's document; what that
    hides is hidden here too."""
    language = labels.language
    people = (raw["licence"]["arms"] or {}).get("workshop")
    team = threshold if team is None else min(team, threshold)
    findings = withhold_levels(withhold_levels(raw["findings"], team), threshold)
    raw = raw | {"findings": findings}
    of_team = hidden_counts(raw, team)
    hidden = hidden_counts(raw, threshold, of_team) if team < threshold else of_team
    # Averages that would tell of a few: first those of the team's document, then more for the public.
    gone = withheld(raw, of_team, team)
    beside = gone if team == threshold else gone | withheld(raw, hidden | of_team | gone, threshold)
    hidden |= _hidden_differences(findings, hidden | beside, threshold)
    of_team |= _hidden_differences(findings, of_team | gone, team)
    shown = [
        _finding(
            one,
            _why(("finding", i), hidden, beside),
            (threshold, team),
            raw["licence"],
            labels,
            instrument,
            people,
        )
        for i, one in enumerate(findings)
    ]
    _hide_levels(findings, shown, beside, language)
    flow = [_flow_row(row, i, hidden) for i, row in enumerate(raw["flow"])]
    quality = disclose_quality(raw["quality"], findings, hidden | beside, threshold, language)
    parts_hidden = any(row["suppressed"] for row in flow)
    is_whole = not hidden and _is_told(raw, threshold)
    linkage = disclose_linkage(raw["linkage"], is_whole, threshold)
    disclosed = raw | {
        "audience": audience,
        "data": _totals(raw, flow, is_whole, threshold),
        "flow": flow,
        "findings": [_public(found) for found in shown],
        **disclose_blocks(raw, shown, quality, (threshold, team), labels, instrument),
        "intervals": interval_block(raw["intervals"]["level"], raw["intervals"]["family"], shown, language),
        "retention": disclose_retention(raw["retention"], beside, threshold, language),
        "attrition": disclose_attrition(raw, flow, shown, beside, (threshold, team), language, audience),
        "portfolio": block_of(**raw["portfolio"], findings=shown, threshold=threshold, language=language),
        "linkage": linkage,
        "disclosure": _rule(audience, threshold, sum(found["suppressed"] for found in shown), language),
        "caveats": without_tolerance(raw["caveats"], linkage, language)
        + ([caveat("parts_hidden", language)] if parts_hidden else []),
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


def _hidden_differences(findings: list[Row], hidden: frozenset[Cell], k: int) -> frozenset[Cell]:
    """Comparisons of two sides or levels of which one is too small, or whose own finding is hidden: n is the sum of
    theirs."""
    alone = {
        (found["scale"], found["contrast"], *_parts(found["subgroup"]))
        for i, found in enumerate(findings)
        if ("finding", i) in hidden
    }
    return frozenset(
        ("finding", i)
        for i, found in enumerate(findings)
        if is_difference(found)
        and (
            is_hidden("averages", group=min(found["_groups"]), k=k)
            or any((found["scale"], found["contrast"], part) in alone for part in _parts(found["subgroup"]))
        )
    )


def _parts(subgroup: Row) -> list[tuple[tuple[str, Any], ...]]:
    """Whom a finding is about, or, of a difference, both of them: each as sorted (name, value) pairs."""
    fixed = {key: value for key, value in subgroup.items() if not isinstance(value, list)}
    pairs = [
        ("side" if key == "sides" else key, value)
        for key, value in subgroup.items()
        if isinstance(value, list)
    ]
    if not pairs:
        return [tuple(sorted(fixed.items()))]
    name, values = pairs[0]
    return [tuple(sorted((fixed | {name: value}).items())) for value in values]


def _why(cell: Cell, hidden: frozenset[Cell], beside: frozenset[Cell]) -> str | None:
    """Why a finding is not shown: too few, or because it would tell of a few beside others."""
    return "suppressed" if cell in hidden else "gives_way" if cell in beside else None


def _finding(
    found: Row,
    why: str | None,
    thresholds: tuple[int, int],
    licence: Row,
    labels: Labels,
    instrument: Instrument,
    people: str | None,
) -> Row:
    if why:
        return _hidden_finding(found, licence, labels, instrument, why)
    k, team = thresholds
    _, code = _reliable_change(found["reliable_change"], team, people, labels.language)
    change = shapes.no_reliable_change()
    if code is None:
        change, code = _reliable_change(found["reliable_change"], k, people, labels.language)
    caveats = [*found["caveats"], *([caveat(code, labels.language)] if code else [])]
    return (
        found
        | {"reliable_change": change, "caveats": caveats}
        | sensitivity.disclosed(found, thresholds, is_alike(found), labels.language)
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
    # Of fewer than 2k people no count can be shown, and what is said may not depend on whether all were alike.
    if n < 2 * k or block["unchanged"] == n or min(rests) < k:
        return shapes.no_reliable_change(), "everyone_in_one_category"
    if None in counts.values():
        counts["unchanged"] = None
    # “Fewer than ten this way, fewer than ten that way” tells a reader nothing.
    expected, cutoff = block["expected_by_error"], block["threshold"]
    text = frequencies(counts, n, expected, k, people, language, cutoff) if told else None
    return block | counts | {"text": text}, None


def _hidden_finding(found: Row, licence: Row, labels: Labels, instrument: Instrument, why: str) -> Row:
    """`why`: `suppressed` (too few), or `gives_way`, where the number of people is no secret."""
    side = found["subgroup"].get("side")
    claim = suppressed_claim(
        licence_of(licence["design"], True, False),
        title=scale_title(instrument, found["scale"], labels, side),
        who=found.get("_who") or who(labels, side, "sides" in found["subgroup"]),
        language=labels.language,
        arm_means=licence["arm_means"] or "attended",
        why=why,
    )
    is_few = why == "suppressed"
    return found | {
        "estimator": None,
        "n": None if is_few else found["n"],
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
        "caveats": [caveat("too_few_to_show" if is_few else "averages_give_way", labels.language)],
        "suppressed": True,
    }


def _hide_levels(raw: list[Row], shown: list[Row], beside: frozenset[Cell], language: str) -> None:
    """Rules 5 and 6 on `shown`, which stand in the order of `raw`. `beside`: averages that give way to others."""
    for i, (full, found) in enumerate(zip(raw, shown, strict=True)):
        code = "everyone_alike" if is_alike(full) else "levels_hidden" if ("levels", i) in beside else None
        if found["suppressed"] or code is None:
            continue
        found["before"], found["after"] = shapes.no_level(), shapes.no_level()
        if found["arms"]:
            found["arms"] = {
                arm: {"n": values["n"], "before": shapes.no_level(), "after": shapes.no_level()}
                for arm, values in found["arms"].items()
            }
        found["claim"] = full["_claim_without_levels"]
        found["caveats"] = [*found["caveats"], caveat(code, language)]


def _flow_row(row: Row, number: int, hidden: frozenset[Cell]) -> Row:
    steps = [step for step in STEPS if ("flow", number, step) in hidden]
    return row | dict.fromkeys(steps) | {"suppressed": bool(steps)}


def _is_told(raw: Row, k: int) -> bool:
    """Whether the submissions that are in no row of the flow, of waves that the plan does not use, may be told."""
    outside = raw["data"]["submissions"] - sum(row["submissions"] for row in raw["flow"])
    return outside == 0 or told(outside, k)


def _totals(raw: Row, flow: list[Row], is_whole: bool, k: int) -> Row:
    are_submissions = _is_told(raw, k) and all(row["submissions"] is not None for row in flow)
    data = raw["data"]
    return data | {
        "submissions": data["submissions"] if are_submissions else None,
        "respondents": data["respondents"] if is_whole else None,
    }
