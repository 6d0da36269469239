"""Releases that together would tell about a few people are refused; names that deceive are, too."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import text

from impact import workflow
from impact.errors import Conflict, InputInvalid
from impact.evaluation import draw
from impact.workflow.demo import private_file


@pytest.fixture
def more(dialogue) -> list[dict[str, str]]:
    """Many other people of the same workshops."""
    plan, instrument = dialogue
    drawn, _ = draw(
        plan,
        instrument,
        seed=8,
        people_per_side=40,
        shifts={"a": {"fear": -15.0}},
        languages={"a": ["ar", "en"], "b": ["he", "en"]},
    )
    return drawn


def test_a_second_release_waits_for_enough_people(
    database, vault, engine_settings, dialogue, rows, more, write
) -> None:
    plan, instrument = dialogue
    programme_id = workflow.create_programme(
        database, vault, plan=plan, instrument=instrument, name="Bridges", workshops=[]
    )

    def bring(name: str, brought: list[dict[str, str]]) -> None:
        workflow.import_data(database, vault, programme_id, [write(name, brought)], settings=engine_settings)

    bring("first.csv", rows)
    first = workflow.release(database, vault, engine_settings, programme_id)
    workflow.release(database, vault, engine_settings, programme_id)  # the same people: nothing to subtract
    at_pre = [row for row in more if row["wave"] == "pre"]
    bring("one.csv", at_pre[:1])
    workflow.revoke_release(database, first.id)
    with pytest.raises(Conflict) as caught:
        workflow.release(database, vault, engine_settings, programme_id)
    message = str(caught.value)
    assert message.startswith(
        "Bridges: since an earlier release fewer than 10 people have come or gone, so that whoever has both could "
        "work out how those few answered ("
    )
    assert "data: submissions" in message or "pre" in message
    assert message.endswith(
        "Wait until at least 10 more people have answered. To revoke the earlier release does not help: "
        "it may have been seen."
    )
    assert len(workflow.list_releases(database, programme_id)) == 2
    bring("many.csv", [row for row in more if row is not at_pre[0]])
    assert workflow.release(database, vault, engine_settings, programme_id).token
    with database.session() as session:
        sealed = session.connection().execute(text("SELECT findings FROM release")).scalars().all()
    assert not any(b"Bridges" in bytes(one) or b"estimate" in bytes(one) for one in sealed)


def test_names_that_hide_something_are_refused_together(database, vault, dialogue) -> None:
    plan, instrument = dialogue
    with pytest.raises(InputInvalid) as caught:
        workflow.create_programme(
            database, vault, plan=plan, instrument=instrument, name="Bri\u202edges", organisation="a\x07b",
            side_names={"a": {"en": "up\u2066per"}, "b": {"en": "lower"}}, workshops=[],
        )  # fmt: skip
    assert str(caught.value).splitlines() == [
        "name: the name of the programme holds U+202E (right-to-left override), which cannot be seen. Remove it.",
        "organisation: the name of the organisation holds U+0007 (control character), which cannot be seen. Remove it.",
        "a:en: the name of side a holds U+2066 (left-to-right isolate), which cannot be seen. Remove it.",
    ]
    with pytest.raises(InputInvalid) as caught:
        workflow.create_programme(
            database,
            vault,
            plan=plan,
            instrument=instrument,
            name="Bridges",
            workshops=[("N\nS", "workshop")],
        )
    assert str(caught.value) == (
        "workshop: the name of the workshop holds U+000A (control character), which cannot be seen. Remove it."
    )
    assert workflow.list_programmes(database) == ()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_files_of_the_demo_are_their_owners(tmp_path: Path) -> None:
    old = tmp_path / "old.csv"
    old.write_text("something longer")
    old.chmod(0o644)
    for path in (old, tmp_path / "new.csv"):
        with private_file(path) as file:
            file.write(b"x")
        assert (path.stat().st_mode & 0o777, path.read_bytes()) == (0o600, b"x")
