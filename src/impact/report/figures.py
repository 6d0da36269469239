"""Findings → chart models. Numbers are copied, never computed; sentences come from findings or from the words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from impact.report.charts import (
    Column,
    FlowChart,
    FlowLane,
    FlowStep,
    ForestChart,
    ForestGroup,
    Mark,
    Row,
    ShiftChart,
    Table,
)
from impact.report.reading import Reading, has_arms
from impact.report.text import clean, interval, number, signed

STEP = 10  # forest axis: ends on a multiple of this
BINS = 10


def shift_chart(findings: Mapping[str, Any], scale: str) -> ShiftChart:
    """Before → after of one scale for every side, for the plan's first contrast."""
    reading = Reading(findings)
    label = reading.scale_label(scale)
    found = reading.of_scale(scale)
    marks = tuple(mark for finding in found for mark in reading.shift_marks(finding))
    kind = "reading_arms" if any(has_arms(finding) for finding in found) else "reading"
    return ShiftChart(
        id=f"shift-{scale}",
        title=reading.word("shift_chart.title", scale=label),
        reading=reading.word(f"shift_chart.{kind}", level=reading.level),
        alt=reading.word(
            "shift_chart.alt",
            scale=label,
            marks=" ".join(_say(reading, "shift_chart", m, label) for m in marks),
        ),
        table=Table(
            reading.word("shift_chart.caption", scale=label),
            _columns(reading, "side n before after change plain verdict"),
            tuple(_mark_row(mark) for mark in marks),
        ),
        marks=marks,
    )


def forest_chart(findings: Mapping[str, Any]) -> ForestChart:
    """The change of every scale and side, in the order of the plan, for the plan's first contrast."""
    reading = Reading(findings)
    groups = tuple(_group(reading, scale) for scale in reading.scales())
    sesois = {group.sesoi for group in groups}
    common = next(iter(sesois)) if len(sesois) == 1 else None
    spoken = [_say(reading, "forest_chart", mark, group.label) for group in groups for mark in group.marks]
    return ForestChart(
        id="forest",
        title=reading.word("forest_chart.title", level=reading.level),
        reading=_forest_reading(reading, groups, common),
        alt=reading.word("forest_chart.alt", marks=" ".join(spoken)),
        table=_forest_table(reading, groups),
        groups=groups,
        sesoi=common,
        extent=_extent(groups),
    )


def flow_chart(findings: Mapping[str, Any]) -> FlowChart:
    """Who answered, was linked and was analysed, by arm, side and wave."""
    reading = Reading(findings)
    arms = {entry["arm"] for entry in findings["flow"]}
    lanes: dict[tuple[str, str | None], list[FlowStep]] = {}
    for entry in findings["flow"]:
        counts = {key: entry.get(key) for key in ("submissions", "linked", "analysed")}
        said = reading.word("flow_chart.counts", **_counts(reading, counts))
        step = FlowStep(reading.wave_label(entry["wave"]), **counts, said=said)
        lanes.setdefault((entry["arm"], entry["side"]), []).append(step)
    built = tuple(
        FlowLane(
            _lane_label(reading, arm, side, len(arms) > 1),
            reading.side_index({"side": side or ""}),
            tuple(steps),
        )
        for (arm, side), steps in lanes.items()
    )
    spoken = (_say_step(reading, lane, step) for lane in built for step in lane.steps)
    return FlowChart(
        id="flow",
        title=reading.word("flow_chart.title"),
        reading=reading.word("flow_chart.reading"),
        alt=reading.word("flow_chart.alt", lanes=" ".join(spoken)),
        table=_flow_table(reading, built),
        lanes=built,
    )


def _say(reading: Reading, chart: str, mark: Mark, scale: str) -> str:
    """One mark of a chart as words, for the text alternative."""
    if mark.hidden:
        return reading.word(f"{chart}.hidden", scale=scale, side=mark.label, why=mark.hidden)
    plain = mark.plain
    return reading.word(
        f"{chart}.mark" if mark.change is not None else f"{chart}.mark_level",
        scale=scale,
        side=mark.label,
        before=number(mark.before),
        after=number(mark.after),
        change=signed(mark.change),
        level=reading.level,
        interval=interval(plain.low, plain.high) if plain else "–",
        verdict=mark.verdict,
    )


