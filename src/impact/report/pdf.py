"""The report page as PDF/UA-1 and PDF/A-2a by Typst: tagged, with text alternatives, the same bytes each time.

Data reach the document as JSON, never as markup. Only the package's font is used, so that no machine's fonts
change the result.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from typing import Any

from impact.i18n import direction
from impact.report.beside import Part
from impact.report.charts import Chart, Row, Table
from impact.report.page import ReportPage
from impact.report.svg import draw
from impact.report.text import printable
from impact.report.theme import font_folder, shape, theme, tone
from impact.resources import folder

STANDARDS = ("ua-1", "a-2a")
_NO_LOCK = date(2000, 1, 1)
_MOST_TOGETHER = 8
_LOW_FOREST = 8  # marks; a forest of more moves to where a page has room for it
_SUMMARY_WIDTH, _FULL_WIDTH = 560.0, 640.0


def render_pdf(page: ReportPage) -> bytes:
    """The document as bytes. Raises nothing for hostile texts: what the font cannot draw becomes “?”."""
    import typst

    home = folder("templates") / "report"
    data = printable(json.dumps(_document(page), ensure_ascii=False, sort_keys=True))
    return typst.compile(
        str(home / "report.typ"),
        root=str(home),
        font_paths=[str(font_folder())],
        ignore_system_fonts=True,
        pdf_standards=list(STANDARDS),
        timestamp=_moment(page),
        sys_inputs={"report": data},
    )


def _moment(page: ReportPage) -> int:
    """The file's date in seconds since 1970. PDF/A wants one, and a clock's would change the bytes: the day on
    which the plan was locked, or, where it never was, the first day of 2000."""
    try:
        day = date.fromisoformat(page.locked_on)
    except ValueError:
        day = _NO_LOCK
    return int(datetime.combine(day, time(), UTC).timestamp())


def _document(page: ReportPage) -> dict[str, Any]:
    """What `report.typ` reads: the page, its charts drawn, the theme."""
    plain = {key: value for key, value in asdict(page).items() if key not in _DRAWN}
    return plain | {
        "direction": direction(page.language),
        "summary": [
            asdict(point)
            | {
                "statements": [asdict(said) | _badge(said.side) for said in point.statements],
                "chart": _chart(point.chart, _SUMMARY_WIDTH),
            }
            for point in page.summary
        ],
        "flow": _chart(page.flow, _FULL_WIDTH)
        | {"table": _table(page.flow.table), "is_known": _has_counts(page)},
        "forest": _chart(page.forest, _FULL_WIDTH) | {"is_tall": len(page.forest.marks) > _LOW_FOREST},
        "results": _table(page.results),
        "quality": _table(page.quality),
        "beside": [_part(part) for part in page.beside],
        "annex": [_part(part) for part in page.annex],
        "theme": {"colours": dict(theme().light), "print": dict(theme().print), "family": theme().family},
    }


_DRAWN = ("summary", "flow", "forest", "results", "quality", "beside", "annex")


def _part(part: Part) -> dict[str, Any]:
    return asdict(part) | {"tables": [_table(table) for table in part.tables]}


def _has_counts(page: ReportPage) -> bool:
    """Whether who took part is worth a section: always beside results, alone only with a count that may be told."""
    told = any(step.submissions is not None for lane in page.flow.lanes for step in lane.steps)
    return told or not page.nothing_to_show


def _badge(side: int) -> dict[str, str]:
    return {"tone": f"{tone(side)}_text", "shape": shape(side)}


def _chart(chart: Chart, width: float) -> dict[str, str]:
    return {
        "title": chart.title,
        "reading": chart.reading,
        "alt": chart.alt,
        "svg": draw(chart, width, for_print=True),
    }


def _table(table: Table) -> dict[str, Any]:
    """A row that only heads a group is told apart, so that the document can let it span the table.

    `span`: over how many rows the row's name stands, 0 where it stands above already. Rows of one name keep together.
    """
    spans = _spans(table.rows)
    return {
        "caption": table.caption,
        "columns": [asdict(column) for column in table.columns],
        "rows": [
            asdict(row) | {"is_heading": _is_heading(row), "span": span}
            for row, span in zip(table.rows, spans, strict=True)
        ],
    }


def _spans(rows: tuple[Row, ...]) -> list[int]:
    spans: list[int] = []
    for _, group in itertools.groupby(rows, key=lambda row: (_is_heading(row), row.cells[0])):
        alike = len(list(group))
        # A name over very many rows would not fit on a page as one block.
        spans += [alike, *[0] * (alike - 1)] if alike <= _MOST_TOGETHER else [1] * alike
    return spans


def _is_heading(row: Row) -> bool:
    return row.section and not any(row.cells[1:])
