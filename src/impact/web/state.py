"""What every page may use: settings, database, keys. Kept on the application, made once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

    from impact.settings import Settings
    from impact.store import Database
    from impact.vault import Vault


@dataclass(frozen=True)
class State:
    settings: Settings
    database: Database
    vault: Vault


def state_of(request: Request) -> State:
    """The state of the application that answers this request (also fit for `Depends`)."""
    return of_application(request.app)


def of_application(app: FastAPI) -> State:
    return app.state.impact
