"""Findings → the report as one value: sentences from the findings, words from the catalogue, tables, charts.

Nothing here composes a statistical sentence: claims are `claim.text`, frequencies `reliable_change.text`, limits
`caveats`. This module puts them in order; `pdf.py` and the pages show them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from impact.report.charts import FlowChart, ForestChart, ShiftChart, Table
from impact.report.figures import flow_chart, forest_chart, shift_chart
from impact.report.reading import Finding, Reading, texts
from impact.report.tables import quality_table, results_table
from impact.report.text import clean, interval, signed
from impact.report.wording import word_or


@dataclass(frozen=True)
class Statement:
    """What one subgroup's finding says: the claim, natural frequencies where there are any, side by index."""

    side: int
    label: str
    verdict: str
    change: str
    interval: str
    simultaneous: str
    claim: str
    frequencies: str
    hidden: str


@dataclass(frozen=True)
class SummaryPoint:
    """One primary outcome of the plan: every side alike, then what may be said of the difference between sides."""

    scale: str
    title: str
    sense: str
    statements: tuple[Statement, ...]
    differences: tuple[str, ...]
    chart: ShiftChart


@dataclass(frozen=True)
class Entry:
    """A term and its text, for method and identity."""

    term: str
    text: str
    is_code: bool = False


@dataclass(frozen=True)
class ReportPage:
    """Everything that the summary page, the dashboard and the PDF show; all texts are harmless for any of them."""

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


def report_page(findings: Mapping[str, Any]) -> ReportPage:
    """Arrange Findings (already suppressed for their audience) for reading. Pure: same findings, same page."""
    reading = Reading(findings)
    limits = texts(findings.get("caveats", ()))
    programme = clean(
        reading.labels.get("programme") or findings["plan"].get("title") or findings["plan"]["id"]
    )
    licence = findings.get("licence") or {}
    synthetic = bool(reading.labels.get("synthetic"))
    return ReportPage(
        language=reading.language,
        audience=findings["audience"],
        programme=programme,
        organisation=clean(reading.labels.get("organisation", "")),
        title=reading.word("page.title", programme=programme),
        synthetic=reading.word("page.synthetic") if synthetic else "",
        summary=tuple(_point(findings, reading, scale) for scale in reading.scales("primary")),
        may_say=clean(licence.get("reading", ""), limit=1000),
        licence=_licence_line(reading, licence),
        limitation=_first_limitation(findings),
        limits=(*limits, *_own_limits(reading, limits)),
        flow=flow_chart(findings),
        forest=forest_chart(findings),
        results=results_table(reading),
        quality=quality_table(reading),
        method=_method(findings, reading),
        identity=_identity(findings, reading),
        words=_words(reading),
        locked_on=clean(findings["plan"].get("locked_at") or "")[:10],
    )


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
    )


def _statement(reading: Reading, finding: Finding) -> Statement:
    mark = reading.mark(finding)
    change = finding.get("reliable_change") or {}
    return Statement(
        side=mark.side,
        label=mark.label,
        verdict="" if mark.hidden else reading.shift_verdict(finding),
        change="" if mark.hidden else signed(mark.change),
        interval=interval(mark.plain.low, mark.plain.high) if mark.plain else "",
        simultaneous=interval(mark.simultaneous.low, mark.simultaneous.high) if mark.simultaneous else "",
        claim=_claim(finding),
        frequencies="" if mark.hidden else clean(change.get("text") or "", limit=400),
        hidden=mark.hidden,
    )


def _claim(finding: Finding) -> str:
    return clean((finding.get("claim") or {}).get("text") or "", limit=1000)


def _first_limitation(findings: Mapping[str, Any]) -> str:
    """The first caveat of the whole; that data are invented has its own place on the page."""
    listed = findings.get("caveats", ())
    real = texts([one for one in listed if not (isinstance(one, Mapping) and one.get("code") == "synthetic")])
    return real[0] if real else ""


