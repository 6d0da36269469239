"""The tables. What must always hold is a constraint in the database, not a check in the code.

Nothing here tells who answered or when: keys are random, days are the finest time, and on SQLite the rows of a
submission are stored in the order of their random keys (WITHOUT ROWID). What order of arrival the pages and the log
of the file still hold, `Database.tidy` removes. Waves, sides and arms are the names that the instrument gives them.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Dialect,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from impact.instruments.model import ARMS

ROLES = ("evaluator", "administrator")


class Bytes(LargeBinary):
    """Both drivers take and give `bytes` as they are: no conversion for each value."""

    def bind_processor(self, dialect: Dialect) -> None:
        return None

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        return None


_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class _Table(SQLModel):
    """Tables of this package only, with names for all constraints: the same on both engines."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=_NAMES)


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(
        f"{column} IN ({', '.join(repr(value) for value in values)})", name=f"{column}_known"
    )


def _length(column: str, low: int, high: int) -> CheckConstraint:
    return CheckConstraint(f"length({column}) BETWEEN {low} AND {high}", name=f"{column}_length")


class Programme(_Table, table=True):
    """One project that is evaluated as a whole: an instrument, a plan, and workshops."""

    __tablename__ = "programme"
    __table_args__ = (
        PrimaryKeyConstraint("id"),
        _length("id", 1, 40),
        _length("name", 1, 200),
        _length("instrument_sha256", 64, 64),
        _length("plan_sha256", 64, 64),
        CheckConstraint("instrument_version >= 1", name="instrument_version_positive"),
    )

    id: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    organisation: str = Field(sa_type=Text)
    instrument_id: str = Field(sa_type=Text)
    instrument_version: int
    instrument_sha256: str = Field(sa_type=Text)
    plan_id: str = Field(sa_type=Text)
    plan_sha256: str = Field(sa_type=Text)
    plan_yaml: str = Field(sa_type=Text)
    plan_locked_at: str | None = Field(default=None, sa_type=Text)
    plan_lock: str | None = Field(
        default=None, sa_type=Text
    )  # the lock's file, where one lay beside the plan
    side_names: dict[str, dict[str, str]] = Field(sa_type=JSON)
    synthetic: bool = False
    truth: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True), nullable=True)
    created_on: date


class Workshop(_Table, table=True):
    """One meeting or series with the same people. An empty label stands for “no workshop” (imported data)."""

    __tablename__ = "workshop"
    __table_args__ = (
        PrimaryKeyConstraint("id"),
        ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        UniqueConstraint("programme_id", "label", "arm"),
        UniqueConstraint("programme_id", "id"),
        _length("id", 1, 40),
        _length("label", 0, 200),
        _one_of("arm", ARMS),
    )

    id: str = Field(sa_type=Text)
    programme_id: str = Field(sa_type=Text)
    label: str = Field(sa_type=Text)
    arm: str = Field(sa_type=Text)


class Invitation(_Table, table=True):
    """A link to one wave of one workshop, for everybody in the room; it names nobody."""

    __tablename__ = "invitation"
    __table_args__ = (
        PrimaryKeyConstraint("token"),
        ForeignKeyConstraint(["workshop_id"], ["workshop.id"]),
        Index(None, "workshop_id"),
        _length("token", 22, 64),
        _length("wave", 1, 40),
        _length("side", 1, 40),
    )

    token: str = Field(sa_type=Text)
    workshop_id: str = Field(sa_type=Text)
    wave: str = Field(sa_type=Text)
    side: str | None = Field(default=None, sa_type=Text)
    is_open: bool = True


class Submission(_Table, table=True):
    """One filled instrument. `answers` are the packed closed answers, `code_sealed` see sealing.py.

    The key begins with the programme: reading one programme is reading one stretch of the file.
    """

    __tablename__ = "submission"
    __table_args__ = (
        PrimaryKeyConstraint("programme_id", "id"),
        ForeignKeyConstraint(["programme_id", "workshop_id"], ["workshop.programme_id", "workshop.id"]),
        UniqueConstraint("programme_id", "idempotency_key"),
        Index("ix_submission_counts", "programme_id", "workshop_id", "wave", "side"),
        _length("id", 16, 16),
        _length("wave", 1, 40),
        _length("side", 1, 40),
        _length("language", 2, 35),
        _length("idempotency_key", 16, 64),
        {"sqlite_with_rowid": False},
    )

    id: bytes = Field(sa_type=Bytes)
    programme_id: str = Field(sa_type=Text)
    workshop_id: str = Field(sa_type=Text)
    wave: str = Field(sa_type=Text)
    side: str | None = Field(default=None, sa_type=Text)
    language: str | None = Field(default=None, sa_type=Text)
    answers: bytes = Field(sa_type=Bytes)
    code_sealed: bytes | None = Field(default=None, sa_type=Bytes)
    idempotency_key: str = Field(sa_type=Text)


class OpenText(_Table, table=True):
    """One answer in a person's own words, sealed."""

    __tablename__ = "open_text"
    __table_args__ = (
        PrimaryKeyConstraint("programme_id", "submission_id", "item"),
        ForeignKeyConstraint(
            ["programme_id", "submission_id"],
            ["submission.programme_id", "submission.id"],
            ondelete="CASCADE",
        ),
        _length("item", 1, 80),
        {"sqlite_with_rowid": False},
    )

    programme_id: str = Field(sa_type=Text)
    submission_id: bytes = Field(sa_type=Bytes)
    item: str = Field(sa_type=Text)
    sealed: bytes = Field(sa_type=Bytes)


class User(_Table, table=True):
    """Somebody who signs in: never a participant."""

    __tablename__ = "user_account"  # `user` is a reserved word of PostgreSQL
    __table_args__ = (
        PrimaryKeyConstraint("id"),
        UniqueConstraint("email"),
        _length("id", 1, 40),
        CheckConstraint("email = lower(email) AND email LIKE '%_@_%'", name="email_form"),
        _one_of("role", ROLES),
    )

    id: str = Field(sa_type=Text)
    email: str = Field(sa_type=Text)
    password_hash: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)


class SignIn(_Table, table=True):
    """A signed-in browser. Only the hash of its token is kept; `expires_at` in seconds since 1970, UTC."""

    __tablename__ = "sign_in"
    __table_args__ = (
        PrimaryKeyConstraint("token_sha256"),
        ForeignKeyConstraint(["user_id"], ["user_account.id"], ondelete="CASCADE"),
        Index(None, "user_id"),
        _length("token_sha256", 32, 32),
    )

    token_sha256: bytes = Field(sa_type=Bytes)
    user_id: str = Field(sa_type=Text)
    expires_at: int = Field(sa_type=BigInteger)


class Release(_Table, table=True):
    """Findings as they were given to a funder, frozen and sealed: with exact statistics in clear, a thief of the
    file could join the waves. Only the hash of the link's token is kept."""

    __tablename__ = "release"
    __table_args__ = (
        PrimaryKeyConstraint("id"),
        ForeignKeyConstraint(["programme_id"], ["programme.id"]),
        UniqueConstraint("token_sha256"),
        Index(None, "programme_id"),
        _length("id", 1, 40),
        _length("token_sha256", 32, 32),
    )

    id: str = Field(sa_type=Text)
    programme_id: str = Field(sa_type=Text)
    token_sha256: bytes = Field(sa_type=Bytes)
    findings: bytes = Field(sa_type=Bytes)
    created_on: date
    revoked: bool = False


METADATA = _Table.metadata
