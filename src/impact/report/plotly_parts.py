"""The small pieces of which Plotly figures are made: axes, marks, notes, all in the theme's colours."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from impact.report.charts import Interval, Mark
from impact.report.drawing import text_width
from impact.report.text import interval
from impact.report.theme import shape_of, theme, tone

Colours = Mapping[str, str]
CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "responsive": True,
    "scrollZoom": False,
    "doubleClick": "reset",
    "displayModeBar": False,
}
_SYMBOLS = {"circle": "circle", "square": "square", "diamond": "diamond", "triangle": "triangle-up"}


def base_layout(colours: Colours) -> dict[str, Any]:
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": theme().stack, "size": 13, "color": colours["quiet"]},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        "hoverlabel": {
            "bgcolor": colours["surface"],
            "bordercolor": colours["control"],
            "font": {"color": colours["ink"], "family": theme().stack, "size": 13},
            "align": "left",
        },
        "modebar": {
            "bgcolor": "rgba(0,0,0,0)",
            "color": colours["control"],
            "activecolor": colours["accent"],
        },
    }


def axis(colours: Colours, **more: Any) -> dict[str, Any]:
    return {
        "showgrid": True,
        "gridcolor": colours["hairline"],
        "zeroline": False,
        "fixedrange": True,
        "ticks": "",
        "tickfont": {"size": 12, "color": colours["quiet"]},
        **more,
    }


def rows_axis(rows: int) -> dict[str, Any]:
    """Rows from top to bottom, without lines or numbers of their own."""
    return {"range": [rows - 0.5, -0.5], "visible": False, "fixedrange": True}


def marker(mark: Mark, colours: Colours, hollow: bool = False, size: float = 13) -> dict[str, Any]:
    colour = colours[tone(mark.side)]
    return {
        "symbol": _SYMBOLS[shape_of(mark)],
        "size": size,
        "color": colours["surface"] if hollow else colour,
        "line": {"color": colour, "width": 2},
    }


def arrow_head(x: float, row: float, symbol: str, colour: str) -> dict[str, Any]:
    """The head at `x`, an end of the axis, of a line or bar that goes on."""
    arrow = {"type": "scatter", "mode": "markers", "x": [x], "y": [row], "hoverinfo": "skip"}
    marks = {"symbol": symbol, "size": 9, "color": colour}
    return {**arrow, "showlegend": False, "cliponaxis": False, "marker": marks}


def note(text: str, x: float, y: float, colour: str, **more: Any) -> dict[str, Any]:
    return {
        "text": escape(text),
        "x": x,
        "y": y,
        "showarrow": False,
        "font": {"color": colour, "size": 13},
        **more,
    }


def pixels(text: str, size: float = 13) -> float:
    """Room for `text` in a figure: a reader without the theme's font sees a wider one (DejaVu, Verdana)."""
    return text_width(text, size) * _WIDER


_WIDER = 1.08
_BESIDE, _ABOVE = 19, 76  # letters of a side's name left of its row, and above it


def fits_beside(label: str) -> bool:
    """Whether the name can be read whole on two lines left of its row."""
    return len(textwrap.wrap(label, _BESIDE)) <= 2


def side_name(mark: Mark, row: float, colours: Colours, above: bool = False) -> dict[str, Any]:
    """The side's name left of its row, on one line or two; or on a line of its own above it."""
    place = {"xref": "paper", "xanchor": "left", "align": "left"}
    place |= {"xshift": -14, "yshift": 44} if above else {"xshift": -150}
    text = wrapped(mark.label, _ABOVE if above else _BESIDE)
    return note("", 0, row, colours[f"{tone(mark.side)}_text"], **place) | {"text": text}


def wrapped(text: str, letters: int) -> str:
    """`text` broken into lines of about `letters`; harmless in Plotly."""
    return "<br>".join(escape(line) for line in textwrap.wrap(text, letters, max_lines=2, placeholder="…"))


def escape(text: str) -> str:
    """Plotly reads a few tags in its texts: what people typed must not be one."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def interval_text(ends: Interval | None) -> str:
    return interval(ends.low, ends.high) if ends else "–"
