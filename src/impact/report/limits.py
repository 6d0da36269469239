"""What limits the evidence, and what would make it stronger: caveats with their places, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from impact.report.reading import Finding, Reading, texts

_FEW_PLACES = 3  # up to here every scale and side is named
_WITHOUT_COMPARISON = ("one_group", "retrospective_pre")
_FIRST_WAVES = ("pre", "post")


def limits_of(findings: Mapping[str, Any], reading: Reading) -> tuple[str, ...]:
    """The caveats of the whole, then those of single findings with their places, then a plan that was not fixed,
    where no caveat says so."""
    whole = texts(findings.get("caveats", ()))
    places: dict[str, list[Finding]] = {}
    for finding in reading.ordered():
        for caveat in reading.caveats(finding):
            if caveat not in whole:
                places.setdefault(caveat, []).append(finding)
    own = (
        reading.word("page.limit_of", text=caveat, where=_where(reading, found))
        for caveat, found in places.items()
    )
    is_said = findings["plan"].get("locked_at") or "plan_not_locked" in _codes(findings)
    unfixed = () if is_said else (reading.word("page.not_locked"),)
    return (*whole, *own, *unfixed)


def _codes(findings: Mapping[str, Any]) -> set[str]:
    """The codes of the caveats of the whole and of single findings."""
    blocks = (findings, *findings["findings"])
    listed = [one for block in blocks for one in block.get("caveats") or ()]
    return {one["code"] for one in listed if isinstance(one, Mapping) and one.get("code")}


def first_limitation(findings: Mapping[str, Any]) -> str:
    """The first caveat of the whole; that data are invented has its own place on the page."""
    listed = findings.get("caveats", ())
    real = texts([one for one in listed if not (isinstance(one, Mapping) and one.get("code") == "synthetic")])
    return real[0] if real else ""


def next_steps(findings: Mapping[str, Any], reading: Reading) -> tuple[str, ...]:
    """At most three sentences, each for a situation that these findings are in; none where nothing is lacking."""
    steps = []
    if findings["design"] in _WITHOUT_COMPARISON:
        steps.append("no_comparison")
    primary = [f for scale in reading.scales("primary") for f in reading.of_scale(scale)]
    if any(finding.get("verdict") == "inconclusive" for finding in primary):
        # With few workshops the number of workshops, not of people, sets how wide an interval is.
        by_workshop = any(_is_by_workshop(finding.get("estimator") or "") for finding in primary)
        steps.append("inconclusive_workshops" if by_workshop else "inconclusive_people")
    waves = {part.strip() for f in findings["findings"] for part in f["contrast"].split(" - ")}
    if waves and waves <= set(_FIRST_WAVES):
        steps.append("no_followup")
    return tuple(reading.word(f"next.{step}") for step in steps)


def _where(reading: Reading, found: list[Finding]) -> str:
    """Few places by name, grouped by scale; many as a share of all results."""
    total = len(reading.findings["findings"])
    places: dict[str, list[str]] = {}
    for finding in found:
        label = _within_sentence(reading, finding)
        of_scale = places.setdefault(reading.scale_label(finding["scale"]), [])
        of_scale += [label] if label not in of_scale else []
    if sum(len(labels) for labels in places.values()) <= _FEW_PLACES:
        return "; ".join(
            reading.word("page.limit_at", scale=scale, sides=", ".join(labels)) if any(labels) else scale
            for scale, labels in places.items()
        )
    if len(found) == total:
        return reading.word("page.limit_all")
    if len(found) * 2 > total:
        return reading.word("page.limit_most")
    return reading.word("page.limit_many", count=len(found), total=total)


def _within_sentence(reading: Reading, finding: Finding) -> str:
    """`the northern community`; "" where the finding is about everybody."""
    subgroup = finding["subgroup"]
    if set(subgroup) == {"side"}:
        return reading.side_name(subgroup["side"])
    return reading.subgroup_label(subgroup) if subgroup else ""


def _is_by_workshop(estimator: str) -> bool:
    return "cr2" in estimator or estimator == "partially_nested"
