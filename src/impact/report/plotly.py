"""Chart model → a Plotly figure as plain dicts: data, layout, config. Plotly itself is not imported.

The figure is the same chart as the SVG, from the same model; what it adds is exact values under the pointer. Hover texts and marks hold nothing that the model's table does not.
"""

from __future__ import annotations

from typing import Any

from impact.report.charts import Chart, FlowChart, Mark, ShiftChart
from impact.report.plotly_forest import forest
from impact.report.plotly_parts import (
    CONFIG,
    Colours,
    arrow_head,
    axis,
    base_layout,
    escape,
    fits_beside,
    interval_text,
    marker,
    note,
    pixels,
    rows_axis,
    side_name,
)
from impact.report.text import number, signed
from impact.report.theme import theme, tone


def figure(chart: Chart, mode: str = "light") -> dict[str, Any]:
    """{"data", "layout", "config"} for `Plotly.newPlot`, in the theme's `light` or `dark` colours."""
    colours = theme().colours(mode)
    data, layout = _FIGURES[chart.kind](chart, colours)
    return {"data": data, "layout": {**base_layout(colours), **layout}, "config": CONFIG}


def _shift(chart: ShiftChart, colours: Colours) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    data, shapes, notes = [], [], []
    above = not all(fits_beside(mark.label) for mark in chart.marks)
    for row, mark in enumerate(chart.marks):
        notes.append(side_name(mark, row, colours, above))
        if mark.hidden or mark.before is None or mark.after is None:
            notes.append(note(mark.hidden or mark.no_levels, 2, row, colours["quiet"], xanchor="left"))
            continue
        data += _shift_traces(mark, row, colours)
        if mark.deciding and mark.change is not None:
            shapes.append(_band(mark, row, colours))
            data += _heads(mark, row, colours)
        notes += _shift_values(mark, row, colours)
    notes += [
        note(said, 0, 0, colours["ink"], xref="paper", yref="paper", xanchor="left", yanchor="top")
        | {"xshift": -14 if above else -150, "yshift": -46 - 20 * i}
        for i, said in enumerate(chart.notes)
    ]
    foot = 50 + 22 * len(chart.notes)
    layout = {
        "height": 34 + foot + (92 if above else 58) * max(1, len(chart.marks)),
        "margin": {"l": 14 if above else 150, "r": 18, "t": 34 if above else 14, "b": foot},
        "xaxis": axis(
            colours,
            range=[-0.2, 100.2],
            tickvals=[0, 25, 50, 75, 100],
            title={"text": chart.unit, "font": {"size": 12}, "standoff": 4},
        ),
        "yaxis": rows_axis(max(1, len(chart.marks))),
        "shapes": shapes,
        "annotations": notes,
    }
    return data, layout


def _shift_traces(mark: Mark, row: int, colours: Colours) -> list[dict[str, Any]]:
    line = {"color": colours[tone(mark.side)], "width": 2.5}
    said = [
        f"<b>{escape(mark.label)}</b><br>{number(mark.before)} → {number(mark.after)}",
        f"{signed(mark.change)} ({interval_text(mark.deciding)})<br>{escape(mark.verdict)}",
    ]
    if mark.change is None:  # an arm: the change is told of the difference only
        said = said[:1]
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
    """The deciding interval of the change, laid at the after value and cut at the ends of the scale."""
    low = max(0.0, mark.after + mark.deciding.low - mark.change)
    high = min(100.0, mark.after + mark.deciding.high - mark.change)
    fill = colours[f"{tone(mark.side)}_soft"]
    box = {"type": "rect", "x0": low, "x1": high, "y0": row - 0.15, "y1": row + 0.15}
    return {**box, "fillcolor": fill, "line": {"width": 0}, "layer": "below"}


def _heads(mark: Mark, row: int, colours: Colours) -> list[dict[str, Any]]:
    """Heads where the band is cut, and goes on beyond the scale."""
    low = mark.after + mark.deciding.low - mark.change
    high = mark.after + mark.deciding.high - mark.change
    ways = ((0, "triangle-left", low < 0), (100, "triangle-right", high > 100))
    return [arrow_head(x, row, symbol, colours[tone(mark.side)]) for x, symbol, beyond in ways if beyond]


def _shift_values(mark: Mark, row: int, colours: Colours) -> list[dict[str, Any]]:
    near = abs(mark.before - mark.after) < 8
    after = note(number(mark.after), mark.after, row, colours["ink"], yshift=18)
    after["text"] = f"<b>{after['text']}</b>"
    return [after, note(number(mark.before), mark.before, row, colours["quiet"], yshift=-18 if near else 18)]


def _flow(chart: FlowChart, colours: Colours) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    data, notes, row = [], [], 0.0
    steps = [step for lane in chart.lanes for step in lane.steps]
    left = max([80.0, *(pixels(step.wave) + 24 for step in steps)])
    right = max([0.0, *(pixels(step.said) for step in steps)]) + 18
    for lane in chart.lanes:
        colour = tone(lane.side)
        notes.append(
            note(lane.label, 0, row, colours[f"{colour}_text"], xref="paper", xanchor="left")
            | {"xshift": 4 - left}
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
        "margin": {"l": left, "r": right, "t": 6, "b": 6},
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


_FIGURES = {"shift": _shift, "forest": forest, "flow": _flow}
