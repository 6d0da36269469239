"""Submissions in: new ones stored once each, and counted. How they come out again is in column_reader.py."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlmodel import Session

from impact.store.column_reader import columns
from impact.store.tables import METADATA

__all__ = [
    "InvitationsClosed",
    "NewSubmission",
    "columns",
    "counts",
    "insert_many",
    "new_id",
    "new_idempotency_key",
    "open_texts",
    "stored_key",
]

_SUBMISSION = METADATA.tables["submission"]
_OPEN_TEXT = METADATA.tables["open_text"]
_INVITATION = METADATA.tables["invitation"]


def new_id() -> bytes:
    """A random key: it says nothing about when or who."""
    return secrets.token_bytes(16)


def new_idempotency_key() -> str:
    """Made when a form is served and sent back with it: however often it is sent, it is stored once."""
    return secrets.token_urlsafe(16)


def stored_key(programme_id: str, key: str) -> str:
    """What is kept of an idempotency key, in 64 hex digits: whoever has the page's key cannot find the row by it
    in a stolen file without trying, and the order of keys in the file is nobody's choice."""
    return hashlib.sha256(f"{programme_id}\0{key}".encode()).hexdigest()


@dataclass(frozen=True)
class NewSubmission:
    """A submission to be stored; `answers`, `code_sealed` and `texts` (item → sealed) as the tables hold them.

    `invitation` is the token of the link that it came by, if any: looked at once more when it is stored, and kept
    nowhere.
    """

    id: bytes
    programme_id: str
    workshop_id: str
    wave: str
    side: str | None
    language: str | None
    answers: bytes
    code_sealed: bytes | None
    texts: Mapping[str, bytes] = field(default_factory=dict)
    idempotency_key: str = field(default_factory=new_idempotency_key)
    invitation: str | None = None


class InvitationsClosed(Exception):  # it never reaches a user
    """Some of a batch came by links that are closed; `positions` in it. Nothing of the batch may be committed."""

    def __init__(self, positions: frozenset[int]) -> None:
        super().__init__(positions)
        self.positions = positions


def insert_many(target: Session | Connection, new: Sequence[NewSubmission]) -> frozenset[int]:
    """Store all in the transaction of `target`. Returns the positions in `new` that were stored now;
    the others carry an idempotency key that the programme has already.

    Raises InvitationsClosed if any that is new came by a closed link: the transaction must then be rolled back.
    """
    connection = target.connection() if isinstance(target, Session) else target
    first: dict[tuple[str, str], int] = {}
    for position, one in enumerate(new):
        first.setdefault((one.programme_id, stored_key(one.programme_id, one.idempotency_key)), position)
    if not first:
        return frozenset()
    # In the order of the keys: neighbours on the disk are written together, and no order of arrival is left.
    rows = sorted(
        (_row(new[position], key) for (_, key), position in first.items()),
        key=itemgetter("programme_id", "id"),
    )
    keys = connection.execute(_INSERT[connection.dialect.name], rows)
    stored = frozenset(first[programme_id, key] for programme_id, key in keys)
    _check_invitations(connection, new, stored)
    texts = [text for position in stored for text in _text_rows(new[position])]
    if texts:
        connection.execute(insert(_OPEN_TEXT), texts)
    return stored


def _check_invitations(connection: Connection, new: Sequence[NewSubmission], stored: frozenset[int]) -> None:
    """After the insertion, when the transaction has the right to write: from here on nobody closes a link
    before it ends (SQLite: one writer at a time; PostgreSQL: the rows are locked against a change)."""
    tokens = {token for position in stored if (token := new[position].invitation) is not None}
    if not tokens:
        return
    table = _INVITATION.c
    query = select(table.token).where(table.token.in_(sorted(tokens)), table.is_open.is_(True))
    closed = tokens.difference(connection.execute(query.with_for_update(read=True)).scalars())
    if closed:
        raise InvitationsClosed(frozenset(place for place in stored if new[place].invitation in closed))


def _on_conflict_nothing(insert_into: Any) -> Any:
    key = (_SUBMISSION.c.programme_id, _SUBMISSION.c.idempotency_key)
    return insert_into(_SUBMISSION).on_conflict_do_nothing(index_elements=key).returning(*key)


_INSERT = {
    "sqlite": _on_conflict_nothing(insert_sqlite),
    "postgresql": _on_conflict_nothing(insert_postgresql),
}


def _row(new: NewSubmission, key: str) -> dict[str, object]:
    return {
        "id": new.id,
        "programme_id": new.programme_id,
        "workshop_id": new.workshop_id,
        "wave": new.wave,
        "side": new.side,
        "language": new.language,
        "answers": new.answers,
        "code_sealed": new.code_sealed,
        "idempotency_key": key,
    }


def _text_rows(new: NewSubmission) -> Iterable[dict[str, object]]:
    for item, sealed in new.texts.items():
        yield {
            "programme_id": new.programme_id,
            "submission_id": new.id,
            "item": item,
            "sealed": sealed,
        }


def open_texts(session: Session, programme_id: str) -> list[tuple[bytes, str, bytes]]:
    """(submission id, item, sealed text) of a programme, in no order that means anything."""
    table = _OPEN_TEXT.c
    query = select(table.submission_id, table.item, table.sealed).where(table.programme_id == programme_id)
    return [(submission, item, sealed) for submission, item, sealed in session.connection().execute(query)]


def counts(session: Session, programme_id: str) -> dict[tuple[str, str, str | None], int]:
    """Submissions by (workshop id, wave, side)."""
    table = _SUBMISSION.c
    query = (
        select(table.workshop_id, table.wave, table.side, func.count())
        .where(table.programme_id == programme_id)
        .group_by(table.workshop_id, table.wave, table.side)
    )
    return {(workshop, wave, side): n for workshop, wave, side, n in session.connection().execute(query)}
