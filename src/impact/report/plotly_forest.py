"""The forest as a Plotly figure: lines around zero on an axis that ends where the model says, arrows beyond it."""

from __future__ import annotations

import textwrap
from typing import Any

from impact.report.charts import ForestChart, Mark
from impact.report.plotly_parts import (
    Colours,
    arrow_head,
    axis,
    escape,
    interval_text,
    marker,
    note,
    pixels,
    rows_axis,
    wrapped,
)
from impact.report.svg_forest import ticks
from impact.report.text import signed
from impact.report.theme import tone

_NAMES = 200  # pixels left of the forest
_CHANGE_ENDS, _GAP = 64.0, 12.0
_VERDICT = 22  # letters of a verdict's line
_NARROWEST = 860  # a figure that is not as wide gives way to a drawing


def forest(chart: ForestChart, colours: Colours) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Traces and layout."""
    data, notes, row = [], [], 0.0
    columns = _columns(chart)
    for group in chart.groups:
        middle = row + (len(group.marks) - 1) / 2
        name = note("", 0, middle, colours["ink"], xref="paper", xanchor="left", xshift=-_NAMES, align="left")
        notes.append(name | {"text": wrapped(group.label, 29)})
        for mark in group.marks:
            data += _forest_traces(mark, row, group.label, colours, chart.extent)
            notes += _forest_values(mark, row, colours, columns)
            row += 1
        row += 0.45
    layout = _layout(chart, notes, max(1.0, row - 0.45), colours)
    layout["margin"]["r"] = columns[2]
    return [*data, *_legend(chart, colours)], layout


def _columns(chart: ForestChart) -> tuple[float, float, float]:
    """Where the intervals, then the verdicts begin right of the forest, and where the verdicts end."""
    shown = [mark for mark in chart.marks if not mark.hidden and mark.change is not None]
    ends = _CHANGE_ENDS
    # The change is bold, and ends a gap before the interval.
    ends = max([ends, *(18 + pixels(signed(mark.change)) + _GAP for mark in shown)])
    verdict = ends + max([80.0, *(pixels(interval_text(mark.deciding)) for mark in shown)]) + _GAP
    lines = [line for mark in shown for line in textwrap.wrap(mark.verdict, _VERDICT)]
    hidden = [18 + pixels(mark.hidden or "–") for mark in chart.marks if mark not in shown]
    return ends, verdict, max([verdict + max([0.0, *map(pixels, lines)]), *hidden]) + 6


def _has_two_lines(chart: ForestChart) -> bool:
    return any(len(mark.verdict) > _VERDICT for mark in chart.marks)


def _legend_room(chart: ForestChart) -> tuple[float, int]:
    """Pixels of the longest name, and the rows that the names take where the figure is narrowest."""
    names = {mark.label for mark in chart.marks}
    width = max([0.0, *(pixels(name, 14) for name in names)])
    in_a_row = max(1, int(_NARROWEST // (width + 45)))
    return width, max(1, -(-len(names) // in_a_row))


def _layout(chart: ForestChart, notes: list[dict[str, Any]], rows: float, colours: Colours) -> dict[str, Any]:
    steps = ticks(chart.extent)
    name, lines = _legend_room(chart)
    return {
        "height": int((38 if _has_two_lines(chart) else 30) * rows + 80 + 20 * lines),
        "margin": {"l": _NAMES, "b": 50, "t": 16 + 20 * lines},
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
            "entrywidth": name,
            "entrywidthmode": "pixels",
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
    return [arrow_head(x, row, symbol, colour) for x, symbol in ways]


def _forest_values(
    mark: Mark, row: float, colours: Colours, columns: tuple[float, float, float]
) -> list[dict[str, Any]]:
    """Change, interval and verdict right of the row: words carry the verdict."""
    at = {"xref": "paper", "xanchor": "left"}
    if mark.hidden or mark.change is None:
        return [note(mark.hidden or "–", 1, row, colours["quiet"], **at, xshift=18)]
    after, words, _ = columns
    change = note(signed(mark.change), 1, row, colours["ink"], xref="paper", xanchor="right")
    change |= {"text": f"<b>{change['text']}</b>", "xshift": after - _GAP}
    ends = note(interval_text(mark.deciding), 1, row, colours["quiet"], **at, xshift=after)
    verdict = note("", 1, row, colours["ink"], **at, xshift=words, align="left")
    return [change, ends, verdict | {"text": wrapped(mark.verdict, _VERDICT)}]


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
