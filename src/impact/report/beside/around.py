"""What the results are to be read beside: further workshops, published studies, the plan as it was locked, licences."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from impact.report.beside.part import Part, caveats_of, columns, of_contrast, scale_of
from impact.report.charts import Row as TableRow
from impact.report.charts import Table
from impact.report.reading import Finding, Reading, texts
from impact.report.text import clean, sentence
from impact.report.wording import word_or


def portfolio_part(reading: Reading) -> Part | None:
    """What a further workshop would show; no workshop is named."""
    block = reading.findings.get("portfolio") or {}
    rows = [row for row in block.get("rows") or () if not row.get("suppressed") and row.get("text")]
    if not rows:
        return None
    sentences = tuple(of_contrast(reading, row, row["text"]) for row in rows)
    notes = (sentence(block.get("rule") or "", limit=600), *caveats_of(rows))
    title = reading.word("beside.portfolio")
    return Part("portfolio", title, sentences, (), tuple(note for note in notes if note))


def benchmark_part(reading: Reading) -> Part | None:
    """Each main result beside published studies; where they are no yardstick, why, once."""
    listed = [f for f in reading.ordered() if f.get("benchmark") and not f.get("suppressed")]
    sentences, reasons = [], []
    for found in listed:
        block = found["benchmark"]
        if block.get("text"):
            sentences.append(
                reading.word(
                    "beside.benchmark_of", scale=scale_of(reading, found), who=reading.finding_label(found),
                    text=sentence(block["text"], limit=800),
                )
            )  # fmt: skip
        reasons += [block["reason"]] if block.get("reason") else []
    if not sentences and not reasons:
        return None
    sources = [reading.word("beside.benchmark_source", source=text) for text in _sources(listed)]
    return Part(
        "benchmark", reading.word("beside.benchmark"), (*sentences, *texts(reasons)), (), tuple(sources)
    )


def _sources(listed: list[Finding]) -> tuple[str, ...]:
    blocks = [found["benchmark"] for found in listed if found["benchmark"].get("source")]
    told = [". ".join(text for text in (one["source"], one.get("words")) if text) for one in blocks]
    return tuple(dict.fromkeys(sentence(text, limit=800) for text in told))


def deviations_part(reading: Reading) -> Part | None:
    """What was changed in the plan after it was locked, place by place."""
    rows = deviations(reading)
    if not rows:
        return None
    heads = columns(reading, "place", "was", "now", "reason", worded=("place", "was", "now", "reason"))
    none = reading.word("beside.no_reason")
    listed = tuple(
        TableRow(
            (clean(row["path"]), value(row["was"]), value(row["now"]), clean(row["reason"] or none, 400))
        )
        for row in rows
    )
    table = Table(reading.word("beside.deviations_caption"), heads, listed)
    return Part("deviations", reading.word("beside.deviations"), (), (table,), ())


def deviations(reading: Reading) -> list[Mapping[str, Any]]:
    """Structured ones; documents of before had sentences, which stand with the plan's identity."""
    listed = reading.findings.get("deviations") or ()
    return [
        {"was": None, "now": None, "reason": None, **one}
        for one in listed
        if isinstance(one, Mapping) and one.get("path")
    ]


def value(found: Any) -> str:
    """A value of the plan as somebody would write it there: text as it is, the rest as JSON."""
    if found is None:
        return "–"
    if isinstance(found, float):
        return f"{found:g}"
    return clean(found if isinstance(found, str) else json.dumps(found, ensure_ascii=False), 200)


def reasons_of(finding: Finding) -> tuple[str, ...]:
    """Why no more may be said of it than is said: the rules that lowered its licence."""
    return texts((finding.get("claim") or {}).get("because") or ())


def licence_part(reading: Reading) -> Part | None:
    """For each main result how strong a sentence it allows, and what lowered that."""
    listed = [
        f for f in reading.ordered()
        if f["role"] == "primary" and not f.get("suppressed") and (f.get("claim") or {}).get("sms")
    ]  # fmt: skip
    if not listed:
        return None
    alike: dict[tuple[str, ...], list[Finding]] = {}
    for found in listed:
        alike.setdefault(_licence_cells(reading, found), []).append(found)
    names = ("results", "sms", "nesta", "lowered")
    heads = columns(reading, *names, worded=names)
    rows = tuple(TableRow((_which(reading, found, listed), *cells)) for cells, found in alike.items())
    table = Table(reading.word("beside.licences_caption"), heads, rows)
    return Part(
        "licences", reading.word("beside.licences"), (), (table,), (reading.word("beside.licences_note"),)
    )


def _which(reading: Reading, chosen: list[Finding], listed: list[Finding]) -> str:
    """Those of the main results that are alike: all, whole scales, or single ones."""
    if len(chosen) == len(listed):
        return reading.word("beside.licences_all")
    names = []
    for scale in dict.fromkeys(scale_of(reading, found) for found in chosen):
        here, of_scale = ([f for f in group if scale_of(reading, f) == scale] for group in (chosen, listed))
        sides = ", ".join(reading.finding_label(found) for found in here)
        names.append(scale if len(here) == len(of_scale) else f"{scale}: {sides}")
    return "; ".join(names)


def _licence_cells(reading: Reading, found: Finding) -> tuple[str, ...]:
    claim = found["claim"]
    levels = []
    for key in ("sms", "nesta"):
        level = clean(claim.get(key) or "–")
        known = word_or(reading.language, f"licence.{key}_{level}", "")
        levels.append(f"{level}: {known}" if known else level)
    return (*levels, " ".join(reasons_of(found)) or reading.word("beside.not_lowered"))


def method_of_comparison(reading: Reading) -> str:
    """How the comparison group came about and what chance decided; "" with one group."""
    told = reading.findings.get("comparison") or {}
    parts = [
        word_or(reading.language, f"comparison.{told.get('group')}", clean(told.get("group") or "")),
        word_or(reading.language, f"comparison.unit_{told.get('unit')}", "") if told.get("unit") else "",
    ]
    return " ".join(part for part in parts if part)
