"""A data file comes into a programme: all of it or nothing, and nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from impact import workflow
from impact.errors import Conflict, DataInvalid, NotFound
from impact.instruments import Instrument, pack_columns, unpack
from impact.plans import Plan
from impact.settings import Settings
from impact.store import Database, programmes
from impact.store import submissions as stored
from impact.vault import Vault

Row = dict[str, str]
Write = Callable[[str, Sequence[Row]], Path]


@pytest.fixture
def programme_id(database: Database, vault: Vault, dialogue: tuple[Plan, Instrument]) -> str:
    plan, instrument = dialogue
    return workflow.create_programme(
        database,
        vault,
        plan=plan,
        instrument=instrument,
        name="Bridges",
        workshops=[("Workshop 1", "workshop")],
    )


@pytest.fixture
def count(
    database: Database, vault: Vault, dialogue: tuple[Plan, Instrument], programme_id: str
) -> Callable[[], int]:
    def submissions() -> int:
        with database.session() as session:
            return len(stored.columns(session, programmes.get(session, programme_id), dialogue[1], vault))

    return submissions


def with_numbers(rows: Sequence[Row]) -> list[Row]:
    """The rows with a respondent instead of a code: one person each."""
    return [
        {"respondent": f"p{i}", **{k: v for k, v in row.items() if not k.startswith("code.")}}
        for i, row in enumerate(rows)
    ]


def test_unknown_workshops_are_opened_with_an_invitation_for_each_wave(
    database: Database,
    vault: Vault,
    engine_settings: Settings,
    programme_id: str,
    rows: list[Row],
    write: Write,
) -> None:
    workflow.import_data(database, vault, programme_id, [write("a.csv", rows)], settings=engine_settings)
    overview = workflow.programme_overview(database, vault, engine_settings, programme_id)
    assert [room.label for room in overview.workshops] == ["Workshop 1", "Workshop 2", "Workshop 3"]
    assert [sorted(room.paths) for room in overview.workshops] == [["followup", "post", "pre"]] * 3
    for room in overview.workshops:
        expected = sum(row["workshop"] == room.label and row["wave"] == "pre" for row in rows)
        assert room.count("pre") == expected


@pytest.mark.parametrize("prepare", [list, with_numbers], ids=["codes", "numbers"])
def test_the_same_file_twice_is_refused_and_changes_nothing(
    database: Database,
    vault: Vault,
    engine_settings: Settings,
    programme_id: str,
    rows: list[Row],
    write: Write,
    count: Callable[[], int],
    prepare: Callable[[Sequence[Row]], list[Row]],
) -> None:
    path = write("a.csv", prepare(rows))
    workflow.import_data(database, vault, programme_id, [path], settings=engine_settings)
    with pytest.raises(Conflict):
        workflow.import_data(database, vault, programme_id, [path], settings=engine_settings)
    assert count() == len(rows)


def test_one_known_respondent_among_new_ones_stores_none(
    database: Database,
    vault: Vault,
    engine_settings: Settings,
    programme_id: str,
    rows: list[Row],
    write: Write,
    count: Callable[[], int],
) -> None:
    people = with_numbers(rows)
    workflow.import_data(
        database, vault, programme_id, [write("a.csv", people[:10])], settings=engine_settings
    )
    again = {**people[3], "fear_harm_1": "1"}
    with pytest.raises(Conflict) as caught:
        workflow.import_data(
            database, vault, programme_id, [write("b.csv", [*people[10:], again])], settings=engine_settings
        )
    assert str(caught.value) == (
        f"respondent “p3”, wave “{again['wave']}”: this submission is in the programme already; "
        "nothing was imported. Remove it from the file."
    )
    assert count() == 10


def test_two_people_whom_nothing_names_may_answer_alike(
    database: Database,
    vault: Vault,
    engine_settings: Settings,
    programme_id: str,
    rows: list[Row],
    write: Write,
    count: Callable[[], int],
) -> None:
    nameless = {name: "" if name.startswith("code.") else value for name, value in rows[0].items()}
    path = write("a.csv", [nameless, nameless])
    assert workflow.import_data(database, vault, programme_id, [path], settings=engine_settings) == 2
    assert count() == 2


def test_a_copied_row_is_refused_and_nothing_is_stored(
    database: Database,
    vault: Vault,
    engine_settings: Settings,
    programme_id: str,
    rows: list[Row],
    write: Write,
    count: Callable[[], int],
) -> None:
    path = write("a.csv", [rows[0], rows[1], rows[0]])
    with pytest.raises(
        DataInvalid, match=r"the same code and the same answers: rows 2 and 4\. Keep one of each"
    ):
        workflow.import_data(database, vault, programme_id, [path], settings=engine_settings)
    assert count() == 0


def test_remarks_come_in_sealed_and_are_read_without_their_writers(
    database: Database,
    vault: Vault,
    engine_settings: Settings,
    programme_id: str,
    dialogue: tuple[Plan, Instrument],
    rows: list[Row],
    write: Write,
) -> None:
    item = next(item for item in dialogue[1].items if item.type == "text")
    asked = [row for row in rows if row["wave"] in item.waves]

    def remarks() -> workflow.Remarks:
        found = workflow.read_remarks(database, vault, engine_settings, programme_id)
        return next(one for one in found if one.item == item.id)

    few = [
        {**row, item.id: text}
        for row, text in zip(asked, ["we spoke", "", "Äpfel", "tea", "زيتون"], strict=False)
    ]
    workflow.import_data(database, vault, programme_id, [write("a.csv", few)], settings=engine_settings)
    assert remarks() == workflow.Remarks(item.id, item.text["en"], 4, ())
    more = [{**asked[len(few)], item.id: "Bread"}]
    workflow.import_data(database, vault, programme_id, [write("b.csv", more)], settings=engine_settings)
    assert remarks().texts == ("Bread", "tea", "we spoke", "Äpfel", "زيتون")
    assert remarks().question == item.text["en"]


def test_bad_rows_open_no_programme(
    database: Database, vault: Vault, dialogue: tuple[Plan, Instrument], rows: list[Row], write: Write
) -> None:
    plan, instrument = dialogue
    path = write("a.csv", [rows[0], {**rows[1], "fear_harm_1": "99"}])
    with pytest.raises(DataInvalid):
        workflow.import_programme(database, vault, [path], plan=plan, instrument=instrument, name="New")
    assert workflow.list_programmes(database) == ()


def test_weights_are_refused_because_a_programme_keeps_none(
    database: Database,
    vault: Vault,
    engine_settings: Settings,
    programme_id: str,
    rows: list[Row],
    write: Write,
) -> None:
    path = write("a.csv", [{**row, "weight": "1.5"} for row in rows])
    with pytest.raises(DataInvalid) as caught:
        workflow.import_data(database, vault, programme_id, [path], settings=engine_settings)
    assert str(caught.value) == (
        "column “weight”: a programme keeps no weights. "
        "Evaluate the file itself (impact evaluate), or remove the column."
    )


def test_an_empty_arm_is_refused_because_a_programme_knows_it_by_the_workshop(
    database: Database,
    vault: Vault,
    engine_settings: Settings,
    programme_id: str,
    rows: list[Row],
    write: Write,
    count: Callable[[], int],
) -> None:
    told = [{**row, "arm": "" if i in (1, 3) else "workshop"} for i, row in enumerate(rows)]
    with pytest.raises(DataInvalid) as caught:
        workflow.import_data(database, vault, programme_id, [write("a.csv", told)], settings=engine_settings)
    assert str(caught.value) == (
        "column “arm”: it is empty in 2 rows; a programme knows the arm of everybody. "
        "Write workshop or comparison in every row, or remove the column if all took part."
    )
    assert count() == 0


def test_an_unknown_programme_is_not_found(
    database: Database, vault: Vault, engine_settings: Settings, rows: list[Row], write: Write
) -> None:
    with pytest.raises(NotFound, match=r"^programme “nothing”: there is no such programme\. See "):
        workflow.import_data(database, vault, "nothing", [write("a.csv", rows)], settings=engine_settings)


def test_progress_runs_from_reading_to_storing_and_ends_at_one(
    database: Database,
    vault: Vault,
    engine_settings: Settings,
    programme_id: str,
    rows: list[Row],
    write: Write,
) -> None:
    shares: list[float] = []
    workflow.import_data(
        database, vault, programme_id, [write("a.csv", rows)], None, shares.append, settings=engine_settings
    )
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_packed_columns_are_unpacked_as_they_were(small_instrument: Instrument) -> None:
    columns = {
        "fear": np.array([0, 4, 255], np.uint8),
        "topics": np.array([0b10101, 0, 0xFFFFFFFF], np.uint32),
        "years": np.array([3.25, -1e300, 99.0]),
    }
    blobs = pack_columns(small_instrument, columns)
    assert [len(blob) for blob in blobs] == [13, 13, 13]
    back = unpack(small_instrument, blobs)
    assert {name: column.tolist() for name, column in back.items()} == {
        name: column.tolist() for name, column in columns.items()
    }
