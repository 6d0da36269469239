"""The application: state, pages, static files, front door. Nothing heavy is imported here (see `server_options`)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from impact.web import problems
from impact.web.headers import FrontDoor
from impact.web.state import State
from impact.web.static import static_file

if TYPE_CHECKING:
    from impact.settings import Settings
    from impact.store import Database
    from impact.vault import Vault


def create_app(settings: Settings, database: Database | None = None, vault: Vault | None = None) -> FastAPI:
    """The whole web application.

    A database that is given stays the caller's to close; otherwise one is opened when the server starts and
    closed when it stops. `app.state.impact` holds the State.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        opened = None
        if database is None:
            from impact.store import open_database

            opened = open_database(settings)
            app.state.impact = State(settings, opened, _vault(settings, vault))
        try:
            yield
        finally:
            if opened is not None:
                opened.close()

    app = FastAPI(
        title="impact",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    if database is not None:
        app.state.impact = State(settings, database, _vault(settings, vault))
    problems.add_handlers(app)
    _add_pages(app)
    app.add_middleware(FrontDoor, page=problems.page)
    return app


def _add_pages(app: FastAPI) -> None:
    """Participants first: routes are tried in order, and theirs is the path that must be fast."""
    from impact.web import evaluator, funder, participant

    participant.add_routes(app)
    app.router.routes.append(Route("/static/{file}", static_file))
    app.router.routes.append(Route("/health", _health))
    for part in (funder, evaluator):
        if hasattr(part, "add_routes"):
            part.add_routes(app)
        elif hasattr(part, "router"):
            app.include_router(part.router)


async def _health(request: Request) -> Response:
    """GET /health: the process answers. It says nothing about content and touches no database."""
    return PlainTextResponse("ok")


def _vault(settings: Settings, vault: Vault | None) -> Vault:
    if vault is not None:
        return vault
    from impact.vault import Vault

    return Vault(settings.keyring)
