"""Chart model → SVG text by template: for print, and on pages before (or without) scripts.

Here are the places of things; the templates hold the markup. Colours are written as attributes (what print
needs) and as classes (which a page's stylesheet overrides, so that the same SVG follows light and dark).
"""

from __future__ import annotations

from collections.abc import Mapping

from impact.report.charts import Chart, FlowChart, ForestChart, Mark, ShiftChart
from impact.report.drawing import Box, Drawing, Line, Spot, Text, mark_path, shorten, wrapped
from impact.report.text import interval, number, printable, signed
from impact.report.theme import shape, theme, tone
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


def _axis(
    drawing: Drawing, left: float, right: float, top: float, bottom: float, ticks: Mapping[float, str]
) -> None:
    for place, label in ticks.items():
        x = left + place * (right - left)
        drawing.lines.append(Line(x, top, x, bottom, "hairline"))
        drawing.texts.append(Text(x, bottom + 16, label, "middle", small=True))


def _name(drawing: Drawing, mark: Mark, x: float, y: float, room: float) -> None:
    """The side's shape and name: never the colour alone."""
    drawing.spots.append(Spot(mark_path(shape(mark.side), x + 5, y - 4, 4.5), tone(mark.side)))
    wrapped(drawing, mark.label, x + 16, y, room - 16, tone=f"{tone(mark.side)}_text", strong=True)


def _shift(chart: ShiftChart, drawing: Drawing) -> Drawing:
    """Rows of 48 units; on a narrow drawing the side's name stands above its row."""
    narrow = drawing.width < 440
    left, right = (14.0, drawing.width - 14) if narrow else (148.0, drawing.width - 18)
    step, y = (64.0, 10.0) if narrow else (50.0, 5.0)
    drawing.height = y + step * max(1, len(chart.marks)) + 26
    _axis(drawing, left, right, 2, drawing.height - 24, {v / 100: str(v) for v in (0, 25, 50, 75, 100)})
    for i, mark in enumerate(chart.marks):
        middle = y + step * i + (42 if narrow else 25)
        _name(drawing, mark, 0, middle - 26 if narrow else middle + 4, drawing.width if narrow else left - 10)
        _shift_row(drawing, mark, left, right, middle)
    return drawing


def _shift_row(drawing: Drawing, mark: Mark, left: float, right: float, y: float) -> None:
    if mark.hidden or mark.before is None or mark.after is None:
        room = right - left
        drawing.texts.append(Text(left + 4, y + 4, shorten(mark.hidden or mark.no_levels, room)))
        return
    scale = (right - left) / 100
    before, after = left + mark.before * scale, left + mark.after * scale
    if mark.plain and mark.change is not None:
        low = max(left, after + (mark.plain.low - mark.change) * scale)
        high = min(right, after + (mark.plain.high - mark.change) * scale)
        drawing.boxes.append(Box(low, y - 7, high - low, 14, f"{tone(mark.side)}_soft"))
    drawing.lines.append(Line(before, y, after, y, tone(mark.side), 2))
    drawing.spots.append(Spot(mark_path(shape(mark.side), before, y, 6), tone(mark.side), hollow=True))
    drawing.spots.append(Spot(mark_path(shape(mark.side), after, y, 6.5), tone(mark.side)))
    near = abs(before - after) < 34
    drawing.texts.append(Text(after, y - 12, number(mark.after), "middle", "ink", strong=True))
    drawing.texts.append(Text(before, y + 21 if near else y - 12, number(mark.before), "middle"))


