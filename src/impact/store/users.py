"""Users, who sign in: add, set_password, by_email, check, renew. Passwords are hashed by Argon2id (RFC 9106).

Cost: 19 MiB, two passes, one lane, the minimum of the OWASP Password Storage Cheat Sheet for Argon2id. The larger
64 MiB of RFC 9106 would let a few strangers with made-up passwords take the memory of a small server.
"""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import delete
from sqlmodel import Session, select

from impact.errors import Conflict, InputInvalid, NotFound, NotSignedIn, Problem
from impact.store.ids import new_key, new_secret
from impact.store.names import hidden_character
from impact.store.tables import METADATA, ROLES, User

MINIMUM_PASSWORD = 10
MAXIMUM_PASSWORD = 1000
_SIGN_IN = METADATA.tables["sign_in"]

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # memory in KiB


def add(session: Session, email: str, password: str, role: str = "evaluator") -> User:
    """Store a user; InputInvalid with all problems, Conflict if the address has an account."""
    address = _normalised(email)
    problems = []
    local, _, domain = address.rpartition("@")
    hidden = hidden_character(address)
    if hidden:
        problems.append(
            Problem("email", f"the address holds {hidden}, which cannot be seen.", "Remove it.", "email")
        )
    elif not local or not domain or not address.isprintable() or " " in address:
        problems.append(
            Problem("email", f"“{email}” is no email address.", "Write name@example.org.", "email")
        )
    problems += _password_problems(password)
    if role not in ROLES:
        problems.append(Problem("role", f"there is no role “{role}”.", f"Use {' or '.join(ROLES)}.", "role"))
    InputInvalid.raise_if(problems)
    if by_email(session, address) is not None:
        raise Conflict.at(address, "this address has an account.", "Use another one.")
    user = User(id=new_key(), email=address, password_hash=_HASHER.hash(password), role=role)
    session.add(user)
    session.flush()
    return user


def set_password(session: Session, email: str, password: str) -> User:
    """Another password for an account, whose sign-ins all end. InputInvalid, NotFound."""
    InputInvalid.raise_if(_password_problems(password))
    user = by_email(session, email)
    if user is None:
        address = _normalised(email)
        raise NotFound.at(address, "this address has no account.", f"Add it: impact user add {address}")
    user.password_hash = _HASHER.hash(password)
    session.add(user)
    session.connection().execute(delete(_SIGN_IN).where(_SIGN_IN.c.user_id == user.id))
    session.flush()
    return user


def _password_problems(password: str) -> list[Problem]:
    if MINIMUM_PASSWORD <= len(password) <= MAXIMUM_PASSWORD:
        return []
    what = f"the password has {len(password)} characters."
    remedy = f"Choose {MINIMUM_PASSWORD} to {MAXIMUM_PASSWORD}; four random words are a good one."
    return [Problem("password", what, remedy, "password")]


def by_email(session: Session, email: str) -> User | None:
    return session.exec(select(User).where(User.email == _normalised(email))).first()


def check(user: User | None, password: str) -> str | None:
    """NotSignedIn unless the password is this user's. A new hash, for `renew`, if the stored one is of another cost.

    It takes as long and says the same whether there is a user or not, so that nobody can ask who has an account.
    It needs no database: some 50 ms and 19 MiB, during which no connection should be held.
    """
    stored = _nobodys_hash() if user is None else user.password_hash
    if not _matches(stored, password) or user is None:
        raise NotSignedIn("The email address or the password is not right. Try again.")
    return _HASHER.hash(password) if _HASHER.check_needs_rehash(stored) else None


def renew(session: Session, user_id: str, password_hash: str) -> None:
    """Replace the hash that `check` found to be of another cost."""
    user = session.get(User, user_id)
    if user is not None:
        user.password_hash = password_hash
        session.add(user)
        session.flush()


def _matches(stored: str, password: str) -> bool:
    if len(password) > MAXIMUM_PASSWORD:
        password = ""  # nobody's password, and no work for whoever sends megabytes
    try:
        return _HASHER.verify(stored, password)
    except (Argon2Error, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(new_secret())


def _normalised(email: str) -> str:
    return email.strip().lower()
