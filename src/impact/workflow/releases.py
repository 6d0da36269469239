"""Findings are frozen for a funder: what a link shows never changes after it was given."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from impact.settings import Settings
from impact.store import Database, releases
from impact.vault import Vault
from impact.workflow.days import today
from impact.workflow.evaluations import evaluate_programme, findings_json


@dataclass(frozen=True)
class ReleaseLink:
    """A new release. The token is told once: only its hash is kept."""

    id: str
    token: str

    @property
    def path(self) -> str:
        return f"/f/{self.token}"


@dataclass(frozen=True)
class ReleaseFacts:
    """What a list of releases shows of one."""

    id: str
    created_on: str
    revoked: bool


def release(database: Database, vault: Vault, settings: Settings, programme_id: str) -> ReleaseLink:
    """Freeze the public findings of a programme under a new secret link. Raises NotFound."""
    findings = evaluate_programme(database, vault, settings, programme_id, "public")
    with database.session() as session:
        made, token = releases.add(session, programme_id, findings_json(findings).decode(), today())
    return ReleaseLink(made.id, token)


def find_release(database: Database, token: str) -> dict[str, Any]:
    """The findings behind a funder's link. Raises NotFound if there is none or it was revoked."""
    with database.session() as session:
        return json.loads(releases.by_token(session, token).findings)


def list_releases(database: Database, programme_id: str) -> tuple[ReleaseFacts, ...]:
    """The releases of a programme, newest first."""
    with database.session() as session:
        found = releases.of_programme(session, programme_id)
    return tuple(ReleaseFacts(one.id, one.created_on.isoformat(), one.revoked) for one in found)


def revoke_release(database: Database, release_id: str) -> None:
    """Close a funder's link for good. Raises NotFound."""
    with database.session() as session:
        releases.revoke(session, release_id)
