"""Chart model → a Plotly figure as plain dicts: data, layout, config. Plotly itself is not imported.

The figure is the same chart as the SVG, from the same model; what it adds is exact values under the pointer. Hover texts and marks hold nothing that the model's table does not.
"""

from __future__ import annotations

from typing import Any

from impact.report.charts import Chart, FlowChart, ForestChart, Mark, ShiftChart
from impact.report.plotly_parts import (
    CONFIG,
    Colours,
    axis,
    base_layout,
    escape,
    interval_text,
    marker,
    note,
    rows_axis,
    side_name,
    wrapped,
)
from impact.report.text import number, signed
from impact.report.theme import theme, tone

_NAMES, _VALUES = 200, 310  # pixels left and right of the forest


def figure(chart: Chart, mode: str = "light") -> dict[str, Any]:
    """{"data", "layout", "config"} for `Plotly.newPlot`, in the theme's `light` or `dark` colours."""
    colours = theme().colours(mode)
    data, layout = _FIGURES[chart.kind](chart, colours)
    return {"data": data, "layout": {**base_layout(colours), **layout}, "config": CONFIG}


def _shift(chart: ShiftChart, colours: Colours) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    data, shapes, notes = [], [], []
    for row, mark in enumerate(chart.marks):
        notes.append(side_name(mark, row, colours))
        if mark.hidden or mark.before is None or mark.after is None:
            notes.append(note(mark.hidden or mark.no_levels, 2, row, colours["quiet"], xanchor="left"))
            continue
        data += _shift_traces(mark, row, colours)
        if mark.plain and mark.change is not None:
            shapes.append(_band(mark, row, colours))
        notes += _shift_values(mark, row, colours)
    layout = {
        "height": 64 + 58 * max(1, len(chart.marks)),
        "margin": {"l": 150, "r": 18, "t": 14, "b": 30},
        "xaxis": axis(colours, range=[-0.2, 100.2], tickvals=[0, 25, 50, 75, 100]),
        "yaxis": rows_axis(max(1, len(chart.marks))),
        "shapes": shapes,
        "annotations": notes,
    }
    return data, layout


def _shift_traces(mark: Mark, row: int, colours: Colours) -> list[dict[str, Any]]:
    line = {"color": colours[tone(mark.side)], "width": 2.5}
    said = [
        f"<b>{escape(mark.label)}</b><br>{number(mark.before)} → {number(mark.after)}",
        f"{signed(mark.change)} ({interval_text(mark.plain)})<br>{escape(mark.verdict)}",
    ]
    common = {"type": "scatter", "hovertext": "<br>".join(said), "hoverinfo": "text", "name": mark.label}
    return [
        {
            **common,
            "x": [mark.before, mark.after],
            "y": [row, row],
            "mode": "lines",
            "line": line,
            "hoverinfo": "skip",
        },
        {
            **common,
            "x": [mark.before],
            "y": [row],
            "mode": "markers",
            "marker": marker(mark, colours, hollow=True),
        },
        {
            **common,
            "x": [mark.after],
            "y": [row],
            "mode": "markers",
            "marker": marker(mark, colours, size=14),
        },
    ]


def _band(mark: Mark, row: int, colours: Colours) -> dict[str, Any]:
    """The plain interval of the change, laid at the after value and cut at the ends of the scale."""
    low = max(0.0, mark.after + mark.plain.low - mark.change)
    high = min(100.0, mark.after + mark.plain.high - mark.change)
    fill = colours[f"{tone(mark.side)}_soft"]
    box = {"type": "rect", "x0": low, "x1": high, "y0": row - 0.15, "y1": row + 0.15}
    return {**box, "fillcolor": fill, "line": {"width": 0}, "layer": "below"}


def _shift_values(mark: Mark, row: int, colours: Colours) -> list[dict[str, Any]]:
    near = abs(mark.before - mark.after) < 8
    after = note(number(mark.after), mark.after, row, colours["ink"], yshift=18)
    after["text"] = f"<b>{after['text']}</b>"
    return [after, note(number(mark.before), mark.before, row, colours["quiet"], yshift=-18 if near else 18)]


