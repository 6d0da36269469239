"""The same answers through the web's form, through an import and straight from a file: the same findings."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import pytest
from starlette.testclient import TestClient

from impact import workflow
from impact.instruments import Instrument
from impact.plans import Plan, lock_path
from impact.settings import Settings
from impact.store import Database
from impact.vault import Vault
from impact.web import create_app

Row = dict[str, str]
Dialogue = tuple[Plan, Instrument]


def open_programme(database: Database, vault: Vault, dialogue: Dialogue, workshops: Sequence[str]) -> str:
    """Unlocked and named like the plan: what a programme adds to the findings of a file is only its name."""
    plan, instrument = dialogue
    return workflow.create_programme(
        database,
        vault,
        plan=plan,
        instrument=instrument,
        name=plan.title,
        workshops=[(label, "workshop") for label in workshops],
        lock=False,
    )


def form_of(row: Row, instrument: Instrument) -> dict[str, list[str]]:
    """The fields that a browser sends for the answers in `row`."""
    form = {f"c.{element.id}": [row[f"code.{element.id}"]] for element in instrument.code_elements}
    for item in instrument.items:
        cell = row.get(item.id, "")
        if cell not in ("", ".w", ".s"):
            form[f"i.{item.id}"] = ["r"] if cell == ".r" else cell.split("|")
    return form


def submit_all(
    database: Database,
    vault: Vault,
    settings: Settings,
    dialogue: Dialogue,
    programme_id: str,
    rows: list[Row],
) -> None:
    overview = workflow.programme_overview(database, vault, settings, programme_id)
    tokens = {
        (room.label, wave): path.removeprefix("/s/")
        for room in overview.workshops
        for wave, path in room.paths.items()
    }
    with TestClient(create_app(settings, database, vault), follow_redirects=False) as browser:
        for row in rows:
            visit = {"language": row["language"], "side": row["side"], "key": token_hex(16)}
            answer = browser.post(
                f"/s/{tokens[row['workshop'], row['wave']]}/answers", data=visit | form_of(row, dialogue[1])
            )
            assert answer.status_code == 303


@dataclass
class Doors:
    """The two doors that lead through a database."""

    database: Database
    vault: Vault
    settings: Settings

    def web(self, dialogue: Dialogue, rows: list[Row]) -> str:
        """A programme whose answers were sent one by one."""
        rooms = sorted({row["workshop"] for row in rows})
        programme_id = open_programme(self.database, self.vault, dialogue, rooms)
        submit_all(self.database, self.vault, self.settings, dialogue, programme_id, rows)
        return programme_id

    def imported(self, dialogue: Dialogue, path: Path) -> str:
        """A programme made of a file."""
        plan, instrument = dialogue
        return workflow.import_programme(
            self.database, self.vault, [path], plan=plan, instrument=instrument, name=plan.title
        )[1]

    def told(self, audience: str, *programmes: str) -> list[bytes]:
        return [
            workflow.findings_json(
                workflow.evaluate_programme(self.database, self.vault, self.settings, programme_id, audience)
            )
            for programme_id in programmes
        ]


@pytest.fixture
def doors(database: Database, vault: Vault, engine_settings: Settings) -> Doors:
    return Doors(database, vault, engine_settings)


@pytest.mark.parametrize("audience", ["team", "public"])
def test_web_import_and_file_give_the_same_bytes(
    doors: Doors,
    dialogue: Dialogue,
    rows: list[Row],
    write: Callable[[str, Sequence[Row]], Path],
    audience: str,
) -> None:
    path = write("answers.csv", rows)
    by_web = doors.web(dialogue, rows)
    by_import = open_programme(doors.database, doors.vault, dialogue, [])
    stored = workflow.import_data(doors.database, doors.vault, by_import, [path], settings=doors.settings)

    from_file = workflow.findings_json(workflow.evaluate_files(*dialogue, [path], audience=audience))
    through = doors.told(audience, by_web, by_import)

    assert stored == len(rows)
    assert through == [from_file, from_file]
    findings = json.loads(from_file)
    # What is compared is not empty: people were linked across waves, and numbers computed.
    assert findings["data"]["submissions"] == len(rows)
    assert findings["data"]["respondents"] < len(rows)
    if audience == "team":
        assert findings["findings"][0]["estimate"]["value"] is not None


@pytest.fixture
def locked(tmp_path: Path, dialogue: Dialogue) -> Callable[[str], Plan]:
    """The plan as a file of its own, locked; then the given text stands where its level stood."""

    def load(level: str) -> Plan:
        path = tmp_path / "mine.yaml"
        path.write_text(Path(dialogue[0].path).read_text(encoding="utf-8"), encoding="utf-8")
        workflow.lock_plan(workflow.find_plan(path)[0], "the evaluator")
        text = path.read_text(encoding="utf-8")
        assert text.count(LEVEL) == 1
        path.write_text(text.replace(LEVEL, level), encoding="utf-8")
        return workflow.find_plan(path)[0]

    return load


REASON = "Asked by the community board, before the second wave."
LEVEL = "level: 0.95\n"
CHANGED = f"level: 0.9\ndeviations:\n  - {{path: level, reason: {REASON!r}}}\n"
DEVIATION = {"path": "level", "was": 0.95, "now": 0.9, "reason": REASON}


@pytest.mark.parametrize("audience", ["team", "public"])
@pytest.mark.parametrize(
    ("level", "deviations"), [(LEVEL, []), (CHANGED, [DEVIATION])], ids=["as locked", "changed since"]
)
def test_a_locked_plan_is_said_to_be_planned_at_every_door_and_its_changes_are_told(
    doors: Doors,
    dialogue: Dialogue,
    rows: list[Row],
    write: Callable[[str, Sequence[Row]], Path],
    locked: Callable[[str], Plan],
    level: str,
    deviations: list[dict[str, object]],
    audience: str,
) -> None:
    mine = (locked(level), dialogue[1])
    path, lock = write("answers.csv", rows), workflow.lock_of(mine[0])[0]
    by_web, by_import = doors.web(mine, rows), doors.imported(mine, path)
    from_file = workflow.findings_json(workflow.evaluate_files(*mine, [path], audience=audience))
    lock_path(Path(mine[0].path)).unlink()  # a programme needs the file no more
    assert doors.told(audience, by_web, by_import) == [from_file, from_file]
    findings = json.loads(from_file)
    assert findings["deviations"] == deviations
    assert (findings["plan"]["locked_at"], findings["plan"]["locked_by"]) == (lock.locked_at, "the evaluator")
    primary = {found["planned"] for found in findings["findings"] if found["role"] == "primary"}
    assert primary == {not deviations}


FEW: dict[str, Callable[[list[Row]], list[Row]]] = {
    "one person": lambda rows: rows[:1],
    "one wave": lambda rows: [row for row in rows if row["wave"] == "pre"],
    "one arm": lambda rows: [row | {"arm": "comparison"} for row in rows],
    "no codes": lambda rows: [
        {name: "" if name.startswith("code.") else cell for name, cell in row.items()} for row in rows
    ],
}


@pytest.mark.parametrize("few", FEW.values(), ids=FEW)
@pytest.mark.parametrize("audience", ["team", "public"])
def test_data_that_lack_what_the_plan_compares_give_the_same_bytes_at_both_doors(
    doors: Doors,
    dialogue: Dialogue,
    rows: list[Row],
    write: Callable[[str, Sequence[Row]], Path],
    few: Callable[[list[Row]], list[Row]],
    audience: str,
) -> None:
    path = write("few.csv", few(rows))
    from_file = workflow.evaluate_files(*dialogue, [path], audience=audience)
    through = doors.told(audience, doors.imported(dialogue, path))
    assert through == [workflow.findings_json(from_file)]
    assert {found["estimate"]["value"] for found in from_file["findings"]} == {None}


def test_order_of_rows_and_columns_and_several_files_change_nothing(
    dialogue: Dialogue, rows: list[Row], write: Callable[[str, Sequence[Row]], Path]
) -> None:
    shuffled = random.Random(3).sample(rows, len(rows))
    turned = [dict(reversed(row.items())) for row in shuffled]
    whole = workflow.evaluate_files(*dialogue, [write("whole.csv", rows)])
    parts = [write("second.csv", turned[40:]), write("first.csv", turned[:40])]
    assert workflow.findings_json(workflow.evaluate_files(*dialogue, parts)) == workflow.findings_json(whole)


def test_a_programme_adds_its_name_and_when_its_plan_was_locked(
    database: Database,
    vault: Vault,
    engine_settings: Settings,
    dialogue: Dialogue,
    rows: list[Row],
    write: Callable[[str, Sequence[Row]], Path],
) -> None:
    path = write("answers.csv", rows)
    plan, instrument = dialogue
    programme_id = workflow.create_programme(
        database,
        vault,
        plan=plan,
        instrument=instrument,
        name="Bridges",
        organisation="Example",
        workshops=(),
        synthetic=True,
        side_names={"a": {"en": "Hill"}, "b": {"en": "Valley"}},
    )
    workflow.import_data(database, vault, programme_id, [path], settings=engine_settings)
    findings = workflow.evaluate_programme(database, vault, engine_settings, programme_id)
    assert findings["labels"]["programme"] == "Bridges"
    assert findings["labels"]["organisation"] == "Example"
    assert findings["labels"]["synthetic"] is True
    assert findings["labels"]["sides"] == {"a": "Hill", "b": "Valley"}
    assert findings["plan"]["locked_at"].endswith("Z")
    assert findings["plan"]["sha256"] == plan.sha256
    of_file = workflow.evaluate_files(*dialogue, [path])
    assert findings["data"] == of_file["data"]
    numbers = [(found["estimate"], found["verdict"]) for found in findings["findings"]]
    assert numbers == [(found["estimate"], found["verdict"]) for found in of_file["findings"]]
