"""Findings → the report as one value: sentences from the findings, words from the catalogue, tables, charts.

Nothing here composes a statistical sentence: claims are `claim.text`, frequencies `reliable_change.text`, limits
`caveats`. This module puts them in order; `pdf.py` and the pages show them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from impact.report.beside import Part, annex_parts, main_parts
from impact.report.beside.around import deviations, reasons_of
from impact.report.beside.other_ways import summary_of
from impact.report.charts import FlowChart, ForestChart, ShiftChart, Table
from impact.report.figures import flow_chart, forest_chart, shift_chart
from impact.report.limits import first_limitation, limits_of, next_steps
from impact.report.method import Entry, method_entries
from impact.report.reading import Finding, Reading, texts
from impact.report.tables import quality_table, results_table
from impact.report.text import clean, interval, sentence, signed
from impact.report.wording import word_or


@dataclass(frozen=True)
class Statement:
    """What one subgroup's finding says: the claim, natural frequencies where there are any, side by index.

    `interval` is the one on which the verdict rests. `simultaneous` is kept for templates and always "": a second
    interval beside it would contradict the verdict. `sensitivity`: in how many other analyses the verdict is the same;
    `reasons`: why no more may be said of it than is said, "" where only the design sets the limit.
    """

    side: int
    label: str
    verdict: str
    change: str
    interval: str
    simultaneous: str
    claim: str
    frequencies: str
    hidden: str
    sensitivity: str = ""
    reasons: str = ""


@dataclass(frozen=True)
class SummaryPoint:
    """One primary outcome of the plan: every side alike, then what may be said of the difference between sides.

    `headline` says the finding in words: `Fear: lower afterwards for the North; cannot tell for the South`.
    """

    scale: str
    title: str
    sense: str
    statements: tuple[Statement, ...]
    differences: tuple[str, ...]
    chart: ShiftChart
    headline: str = ""


@dataclass(frozen=True)
class ReportPage:
    """Everything that the summary page, the dashboard and the PDF show; all texts are harmless for any of them.

    `nothing_to_show` is a sentence where no finding has a number that may be shown, else "". `beside` are the parts that
    stand with the results, `annex` tables for who wants to check. `draft`: that the sentences are a draft translation.
    """

    language: str
    audience: str
    programme: str
    organisation: str
    title: str
    synthetic: str
    summary: tuple[SummaryPoint, ...]
    may_say: str
    licence: str
    limitation: str
    limits: tuple[str, ...]
    flow: FlowChart
    forest: ForestChart
    results: Table
    quality: Table
    method: tuple[Entry, ...]
    identity: tuple[Entry, ...]
    words: Mapping[str, str]
    locked_on: str = ""
    nothing_to_show: str = ""
    next_steps: tuple[str, ...] = ()
    beside: tuple[Part, ...] = ()
    annex: tuple[Part, ...] = ()
    draft: str = ""


def report_page(findings: Mapping[str, Any]) -> ReportPage:
    """Arrange Findings (already suppressed for their audience) for reading. Pure: same findings, same page."""
    reading = Reading(findings)
    programme = clean(
        reading.labels.get("programme") or findings["plan"].get("title") or findings["plan"]["id"]
    )
    licence = findings.get("licence") or {}
    quality = quality_table(reading)
    synthetic = bool(reading.labels.get("synthetic"))
    return ReportPage(
        language=reading.language,
        audience=findings["audience"],
        programme=programme,
        organisation=clean(reading.labels.get("organisation", "")),
        title=reading.word("page.title", programme=programme),
        synthetic=reading.word("page.synthetic") if synthetic else "",
        summary=tuple(_point(findings, reading, scale) for scale in reading.scales("primary")),
        may_say=sentence(licence.get("reading", ""), limit=1000),
        licence=_licence_line(reading, licence),
        limitation=first_limitation(findings),
        limits=limits_of(findings, reading),
        flow=flow_chart(findings),
        forest=forest_chart(findings),
        results=results_table(reading),
        quality=quality,
        method=method_entries(findings, reading),
        identity=_identity(findings, reading),
        words=_words(reading, _locked_on(findings)) | {"quality_note": " ".join(quality.notes)},
        locked_on=_locked_on(findings),
        nothing_to_show=_nothing_to_show(findings, reading),
        next_steps=next_steps(findings, reading) if reading.shows_numbers else (),
        beside=main_parts(reading) if reading.shows_numbers else (),
        annex=annex_parts(reading) if reading.shows_numbers else (),
        draft=_draft(findings),
    )


def _draft(findings: Mapping[str, Any]) -> str:
    """The caveat that goes with sentences whose translation nobody has approved yet."""
    is_draft = any((found.get("claim") or {}).get("status") == "draft" for found in findings["findings"])
    listed = [one for one in findings.get("caveats", ()) if isinstance(one, Mapping)]
    told = texts([one for one in listed if one.get("code") == "draft_translation"])
    return told[0] if is_draft and told else ""


def _locked_on(findings: Mapping[str, Any]) -> str:
    return clean(findings["plan"].get("locked_at") or "")[:10]


def _nothing_to_show(findings: Mapping[str, Any], reading: Reading) -> str:
    if reading.shows_numbers:
        return ""
    audience = "public" if findings["audience"] == "public" else "team"
    return reading.word(f"page.nothing_{audience}", threshold=reading.threshold)


def _point(findings: Mapping[str, Any], reading: Reading, scale: str) -> SummaryPoint:
    return SummaryPoint(
        scale=scale,
        title=reading.scale_label(scale),
        sense=reading.sense(scale),
        statements=tuple(_statement(reading, finding) for finding in reading.of_scale(scale)),
        differences=tuple(
            claim
            for finding in reading.differences(scale)
            if (claim := _claim(finding)) and not finding["suppressed"]
        ),
        chart=shift_chart(findings, scale),
        headline=_headline(reading, scale),
    )


def _headline(reading: Reading, scale: str) -> str:
    """What happened on the scale, in the same form for every side and in the plan's order."""
    said = []
    for finding in reading.of_scale(scale):
        hidden = finding.get("suppressed")
        verdict = reading.word("headline.hidden") if hidden else reading.short_verdict(finding)
        side = finding["subgroup"].get("side")
        name = reading.side_name(side) if side is not None else ""
        said.append(reading.word("headline.side", verdict=verdict, side=name) if name else verdict)
    return reading.word("headline.whole", scale=reading.scale_label(scale), said="; ".join(said))


