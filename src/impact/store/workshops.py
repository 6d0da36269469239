"""Workshops: create, of_programme."""

from __future__ import annotations

from sqlmodel import Session, select

from impact.errors import Conflict
from impact.store.ids import new_key
from impact.store.tables import Workshop


def create(session: Session, programme_id: str, label: str, arm: str = "workshop") -> Workshop:
    """Store a workshop; Conflict if the programme has one with this label and arm.

    `arm` is `workshop` or `comparison`. An empty label stands for “no workshop”.
    """
    taken = select(Workshop).where(
        Workshop.programme_id == programme_id, Workshop.label == label, Workshop.arm == arm
    )
    if session.exec(taken).first() is not None:
        raise Conflict.at(label, "the programme has a workshop of this name.", "Choose another name.")
    workshop = Workshop(id=new_key(), programme_id=programme_id, label=label, arm=arm)
    session.add(workshop)
    session.flush()
    return workshop


def of_programme(session: Session, programme_id: str) -> list[Workshop]:
    """By label, then arm."""
    found = select(Workshop).where(Workshop.programme_id == programme_id)
    # Sorted here, not by the database: collations differ between the engines.
    return sorted(session.exec(found), key=lambda workshop: (workshop.label, workshop.arm))
