"""Sign-ins: start, find, end. Only the SHA-256 of a token is stored; a stolen database opens no door."""

from __future__ import annotations

import time

from sqlalchemy import delete
from sqlmodel import Session, select

from impact.store.ids import digest, new_secret
from impact.store.tables import SignIn, User

LIFETIME_SECONDS = 12 * 60 * 60
"""Absolute: use does not prolong it."""


def start(session: Session, user_id: str, now: float | None = None) -> str:
    """A new token of 256 random bits for the browser's cookie. `now` in seconds since 1970 (the clock's if None).

    Expired sign-ins of everybody are removed on the way.
    """
    at = int(time.time() if now is None else now)
    session.connection().execute(delete(SignIn).where(SignIn.expires_at <= at))
    token = new_secret()
    session.add(SignIn(token_sha256=digest(token), user_id=user_id, expires_at=at + LIFETIME_SECONDS))
    session.flush()
    return token


def find(session: Session, token: str, now: float | None = None) -> User | None:
    """Whose sign-in this is; None if unknown, ended or expired."""
    at = int(time.time() if now is None else now)
    query = (
        select(User)
        .join(SignIn, SignIn.user_id == User.id)
        .where(SignIn.token_sha256 == digest(token), SignIn.expires_at > at)
    )
    return session.exec(query).first()


def end(session: Session, token: str) -> None:
    """Sign out this browser. An unknown token is no error."""
    session.connection().execute(delete(SignIn).where(SignIn.token_sha256 == digest(token)))