def _statement(reading: Reading, finding: Finding) -> Statement:
    mark = reading.mark(finding)
    change = finding.get("reliable_change") or {}
    ends = mark.deciding
    reasons = () if mark.hidden else reasons_of(finding)
    return Statement(
        side=mark.side,
        label=mark.label,
        verdict="" if mark.hidden else reading.verdict(finding),
        change="" if mark.hidden else signed(mark.change),
        interval=interval(ends.low, ends.high) if ends else "",
        simultaneous="",
        claim=_claim(finding),
        frequencies=sentence(change.get("text") or "", limit=400),
        hidden=mark.hidden,
        sensitivity="" if mark.hidden else summary_of(finding),
        reasons=reading.word("page.reasons", reasons=" ".join(reasons)) if reasons else "",
    )


def _claim(finding: Finding) -> str:
    return sentence((finding.get("claim") or {}).get("text") or "", limit=1000)


def _licence_line(reading: Reading, licence: Mapping[str, Any]) -> str:
    """`Maryland Scientific Methods Scale 1 of 5: before and after only · …`, of what the findings carry."""
    parts = []
    for key in ("sms", "nesta"):
        if not licence.get(key):
            continue
        level = clean(licence[key])
        known = word_or(reading.language, f"licence.{key}_{level}", "")
        meaning = reading.word("licence.meaning", text=known) if known else ""
        parts.append(reading.word(f"licence.{key}", level=level, meaning=meaning))
    return " · ".join(parts)


def _identity(findings: Mapping[str, Any], reading: Reading) -> tuple[Entry, ...]:
    plan = findings["plan"]
    locked = clean(plan["locked_at"])[:10] if plan.get("locked_at") else reading.word("identity.locked_not")
    named = (
        ("plan", clean(plan.get("title") or plan["id"]), False),
        ("plan_sha256", clean(plan["sha256"]), True),
        ("locked", locked, False),
        ("deviations", _deviations(findings, reading), False),
        ("data_sha256", clean(findings["data"]["sha256"] or ""), True),
        ("instrument_sha256", clean(findings["instrument"]["sha256"]), True),
    )
    return tuple(
        Entry(reading.word(f"identity.{key}"), text, is_code) for key, text, is_code in named if text
    )


def _deviations(findings: Mapping[str, Any], reading: Reading) -> str:
    told, listed = texts(findings.get("deviations", ())), deviations(reading)
    if listed:
        form = "deviations_one" if len(listed) == 1 else "deviations_some"
        form += "_reasons" if all(one["reason"] for one in listed) else ""
        return reading.word(f"identity.{form}", count=len(listed))
    return " ".join(told) or reading.word("identity.deviations_none")


_PAGE_WORDS = (
    "kicker", "summary", "who_took_part", "results", "method", "quality", "limits", "identity", "may_say",
    "limitation", "nothing", "page", "difference", "all_scales", "next", "annex", "details",
)  # fmt: skip


def _words(reading: Reading, locked_on: str) -> dict[str, str]:
    """Headings and small words, ready for templates; `page` keeps its placeholders."""
    words = {
        key: word_or(reading.language, f"page.{key}", "", page="{page}", pages="{pages}")
        for key in _PAGE_WORDS
    }
    notes = ["results_note"]
    notes += ["results_note_family"] if reading.has_family else []
    notes += ["results_note_arms"] if reading.compares_arms else []
    told = [reading.word(f"page.{note}", level=reading.level) for note in notes]
    between = next((f for f in reading.ordered() if "sides" in f["subgroup"]), None)
    if between and len(reading.sides) == 2:
        first, second = (reading.side_name(side) for side in between["subgroup"]["sides"])
        told.append(reading.word("page.results_note_sides", first=first, second=second))
    return words | _kicker(reading, locked_on) | {"results_note": " ".join(told)}


def _kicker(reading: Reading, locked_on: str) -> dict[str, str]:
    """Named first: that the plan was fixed beforehand, and whether it is still the one that was."""
    if not locked_on:
        return {}
    form = "kicker_changed" if reading.findings.get("deviations") else "kicker_locked"
    return {"kicker": reading.word(f"page.{form}", day=locked_on)}
