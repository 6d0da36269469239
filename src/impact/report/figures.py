"""Findings → chart models. Numbers are copied, never computed; sentences come from findings or from the words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from impact.report.beside.part import contrast_label
from impact.report.charts import (
    Column,
    FlowChart,
    FlowLane,
    FlowStep,
    ForestChart,
    ForestGroup,
    Interval,
    Mark,
    Row,
    ShiftChart,
    Table,
)
from impact.report.reading import Reading, arm_shape, has_arms
from impact.report.text import interval, number, signed

STEP = 10  # forest axis: ends on a multiple of this
WIDEST = 40.0  # and here at most: what goes beyond is drawn as an arrow


def shift_chart(findings: Mapping[str, Any], scale: str) -> ShiftChart:
    """Before → after of one scale for every side, for the plan's first contrast."""
    reading = Reading(findings)
    label = reading.scale_label(scale)
    found = reading.of_scale(scale)
    marks = tuple(mark for finding in found for mark in reading.shift_marks(finding))
    kind = "reading_arms" if any(has_arms(finding) for finding in found) else "reading"
    whole = tuple(reading.mark(finding) for finding in found if has_arms(finding))
    notes = tuple(_say_difference(reading, mark) for mark in whole if not mark.hidden)
    return ShiftChart(
        id=f"shift-{scale}",
        title=reading.word("shift_chart.title", scale=label),
        reading=reading.word(f"shift_chart.{kind}", level=reading.level),
        alt=reading.word(
            "shift_chart.alt",
            scale=label,
            marks=" ".join([*(_say(reading, "shift_chart", m, label) for m in marks), *_closed(notes)]),
        ),
        table=Table(
            reading.word("shift_chart.caption", scale=label),
            _columns(reading, "side n before after change deciding alone verdict"),
            tuple(_mark_row(reading, mark) for mark in (*marks, *(m for m in whole if not m.hidden))),
        ),
        marks=marks,
        unit=reading.word("shift_chart.unit"),
        notes=notes,
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
        title=_with_contrast(reading, reading.word("forest_chart.title", level=reading.level)),
        reading=_forest_reading(reading, groups, common),
        alt=reading.word("forest_chart.alt", marks=" ".join(spoken)),
        table=_forest_table(reading, groups),
        groups=groups,
        sesoi=common,
        extent=_extent(groups),
        unit=reading.word("forest_chart.unit"),
    )


