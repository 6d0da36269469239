"""Evaluators: who may sign in, and who has."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from impact.errors import NotSignedIn
from impact.store import Database, sign_ins, users


@dataclass(frozen=True)
class Account:
    """A person who may see programmes."""

    id: str
    email: str
    role: str


def add_user(database: Database, email: str, password: str | None = None, role: str = "evaluator") -> str:
    """Add a person and return the password (a random one unless given); it cannot be read again later.

    Raises InputInvalid with all problems, Conflict if the address has an account.
    """
    password = secrets.token_urlsafe(12) if password is None else password
    with database.session() as session:
        users.add(session, email, password, role)
    return password


def sign_in(database: Database, email: str, password: str) -> str:
    """Start a sign-in and return its token (for the cookie). Raises NotSignedIn, alike for every reason."""
    with database.session() as session:
        return sign_ins.start(session, users.verify(session, email, password).id)


def signed_in(database: Database, token: str | None) -> Account:
    """Who holds this token. Raises NotSignedIn if it is absent, unknown, ended or expired."""
    with database.session() as session:
        user = sign_ins.find(session, token) if token else None
    if user is None:
        raise NotSignedIn("Please sign in.")
    return Account(user.id, user.email, user.role)


def sign_out(database: Database, token: str | None) -> None:
    """End the sign-in; an unknown token is no error."""
    if token:
        with database.session() as session:
            sign_ins.end(session, token)
