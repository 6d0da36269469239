"""Users, who sign in: add, by_email, verify. Passwords are hashed by Argon2id (RFC 9106)."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlmodel import Session, select

from impact.errors import Conflict, InputInvalid, NotSignedIn, Problem
from impact.store.ids import new_key, new_secret
from impact.store.tables import ROLES, User

MINIMUM_PASSWORD = 10
MAXIMUM_PASSWORD = 1000

_HASHER = PasswordHasher()  # the library's defaults are the second recommendation of RFC 9106, section 4


def add(session: Session, email: str, password: str, role: str = "evaluator") -> User:
    """Store a user; InputInvalid with all problems, Conflict if the address has an account."""
    address = _normalised(email)
    problems = []
    local, _, domain = address.rpartition("@")
    if not local or not domain or any(character.isspace() for character in address):
        problems.append(
            Problem("email", f"“{email}” is no email address.", "Write name@example.org.", "email")
        )
    if not MINIMUM_PASSWORD <= len(password) <= MAXIMUM_PASSWORD:
        what = f"the password has {len(password)} characters."
        remedy = f"Choose {MINIMUM_PASSWORD} to {MAXIMUM_PASSWORD}; four random words are a good one."
        problems.append(Problem("password", what, remedy, "password"))
    if role not in ROLES:
        problems.append(Problem("role", f"there is no role “{role}”.", f"Use {' or '.join(ROLES)}.", "role"))
    InputInvalid.raise_if(problems)
    if by_email(session, address) is not None:
        raise Conflict.at(address, "this address has an account.", "Use another one.")
    user = User(id=new_key(), email=address, password_hash=_HASHER.hash(password), role=role)
    session.add(user)
    session.flush()
    return user


def by_email(session: Session, email: str) -> User | None:
    return session.exec(select(User).where(User.email == _normalised(email))).first()


def verify(session: Session, email: str, password: str) -> User:
    """The user if the password is right, else NotSignedIn.

    It takes as long and says the same whether the account exists or not, so that nobody can ask who has one.
    """
    user = by_email(session, email)
    stored = _nobodys_hash() if user is None else user.password_hash
    if not _matches(stored, password) or user is None:
        raise NotSignedIn("The email address or the password is not right. Try again.")
    if _HASHER.check_needs_rehash(user.password_hash):
        user.password_hash = _HASHER.hash(password)
        session.add(user)
        session.flush()
    return user


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
