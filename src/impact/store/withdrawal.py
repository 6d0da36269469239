"""Submissions out for good: found by their sealed code, removed with their open texts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlmodel import Session

from impact.instruments.model import Instrument
from impact.store.sealing import sealed_size
from impact.store.tables import METADATA
from impact.vault import TOKEN_BYTES, Vault

_SUBMISSION = METADATA.tables["submission"]
_OPEN_TEXT = METADATA.tables["open_text"]
_WORKSHOP = METADATA.tables["workshop"]


@dataclass(frozen=True)
class CodedSubmission:
    """A submission and the tokens of its code elements in instrument order (zeros where not given)."""

    id: bytes
    workshop: str
    wave: str
    side: str | None
    tokens: tuple[bytes, ...]


def with_codes(
    session: Session, programme_id: str, instrument: Instrument, vault: Vault
) -> list[CodedSubmission]:
    """All submissions of a programme that carry a code. Raises KeyMissing if the keyring does not fit."""
    table = _SUBMISSION.c
    query = (
        select(table.id, _WORKSHOP.c.label, table.wave, table.side, table.code_sealed)
        .join(_WORKSHOP, _WORKSHOP.c.id == table.workshop_id)
        .where(table.programme_id == programme_id, table.code_sealed.is_not(None))
    )
    rows = session.connection().execute(query).all()
    plain = vault.unseal_many(programme_id, ((row.code_sealed, row.id) for row in rows))
    cuts = range(TOKEN_BYTES, sealed_size(instrument), TOKEN_BYTES)
    return [
        CodedSubmission(
            row.id, row.label, row.wave, row.side, tuple(code[cut : cut + TOKEN_BYTES] for cut in cuts)
        )
        for row, code in zip(rows, plain, strict=True)
    ]


def remove(session: Session, programme_id: str, ids: Collection[bytes]) -> int:
    """Delete these submissions and their open texts in the transaction of `session`; how many there were."""
    connection = session.connection()
    texts = (_OPEN_TEXT.c.programme_id == programme_id) & _OPEN_TEXT.c.submission_id.in_(ids)
    connection.execute(delete(_OPEN_TEXT).where(texts))
    rows = (_SUBMISSION.c.programme_id == programme_id) & _SUBMISSION.c.id.in_(ids)
    return connection.execute(delete(_SUBMISSION).where(rows)).rowcount
