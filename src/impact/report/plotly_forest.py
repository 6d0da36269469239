"""The forest as a Plotly figure: lines around zero on an axis that ends where the model says, arrows beyond it."""

from __future__ import annotations

from typing import Any

from impact.report.charts import ForestChart, Mark
from impact.report.plotly_parts import (
    Colours,
    axis,
    escape,
    interval_text,
    marker,
    note,
    rows_axis,
    wrapped,
)
from impact.report.svg_forest import ticks
from impact.report.text import signed
from impact.report.theme import tone

_NAMES, _VALUES = 200, 320  # pixels left and right of the forest


def forest(chart: ForestChart, colours: Colours) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Traces and layout."""
    data, notes, row = [], [], 0.0
    for group in chart.groups:
        middle = row + (len(group.marks) - 1) / 2
        name = note("", 0, middle, colours["ink"], xref="paper", xanchor="left", xshift=-_NAMES, align="left")
        notes.append(name | {"text": wrapped(group.label, 29)})
        for mark in group.marks:
            data += _forest_traces(mark, row, group.label, colours, chart.extent)
            notes += _forest_values(mark, row, colours)
            row += 1
        row += 0.45
    return [*data, *_legend(chart, colours)], _layout(chart, notes, max(1.0, row - 0.45), colours)


def _layout(chart: ForestChart, notes: list[dict[str, Any]], rows: float, colours: Colours) -> dict[str, Any]:
    steps = ticks(chart.extent)
    return {
        "height": int(30 * rows + 100),
        "margin": {"l": _NAMES, "r": _VALUES, "t": 36, "b": 50},
        "xaxis": axis(
            colours,
            range=[-chart.extent * 1.02, chart.extent * 1.02],
            tickvals=steps,
            ticktext=[signed(step, 0) for step in steps],
            title={"text": chart.unit, "font": {"size": 12}, "standoff": 4},
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


def _forest_shapes(chart: ForestChart, colours: Colours) -> list[dict[str, Any]]:
    whole = {"yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    zero = {"type": "line", "x0": 0, "x1": 0, **whole, "line": {"color": colours["ink"], "width": 1.2}}
    if chart.sesoi is None:
        return [zero]
    half = min(chart.sesoi, chart.extent)
    band = {"type": "rect", "x0": -half, "x1": half, **whole}
    return [{**band, "fillcolor": colours["band"], "line": {"width": 0}}, zero]


def _forest_traces(
    mark: Mark, row: float, scale: str, colours: Colours, extent: float
) -> list[dict[str, Any]]:
    if mark.hidden or mark.change is None:
        return []
    colour = colours[tone(mark.side)]
    said = (
        f"<b>{escape(scale)}, {escape(mark.label)}</b><br>{signed(mark.change)} ({interval_text(mark.deciding)})"
        f"<br>{escape(mark.verdict)}"
    )
    common = {"type": "scatter", "hoverinfo": "text", "hovertext": said, "showlegend": False}
    lines = [
        {
            **common,
            "x": [min(max(ends.low, -extent), extent), max(min(ends.high, extent), -extent)],
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
    beyond = abs(mark.change) > extent
    return [*lines, *_arrows(mark, row, colour, extent), *([] if beyond else [point])]


def _arrows(mark: Mark, row: float, colour: str, extent: float) -> list[dict[str, Any]]:
    """Heads at the ends of the axis for intervals that go on."""
    ends = [one for one in (mark.plain, mark.simultaneous) if one]
    ways = []
    if any(one.low < -extent for one in ends):
        ways.append((-extent, "triangle-left"))
    if any(one.high > extent for one in ends):
        ways.append((extent, "triangle-right"))
    arrow = {"type": "scatter", "mode": "markers", "y": [row], "hoverinfo": "skip", "showlegend": False}
    return [
        {**arrow, "x": [x], "cliponaxis": False, "marker": {"symbol": symbol, "size": 9, "color": colour}}
        for x, symbol in ways
    ]


def _forest_values(mark: Mark, row: float, colours: Colours) -> list[dict[str, Any]]:
    """Change, interval and verdict right of the row: words carry the verdict."""
    at = {"xref": "paper", "xanchor": "left"}
    if mark.hidden or mark.change is None:
        return [note(mark.hidden or "–", 1, row, colours["quiet"], **at, xshift=18)]
    change = note(signed(mark.change), 1, row, colours["ink"], xref="paper", xanchor="right", xshift=56)
    change["text"] = f"<b>{change['text']}</b>"
    ends = note(interval_text(mark.deciding), 1, row, colours["quiet"], **at, xshift=64)
    verdict = note("", 1, row, colours["ink"], **at, xshift=164, align="left")
    return [change, ends, verdict | {"text": wrapped(mark.verdict, 22)}]


def _legend(chart: ForestChart, colours: Colours) -> list[dict[str, Any]]:
    """Which mark is which side: the sides' names above the rows, each behind its shape."""
    sides = {(mark.side, mark.label): mark for mark in chart.marks}
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [None],
            "y": [None],
            "name": escape(mark.label),
            "marker": marker(mark, colours, size=11),
            "showlegend": True,
        }
        for mark in sides.values()
    ]
