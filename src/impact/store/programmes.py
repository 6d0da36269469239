"""Programmes: create, get, all, set_plan_lock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session, select

from impact.errors import Conflict, InputInvalid, NotFound
from impact.instruments.model import Instrument
from impact.plans.lock import Lock, lock_text
from impact.plans.model import Plan
from impact.store.ids import new_key
from impact.store.tables import Programme


def create(
    session: Session,
    *,
    name: str,
    instrument: Instrument,
    plan: Plan,
    plan_yaml: str,
    plan_lock: Lock | None = None,
    created_on: date,
    organisation: str = "",
    side_names: Mapping[str, Mapping[str, str]] | None = None,
    synthetic: bool = False,
    truth: Mapping[str, Any] | None = None,
    programme_id: str | None = None,
) -> Programme:
    """Store a programme. `side_names` {side: {language: name}}; without it the instrument's own names are kept.

    `plan_lock` is what lay beside the plan's file; then the plan is locked, and since when.
    `programme_id` is given when the vault's key was made for it first; else it is random.
    """
    if not 1 <= len(name.strip()) <= 200:
        raise InputInvalid.at("name", "a programme needs a name of 1 to 200 characters.", "Give it one.")
    if side_names is None:
        side_names = {side.id: side.name for side in instrument.sides}
    programme = Programme(
        id=programme_id or new_key(),
        name=name,
        organisation=organisation,
        instrument_id=instrument.id,
        instrument_version=instrument.version,
        instrument_sha256=instrument.sha256,
        plan_id=plan.id,
        plan_sha256=plan.sha256,
        plan_yaml=plan_yaml,
        plan_lock=plan_lock and lock_text(plan_lock),
        plan_locked_at=plan_lock and plan_lock.locked_at,
        side_names={side: dict(names) for side, names in side_names.items()},
        synthetic=synthetic,
        truth=None if truth is None else dict(truth),
        created_on=created_on,
    )
    session.add(programme)
    session.flush()
    return programme


def get(session: Session, programme_id: str) -> Programme:
    """NotFound if there is none."""
    programme = session.get(Programme, programme_id)
    if programme is None:
        raise NotFound.at(
            f"programme “{programme_id[:40]}”",
            "there is no such programme.",
            "See which there are with: impact programme list",
        )
    return programme


def all(session: Session) -> list[Programme]:  # noqa: A001 - read as programmes.all
    """By name."""
    return list(session.exec(select(Programme).order_by(Programme.name, Programme.id)))


def set_plan_lock(session: Session, programme_id: str, locked_at: str) -> Programme:
    """Record when the plan was locked (ISO 8601). Once only: Conflict if it is locked."""
    programme = get(session, programme_id)
    if programme.plan_locked_at is not None:
        raise Conflict.at(
            programme.name,
            f"its plan was locked at {programme.plan_locked_at}.",
            "A lock is never moved; what is done otherwise is listed as a deviation.",
        )
    programme.plan_locked_at = locked_at
    session.add(programme)
    session.flush()
    return programme
