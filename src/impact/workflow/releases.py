"""Findings are frozen for a funder: what a link shows never changes after it was given."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from impact.errors import Conflict
from impact.settings import Settings
from impact.store import Database, programmes, releases
from impact.vault import Vault
from impact.workflow.content import plan_of
from impact.workflow.days import today
from impact.workflow.evaluations import evaluate_programme, findings_json

_ONE_AFTER_THE_OTHER = threading.Lock()
_SHOWN = 5


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
    """Freeze the public findings of a programme under a new secret link.

    Raises NotFound; Conflict as long as there is no finding that the public may see, and if an earlier release,
    revoked or not, rests on nearly the same people: the difference of the two would tell about the few.
    """
    findings = evaluate_programme(database, vault, settings, programme_id, "public")
    if not any(_is_shown(found) for found in findings["findings"]):
        least = findings["disclosure"]["threshold"]
        raise Conflict(
            "Nothing can be shown to the public yet: no result rests on enough people. "
            f"At least {least} of a group must have answered both times; import or collect more answers first."
        )
    with _ONE_AFTER_THE_OTHER, database.session() as session:
        programme = programmes.get(session, programme_id)
        stored = releases.of_programme(session, programme_id)
        earlier = [json.loads(releases.findings_of(vault, one)) for one in stored]
        plan, _ = plan_of(programme, settings)
        text = findings_json(findings).decode()
        _refuse_too_close(programme.name, earlier, json.loads(text), plan.thresholds.public)
        made, token = releases.add(session, vault, programme_id, text, today())
    return ReleaseLink(made.id, token)


def _is_shown(found: Mapping[str, Any]) -> bool:
    return not found["suppressed"] and found["estimate"]["value"] is not None


def _refuse_too_close(
    name: str, earlier: Sequence[dict[str, Any]], new: dict[str, Any], threshold: int
) -> None:
    from impact.evaluation.ledger import too_close

    places = list(dict.fromkeys(place for one in earlier for place in too_close(one, new, threshold)))
    if places:
        more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
        raise Conflict.at(
            name,
            f"since an earlier release fewer than {threshold} people have come or gone, so that whoever has both "
            f"could work out how those few answered ({'; '.join(places[:_SHOWN])}{more}).",
            f"Wait until at least {threshold} more people have answered. To revoke the earlier release does not "
            "help: it may have been seen.",
        )


def find_release(database: Database, vault: Vault, token: str) -> dict[str, Any]:
    """The findings behind a funder's link. Raises NotFound if there is none or it was revoked."""
    with database.session() as session:
        found = releases.by_token(session, token)
    return json.loads(releases.findings_of(vault, found))


def list_releases(database: Database, programme_id: str) -> tuple[ReleaseFacts, ...]:
    """The releases of a programme, newest first. Raises NotFound."""
    with database.session() as session:
        programmes.get(session, programme_id)
        found = releases.of_programme(session, programme_id)
    return tuple(ReleaseFacts(one.id, one.created_on.isoformat(), one.revoked) for one in found)


def revoke_release(database: Database, release_id: str) -> None:
    """Close a funder's link for good. Raises NotFound."""
    with database.session() as session:
        releases.revoke(session, release_id)
