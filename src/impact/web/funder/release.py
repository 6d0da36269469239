"""GET /f/{token} and GET /f/{token}/report.pdf: from a frozen release only; a wrong and an ended link look alike."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from impact.templating import render
from impact.web.evaluator.nothing import nothing_to_show
from impact.web.evaluator.screen import screen_chart
from impact.web.state import state_of
from impact.workflow import build_report, find_release

router = APIRouter()
_INLINE = {"content-disposition": 'inline; filename="impact-report.pdf"'}


@router.get("/f/{token}")
def summary(request: Request, token: str) -> Response:
    """The summary page. No script: it opens in any mail program's browser, and prints."""
    from impact.report import report_page

    findings = _released(request, token)
    page = report_page(findings)
    nothing = nothing_to_show(findings, page)
    if nothing:
        return HTMLResponse(render("web/funder/no_results.html", page=page, nothing=nothing))
    html = render(
        "web/funder/release.html",
        page=page,
        pdf_path=f"/f/{token}/report.pdf",
        summary=tuple((point, screen_chart(point.chart, with_figures=False)) for point in page.summary),
        forest=screen_chart(page.forest, with_figures=False),
        flow=screen_chart(page.flow, with_figures=False),
    )
    return HTMLResponse(html)


@router.get("/f/{token}/report.pdf")
def report(request: Request, token: str) -> Response:
    """The report as PDF; the same release gives the same bytes."""
    findings = _released(request, token)
    return Response(build_report(findings), media_type="application/pdf", headers=_INLINE)


def _released(request: Request, token: str) -> dict[str, Any]:
    state = state_of(request)
    return find_release(state.database, state.vault, token)
