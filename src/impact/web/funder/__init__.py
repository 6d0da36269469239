"""The funder's pages: a released summary behind a secret link, and the same findings as PDF."""

from __future__ import annotations

from fastapi import FastAPI

from impact.web.funder.release import router

__all__ = ["add_routes"]


def add_routes(app: FastAPI) -> None:
    app.include_router(router)
