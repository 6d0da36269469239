"""GET / (all programmes) and GET /programmes/{id} (one)."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from impact.report import report_page
from impact.report.text import clean
from impact.store import workshops
from impact.templating import render
from impact.web.evaluator import overview as shown
from impact.web.evaluator.access import SignedIn
from impact.web.evaluator.once import UsedForms
from impact.web.headers import allow
from impact.web.state import State, state_of
from impact.workflow import (
    ProgrammeFacts,
    ProgrammeOverview,
    evaluate_programme,
    list_programmes,
    list_releases,
    programme_overview,
)

router = APIRouter()
# Whether a public report would be empty is worth evaluating where people are few; with more it is not in doubt.
_MANY_PAIRS = 1000


@dataclass(frozen=True)
class Listed:
    """A programme in the list: the number of workshops that have a name, and what is to be done next."""

    facts: ProgrammeFacts
    name: str
    workshops: str
    next_step: str
    next_path: str


@router.get("/")
def programmes(request: Request, account: SignedIn) -> Response:
    database = state_of(request).database
    found = tuple(_listed(state_of(request), facts) for facts in list_programmes(database))
    return HTMLResponse(render("web/evaluator/programmes.html", account=account, programmes=found))


@router.get("/programmes/{programme_id}")
def programme(request: Request, account: SignedIn, programme_id: str) -> Response:
    state = state_of(request)
    overview = programme_overview(state.database, state.vault, state.settings, programme_id)
    return programme_page(request, account.email, overview)


def programme_page(
    request: Request, email: str, overview: ProgrammeOverview, *, funder_url: str = "", notice: str = ""
) -> Response:
    """The page of a programme; after a release with the funder's link, which is told this once."""
    state = state_of(request)
    allow(request, scripts=True)
    page = render(
        "web/evaluator/programme.html",
        email=email,
        programme=overview.programme,
        name=clean(overview.programme.name, limit=shown.LONGEST_NAME),
        waves=shown.wave_names(overview),
        rows=shown.workshop_rows(overview),
        totals=tuple(sum(room.count(wave) for room in overview.workshops) for wave in overview.waves),
        pairs=overview.pairs,
        ties_refused=overview.ties_refused,
        has_groups=len({workshop.arm for workshop in overview.workshops}) > 1,
        links=shown.participant_links(state.database, overview, state.settings.base_url),
        truth=shown.truth_of(overview, state.settings),
        releases=list_releases(state.database, overview.programme.id),
        nothing_public=nothing_public(state, overview),
        form=UsedForms.new(),
        funder_url=funder_url,
        notice=notice,
    )
    return HTMLResponse(page)


def nothing_public(state: State, overview: ProgrammeOverview) -> str:
    """Why no report can be made for the public; "" if one can."""
    if overview.pairs >= _MANY_PAIRS:
        return ""
    programme_id = overview.programme.id
    findings = evaluate_programme(state.database, state.vault, state.settings, programme_id, "public")
    return report_page(findings).nothing_to_show


def _listed(state: State, facts: ProgrammeFacts) -> Listed:
    with state.database.session() as session:
        named = {room.label for room in workshops.of_programme(session, facts.id) if room.label}
    path = f"/programmes/{facts.id}"
    if not facts.submissions:
        step, path = "Next: send the links to participants", f"{path}#links"
    elif not list_releases(state.database, facts.id):
        step, path = "Next: read the results, then make the report for the funder", f"{path}/results"
    else:
        step, path = "A report was made: see its state", f"{path}#funder"
    count = f"{len(named)} workshop{'' if len(named) == 1 else 's'}" if named else "workshops not told apart"
    return Listed(facts, clean(facts.name, limit=shown.LONGEST_NAME), count, step, path)
