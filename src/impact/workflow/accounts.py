"""Evaluators: who may sign in, and who has."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass

from impact.errors import NotSignedIn
from impact.store import Database, sign_ins, users

_HASHING = threading.BoundedSemaphore(2)
"""How many passwords are hashed at once: guessing takes this much of the machine and no more."""


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


def new_password(database: Database, email: str, password: str | None = None) -> str:
    """Give an account another password (a random one unless given) and return it; all its sign-ins end.

    Raises NotFound, InputInvalid.
    """
    password = secrets.token_urlsafe(12) if password is None else password
    with database.session() as session:
        users.set_password(session, email, password)
    return password


def sign_in(database: Database, email: str, password: str) -> str:
    """Start a sign-in and return its token (for the cookie). Raises NotSignedIn, alike for every reason."""
    with database.session() as session:
        user = users.by_email(session, email)
    with _HASHING:  # outside any transaction: nobody waits for a connection because of it
        renewed = users.check(user, password)
    with database.session() as session:
        if renewed:
            users.renew(session, user.id, renewed)
        return sign_ins.start(session, user.id)


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
