"""What a thief of the database learns: nothing that tells who somebody is, who came back, or in what order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from impact.settings import Settings
from impact.store import Database, open_database, releases, seal_text, sign_ins, users
from impact.store.tables import METADATA

FINDINGS = '{"estimate": "canary-findings"}'
CANARIES = (
    "canary-findings",
    "canary-open-text",
    "canary-respondent",
    "canary-code-value",
    "canary-password-12",
)


@pytest.fixture
def filled(database: Database, cast) -> tuple[Database, object, list[str]]:
    """One person at both waves with the same code, an open text, a user, a sign-in, a release."""
    secrets = list(CANARIES)
    for wave in ("pre", "post"):
        new = cast.submission(
            wave=wave, code={"month": "canary-code-value", "letter": "א"}, respondent="canary-respondent"
        )
        words = seal_text(cast.vault, cast.programme_id, new.id, "why", "canary-open-text")
        assert database.writer.add(replace(new, texts={"why": words})).result(30)
    with database.session() as session:
        user = users.add(session, "ana@example.org", "canary-password-12")
        secrets.append(sign_ins.start(session, user.id))
        secrets.append(releases.add(session, cast.vault, cast.programme_id, FINDINGS, date(2026, 11, 22))[1])
    return database, cast, secrets


def test_no_secret_stands_in_any_row(filled) -> None:
    database, _, secrets = filled
    stored = b"\n".join(_cells(database))
    assert b"ana@example.org" in stored  # the reading works
    assert [secret for secret in secrets if secret.encode() in stored] == []


def test_no_secret_stands_in_the_files(settings: Settings, make_cast) -> None:
    database = open_database(settings)
    cast = make_cast(database)
    new = cast.submission(code={"month": "canary-code-value"}, respondent="canary-respondent")
    words = seal_text(cast.vault, cast.programme_id, new.id, "why", "canary-open-text")
    assert database.writer.add(replace(new, texts={"why": words})).result(30)
    with database.session() as session:
        users.add(session, "ana@example.org", "canary-password-12")
    files = [path for path in settings.data_dir.iterdir() if path.is_file()]
    stored = b"".join(path.read_bytes() for path in files)
    database.close()
    assert len(files) == 3  # the log and its index too
    assert b"ana@example.org" in stored
    tokens = [cast.vault.token(cast.programme_id, "code.month", "canary-code-value")]
    tokens.append(cast.vault.token(cast.programme_id, "respondent", "canary-respondent"))
    assert [secret for secret in [*map(str.encode, CANARIES), *tokens] if secret in stored] == []


def test_equal_codes_share_no_bytes(filled) -> None:
    """Two waves of one person: not even four bytes in a row are the same in what is sealed."""
    database, _, _ = filled
    with database.session() as session:
        sealed = session.connection().execute(text("SELECT code_sealed FROM submission")).scalars().all()
    one, other = (bytes(value) for value in sealed)
    assert len(one) == len(other) == 8 * 3 + 28
    windows = [{value[at : at + 4] for at in range(len(value) - 3)} for value in (one, other)]
    assert not windows[0] & windows[1]


def test_given_and_absent_codes_have_one_length(database: Database, cast) -> None:
    lengths = {
        len(cast.submission(code=code, respondent=name).code_sealed)
        for code, name in itertools.product(({}, {"month": "5"}, {"month": "5", "letter": "א"}), ("", "Rana"))
    }
    assert lengths == {52}


def test_no_column_tells_when() -> None:
    """Days are the finest time, and only of what evaluators make; a submission has no time at all."""
    assert {column.name for column in METADATA.tables["submission"].columns} == {
        "id",
        "programme_id",
        "workshop_id",
        "wave",
        "side",
        "language",
        "answers",
        "code_sealed",
        "idempotency_key",
    }
    kinds = {str(column.type) for table in METADATA.tables.values() for column in table.columns}
    assert kinds == {"TEXT", "INTEGER", "BIGINT", "BOOLEAN", "DATE", "JSON", "BLOB"}


def test_the_file_keeps_no_order_of_arrival(settings: Settings, make_cast) -> None:
    database = open_database(settings)
    cast = make_cast(database)
    arrived = [cast.submission() for _ in range(200)]
    for new in arrived:
        database.writer.add(new).result(30)
    with database.session() as session:
        connection = session.connection()
        found = connection.execute(text("SELECT id FROM submission NOT INDEXED")).scalars().all()
        with pytest.raises(Exception, match="no such column: rowid"):
            connection.execute(text("SELECT rowid FROM submission"))
    database.close()
    assert list(found) == sorted(new.id for new in arrived)
    assert list(found) != [new.id for new in arrived]


def test_what_is_deleted_is_overwritten(settings: Settings, make_cast) -> None:
    database = open_database(settings)
    cast = make_cast(database)
    mark = b"canary-answers-of-one-person"
    database.writer.add(cast.submission(answers=mark)).result(30)
    path = settings.data_dir / "impact.sqlite3"
    with database.session() as session:
        session.connection().execute(text("DELETE FROM submission"))
    database.close()
    assert mark not in path.read_bytes()
    assert Path(f"{path}-wal").exists() is False


def _cells(database: Database) -> Iterator[bytes]:
    with database.session() as session:
        for table in METADATA.sorted_tables:
            for row in session.connection().execute(table.select()):
                for value in row:
                    yield bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
