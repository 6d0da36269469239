"""Charts as values: the numbers, a one-sentence reading, a text alternative, the data table. No drawing here.

Both renderers (`plotly.py` for the screen, `svg.py` for print and for pages without scripts) draw from these
and from nothing else, so a chart says the same everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """`numeric` columns are set flush with tabular figures."""

    title: str
    numeric: bool = False


@dataclass(frozen=True)
class Row:
    """`cells[0]` names the row; `section` begins a new group of rows; `hidden`: the numbers may not be shown."""

    cells: tuple[str, ...]
    section: bool = False
    hidden: bool = False


@dataclass(frozen=True)
class Table:
    """A table with its caption; every row has as many cells as there are columns."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Interval:
    """The two ends of a confidence interval at `level` (0–1)."""

    low: float
    high: float
    level: float


@dataclass(frozen=True)
class Mark:
    """One side (or everybody) on one scale. All numbers are points of 0–100.

    side    index in the instrument's order, −1 for all sides together: gives colour and shape
    change  after minus before, with the `plain` interval and, for a primary outcome, the `simultaneous` one
    hidden  why there are no numbers, in words; "" where they may be shown
    no_levels  what stands where the change may be shown and the averages may not
    shape   the mark's shape, where the side alone does not tell it: two arms of one side
    """

    label: str
    side: int
    before: float | None = None
    after: float | None = None
    change: float | None = None
    plain: Interval | None = None
    simultaneous: Interval | None = None
    n: int | None = None
    verdict: str = ""
    hidden: str = ""
    no_levels: str = "–"
    shape: str = ""

    @property
    def deciding(self) -> Interval | None:
        """The interval on which the verdict rests: the one that is printed wherever only one is."""
        return self.simultaneous or self.plain


@dataclass(frozen=True)
class ShiftChart:
    """One scale: before (hollow) → after (filled) on 0–100, the interval of the change laid at the after value.

    `notes` stand below the rows: the difference between two arms, which no single row shows.
    """

    id: str
    title: str
    reading: str
    alt: str
    table: Table
    marks: tuple[Mark, ...]
    unit: str = ""
    notes: tuple[str, ...] = ()
    kind: str = "shift"


@dataclass(frozen=True)
class ForestGroup:
    """One scale with a mark a side; `sesoi` in points, None where the plan's findings do not carry it."""

    label: str
    role: str
    marks: tuple[Mark, ...]
    sesoi: float | None = None


@dataclass(frozen=True)
class ForestChart:
    """All scales: the change with its intervals around zero; the band is too small to matter (±`sesoi`).

    The axis runs from −`extent` to +`extent` points; what goes beyond is drawn as an arrow.
    """

    id: str
    title: str
    reading: str
    alt: str
    table: Table
    groups: tuple[ForestGroup, ...]
    sesoi: float | None
    extent: float
    unit: str = ""
    kind: str = "forest"

    @property
    def marks(self) -> tuple[Mark, ...]:
        return tuple(mark for group in self.groups for mark in group.marks)


@dataclass(frozen=True)
class FlowStep:
    """Counts of one wave, and the same in words; None where too few people may be counted aloud."""

    wave: str
    submissions: int | None
    linked: int | None
    analysed: int | None
    said: str


@dataclass(frozen=True)
class FlowLane:
    """The participants of one side and arm from wave to wave."""

    label: str
    side: int
    steps: tuple[FlowStep, ...]
    shape: str = ""


@dataclass(frozen=True)
class FlowChart:
    """Who answered, who could be linked, who entered the analysis: one lane a side and arm."""

    id: str
    title: str
    reading: str
    alt: str
    table: Table
    lanes: tuple[FlowLane, ...]
    kind: str = "flow"


Chart = ShiftChart | ForestChart | FlowChart
