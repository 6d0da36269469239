"""The forest: a line a finding around zero, its numbers and words at the right, or above it on a narrow drawing."""

from __future__ import annotations

from dataclasses import dataclass

from impact.report.charts import ForestChart, ForestGroup, Interval, Mark
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
    wrapped,
)
from impact.report.text import interval, signed
from impact.report.theme import tone

NARROW_BELOW = 440
_GAP = 10.0  # between change, interval and verdict
_FOOT = 24.0  # room of the axis


@dataclass(frozen=True)
class _Frame:
    """Where the axis lies and how the rows are set. `above`: scale names on a line of their own.

    `ends`, `verdict`: how far behind the change its interval and its verdict begin.
    """

    left: float
    right: float
    extent: float
    narrow: bool
    above: bool
    ends: float
    verdict: float

    @property
    def row(self) -> float:
        return 40.0 if self.narrow else 25.0

    def x(self, value: float) -> float:
        return (self.left + self.right) / 2 + value * (self.right - self.left) / (2 * self.extent)


def forest(chart: ForestChart, drawing: Drawing) -> Drawing:
    """One line a mark. Band, zero and grid are drawn behind the marks only, so that they strike through no word."""
    frame = _frame(chart, drawing.width)
    y = _legend(chart, drawing) + 8
    if not frame.above and chart.groups:
        _ground(drawing, chart, frame, y - 6, y + sum(len(g.marks) * frame.row + 9 for g in chart.groups))
    for group in chart.groups:
        y = _group(drawing, chart, group, frame, y)
    drawing.height = y + _FOOT + (14 if frame.above else 0)
    _axis(drawing, chart, frame, y)
    return drawing


def _frame(chart: ForestChart, width: float) -> _Frame:
    shown = [mark for mark in chart.marks if not mark.hidden and mark.change is not None]
    ends = max([30.0, *(text_width(signed(mark.change)) for mark in shown)]) + _GAP
    numbers = ends + max([66.0, *(text_width(_ends(mark), SMALL) for mark in shown)]) + _GAP
    if width < NARROW_BELOW:
        return _Frame(12.0, width - 12, chart.extent, True, True, ends, numbers)
    verdicts = [text_width(mark.verdict, SMALL) for mark in chart.marks if not mark.hidden]
    right = width - 14 - numbers - min(max([80.0, *verdicts]), width * 0.2)
    names = [text_width(group.label) for group in chart.groups]
    left = min(max([90.0, *names]) + 16, width * 0.25)
    above = not all(fits(group.label, left - 12) for group in chart.groups)
    return _Frame(24.0 if above else left, right, chart.extent, False, above, ends, numbers)


def _group(drawing: Drawing, chart: ForestChart, group: ForestGroup, frame: _Frame, y: float) -> float:
    """The rows of one scale from `y` on; where they end."""
    height = len(group.marks) * frame.row
    if frame.above:
        drawing.texts.append(Text(0, y + 14, shorten(group.label, drawing.width), tone="ink", strong=True))
        y += 26
    else:
        wrapped(drawing, group.label, 0, y + height / 2 + 4, frame.left - 12, tone="ink")
    if frame.above and not frame.narrow:
        _ground(drawing, chart, frame, y, y + height)
    for mark in group.marks:
        middle = y + (26 if frame.narrow else frame.row / 2)
        if frame.narrow and not mark.hidden:
            _ground(drawing, chart, frame, middle - 8, middle + 8)
        _row(drawing, mark, frame, middle)
        y += frame.row
    return y + (0 if frame.narrow else 9)


def _ground(drawing: Drawing, chart: ForestChart, frame: _Frame, top: float, bottom: float) -> None:
    """Band, grid and zero between two heights."""
    if chart.sesoi is not None:
        half = min(chart.sesoi, frame.extent)
        left, right = frame.x(-half), frame.x(half)
        drawing.boxes.append(Box(left, top, right - left, bottom - top, "band"))
    for value in ticks(frame.extent):
        if value:
            drawing.lines.append(Line(frame.x(value), top, frame.x(value), bottom, "hairline"))
    drawing.lines.append(Line(frame.x(0), top, frame.x(0), bottom, "ink"))


def _axis(drawing: Drawing, chart: ForestChart, frame: _Frame, y: float) -> None:
    for value in ticks(frame.extent):
        drawing.texts.append(Text(frame.x(value), y + 14, signed(value, 0), "middle", small=True))
    if frame.above:
        drawing.texts.append(Text(frame.x(0), y + 29, chart.unit, "middle", small=True))
    else:
        drawing.texts.append(Text(0, y + 14, shorten(chart.unit, frame.left - 14), small=True))


def ticks(extent: float) -> list[float]:
    """Multiples of ten from −extent to +extent; every second one where they would stand too close."""
    step = 10 if extent <= 30 else 20
    steps = int(extent // step)
    return [float(i * step) for i in range(-steps, steps + 1)]


def _legend(chart: ForestChart, drawing: Drawing) -> float:
    """Which mark is which side, above the rows; the height it takes."""
    x, y = 0.0, 14.0
    for mark in {(mark.side, mark.label): mark for mark in chart.marks}.values():
        room = 16 + text_width(mark.label) + 22
        if x and x + room > drawing.width:
            x, y = 0.0, y + 20
        extra = 7.0 if room - 22 > drawing.width else 0.0  # the name takes two lines
        y += extra
        named(drawing, mark, mark.label, x, y, drawing.width - x)
        x, y = x + room, y + extra
    return y + 8 if chart.marks else 0.0


def _row(drawing: Drawing, mark: Mark, frame: _Frame, y: float) -> None:
    x, place = (0.0, y - 14) if frame.narrow else (frame.right + 14, y + 4)
    if mark.hidden or mark.change is None:
        words = shorten(mark.hidden or "–", drawing.width - x - 16, SMALL)
        drawing.spots.append(mark_spot(mark, x + 5, place - 4, 4, hollow=True))
        drawing.texts.append(Text(x + 16, place, words, small=True))
        return
    for ends, width in ((mark.simultaneous, 1.0), (mark.plain, 2.6)):
        if ends:
            _line(drawing, ends, frame, y, tone(mark.side), width)
    if abs(mark.change) <= frame.extent:
        drawing.spots.append(mark_spot(mark, frame.x(mark.change), y, 5))
    if frame.narrow:
        drawing.spots.append(mark_spot(mark, x + 5, place - 4, 4))
        x += 16
    drawing.texts.append(Text(x, place, signed(mark.change), tone="ink", strong=True))
    drawing.texts.append(Text(x + frame.ends, place, _ends(mark), small=True))
    x += frame.verdict
    wrapped(drawing, mark.verdict, x, place, drawing.width - x, tone="ink", small=True)


def _ends(mark: Mark) -> str:
    return interval(mark.deciding.low, mark.deciding.high) if mark.deciding else ""


def _line(drawing: Drawing, ends: Interval, frame: _Frame, y: float, colour: str, width: float) -> None:
    """An interval as far as the axis goes, with an arrow head where it goes on."""
    low = min(max(ends.low, -frame.extent), frame.extent)
    high = max(min(ends.high, frame.extent), -frame.extent)
    drawing.lines.append(Line(frame.x(low), y, frame.x(high), y, colour, width))
    for beyond, edge, way in (
        (ends.low < -frame.extent, frame.left, -1),
        (ends.high > frame.extent, frame.right, 1),
    ):
        if beyond:
            drawing.spots.append(Spot(arrow_head(edge, y, way), colour))