def _columns(reading: Reading, names: str) -> tuple[Column, ...]:
    worded = {"scale", "side", "verdict", "who", "wave"}
    titles = {"change": "difference"} if reading.compares_arms else {}
    return tuple(
        Column(
            reading.word(f"column.{titles.get(name, name)}", level=reading.level), numeric=name not in worded
        )
        for name in names.split()
    )


def _mark_row(mark: Mark, before: tuple[str, ...] = (), section: bool = False) -> Row:
    """Cells of a mark: side, people, before, after, change, interval, verdict."""
    if mark.hidden:
        return Row((*before, mark.label, "–", "–", "–", "–", "–", mark.hidden), section, hidden=True)
    ends = interval(mark.plain.low, mark.plain.high) if mark.plain else "–"
    count = "–" if mark.n is None else str(mark.n)
    means = (number(mark.before), number(mark.after))
    return Row((*before, mark.label, count, *means, signed(mark.change), ends, mark.verdict), section)


def _group(reading: Reading, scale: str) -> ForestGroup:
    found = reading.of_scale(scale)
    return ForestGroup(
        label=reading.scale_label(scale),
        role=found[0]["role"],
        marks=tuple(reading.mark(finding) for finding in found),
        sesoi=next((f["sesoi"] for f in found if f.get("sesoi") is not None), None),
    )


def _extent(groups: tuple[ForestGroup, ...]) -> float:
    """Half the width of the forest's axis: all intervals and the band fit, rounded up to a multiple of STEP."""
    ends = [float(STEP)]
    for group in groups:
        ends.append((group.sesoi or 0) * 1.2)
        for mark in group.marks:
            known = (end for end in (mark.plain, mark.simultaneous) if end)
            ends += [abs(value) for end in known for value in (end.low, end.high)]
            ends.append(abs(mark.change or 0))
    return min(100.0, STEP * math.ceil(max(ends) / STEP))


def _forest_reading(reading: Reading, groups: tuple[ForestGroup, ...], sesoi: float | None) -> str:
    sentences = [reading.word("forest_chart.reading", level=reading.level)]
    if any(mark.simultaneous for group in groups for mark in group.marks):
        sentences.append(reading.word("forest_chart.reading_simultaneous"))
    if sesoi is not None:
        sentences.append(reading.word("forest_chart.reading_band", sesoi=f"{sesoi:g}"))
    return " ".join(sentences)


def _forest_table(reading: Reading, groups: tuple[ForestGroup, ...]) -> Table:
    rows = []
    for group in groups:
        for i, mark in enumerate(group.marks):
            row = _mark_row(mark, (group.label,), section=i == 0)
            ends = mark.simultaneous
            extra = interval(ends.low, ends.high) if ends and not mark.hidden else "–"
            rows.append(Row((*row.cells[:-1], extra, row.cells[-1]), row.section, row.hidden))
    return Table(
        reading.word("forest_chart.caption"),
        _columns(reading, "scale side n before after change plain simultaneous verdict"),
        tuple(rows),
    )


def _lane_label(reading: Reading, arm: str, side: str | None, several_arms: bool) -> str:
    arm_label = reading.word(f"arm.{arm}") if arm in ("workshop", "comparison") else clean(arm)
    if side is None:
        return arm_label.capitalize() if several_arms else reading.word("all_sides")
    return f"{reading.side_label(side)}, {arm_label}" if several_arms else reading.side_label(side)


def _say_step(reading: Reading, lane: FlowLane, step: FlowStep) -> str:
    return reading.word("flow_chart.step", who=lane.label, wave=step.wave, counts=step.said)


def _counts(reading: Reading, counts: Mapping[str, int | None]) -> dict[str, str]:
    hidden = reading.word("flow_chart.count_hidden")
    return {key: hidden if value is None else str(value) for key, value in counts.items()}


def _counted(step: FlowStep) -> dict[str, int | None]:
    return {"submissions": step.submissions, "linked": step.linked, "analysed": step.analysed}


def _flow_table(reading: Reading, lanes: tuple[FlowLane, ...]) -> Table:
    rows = tuple(
        Row((lane.label, step.wave, *_counts(reading, _counted(step)).values()), section=i == 0)
        for lane in lanes
        for i, step in enumerate(lane.steps)
    )
    columns = _columns(reading, "who wave submissions linked analysed")
    return Table(reading.word("flow_chart.caption"), columns, rows)
