"""Chart model → SVG text by template: for print, and on pages before (or without) scripts.

Here are the places of things; the templates hold the markup. Colours are written as attributes (what print
needs) and as classes (which a page's stylesheet overrides, so that the same SVG follows light and dark).
"""

from __future__ import annotations

from impact.report.charts import Chart, FlowChart, Mark, ShiftChart
from impact.report.drawing import (
    SMALL,
    Box,
    Drawing,
    Line,
    Spot,
    Text,
    arrow_head,
    fits,
    mark_spot,
    named,
    shorten,
    text_width,
)
from impact.report.svg_forest import NARROW_BELOW, forest
from impact.report.text import number, printable
from impact.report.theme import theme, tone
from impact.templating import render

WIDE = 560.0
NARROW = 320.0


def draw(chart: Chart, width: float = WIDE, mode: str = "light", for_print: bool = False) -> str:
    """The chart as SVG, `width` units wide; `for_print` replaces characters that the document's font lacks."""
    drawing = _LAYOUTS[chart.kind](chart, Drawing(width))
    name = f"{chart.id}-{width:.0f}"
    svg = render(
        "report/charts/chart.svg.jinja",
        drawing=drawing,
        alt=chart.alt,
        title_id=f"{name}-alt",
        colours=theme().colours(mode),
        family=theme().family,
        for_print=for_print,
    )
    return printable(svg) if for_print else svg


def _shift(chart: ShiftChart, drawing: Drawing) -> Drawing:
    """Rows with the side's name at their left; above them on a narrow drawing, or where a name would be cut."""
    left, right = 148.0, drawing.width - 18
    stacked = drawing.width < NARROW_BELOW or not all(fits(m.label, left - 26) for m in chart.marks)
    if stacked:
        left, right = 14.0, drawing.width - 14
    two_lines = any(text_width(m.label) > drawing.width - 16 for m in chart.marks)
    above = (14.0 if two_lines else 0.0) if stacked else 0.0
    step, y = (64.0 + above, 10.0 + above) if stacked else (46.0, 3.0)
    bottom = y + step * max(1, len(chart.marks)) + 2
    for i, mark in enumerate(chart.marks):
        middle = y + step * i + (42 if stacked else 25)
        if not mark.hidden:  # nothing strikes through the words that stand there instead
            _grid(drawing, left, right, middle - (12 if stacked else 25), middle + 21)
        room = drawing.width if stacked else left - 10
        named(drawing, mark, mark.label, 0, middle - 26 - above / 2 if stacked else middle + 4, room)
        _shift_row(drawing, mark, left, right, middle)
    drawing.height = bottom + 22 + (14 if stacked else 0) + 18 * len(chart.notes)
    _shift_foot(chart, drawing, (left, right), bottom, stacked)
    return drawing


_SHIFT_TICKS = (0, 25, 50, 75, 100)


def _grid(drawing: Drawing, left: float, right: float, top: float, bottom: float) -> None:
    for value in _SHIFT_TICKS:
        x = left + value / 100 * (right - left)
        drawing.lines.append(Line(x, top, x, bottom, "hairline"))


def _shift_foot(
    chart: ShiftChart, drawing: Drawing, ends: tuple[float, float], y: float, stacked: bool
) -> None:
    """The axis' numbers and unit, then the notes."""
    left, right = ends
    for value in _SHIFT_TICKS:
        x = left + value / 100 * (right - left)
        drawing.texts.append(Text(x, y + 15, str(value), "middle", small=True))
    if stacked:
        drawing.texts.append(Text((left + right) / 2, y + 30, chart.unit, "middle", small=True))
    else:
        drawing.texts.append(Text(0, y + 15, shorten(chart.unit, left - 6, SMALL), small=True))
    for i, said in enumerate(chart.notes):
        height = y + (32 if stacked else 18) + 18 * (i + 1) - 2
        drawing.texts.append(Text(0, height, shorten(said, drawing.width), tone="ink", strong=True))


def _shift_row(drawing: Drawing, mark: Mark, left: float, right: float, y: float) -> None:
    if mark.hidden or mark.before is None or mark.after is None:
        room = right - left
        drawing.texts.append(Text(left + 4, y + 4, shorten(mark.hidden or mark.no_levels, room)))
        return
    scale = (right - left) / 100
    before, after = left + mark.before * scale, left + mark.after * scale
    if mark.deciding and mark.change is not None:
        low = after + (mark.deciding.low - mark.change) * scale
        high = after + (mark.deciding.high - mark.change) * scale
        cut = max(left, low), min(right, high)
        drawing.boxes.append(Box(cut[0], y - 7, cut[1] - cut[0], 14, f"{tone(mark.side)}_soft"))
        ways = ((left, -1, low < left), (right, 1, high > right))
        drawing.spots += [Spot(arrow_head(x, y, way), tone(mark.side)) for x, way, beyond in ways if beyond]
    drawing.lines.append(Line(before, y, after, y, tone(mark.side), 2))
    drawing.spots.append(mark_spot(mark, before, y, 6, hollow=True))
    drawing.spots.append(mark_spot(mark, after, y, 6.5))
    near = abs(before - after) < 34
    drawing.texts.append(Text(after, y - 12, number(mark.after), "middle", "ink", strong=True))
    drawing.texts.append(Text(before, y + 21 if near else y - 12, number(mark.before), "middle"))


def _flow(chart: FlowChart, drawing: Drawing) -> Drawing:
    """A bar a wave: its outline counts who answered, the soft part who was linked, the full part the analysed."""
    narrow = drawing.width < NARROW_BELOW
    left = 4.0 if narrow else 84.0
    room = drawing.width - left - (4 if narrow else 226)
    most = max((s.submissions or 0 for lane in chart.lanes for s in lane.steps), default=0) or 1
    y = 0.0
    for lane in chart.lanes:
        extra = 7.0 if text_width(lane.label) > drawing.width - 17 else 0.0  # the name takes two lines
        named(drawing, lane, lane.label, 1, y + 16 + extra, drawing.width - 1)
        y += 26 + 2 * extra
        for step in lane.steps:
            label = f"{step.wave}: {step.said}" if narrow else step.wave
            drawing.texts.append(
                Text(
                    4 if narrow else 17,
                    y + 13,
                    shorten(label, drawing.width if narrow else 64),
                    tone="ink",
                    small=narrow,
                )
            )
            y += 20 if narrow else 0
            _flow_bars(
                drawing, step.submissions, step.linked, step.analysed, left, y, room / most, tone(lane.side)
            )
            if not narrow:
                drawing.texts.append(Text(left + room + 14, y + 13, step.said, small=True))
            y += 26
        y += 10
    drawing.height = max(y - 6, 30)
    return drawing


def _flow_bars(
    drawing: Drawing, submissions: int | None, linked: int | None, analysed: int | None,
    x: float, y: float, unit: float, colour: str,
) -> None:  # fmt: skip
    if submissions is None:
        drawing.lines.append(Line(x, y + 9, x + 60, y + 9, "control"))
        return
    drawing.boxes.append(Box(x, y, submissions * unit, 18, "surface", stroke=colour))
    if linked is not None:
        drawing.boxes.append(Box(x, y, linked * unit, 18, f"{colour}_soft", stroke=colour))
    if analysed is not None:
        drawing.boxes.append(Box(x, y, analysed * unit, 18, colour, stroke=colour))


_LAYOUTS = {"shift": _shift, "forest": forest, "flow": _flow}
