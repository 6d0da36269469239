"""When no result can be shown: one panel says so, with the counts that may be told, and the page stops there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from impact.report import ReportPage
from impact.report.text import clean
from impact.report.wording import word_or


@dataclass(frozen=True)
class Nothing:
    """`text`: why. `counts`: (when, how many answered), of what may be told to this audience."""

    text: str
    counts: tuple[tuple[str, int], ...]


def nothing_to_show(findings: Mapping[str, Any], page: ReportPage, pairs: int = 0) -> Nothing | None:
    """None where there is a result to show. `pairs`: people with both answers, which only the team is told."""
    if not page.nothing_to_show:
        return None
    text = _for_team(findings, pairs) if findings["audience"] == "team" else page.nothing_to_show
    return Nothing(text, _counts(findings))


def _for_team(findings: Mapping[str, Any], pairs: int) -> str:
    people = "Nobody has" if pairs == 0 else "1 person" if pairs == 1 else f"{pairs} people"
    both = f"{people} answered both times"
    if not all(found["suppressed"] for found in findings["findings"]):
        return f"Nothing can be shown yet. {both}; no change can be computed from their answers."
    threshold = findings["disclosure"]["threshold"]
    return f"Nothing can be shown yet. {both}; results appear from {threshold} {_where(findings)}."


def _where(findings: Mapping[str, Any]) -> str:
    if any("side" in found["subgroup"] for found in findings["findings"]):
        return "on each side"
    return "people on" if findings["design"] in ("one_group", "retrospective_pre") else "in each group"


def _counts(findings: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    """By wave, where every part of the count may be told."""
    parts: dict[str, list[int | None]] = {}
    for row in findings["flow"]:
        parts.setdefault(row["wave"], []).append(row["submissions"])
    language = str(findings.get("labels", {}).get("language", "en"))
    return tuple(
        (word_or(language, f"wave.{wave}", clean(wave)), sum(known))
        for wave, counts in parts.items()
        if len(known := [count for count in counts if count is not None]) == len(counts)
    )