def _licence_line(reading: Reading, licence: Mapping[str, Any]) -> str:
    """`One-group design · Maryland scale 1 · Nesta 2`, of what the findings carry."""
    parts = [
        reading.word(f"licence.{key}", level=clean(licence[key]))
        for key in ("sms", "nesta")
        if licence.get(key)
    ]
    return " · ".join(parts)


def _own_limits(reading: Reading, known: tuple[str, ...]) -> tuple[str, ...]:
    """Caveats of single findings that the whole does not share, named by scale and side, in plan order."""
    found: dict[str, list[str]] = {}
    for finding in reading.ordered():
        for caveat in reading.caveats(finding):
            if caveat not in known:
                name = (
                    f"{reading.scale_label(finding['scale'])}, {reading.subgroup_label(finding['subgroup'])}"
                )
                found.setdefault(caveat, []).append(name)
    return tuple(
        reading.word("page.limit_of", text=caveat, where="; ".join(dict.fromkeys(names)))
        for caveat, names in found.items()
    )


def _method(findings: Mapping[str, Any], reading: Reading) -> tuple[Entry, ...]:
    def entry(key: str, text: str) -> Entry:
        return Entry(reading.word(f"method.{key}"), text)

    instrument = findings["instrument"]
    design = findings["design"]
    estimators = dict.fromkeys(f["estimator"] for f in reading.ordered() if f.get("estimator"))
    named = (
        word_or(
            reading.language,
            f"method.estimator_{name}",
            reading.word("method.estimator_other", name=clean(name)),
        )
        for name in estimators
    )
    entries = [
        entry("design", word_or(reading.language, f"method.design_{design}", clean(design))),
        entry("workshops", clean(reading.labels.get("workshops") or "–")),
        entry(
            "instrument",
            reading.word("method.instrument_text", id=clean(instrument["id"]), version=instrument["version"]),
        ),
        entry("scores", reading.word("method.scores_text")),
        entry("linking", reading.word("method.linking_text")),
        entry("estimator", " ".join(named)),
        entry(
            "interval",
            reading.word(
                "method.interval_text" if reading.has_family else "method.interval_text_plain",
                level=reading.level,
            ),
        ),
    ]
    rule = clean((findings.get("disclosure") or {}).get("rule", ""), limit=600)
    return tuple([*entries, entry("disclosure", rule)] if rule else entries)


def _identity(findings: Mapping[str, Any], reading: Reading) -> tuple[Entry, ...]:
    plan = findings["plan"]
    deviations = texts(findings.get("deviations", ()))
    locked = clean(plan["locked_at"])[:10] if plan.get("locked_at") else reading.word("identity.locked_not")
    named = (
        ("plan", clean(plan.get("title") or plan["id"]), False),
        ("plan_sha256", clean(plan["sha256"]), True),
        ("locked", locked, False),
        ("deviations", " ".join(deviations) or reading.word("identity.deviations_none"), False),
        ("data_sha256", clean(findings["data"]["sha256"]), True),
        ("instrument_sha256", clean(findings["instrument"]["sha256"]), True),
    )
    return tuple(Entry(reading.word(f"identity.{key}"), text, is_code) for key, text, is_code in named)


_PAGE_WORDS = (
    "kicker", "summary", "who_took_part", "results", "method", "quality", "limits", "identity", "may_say",
    "limitation", "nothing", "quality_note", "page", "difference", "all_scales",
)  # fmt: skip


def _words(reading: Reading) -> dict[str, str]:
    """Headings and small words, ready for templates; `page` keeps its placeholders."""
    words = {
        key: word_or(reading.language, f"page.{key}", "", page="{page}", pages="{pages}")
        for key in _PAGE_WORDS
    }
    notes = ["results_note"]
    notes += ["results_note_family"] if reading.has_family else []
    notes += ["results_note_arms"] if reading.compares_arms else []
    told = " ".join(reading.word(f"page.{note}", level=reading.level) for note in notes)
    return words | {"results_note": told}
