"""GET /programmes/{id}/results: what changed, for whom, how sure. The team's findings, drawn."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from impact.templating import render
from impact.web.evaluator.access import SignedIn
from impact.web.evaluator.screen import screen_chart
from impact.web.headers import allow
from impact.web.state import state_of
from impact.workflow import evaluate_programme

router = APIRouter()


@router.get("/programmes/{programme_id}/results")
def results(request: Request, account: SignedIn, programme_id: str) -> Response:
    """Complete without scripts; with them, charts tell exact values under the pointer.

    Plotly sets styles inline, so this page allows them; scripts come from this server only.
    """
    from impact.report import report_page

    state = state_of(request)
    findings = evaluate_programme(state.database, state.vault, state.settings, programme_id, "team")
    page = report_page(findings)
    allow(request, scripts=True, inline_styles=True)
    html = render(
        "web/evaluator/results.html",
        email=account.email,
        programme_id=programme_id,
        page=page,
        submissions=findings["data"]["submissions"],
        respondents=findings["data"]["respondents"],
        summary=tuple((point, screen_chart(point.chart)) for point in page.summary),
        forest=screen_chart(page.forest),
        flow=screen_chart(page.flow),
    )
    return HTMLResponse(html)
