"""What the engine found, put together: the whole Findings before disclosure, and the caveats on all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from impact.evaluation import across_workshops, findings, flow, notes
from impact.evaluation import labels as naming
from impact.evaluation.canonical import Canonical, LinksLike
from impact.evaluation.harm import harm_rows
from impact.evaluation.licences import Grounds, licence_block, licence_for
from impact.evaluation.people import COMPARISON, Settled
from impact.evaluation.setting import Setting
from impact.evaluation.verdicts import rules_block
from impact.evaluation.wording import caveat, words
from impact.instruments.model import NOT_ASKED
from impact.instruments.packing import missing_value
from impact.instruments.submissions import Submissions
from impact.plans.model import Plan


class Engine(Protocol):
    """What the document takes from the engine of `run`."""

    setting: Setting
    settled: Settled
    data: Canonical
    waves: list[str]
    analysed: np.ndarray
    absent: list[str]
    findings: list[dict[str, Any]]
    quality: list[dict[str, Any]]
    retention: list[dict[str, Any]]
    gaps: list[dict[str, Any]]
    shifts: list[dict[str, Any]]
    over_workshops: list[dict[str, Any]]


def absent_items(setting: Setting, submissions: Submissions, waves: Sequence[str]) -> list[str]:
    """Items of the plan's scales that nobody was asked at a compared wave, although the instrument does."""
    instrument = setting.instrument
    scored = {item for outcome in setting.plan.outcomes for item in instrument.scale[outcome.scale].items}
    rows = {wave: submissions.wave == instrument.waves.index(wave) for wave in waves}
    present = {wave: chosen for wave, chosen in rows.items() if chosen.any()}
    absent = []
    for item in instrument.closed_items:
        if item.id not in scored:
            continue
        was_asked = submissions.answers[item.id] != missing_value(item, NOT_ASKED)
        asked_at = [present[wave] for wave in item.waves if wave in present]
        if not was_asked.all() and any(not (was_asked & chosen).any() for chosen in asked_at):
            absent.append(item.id)
    return absent


def document(engine: Engine, links: LinksLike, locked_at: str | None) -> dict[str, Any]:
    """Findings as computed; disclosure decides what of them an audience sees."""
    setting, data = engine.setting, engine.data
    plan, instrument, names = setting.plan, setting.instrument, setting.labels
    licence = licence_for(Grounds(plan.design, plan.cluster != "none", engine.settled.ran)).id
    looks_back = plan.design == "retrospective_pre"
    rows = flow.flow_rows(
        data, instrument, engine.waves, engine.analysed, plan.by_side, setting.is_one_group, looks_back
    )
    return {
        "format": findings.FORMAT,
        "plan": {"id": plan.id, "title": plan.title, "sha256": plan.sha256, "locked_at": locked_at},
        "instrument": {"id": instrument.id, "version": instrument.version, "sha256": instrument.sha256},
        "data": {"sha256": data.sha256, "submissions": len(data.submissions), "respondents": data.people},
        "design": plan.design,
        "comparison": _comparison(plan),
        "licence": licence_block(licence, plan.design, names.language, plan.arm_means),
        "labels": naming.block(instrument, plan, names, engine.waves, engine.settled.workshops),
        "rules": rules_block(plan),
        "intervals": {"level": plan.level, "family": setting.family},
        "flow": rows,
        "quality": engine.quality,
        "findings": engine.findings,
        "retention": engine.retention,
        "perception_gap": engine.gaps,
        "response_shift": engine.shifts,
        "harm": harm_rows(setting, engine.findings),
        "linkage": flow.linkage_block(links, rows),
        "deviations": [],
        "portfolio": {"rows": engine.over_workshops, "pools": across_workshops.applies(setting)},
        "caveats": _caveats(engine, links),
    }


def _comparison(plan: Plan) -> dict[str, Any] | None:
    """With two arms: how the comparison group came about, and what chance decided (None: the plan does not say)."""
    return {"group": plan.comparison_group, "unit": plan.unit or None} if plan.has_arms else None


def _caveats(engine: Engine, links: LinksLike) -> list[dict[str, str]]:
    language = engine.setting.labels.language
    threshold, settled = engine.setting.threshold, engine.settled
    found = [caveat(code, language) for code in _codes(engine, links)]
    for code, people in (("arm_unknown", settled.arm_unknown), ("contradictory", settled.contradictory)):
        if people:
            told = caveat(code, language, people=notes.counted(people, threshold, language))
            found.append(told | {"text": told["text"][:1].upper() + told["text"][1:]})
    if engine.absent:
        found.append(caveat("items_absent", language, items=", ".join(engine.absent)))
    return found


def _codes(engine: Engine, links: LinksLike) -> list[str]:
    """Caveats on the whole evaluation."""
    plan, submissions = engine.setting.plan, engine.data.submissions
    codes = [notes.DESIGN_CAVEATS[plan.design]] if plan.design in notes.DESIGN_CAVEATS else []
    if plan.has_arms and plan.comparison_group == "waiting_list":
        codes.append("waiting_list")
    if engine.setting.labels.synthetic:
        codes.insert(0, "synthetic")
    if not engine.setting.is_planned:
        codes.append("plan_not_locked")
    if plan.cluster == "none":
        codes.append("workshops_ignored")
    if engine.setting.is_one_group and (submissions.arm == COMPARISON).any():
        codes.append("comparison_ignored")
    if plan.by_side and (submissions.side < 0).any():
        codes.append("outside_sides")
    if submissions.weight is not None:
        codes.append("weights_ignored")
    if any(distance > 0 for pairs in links.pairs.values() for distance in pairs if pairs[distance]):
        codes.append("linkage_tolerant")
    if words(engine.setting.labels.language)["status"] == "draft":
        codes.append("draft_translation")
    return codes
