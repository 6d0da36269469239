"""Links for funders: POST /programmes/{id}/releases makes one, …/releases/{release}/withdraw ends one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from impact.errors import NotFound
from impact.report.text import clean
from impact.templating import render
from impact.web.evaluator.access import SignedIn
from impact.web.evaluator.once import UsedForms
from impact.web.evaluator.overview import LONGEST_NAME
from impact.web.evaluator.programmes import nothing_public, programme_page
from impact.web.state import state_of
from impact.workflow import (
    ProgrammeFacts,
    ReleaseFacts,
    list_programmes,
    list_releases,
    programme_overview,
    release,
    revoke_release,
)

router = APIRouter()
_NO_FORM = "No report was made: please use the button on this page."
_SENT_ALREADY = (
    "No second report was made: this form was sent already. Its link was shown once; if it is lost, withdraw that "
    "report and make another."
)


@router.post("/programmes/{programme_id}/releases")
def make_release(
    request: Request, account: SignedIn, programme_id: str, form: Annotated[str, Form()] = ""
) -> Response:
    """Freeze the public findings and show their link: this once, because only its hash is kept."""
    state, used = state_of(request), _used(request)
    overview = programme_overview(state.database, state.vault, state.settings, programme_id)
    if nothing_public(state, overview):
        return programme_page(request, account.email, overview)
    if not used.take(account.id, form):
        notice = _SENT_ALREADY if form else _NO_FORM
        return programme_page(request, account.email, overview, notice=notice)
    try:
        link = release(state.database, state.vault, state.settings, programme_id)
    except Exception:
        used.give_back(account.id, form)
        raise
    return programme_page(request, account.email, overview, funder_url=state.settings.base_url + link.path)


@router.get("/programmes/{programme_id}/releases/{release_id}/withdraw")
def ask(request: Request, account: SignedIn, programme_id: str, release_id: str) -> Response:
    """Is it meant? Withdrawing cannot be undone."""
    programme, found = _found(request, programme_id, release_id)
    page = render(
        "web/evaluator/withdraw.html",
        email=account.email,
        programme=programme,
        name=clean(programme.name, limit=LONGEST_NAME),
        release=found,
    )
    return HTMLResponse(page)


@router.post("/programmes/{programme_id}/releases/{release_id}/withdraw")
def withdraw(request: Request, account: SignedIn, programme_id: str, release_id: str) -> Response:
    """The link opens nothing from now on; a second time changes nothing."""
    _, found = _found(request, programme_id, release_id)
    revoke_release(state_of(request).database, found.id)
    return RedirectResponse(f"/programmes/{programme_id}#funder", 303)


def _found(request: Request, programme_id: str, release_id: str) -> tuple[ProgrammeFacts, ReleaseFacts]:
    """The programme and its release. Raises NotFound, also for a release of another programme."""
    database = state_of(request).database
    programme = next((one for one in list_programmes(database) if one.id == programme_id), None)
    found = next((one for one in list_releases(database, programme_id) if one.id == release_id), None)
    if programme is None or found is None:
        raise NotFound("There is no such release.")
    return programme, found


def _used(request: Request) -> UsedForms:
    return request.app.state.used_forms
