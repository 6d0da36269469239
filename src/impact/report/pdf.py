"""The report page as PDF/UA-1 and PDF/A-2a by Typst: tagged, with text alternatives, the same bytes each time.

Data reach the document as JSON, never as markup. Only the package's font is used, so that no machine's fonts
change the result.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from typing import Any

from impact.i18n import direction
from impact.report.charts import Chart, Row, Table
from impact.report.page import ReportPage
from impact.report.svg import draw
from impact.report.text import printable
from impact.report.theme import font_folder, shape, theme, tone
from impact.resources import folder

STANDARDS = ("ua-1", "a-2a")
_NO_LOCK = date(2000, 1, 1)
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
        "flow": _chart(page.flow, _FULL_WIDTH) | {"table": _table(page.flow.table)},
        "forest": _chart(page.forest, _FULL_WIDTH) | {"table": _table(page.forest.table)},
        "results": _table(page.results),
        "quality": _table(page.quality),
        "theme": {"colours": dict(theme().light), "print": dict(theme().print), "family": theme().family},
    }


_DRAWN = ("summary", "flow", "forest", "results", "quality")


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
    """A row that only heads a group is told apart, so that the document can let it span the table."""
    return {
        "caption": table.caption,
        "columns": [asdict(column) for column in table.columns],
        "rows": [asdict(row) | {"is_heading": _is_heading(row)} for row in table.rows],
    }


def _is_heading(row: Row) -> bool:
    return row.section and not any(row.cells[1:])
