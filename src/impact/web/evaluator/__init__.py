"""The evaluator's pages: sign in, programmes, one programme with its links, its results."""

from __future__ import annotations

from fastapi import FastAPI

from impact.errors import NotSignedIn
from impact.web.evaluator import programmes, releases, results, sign_in
from impact.web.evaluator.access import Throttle, to_sign_in
from impact.web.evaluator.once import UsedForms

__all__ = ["add_routes"]


def add_routes(app: FastAPI) -> None:
    """Add the pages; whoever is not signed in is sent to the sign-in page, and comes back from there."""
    app.state.sign_in_throttle = Throttle()
    app.state.used_forms = UsedForms()
    app.add_exception_handler(NotSignedIn, to_sign_in)
    for part in (sign_in, programmes, releases, results):
        app.include_router(part.router)
