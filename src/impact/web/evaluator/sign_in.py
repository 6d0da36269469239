"""GET and POST /sign-in, POST /sign-out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from impact.errors import NotSignedIn
from impact.templating import render
from impact.web.evaluator.access import Throttle, forget, keep, local_path, token_of
from impact.web.state import state_of
from impact.workflow import sign_in, sign_out

router = APIRouter()
_WRONG = "The email address or the password is not right. Please try again."
_WAIT = "Too many tries for this address. Please wait ten minutes and try again."


@router.get("/sign-in")
def form(next: str = "/") -> Response:  # noqa: A002  the address says `next`
    return _page(local_path(next))


@router.post("/sign-in")
def enter(
    request: Request,
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    """303 to the page that was asked for, with the cookie; else the form again, the same for every reason."""
    throttle: Throttle = request.app.state.sign_in_throttle
    if throttle.is_closed(email):
        return _page(local_path(next), email, _WAIT, 429)
    try:
        token = sign_in(state_of(request).database, email, password)
    except NotSignedIn:
        throttle.failed(email)
        return _page(local_path(next), email, _WRONG, 403)
    throttle.succeeded(email)
    response = RedirectResponse(local_path(next), 303)
    keep(response, request, token)
    return response


@router.post("/sign-out")
def leave(request: Request) -> Response:
    sign_out(state_of(request).database, token_of(request))
    response = RedirectResponse("/sign-in", 303)
    forget(response, request)
    return response


def _page(next_path: str, email: str = "", problem: str = "", status: int = 200) -> Response:
    page = render("web/evaluator/sign_in.html", next_path=next_path, email=email[:320], problem=problem)
    return HTMLResponse(page, status)