def _forest(chart: ForestChart, colours: Colours) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    data, notes, row = [], [], 0.0
    for group in chart.groups:
        middle = row + (len(group.marks) - 1) / 2
        name = note("", 0, middle, colours["ink"], xref="paper", xanchor="left", xshift=-_NAMES, align="left")
        notes.append(name | {"text": wrapped(group.label, 29)})
        for mark in group.marks:
            data += _forest_traces(mark, row, group.label, colours)
            notes += _forest_values(mark, row, colours)
            row += 1
        row += 0.45
    rows = max(1.0, row - 0.45)
    ticks = 10 if chart.extent <= 40 else 25
    steps = [i * ticks for i in range(-int(chart.extent // ticks), int(chart.extent // ticks) + 1)]
    layout = {
        "height": int(30 * rows + 84),
        "margin": {"l": _NAMES, "r": _VALUES, "t": 36, "b": 34},
        "xaxis": axis(
            colours,
            range=[-chart.extent * 1.002, chart.extent * 1.002],
            tickvals=steps,
            ticktext=[signed(float(step), 0) for step in steps],
        ),
        "yaxis": rows_axis(1) | {"range": [rows - 0.3, -0.7]},
        "shapes": _forest_shapes(chart, colours),
        "annotations": notes,
        "showlegend": True,
        "legend": {
            "orientation": "h",
            "x": 0,
            "xref": "container",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "itemclick": False,
            "itemdoubleclick": False,
            "font": {"size": 14, "color": colours["ink"]},
        },
    }
    return [*data, *_legend(chart, colours)], layout


def _forest_shapes(chart: ForestChart, colours: Colours) -> list[dict[str, Any]]:
    whole = {"yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    zero = {"type": "line", "x0": 0, "x1": 0, **whole, "line": {"color": colours["ink"], "width": 1.2}}
    if chart.sesoi is None:
        return [zero]
    band = {"type": "rect", "x0": -chart.sesoi, "x1": chart.sesoi, **whole}
    return [{**band, "fillcolor": colours["band"], "line": {"width": 0}}, zero]


def _forest_traces(mark: Mark, row: float, scale: str, colours: Colours) -> list[dict[str, Any]]:
    if mark.hidden or mark.change is None:
        return []
    colour = colours[tone(mark.side)]
    said = (
        f"<b>{escape(scale)}, {escape(mark.label)}</b><br>{signed(mark.change)} ({interval_text(mark.plain)})"
        f"<br>{escape(mark.verdict)}"
    )
    common = {"type": "scatter", "hoverinfo": "text", "hovertext": said, "showlegend": False}
    lines = [
        {
            **common,
            "x": [ends.low, ends.high],
            "y": [row, row],
            "mode": "lines",
            "line": {"color": colour, "width": width},
        }
        for ends, width in ((mark.simultaneous, 1.2), (mark.plain, 3.2))
        if ends
    ]
    point = {
        **common,
        "x": [mark.change],
        "y": [row],
        "mode": "markers",
        "marker": marker(mark, colours, size=10),
    }
    return [*lines, point]


def _forest_values(mark: Mark, row: float, colours: Colours) -> list[dict[str, Any]]:
    """Change, interval and verdict right of the row: words carry the verdict."""
    at = {"xref": "paper", "xanchor": "left"}
    if mark.hidden or mark.change is None:
        return [note(mark.hidden or "–", 1, row, colours["quiet"], **at, xshift=18)]
    change = note(signed(mark.change), 1, row, colours["ink"], xref="paper", xanchor="right", xshift=56)
    change["text"] = f"<b>{change['text']}</b>"
    ends = note(interval_text(mark.plain), 1, row, colours["quiet"], **at, xshift=64)
    verdict = note("", 1, row, colours["ink"], **at, xshift=164, align="left")
    return [change, ends, verdict | {"text": wrapped(mark.verdict, 22)}]


def _legend(chart: ForestChart, colours: Colours) -> list[dict[str, Any]]:
    """Which mark is which side: the sides' names above the rows, each behind its shape."""
    sides = dict.fromkeys((mark.side, mark.label) for mark in chart.marks)
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [None],
            "y": [None],
            "name": escape(label),
            "marker": marker(Mark(label, side), colours, size=11),
            "showlegend": True,
        }
        for side, label in sides
    ]


def _flow(chart: FlowChart, colours: Colours) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    data, notes, row = [], [], 0.0
    for lane in chart.lanes:
        colour = tone(lane.side)
        notes.append(
            note(lane.label, 0, row, colours[f"{colour}_text"], xref="paper", xanchor="left", xshift=-76)
        )
        row += 0.9
        for step in lane.steps:
            notes.append(note(step.wave, 0, row, colours["ink"], xref="paper", xanchor="right", xshift=-12))
            notes.append(note(step.said, 1, row, colours["quiet"], xref="paper", xanchor="left", xshift=12))
            counted = (
                (step.submissions, "surface"),
                (step.linked, f"{colour}_soft"),
                (step.analysed, colour),
            )
            data += [
                _bar(n, row, colours[fill], colours[colour], step.said)
                for n, fill in counted
                if n is not None
            ]
            row += 1
        row += 0.3
    layout = {
        "height": int(28 * row + 30),
        "margin": {"l": 80, "r": 300, "t": 6, "b": 6},
        "xaxis": {"visible": False, "fixedrange": True, "rangemode": "tozero"},
        "yaxis": {"visible": False, "fixedrange": True, "range": [row - 0.4, -0.6]},
        "barmode": "overlay",
        "annotations": notes,
    }
    return data, layout


def _bar(count: int, row: float, fill: str, line: str, said: str) -> dict[str, Any]:
    marker = {"color": fill, "line": {"color": line, "width": 1.4}}
    bar = {"type": "bar", "orientation": "h", "x": [count], "y": [row], "width": [0.66], "marker": marker}
    return {**bar, "opacity": 1, "hoverinfo": "text", "hovertext": said}


_FIGURES = {"shift": _shift, "forest": _forest, "flow": _flow}
