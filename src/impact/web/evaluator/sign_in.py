"""GET and POST /sign-in, POST /sign-out."""

from __future__ import annotations

import threading
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from impact.errors import NotSignedIn
from impact.templating import render
from impact.web.evaluator import browsers
from impact.web.evaluator.access import Throttle, forget, keep, local_path, token_of
from impact.web.state import state_of
from impact.workflow import sign_in, sign_out

router = APIRouter()
_WRONG = "The email address or the password is not right. Please try again."
_WAIT = (
    "Too many tries for this address. Please wait ten minutes and try again, or use a browser in which you have "
    "signed in before."
)
_BUSY = "Too many people are signing in; try again in a moment."
_ROOM = threading.BoundedSemaphore(8)
"""Two passwords are hashed at once, six wait. Everybody else is told at once, so that no thread is kept waiting."""


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
    if not _ROOM.acquire(blocking=False):
        return _page(local_path(next), email, _BUSY, 429)
    try:
        return _enter(request, email, password, local_path(next))
    finally:
        _ROOM.release()


def _enter(request: Request, email: str, password: str, target: str) -> Response:
    throttle: Throttle = request.app.state.sign_in_throttle
    budget = browsers.budget_name(request, email)
    if not throttle.reserve(budget):
        return _page(target, email, _WAIT, 429)
    try:
        token = sign_in(state_of(request).database, email, password)
    except NotSignedIn:
        return _page(target, email, _WRONG, 403)
    throttle.succeeded(budget)
    response = RedirectResponse(target, 303)
    keep(response, request, token)
    browsers.remember(response, request, email)
    return response


@router.post("/sign-out")
def leave(request: Request) -> Response:
    sign_out(state_of(request).database, token_of(request))
    response = RedirectResponse("/sign-in", 303)
    forget(response, request)
    return response


def _page(next_path: str, typed: str = "", problem: str = "", status: int = 200) -> Response:
    """`typed` is what stood in the field: nobody is signed in here, so the frame is told of no `email`."""
    page = render("web/evaluator/sign_in.html", next_path=next_path, typed=typed[:320], problem=problem)
    return HTMLResponse(page, status)
