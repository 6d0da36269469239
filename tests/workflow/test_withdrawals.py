"""Who repeats the code is forgotten, wave by wave, and nobody else is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from impact import workflow
from impact.errors import Conflict, InputInvalid, NotFound
from impact.instruments import Instrument
from impact.plans import Plan
from impact.settings import Settings
from impact.store import Database, invitations, new_idempotency_key
from impact.vault import Vault

MINE = {
    "mother": "A", "father": "B", "grandmother": "C", "birth_town": "D",
    "own_last": "E", "birth_month": "5", "older_siblings": "1",
}  # fmt: skip
OTHERS = MINE | {"mother": "X", "father": "Y", "grandmother": "Z", "birth_town": "W"}


@pytest.fixture
def programme_id(database: Database, vault: Vault, dialogue: tuple[Plan, Instrument]) -> str:
    plan, instrument = dialogue
    return workflow.create_programme(
        database, vault, plan=plan, instrument=instrument, name="Bridges", workshops=[("North", "workshop")]
    )


@pytest.fixture
def submit(
    database: Database,
    vault: Vault,
    engine_settings: Settings,
    dialogue: tuple[Plan, Instrument],
    programme_id: str,
) -> Callable[..., None]:
    def send(wave: str, code: dict[str, str], remark: str = "") -> None:
        room = workflow.programme_overview(database, vault, engine_settings, programme_id).workshops[0]
        with database.session() as session:
            invitation = invitations.find(session, room.paths[wave].removeprefix("/s/"))
        form = {f"c.{element}": [value] for element, value in code.items()} | {"i.fear_harm_1": ["3"]}
        form |= {f"i.{item.id}": [remark] for item in dialogue[1].items if item.type == "text" and remark}
        workflow.submit_answers(
            database, vault, invitation, dialogue[1],
            language="en", side="a", form=form, key=new_idempotency_key(),
        ).result(timeout=20)  # fmt: skip

    return send


def find(database, vault, settings, programme_id, code):
    found = workflow.find_withdrawal(database, vault, settings, programme_id, code)
    return found, [(one.wave, one.differs) for one in found]


def rows(database: Database, table: str) -> int:
    with database.session() as session:
        return session.connection().execute(text(f"select count(*) from {table}")).scalar_one()


def test_all_waves_of_the_person_go_with_their_texts_and_everybody_else_stays(
    database, vault, engine_settings, programme_id, submit
):
    submit("pre", MINE, "mine before")
    submit("post", MINE | {"birth_month": "6"}, "mine after")
    submit("pre", OTHERS, "not mine")
    found, places = find(database, vault, engine_settings, programme_id, MINE)
    assert places == [("pre", 0), ("post", 1)]
    texts = rows(database, "open_text")
    assert workflow.forget_respondent(database, programme_id, found) == 2
    assert rows(database, "submission") == 1
    assert rows(database, "open_text") == texts // 3
    _, left = find(database, vault, engine_settings, programme_id, OTHERS)
    assert left == [("pre", 0)]
    with pytest.raises(NotFound):
        find(database, vault, engine_settings, programme_id, MINE)


def test_two_people_who_fit_equally_well_are_both_kept(
    database, vault, engine_settings, programme_id, submit
):
    submit("pre", MINE)
    submit("pre", MINE)
    with pytest.raises(Conflict, match="Two submissions of the wave “pre” fit this code equally well"):
        find(database, vault, engine_settings, programme_id, MINE)
    assert rows(database, "submission") == 2


def test_a_near_code_alone_is_not_enough(database, vault, engine_settings, programme_id, submit):
    submit("pre", MINE | {"birth_month": "6"})
    with pytest.raises(NotFound, match="No answers carry this code"):
        find(database, vault, engine_settings, programme_id, MINE)


def test_faults_in_the_code_are_told_together(database, vault, engine_settings, programme_id, submit):
    submit("pre", MINE)
    with pytest.raises(InputInvalid) as caught:
        find(database, vault, engine_settings, programme_id, {"mother": "1", "shoe_size": "44"})
    assert str(caught.value).splitlines() == [
        "shoe_size: is no element of the code. Use mother, father, grandmother, birth_town, own_last, birth_month, older_siblings.",
        "mother: “1” is not among its choices. Write it as the questionnaire shows it.",
        "code: too few elements to be sure whose answers they are. Give them all.",
    ]


def test_names_of_sides_are_taken_or_refused_together(dialogue):
    _, instrument = dialogue
    names = workflow.side_names(instrument, ["a:en=the upper valley", "b:ar=الوادي"])
    # Nobody is shown a name that was not given: the first one stands in for the others.
    assert names["a"] == dict.fromkeys(instrument.language, "the upper valley")
    assert names["b"]["ar"] == "الوادي"
    assert workflow.side_names(instrument, []) is None
    with pytest.raises(InputInvalid) as caught:
        workflow.side_names(instrument, ["c:en=nobody", "a:fr=vallée", "a:en="])
    assert len(caught.value.problems) == 3