def flow_chart(findings: Mapping[str, Any]) -> FlowChart:
    """Who answered, was linked and was analysed, by arm, side and wave."""
    reading = Reading(findings)
    arms = {entry["arm"] for entry in findings["flow"]}
    lanes: dict[tuple[str, str | None], list[FlowStep]] = {}
    for entry in findings["flow"]:
        counts = {key: entry.get(key) for key in ("submissions", "linked", "analysed")}
        step = FlowStep(reading.wave_label(entry["wave"]), **counts, said=_say_counts(reading, counts))
        lanes.setdefault((entry["arm"], entry["side"]), []).append(step)
    built = tuple(
        FlowLane(
            _lane_label(reading, arm, side, len(arms) > 1),
            reading.side_index({"side": side or ""}),
            tuple(steps),
            arm_shape(arm, reading.side_index({"side": side or ""})) if len(arms) > 1 else "",
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


def _with_contrast(reading: Reading, title: str) -> str:
    """`All scales: change in points, with intervals (After – Before)`."""
    contrast = reading.first_contrast
    return f"{title} ({contrast_label(reading, contrast)})" if contrast else title


def _say(reading: Reading, chart: str, mark: Mark, scale: str) -> str:
    """One mark of a chart as words, for the text alternative."""
    if mark.hidden:
        return reading.word(f"{chart}.hidden", scale=scale, side=mark.label, why=mark.hidden)
    ends = mark.deciding
    return reading.word(
        f"{chart}.mark" if mark.change is not None else f"{chart}.mark_level",
        scale=scale,
        side=mark.label,
        before=number(mark.before),
        after=number(mark.after),
        change=signed(mark.change),
        interval=interval(ends.low, ends.high) if ends else "–",
        verdict=mark.verdict,
    )


def _say_difference(reading: Reading, mark: Mark) -> str:
    """`Difference between the groups: −1.2 (−3.3 to +0.8)`."""
    ends = mark.deciding
    told = interval(ends.low, ends.high) if ends else "–"
    return reading.word("shift_chart.difference", label=mark.label, change=signed(mark.change), interval=told)


def _closed(notes: tuple[str, ...]) -> list[str]:
    return [f"{note}." for note in notes]


def _columns(reading: Reading, names: str) -> tuple[Column, ...]:
    worded = {"scale", "side", "verdict", "who", "wave"}
    titles = {"change": "difference"} if reading.compares_arms else {}
    if not reading.has_family:
        names = names.replace("alone ", "")
        titles["deciding"] = "plain"
    return tuple(
        Column(
            reading.word(f"column.{titles.get(name, name)}", level=reading.level), numeric=name not in worded
        )
        for name in names.split()
    )


def _mark_row(reading: Reading, mark: Mark, before: tuple[str, ...] = (), section: bool = False) -> Row:
    """Cells of a mark: side, people, before, after, change, the deciding interval, it looked at alone, verdict."""
    intervals = (mark.deciding, mark.plain) if reading.has_family else (mark.deciding,)
    if mark.hidden:
        return Row((*before, mark.label, *["–"] * (4 + len(intervals)), mark.hidden), section, hidden=True)
    ends = (interval(one.low, one.high) if one else "–" for one in intervals)
    count = "–" if mark.n is None else str(mark.n)
    means = (number(mark.before), number(mark.after))
    return Row((*before, mark.label, count, *means, signed(mark.change), *ends, mark.verdict), section)


def _group(reading: Reading, scale: str) -> ForestGroup:
    found = reading.of_scale(scale)
    return ForestGroup(
        label=reading.scale_label(scale),
        role=found[0]["role"],
        marks=tuple(reading.mark(finding) for finding in found),
        sesoi=next((f["sesoi"] for f in found if f.get("sesoi") is not None), None),
    )


def _extent(groups: tuple[ForestGroup, ...]) -> float:
    """Half the width of the forest's axis: intervals and band fit as far as WIDEST, in multiples of STEP."""
    ends = [float(STEP)]
    for group in groups:
        ends.append((group.sesoi or 0) * 1.2)
        for mark in group.marks:
            ends += [abs(value) for end in _intervals(mark) for value in (end.low, end.high)]
            ends.append(abs(mark.change or 0))
    return min(WIDEST, STEP * math.ceil(max(ends) / STEP))


def _intervals(mark: Mark) -> list[Interval]:
    return [ends for ends in (mark.plain, mark.simultaneous) if ends]


def _forest_reading(reading: Reading, groups: tuple[ForestGroup, ...], sesoi: float | None) -> str:
    sentences = [reading.word("forest_chart.reading", level=reading.level)]
    if any(mark.simultaneous for group in groups for mark in group.marks):
        sentences.append(reading.word("forest_chart.reading_simultaneous"))
    drawn = [ends for group in groups for mark in group.marks for ends in _intervals(mark)]
    if any(max(-ends.low, ends.high) > WIDEST for ends in drawn):
        sentences.append(reading.word("forest_chart.reading_cut"))
    if sesoi is not None:
        sentences.append(reading.word("forest_chart.reading_band", sesoi=f"{sesoi:g}"))
    return " ".join(sentences)


def _forest_table(reading: Reading, groups: tuple[ForestGroup, ...]) -> Table:
    rows = []
    for group in groups:
        for i, mark in enumerate(group.marks):
            rows.append(_mark_row(reading, mark, (group.label,), section=i == 0))
    return Table(
        reading.word("forest_chart.caption"),
        _columns(reading, "scale side n before after change deciding alone verdict"),
        tuple(rows),
    )


def _lane_label(reading: Reading, arm: str, side: str | None, several_arms: bool) -> str:
    return reading.arm_label(arm, side) if several_arms else reading.side_label(side)


def _say_step(reading: Reading, lane: FlowLane, step: FlowStep) -> str:
    return reading.word("flow_chart.step", who=lane.label, wave=step.wave, counts=step.said)


def _say_counts(reading: Reading, counts: Mapping[str, int | None]) -> str:
    """`30 answered · 26 linked · 26 analysed`; nothing is said twice that may not be said at all."""
    if all(count is None for count in counts.values()):
        return reading.word("flow_chart.count_hidden")
    told = _counts(reading, counts)
    return " · ".join(
        reading.word(f"flow_chart.{key}{'_hidden' if counts[key] is None else ''}", count=count)
        for key, count in told.items()
    )


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
