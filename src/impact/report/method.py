"""How it was measured, in words that a reader without statistics can follow, and once for those with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from impact.report.beside.around import method_of_comparison
from impact.report.reading import Reading
from impact.report.text import clean, sentence
from impact.report.wording import word_or


@dataclass(frozen=True)
class Entry:
    """A term and its text, for method and identity."""

    term: str
    text: str
    is_code: bool = False


def method_entries(findings: Mapping[str, Any], reading: Reading) -> tuple[Entry, ...]:
    def entry(key: str, text: str) -> Entry:
        return Entry(reading.word(f"method.{key}"), text)

    instrument = findings["instrument"]
    design = findings["design"]
    estimators = dict.fromkeys(f["estimator"] for f in reading.ordered() if f.get("estimator"))
    named = [_estimator(reading, "estimator", name) for name in estimators]
    entries = [
        entry("design", _design(reading, findings, design)),
        entry("comparison", method_of_comparison(reading)),
        entry("workshops", clean(reading.labels.get("workshops") or "")),
        entry(
            "instrument",
            reading.word("method.instrument_text", id=clean(instrument["id"]), version=instrument["version"]),
        ),
        entry("scores", reading.word("method.scores_text")),
        entry("linking", _linking(reading, findings.get("linkage") or {})),
        entry("estimator", " ".join(named)),
        entry("interval", sentence((findings.get("intervals") or {}).get("text", ""), limit=600)),
    ]
    rule = sentence((findings.get("disclosure") or {}).get("rule", ""), limit=1200)
    entries += [entry("disclosure", rule), entry("exact", _exactly(reading, tuple(estimators)))]
    return tuple(entry for entry in entries if entry.text)


def _design(reading: Reading, findings: Mapping[str, Any], design: str) -> str:
    told = word_or(reading.language, f"method.design_{design}", clean(design))
    if (findings.get("licence") or {}).get("arm_means") == "offered":
        told += " " + reading.word("method.design_offered")
    return told


def _linking(reading: Reading, linkage: Mapping[str, Any]) -> str:
    if linkage.get("by") in (None, "none"):
        return ""
    if linkage["by"] == "respondent":
        return reading.word("method.linking_respondent")
    tolerance = linkage.get("tolerance") or 0
    form = "method.linking_code" if tolerance else "method.linking_exact"
    return reading.word(form, tolerance=tolerance)


def _estimator(reading: Reading, form: str, name: str) -> str:
    other = reading.word("method.estimator_other", name=clean(name)) if form == "estimator" else ""
    return word_or(reading.language, f"method.{form}_{name}", other)


def _exactly(reading: Reading, estimators: tuple[str, ...]) -> str:
    """The names of the procedures, for those who know them."""
    told = [_estimator(reading, "exact", name) for name in estimators]
    wide = ((f.get("estimate") or {}).get("simultaneous") for f in reading.ordered())
    family = next((one for one in wide if one and one["family"] > 1), None)
    if family:
        level = f"{family['level'] * 100:.4g}\u00a0%"
        told.append(reading.word("method.exact_family", family=family["family"], level=level))
    return " ".join(one for one in told if one)
