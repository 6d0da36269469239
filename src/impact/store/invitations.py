"""Invitations: create, find, close, of_programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, select

from impact.errors import NotFound
from impact.store.ids import new_link_token
from impact.store.tables import Invitation, Programme, Workshop


@dataclass(frozen=True)
class InvitationInfo:
    """All that a participant's page needs to know about the link that was opened."""

    token: str
    wave: str
    side: str | None
    is_open: bool
    workshop_id: str
    workshop_label: str
    arm: str
    programme_id: str
    programme_name: str
    organisation: str
    instrument_id: str
    instrument_version: int
    instrument_sha256: str
    side_names: Mapping[str, Mapping[str, str]]


def create(session: Session, workshop_id: str, wave: str, side: str | None = None) -> Invitation:
    """A link for one wave of one workshop; with `side`, for the people of that side."""
    invitation = Invitation(token=new_link_token(), workshop_id=workshop_id, wave=wave, side=side)
    session.add(invitation)
    session.flush()
    return invitation


def find(session: Session, token: str) -> InvitationInfo:
    """NotFound if there is no such link; a closed one is found and says so by `is_open`."""
    query = (
        select(Invitation, Workshop, Programme)
        .join(Workshop, Workshop.id == Invitation.workshop_id)
        .join(Programme, Programme.id == Workshop.programme_id)
        .where(Invitation.token == token)
    )
    found = session.exec(query).first()
    if found is None:
        raise NotFound("This link is not known. Check that it was copied as a whole.")
    invitation, workshop, programme = found
    return InvitationInfo(
        token=invitation.token,
        wave=invitation.wave,
        side=invitation.side,
        is_open=invitation.is_open,
        workshop_id=workshop.id,
        workshop_label=workshop.label,
        arm=workshop.arm,
        programme_id=programme.id,
        programme_name=programme.name,
        organisation=programme.organisation,
        instrument_id=programme.instrument_id,
        instrument_version=programme.instrument_version,
        instrument_sha256=programme.instrument_sha256,
        side_names=programme.side_names,
    )


def close(session: Session, token: str) -> None:
    """No more submissions by this link; NotFound if there is none."""
    invitation = session.get(Invitation, token)
    if invitation is None:
        raise NotFound.at(
            f"link “{token[:40]}”",
            "this link is not known.",
            "See which there are with: impact programme links PROGRAMME",
        )
    invitation.is_open = False
    session.add(invitation)
    session.flush()


def of_programme(session: Session, programme_id: str) -> list[Invitation]:
    """By workshop, wave and side."""
    query = (
        select(Invitation, Workshop.label)
        .join(Workshop, Workshop.id == Invitation.workshop_id)
        .where(Workshop.programme_id == programme_id)
    )
    found = sorted(
        session.exec(query), key=lambda row: (row[1], row[0].wave, row[0].side or "", row[0].token)
    )
    return [invitation for invitation, _ in found]
