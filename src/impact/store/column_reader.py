"""Submissions out: a whole programme as columns, the shape in which the engine takes data from any door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress

import numpy as np
from sqlalchemy import Connection, Select, select
from sqlmodel import Session

from impact.errors import Conflict
from impact.instruments.model import ARMS, Instrument
from impact.instruments.submissions import Submissions
from impact.store.sealing import sealed_size
from impact.store.tables import METADATA, Programme
from impact.vault import TOKEN_BYTES, Vault

_CHUNK = 1_000  # few objects alive at once: the garbage collector walks over them again and again
_TABLE = METADATA.tables["submission"]
_WORKSHOP = METADATA.tables["workshop"]

_Group = tuple[str, str, str | None, str | None]
"""Workshop id, wave, side, language: a programme has few of them, so a row costs one look-up."""


class _Numbers(dict[_Group, int]):
    """Numbers groups as they are first met."""

    def __missing__(self, group: _Group) -> int:
        number = self[group] = len(self)
        return number


@dataclass
class _Parts:
    """What is collected while the rows stream by."""

    numbers: _Numbers = field(default_factory=_Numbers)
    groups: list[np.ndarray] = field(default_factory=list)
    tokens: list[np.ndarray] = field(default_factory=list)
    blobs: list[bytes] = field(default_factory=list)


def columns(session: Session, programme: Programme, instrument: Instrument, vault: Vault) -> Submissions:
    """All submissions of a programme; the order of rows carries no meaning.

    Codes are unsealed only here, and only as tokens turned into small numbers. Conflict if the programme was
    made with another instrument, KeyMissing if the keyring does not fit. 1,000,000 rows take 5 to 10 seconds.
    """
    _check_instrument(programme, instrument)
    connection = session.connection()
    parts = _Parts()
    with connection.execution_options(yield_per=_CHUNK).execute(_query(programme.id)) as result:
        for rows in result.partitions():
            _collect(parts, rows, programme.id, sealed_size(instrument) // TOKEN_BYTES, vault)
    return _assembled(parts, instrument, _workshops(connection, programme.id))


def _check_instrument(programme: Programme, instrument: Instrument) -> None:
    wanted = (programme.instrument_id, programme.instrument_version, programme.instrument_sha256)
    if wanted != (instrument.id, instrument.version, instrument.sha256):
        raise Conflict.at(
            programme.name,
            f"its submissions were given to {programme.instrument_id}.v{programme.instrument_version} as it "
            f"was when the programme was made, not to this {instrument.ref}.",
            "Put back the unchanged file of the instrument; a changed one needs a new version number.",
        )


def _query(programme_id: str) -> Select[tuple[object, ...]]:
    table = _TABLE.c
    return select(
        table.workshop_id, table.wave, table.side, table.language, table.id, table.answers, table.code_sealed
    ).where(table.programme_id == programme_id)


def _collect(
    parts: _Parts, rows: Sequence[Sequence[object]], programme_id: str, tokens: int, vault: Vault
) -> None:
    workshops, waves, sides, languages, ids, answers, sealed = zip(*rows, strict=True)
    found = zip(workshops, waves, sides, languages, strict=True)
    parts.groups.append(np.fromiter(map(parts.numbers.__getitem__, found), np.int32, len(rows)))
    parts.blobs.extend(answers)  # type: ignore[arg-type]
    chunk = np.zeros((len(rows), tokens), "<u8")
    has_code = np.fromiter((value is not None for value in sealed), bool, len(rows))
    if has_code.any():
        given = zip(compress(sealed, has_code), compress(ids, has_code), strict=True)
        plain = b"".join(vault.unseal_many(programme_id, given))  # type: ignore[arg-type]
        chunk[has_code] = np.frombuffer(plain, "<u8").reshape(-1, tokens)
    parts.tokens.append(chunk)


def _workshops(connection: Connection, programme_id: str) -> dict[str, tuple[str, str]]:
    """Workshop id → (label, arm)."""
    table = _WORKSHOP.c
    query = select(table.id, table.label, table.arm).where(table.programme_id == programme_id)
    return {key: (label, arm) for key, label, arm in connection.execute(query)}


def _assembled(
    parts: _Parts, instrument: Instrument, workshops: Mapping[str, tuple[str, str]]
) -> Submissions:
    from impact.instruments import unpack

    groups = list(parts.numbers)
    labels = tuple(sorted({workshops[group[0]][0] for group in groups} - {""}))
    group = np.concatenate(parts.groups) if parts.groups else np.zeros(0, np.int32)
    width = sealed_size(instrument) // TOKEN_BYTES
    tokens = np.concatenate(parts.tokens) if parts.tokens else np.zeros((0, width), "<u8")
    numbered = [_factorised(column) for column in tokens.T]

    def by_group(values: list[int], kind: type[np.signedinteger]) -> np.ndarray:
        return np.array(values, kind)[group] if values else np.zeros(0, kind)

    return Submissions(
        wave=by_group([_index(instrument.waves, wave, "wave") for _, wave, _, _ in groups], np.int8),
        workshop=by_group([_index_or_none(labels, workshops[key][0]) for key, *_ in groups], np.int32),
        workshops=labels,
        side=by_group(
            [-1 if side is None else _index(instrument.side_ids, side, "side") for _, _, side, _ in groups],
            np.int8,
        ),
        arm=by_group([ARMS.index(workshops[key][1]) for key, *_ in groups], np.int8),
        language=by_group([_index_or_none(tuple(instrument.language), tag) for *_, tag in groups], np.int8),
        respondent=numbered[0],
        code=np.stack(numbered[1:], axis=1) if width > 1 else np.zeros((len(group), 0), np.int64),
        answers=unpack(instrument, parts.blobs),
    )


def _factorised(tokens: np.ndarray) -> np.ndarray:
    """Tokens as numbers from 0, equal for equal tokens; −1 where there is none (zero)."""
    distinct, numbers = np.unique(tokens, return_inverse=True)
    has_none = len(distinct) > 0 and distinct[0] == 0
    return numbers.astype(np.int64) - int(has_none)


def _index(names: tuple[str, ...], name: str, what: str) -> int:
    if name not in names:
        raise Conflict(f"A submission has the {what} “{name}”, which the instrument does not have.")
    return names.index(name)


def _index_or_none(names: tuple[str, ...], name: str | None) -> int:
    return names.index(name) if name in names else -1  # type: ignore[arg-type]