def _forest(chart: ForestChart, drawing: Drawing) -> Drawing:
    """One line a mark; on a narrow drawing the numbers stand above each line instead of at the right."""
    narrow = drawing.width < 440
    left, right = (12.0, drawing.width - 12) if narrow else (drawing.width * 0.25, drawing.width * 0.61)
    row, gap = (40.0, 26.0) if narrow else (25.0, 9.0)
    centre, scale = (left + right) / 2, (right - left) / (2 * chart.extent)
    top = _legend(chart, drawing)
    drawing.height = top + 8 + sum(len(g.marks) * row + gap for g in chart.groups) + 22
    bottom = drawing.height - 22
    if chart.sesoi is not None:
        half = chart.sesoi * scale
        drawing.boxes.append(Box(centre - half, top + 2, 2 * half, bottom - top - 2, "band"))
    _axis(drawing, left, right, top + 2, bottom, _ticks(chart.extent))
    drawing.lines.append(Line(centre, top + 2, centre, bottom, "ink"))
    y = top + 8
    for group in chart.groups:
        if narrow:
            label = shorten(group.label, drawing.width)
            drawing.texts.append(Text(0, y + 14, label, tone="ink", strong=True))
            y += gap
        else:
            wrapped(drawing, group.label, 0, y + len(group.marks) * row / 2 + 4, left - 12, tone="ink")
        for mark in group.marks:
            _forest_row(drawing, mark, centre, scale, y + (26 if narrow else row / 2), narrow, right)
            y += row
        y += 0 if narrow else gap
    return drawing


def _legend(chart: ForestChart, drawing: Drawing) -> float:
    """Which mark is which side, above the rows; the height it takes."""
    x, y = 0.0, 14.0
    for side, label in dict.fromkeys((mark.side, mark.label) for mark in chart.marks):
        text = shorten(label, drawing.width - 20)
        room = 16 + len(text) * 7 + 22
        if x and x + room > drawing.width:
            x, y = 0.0, y + 20
        drawing.spots.append(Spot(mark_path(shape(side), x + 5, y - 4, 4.5), tone(side)))
        drawing.texts.append(Text(x + 16, y, text, tone=f"{tone(side)}_text", strong=True))
        x += room
    return y + 8 if chart.marks else 0.0


def _forest_row(
    drawing: Drawing, mark: Mark, centre: float, scale: float, y: float, narrow: bool, right: float
) -> None:
    x, place = (0.0, y - 14) if narrow else (right + 14, y + 4)
    if mark.hidden or mark.change is None:
        words = mark.hidden or "–"
        drawing.spots.append(
            Spot(mark_path(shape(mark.side), x + 5, place - 4, 4), tone(mark.side), hollow=True)
        )
        drawing.texts.append(Text(x + 16, place, shorten(words, drawing.width - x - 16), small=True))
        return
    for ends, width in ((mark.simultaneous, 1.0), (mark.plain, 2.6)):
        if ends:
            low, high = centre + ends.low * scale, centre + ends.high * scale
            drawing.lines.append(Line(low, y, high, y, tone(mark.side), width))
    drawing.spots.append(
        Spot(mark_path(shape(mark.side), centre + mark.change * scale, y, 5), tone(mark.side))
    )
    if narrow:
        drawing.spots.append(Spot(mark_path(shape(mark.side), x + 5, place - 4, 4), tone(mark.side)))
        x += 16
    drawing.texts.append(Text(x, place, signed(mark.change), tone="ink", strong=True))
    ends = f"{interval(mark.plain.low, mark.plain.high)}" if mark.plain else ""
    drawing.texts.append(Text(x + 40, place, ends, small=True))
    wrapped(drawing, mark.verdict, x + 128, place, drawing.width - x - 126, tone="ink", small=True)


def _ticks(extent: float) -> dict[float, str]:
    step = 10 if extent <= 40 else 25
    steps = range(-int(extent // step), int(extent // step) + 1)
    return {(i * step + extent) / (2 * extent): signed(float(i * step), 0) for i in steps}


def _flow(chart: FlowChart, drawing: Drawing) -> Drawing:
    """A bar a wave: its outline counts who answered, the soft part who was linked, the full part the analysed."""
    narrow = drawing.width < 440
    left = 4.0 if narrow else 84.0
    room = drawing.width - left - (4 if narrow else 226)
    most = max((s.submissions or 0 for lane in chart.lanes for s in lane.steps), default=0) or 1
    y = 0.0
    for lane in chart.lanes:
        drawing.spots.append(Spot(mark_path(shape(lane.side), 6, y + 12, 4.5), tone(lane.side)))
        name = shorten(lane.label, drawing.width - 24)
        drawing.texts.append(Text(17, y + 16, name, tone=f"{tone(lane.side)}_text", strong=True))
        y += 26
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


_LAYOUTS = {"shift": _shift, "forest": _forest, "flow": _flow}
