"""A programme with every kind of item, its links, and a client that speaks to the application."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
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
