"""A programme with every kind of item, its links, and a client that speaks to the application."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from impact.instruments import Instrument, load_instrument
from impact.settings import Settings
from impact.store import Database, Submission, invitations, open_database, programmes, workshops
from impact.vault import Vault
from impact.web import create_app

SURVEYS = Path(__file__).parent / "fixtures" / "surveys"


@dataclass(frozen=True)
class Place:
    """One programme whose links are open: `tokens` by wave, and by “wave/side” where the link fixes the side."""

    settings: Settings
    database: Database
    vault: Vault
    instrument: Instrument
    programme_id: str
    tokens: dict[str, str]

    def submissions(self) -> list[Submission]:
        with self.database.session() as session:
            return list(session.exec(select(Submission)).all())


@pytest.fixture
def make_place(tmp_path: Path) -> Iterator[Callable[..., Place]]:
    """`make_place(name=…, side_names=…)`: a programme in a database of its own."""
    opened: list[Database] = []

    def make(
        name: str = "Three valleys dialogue",
        organisation: str = "Bridge House",
        side_names: dict[str, dict[str, str]] | None = None,
        survey: Path = SURVEYS / "every-kind.v1.yaml",
    ) -> Place:
        settings = replace(Settings.for_folder(tmp_path / f"data{len(opened)}"), surveys_dir=SURVEYS)
        database, vault = open_database(settings), Vault(settings.keyring)
        opened.append(database)
        instrument = load_instrument(survey)
        plan = SimpleNamespace(id="plan", sha256="0" * 64)
        with database.session() as session:
            programme = programmes.create(
                session,
                name=name,
                organisation=organisation,
                instrument=instrument,
                plan=plan,
                plan_yaml="-",
                created_on=date(2026, 11, 22),
                side_names=side_names,
            )
            vault.create_key(programme.id)
            workshop = workshops.create(session, programme.id, "Spring")
            tokens = {wave: invitations.create(session, workshop.id, wave).token for wave in instrument.waves}
            for side in instrument.side_ids:
                tokens[f"pre/{side}"] = invitations.create(session, workshop.id, "pre", side).token
        return Place(settings, database, vault, instrument, programme.id, tokens)

    yield make
    for database in opened:
        database.close()


@pytest.fixture
def place(make_place: Callable[..., Place]) -> Place:
    return make_place()


@pytest.fixture
def client(place: Place) -> Iterator[TestClient]:
    with TestClient(
        create_app(place.settings, place.database, place.vault), follow_redirects=False
    ) as client:
        yield client


class Fields(HTMLParser):
    """Names and values that a browser would send from a page untouched, and all radio values by name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.choices: dict[str, list[str]] = {}
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        values = dict(attributes)
        if tag == "input" and values.get("name"):
            name, value = values["name"], values.get("value", "")
            if values["type"] in ("radio", "checkbox"):
                self.choices.setdefault(name, []).append(value)
                if "checked" not in values:
                    return
            self.sent.setdefault(name, []).append(value)


def _questions(client, place, wave="pre", language="en", side="a") -> tuple[str, Fields]:
    answer = client.post(f"/s/{place.tokens[wave]}/questions", data={"language": language, "side": side})
    assert answer.status_code == 200
    return answer.text, Fields(answer.text)


def _send(client, place, fields, wave="pre", **answers):
    data = {**fields.sent, **{name.replace("__", "."): value for name, value in answers.items()}}
    return client.post(f"/s/{place.tokens[wave]}/answers", data=data)


@pytest.fixture
def fields_of() -> type[Fields]:
    """`fields_of(page)`: what a browser would send from it."""
    return Fields


@pytest.fixture
def questions() -> Callable[..., tuple[str, Fields]]:
    """`questions(client, place, wave=…, language=…, side=…)`: the questionnaire's page and its fields."""
    return _questions


@pytest.fixture
def send() -> Callable[..., object]:
    """`send(client, place, fields, wave, i__item="value")`: the form as it came, with answers put in."""
    return _send


@pytest.fixture
def full() -> dict[str, str | list[str]]:
    """An answer of every kind, for `send`."""
    return {
        "i__guard": "2", "i__say": "r", "i__warmth": "10", "i__near": "1", "i__role": "other",
        "i__where": "On a wall", "i__done": ["eat", "travel"], "i__people": "٤٢", "i__words": "Nothing",
        "c__day": "7", "c__month": "12",
    }  # fmt: skip
