"""Programmes: set up, overview, pairs, releases, content."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from impact import workflow
from impact.errors import AnswersInvalid, Conflict, InputInvalid, NotFound, PlanInvalid
from impact.instruments import Instrument
from impact.plans import Plan
from impact.resources import folder
from impact.settings import Settings
from impact.store import Database, invitations, new_idempotency_key, programmes
from impact.vault import Vault

Row = dict[str, str]
Write = Callable[[str, Sequence[Row]], Path]
CODE = {
    "c.mother": ["A"], "c.father": ["B"], "c.grandmother": ["C"], "c.birth_town": ["D"],
    "c.own_last": ["E"], "c.birth_month": ["5"], "c.older_siblings": ["1"],
}  # fmt: skip


@pytest.fixture
def programme_id(database: Database, vault: Vault, dialogue: tuple[Plan, Instrument]) -> str:
    plan, instrument = dialogue
    rooms = [("North", "workshop"), ("South", "comparison")]
    return workflow.create_programme(
        database,
        vault,
        plan=plan,
        instrument=instrument,
        name="Bridges",
        organisation="Example",
        workshops=rooms,
    )


@pytest.fixture
def submit(
    database: Database,
    vault: Vault,
    engine_settings: Settings,
    dialogue: tuple[Plan, Instrument],
    programme_id: str,
) -> Callable[..., bool]:
    """Send a form for one wave of the first workshop."""

    def send(wave: str, form: dict[str, list[str]], key: str = "", side: str | None = "a") -> bool:
        rooms = workflow.programme_overview(database, vault, engine_settings, programme_id).workshops
        with database.session() as session:
            invitation = invitations.find(session, rooms[0].paths[wave].removeprefix("/s/"))
        future = workflow.submit_answers(
            database, vault, invitation, dialogue[1],
            language="en", side=side, form=form, key=key or new_idempotency_key(),
        )  # fmt: skip
        return future.result(timeout=20)

    return send


def test_a_new_programme_has_a_link_for_each_workshop_and_wave_and_a_locked_plan(
    database: Database,
    vault: Vault,
    engine_settings: Settings,
    dialogue: tuple[Plan, Instrument],
    programme_id: str,
) -> None:
    overview = workflow.programme_overview(database, vault, engine_settings, programme_id)
    assert [(room.label, room.arm, room.counts, room.pairs) for room in overview.workshops] == [
        ("North", "workshop", {}, 0),
        ("South", "comparison", {}, 0),
    ]
    links = [path for room in overview.workshops for path in room.paths.values()]
    assert len(set(links)) == 6
    facts = overview.programme
    assert (facts.name, facts.organisation, facts.instrument) == ("Bridges", "Example", "dialogue-core.v1")
    assert (facts.plan, facts.plan_sha256) == ("dialogue-core", dialogue[0].sha256)
    assert len(facts.plan_locked_at) == len("2026-05-04T09:30:00Z")
    assert (facts.workshops, facts.submissions, overview.pairs) == (2, 0, 0)
    assert workflow.list_programmes(database) == (facts,)


def test_pairs_rise_by_one_when_somebody_returns_with_a_code_that_differs_in_one_element(
    database: Database,
    vault: Vault,
    engine_settings: Settings,
    programme_id: str,
    submit: Callable[..., bool],
) -> None:
    submit("pre", CODE)
    assert workflow.programme_overview(database, vault, engine_settings, programme_id).pairs == 0
    submit("post", {**CODE, "c.father": ["K"]})
    assert workflow.programme_overview(database, vault, engine_settings, programme_id).pairs == 1
    overview = workflow.programme_overview(database, vault, engine_settings, programme_id)
    assert [room.pairs for room in overview.workshops] == [1, 0]
    assert overview.workshops[0].counts == {"pre": {"a": 1}, "post": {"a": 1}}
    assert overview.workshops[0].count("post") == 1


def test_the_same_key_is_stored_once(database: Database, submit: Callable[..., bool]) -> None:
    key = new_idempotency_key()
    assert submit("pre", CODE, key) is True
    assert submit("pre", CODE, key) is False
    assert workflow.list_programmes(database)[0].submissions == 1


def test_all_bad_answers_are_told_and_nothing_is_stored(
    database: Database, submit: Callable[..., bool]
) -> None:
    with pytest.raises(AnswersInvalid) as caught:
        submit("pre", {"i.fear_harm_1": ["99"], "i.closeness": ["many"]})
    assert sorted(problem.field for problem in caught.value.problems) == ["i.closeness", "i.fear_harm_1"]
    with pytest.raises(AnswersInvalid, match=r"^side: “z” is no side of this questionnaire\."):
        submit("pre", CODE, side="z")
    assert workflow.list_programmes(database)[0].submissions == 0


def test_a_closed_invitation_takes_nothing(
    database: Database,
    vault: Vault,
    engine_settings: Settings,
    programme_id: str,
    submit: Callable[..., bool],
    dialogue: tuple[Plan, Instrument],
) -> None:
    overview = workflow.programme_overview(database, vault, engine_settings, programme_id)
    token = overview.workshops[0].paths["pre"].removeprefix("/s/")
    with database.session() as session:
        invitations.close(session, token)
        invitation = invitations.find(session, token)
    with pytest.raises(Conflict, match=r"^This questionnaire is closed\. Nothing was stored\.$"):
        workflow.submit_answers(
            database, vault, invitation, dialogue[1], language="en", side="a", form=CODE, key="k" * 22
        )
    after = workflow.programme_overview(database, vault, engine_settings, programme_id)
    assert sorted(after.workshops[0].paths) == ["followup", "post"]


def test_a_release_is_public_frozen_and_can_be_withdrawn(
    database: Database,
    vault: Vault,
    engine_settings: Settings,
    programme_id: str,
    rows: list[Row],
    write: Write,
    submit: Callable[..., bool],
) -> None:
    submit("pre", CODE)
    with pytest.raises(
        Conflict, match=r"^Nothing can be shown to the public yet: no result rests on enough people"
    ):
        workflow.release(database, vault, engine_settings, programme_id)
    assert workflow.list_releases(database, programme_id) == ()
    workflow.import_data(database, vault, programme_id, [write("a.csv", rows)], settings=engine_settings)
    link = workflow.release(database, vault, engine_settings, programme_id)
    given = workflow.find_release(database, vault, link.token)
    assert (given["audience"], given["labels"]["programme"]) == ("public", "Bridges")
    submit("post", CODE)
    assert workflow.find_release(database, vault, link.token) == given
    assert [one.revoked for one in workflow.list_releases(database, programme_id)] == [False]
    workflow.revoke_release(database, link.id)
    with pytest.raises(NotFound):
        workflow.find_release(database, vault, link.token)
    assert [one.revoked for one in workflow.list_releases(database, programme_id)] == [True]


def test_a_programme_without_answers_has_findings_that_say_nothing(
    database: Database, vault: Vault, engine_settings: Settings, programme_id: str
) -> None:
    findings = workflow.evaluate_programme(database, vault, engine_settings, programme_id)
    assert findings["data"]["submissions"] == 0
    assert {found["verdict"] for found in findings["findings"]} == {None}


def test_a_changed_instrument_is_noticed(
    database: Database, vault: Vault, settings: Settings, tmp_path: Path
) -> None:
    place = tmp_path / "mine"
    place.mkdir()
    path = place / "mine.v1.yaml"
    text = (
        (folder("surveys") / "jobs-ii.v1.yaml").read_text(encoding="utf-8").replace("id: jobs-ii", "id: mine")
    )
    path.write_text(text, encoding="utf-8")
    plan_path = tmp_path / "mine.yaml"
    plan_text = (folder("analysis") / "jobs-ii.yaml").read_text(encoding="utf-8")
    plan_path.write_text(plan_text.replace("{id: jobs-ii", "{id: mine"), encoding="utf-8")
    own = replace(settings, surveys_dir=place)
    plan, instrument = workflow.find_plan(plan_path, own)
    programme_id = workflow.create_programme(
        database, vault, plan=plan, instrument=instrument, name="Mine", workshops=()
    )
    assert workflow.programme_overview(database, vault, own, programme_id).pairs == 0
    path.write_text(text.replace("mean score", "the mean score"), encoding="utf-8")
    with pytest.raises(
        Conflict, match=r"Mine: the instrument mine\.v1 was changed after the programme was opened with it\."
    ):
        workflow.programme_overview(database, vault, own, programme_id).pairs


def test_a_plan_is_kept_as_it_was_when_the_programme_was_opened(
    database: Database, vault: Vault, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "own.yaml"
    shutil.copy(folder("analysis") / "jobs-ii.yaml", path)
    plan, instrument = workflow.find_plan(path)
    programme_id = workflow.create_programme(
        database, vault, plan=plan, instrument=instrument, name="Own", workshops=()
    )
    path.write_text(path.read_text(encoding="utf-8").replace("sesoi: 5", "sesoi: 9"), encoding="utf-8")
    assert workflow.find_plan(path)[0].sha256 != plan.sha256
    findings = workflow.evaluate_programme(database, vault, settings, programme_id)
    assert findings["plan"]["sha256"] == plan.sha256


def test_two_plans_of_one_name_must_be_told_apart_by_path(settings: Settings, tmp_path: Path) -> None:
    own = tmp_path / "plans"
    own.mkdir()
    shutil.copy(folder("analysis") / "jobs-ii.yaml", own)
    both = replace(settings, analysis_dir=own)
    with pytest.raises(PlanInvalid, match=r"^jobs-ii: two plans have this name: .* Give the path of one\.$"):
        workflow.find_plan("jobs-ii", both)
    assert workflow.find_plan(own / "jobs-ii.yaml", both)[0].id == "jobs-ii"


def test_bundled_content_is_sound_and_counted(settings: Settings) -> None:
    summary = workflow.check_content(settings)
    assert summary.instruments == ("dialogue-core.v1", "dialogue-short.v1", "jobs-ii.v1")
    assert len(summary.modules) == 24
    assert {"fear.v1", "about-you.v1", "workshop-experience.v1"} < set(summary.modules)
    assert summary.plans == ("dialogue-core", "dialogue-short", "jobs-ii")
    assert summary.column_maps == ("jobs-ii",)
    assert "web/base.html" in summary.templates


def test_a_module_of_ones_own_is_checked_once_with_the_survey_that_takes_it_in(
    settings: Settings, tmp_path: Path
) -> None:
    own = tmp_path / "own-surveys"
    (own / "modules").mkdir(parents=True)
    module = own / "modules" / "calm.v1.yaml"
    words = (folder("surveys") / "modules" / "justice.v1.yaml").read_text(encoding="utf-8")
    module.write_text(words.replace("id: justice\nversion", "id: calm\nversion"), encoding="utf-8")
    survey = (
        (folder("surveys") / "jobs-ii.v1.yaml").read_text(encoding="utf-8").replace("id: jobs-ii", "id: mine")
    )
    sides = "sides: [{id: a, name: A}, {id: b, name: B}]\nmodules: [calm.v1, answered-freely.v1]\nitems:"
    (own / "mine.v1.yaml").write_text(survey.replace("items:", sides, 1), encoding="utf-8")
    with pytest.raises(InputInvalid) as caught:  # its question is on no page, and the modules bring pages
        workflow.check_content(replace(settings, surveys_dir=own))
    assert str(caught.value) == (
        "mine.v1.yaml, line 15: the item “depression” is on no page, so nobody is asked. Put it on a page."
    )
    module.write_text(
        module.read_text(encoding="utf-8").replace("minutes: 1", "minutes: 0"), encoding="utf-8"
    )
    with pytest.raises(InputInvalid) as caught:
        workflow.check_content(replace(settings, surveys_dir=own))
    assert str(caught.value) == (
        "calm.v1.yaml, line 10: “0” is no number from 0.25 to 15. Write one within that range."
    )


def test_a_programme_that_could_not_be_opened_leaves_no_key(
    database: Database, vault: Vault, settings: Settings, dialogue: tuple[Plan, Instrument]
) -> None:
    plan, instrument = dialogue
    # A label that only the database refuses: nothing of the transaction may stay.
    with pytest.raises(Conflict):
        workflow.create_programme(
            database, vault, plan=plan, instrument=instrument, name="Bridges", workshops=[("North", "no arm")]
        )
    assert workflow.list_programmes(database) == ()
    assert json.loads(settings.keyring.read_text(encoding="utf-8"))["keys"] == {}


def test_a_lock_beside_the_plan_is_kept_and_checked_when_the_programme_is_opened(
    settings: Settings, database: Database, vault: Vault, tmp_path: Path, dialogue: tuple[Plan, Instrument]
) -> None:
    path, instrument = tmp_path / "mine.yaml", dialogue[1]
    text = Path(dialogue[0].path).read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    lock = workflow.lock_plan(workflow.find_plan(path)[0], "evaluator")
    facts = {"instrument": instrument, "name": "Bridges", "workshops": [("North", "workshop")]}
    made = workflow.create_programme(database, vault, plan=workflow.find_plan(path)[0], **facts)
    with database.session() as session:
        programme = programmes.get(session, made)
        assert programme.plan_lock == lock.read_text(encoding="utf-8")
        assert programme.plan_locked_at == json.loads(programme.plan_lock)["locked_at"]
    path.write_text(text + "deviations:\n  - {path: seed, reason: A slip.}\n", encoding="utf-8")
    with pytest.raises(PlanInvalid) as unfitting:
        workflow.create_programme(database, vault, plan=workflow.find_plan(path)[0], **facts)
    assert str(unfitting.value) == (
        "mine.yaml, deviations: a reason is given for “seed”, which is as it was locked. "
        "Name a place that was changed (none), or remove it."
    )
    lock.write_text("{}", encoding="utf-8")
    with pytest.raises(InputInvalid) as broken:
        workflow.create_programme(database, vault, plan=workflow.find_plan(path)[0], **facts)
    assert str(broken.value) == (
        "mine.lock.json: this is no lock of a plan: its keys are others. "
        "Put back the file as “impact plan lock” wrote it; a plan is not locked a second time."
    )
    assert [one.id for one in workflow.list_programmes(database)] == [made]
    assert list(json.loads(settings.keyring.read_text(encoding="utf-8"))["keys"]) == [made]
