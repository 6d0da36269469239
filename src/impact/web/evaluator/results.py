"""GET /programmes/{id}/results: what changed, for whom, how sure. The team's findings, drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from impact.templating import render
from impact.web.evaluator.access import SignedIn
from impact.web.evaluator.nothing import nothing_to_show
from impact.web.evaluator.overview import number_word
from impact.web.evaluator.screen import screen_chart
from impact.web.headers import allow
from impact.web.state import state_of
from impact.workflow import evaluate_programme, programme_overview

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
    frame = {"email": account.email, "programme_id": programme_id, "page": page}
    if nothing_to_show(findings, page):
        pairs = programme_overview(state.database, state.vault, state.settings, programme_id).pairs
        nothing = nothing_to_show(findings, page, pairs)
        return HTMLResponse(render("web/evaluator/no_results.html", **frame, nothing=nothing))
    allow(request, scripts=True, inline_styles=True)
    html = render(
        "web/evaluator/results.html",
        **frame,
        lead=lead(findings),
        summary=tuple((point, screen_chart(point.chart)) for point in page.summary),
        forest=screen_chart(page.forest),
        flow=screen_chart(page.flow),
    )
    return HTMLResponse(html)


def lead(findings: Mapping[str, Any]) -> str:
    """`Three workshops, asked before and after; 71 of 84 people answered both times.`: what may be told of it."""
    workshops = findings["labels"].get("workshops") or 0
    rooms = (
        f"{number_word(workshops)} workshop{'' if workshops == 1 else 's'}, asked" if workshops else "Asked"
    )
    begun, returned = _people(findings)
    if begun is None or returned is None:
        return f"{rooms} before and after."
    return f"{rooms} before and after; {returned} of {begun} people answered both times."


def _people(findings: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Who answered at the first wave, and who of them came back at the wave it is compared with."""
    flow, first = findings["flow"], findings["findings"][:1]
    if not flow or not first:
        return None, None
    after, _, before = first[0]["contrast"].partition(" - ")
    if before != flow[0]["wave"]:
        return None, None
    begun = [row["submissions"] for row in flow if row["wave"] == before]
    joined = {wave["wave"]: wave["linked"] for wave in findings["linkage"]["waves"]}
    return None if None in begun else sum(begun), joined.get(after)
