"""A chart on a page: drawn by the server at two widths, and as a Plotly figure for where scripts run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from impact.report import draw, figure, theme
from impact.report.charts import Chart, Table
from impact.report.theme import MODES
from impact.web.static import register

_WIDE = {"shift": 560.0, "forest": 880.0, "flow": 880.0}
_NARROW = 320.0
# Below this many CSS pixels the server's narrow drawing reads better than a figure with margins.
_LEAST = {"shift": 440, "forest": 860, "flow": 640}


@dataclass(frozen=True)
class ScreenChart:
    """What the template `chart.html` needs. `wide` and `narrow` are SVG made by our own template, escaped there."""

    id: str
    kind: str
    title: str
    reading: str
    alt: str
    table: Table
    wide: Markup
    narrow: Markup
    figures: Markup
    least_width: int


def screen_chart(chart: Chart, with_figures: bool = True) -> ScreenChart:
    """The chart for a page; `with_figures` False leaves Plotly's dicts out (pages without scripts)."""
    return ScreenChart(
        id=chart.id,
        kind=chart.kind,
        title=chart.title,
        reading=chart.reading,
        alt=chart.alt,
        table=chart.table,
        wide=Markup(draw(chart, _WIDE[chart.kind])),  # noqa: S704  escaped by the chart's template
        narrow=Markup(draw(chart, _NARROW)),  # noqa: S704
        figures=_figures(chart) if with_figures else Markup(),
        least_width=_LEAST[chart.kind],
    )


def _figures(chart: Chart) -> Markup:
    """{"light": figure, "dark": figure} as JSON that no text inside can end."""
    import orjson

    packed = orjson.dumps({mode: figure(chart, mode) for mode in MODES}).decode()
    return Markup(packed.replace("<", "\\u003c").replace("&", "\\u0026"))  # noqa: S704


def _plotly_script() -> bytes:
    """Plotly's own script, out of the package that carries it; plotly itself is not imported."""
    from importlib.util import find_spec

    found = find_spec("plotly")
    if found is None or found.origin is None:
        raise FileNotFoundError("the package plotly is not installed")
    return (Path(found.origin).parent / "package_data" / "plotly.min.js").read_bytes()


register("plotly.js", _plotly_script)
# Read now, so that a broken theme stops the server at its start and not the first reader.
theme()
