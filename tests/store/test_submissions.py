"""Submissions in and out: stored once, refused when they do not fit, read back as the same columns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from impact.errors import Conflict, KeyMissing
from impact.instruments import pack
from impact.instruments.model import MISSING_MASK, MISSING_NUMBER, REFUSED, UNANSWERED
from impact.instruments.submissions import Submissions
from impact.store import Database, programmes, seal_text, submissions, unseal_text, workshops
from impact.vault import Vault


def _columns(database: Database, cast, vault: Vault | None = None) -> Submissions:
    with database.session() as session:
        programme = programmes.get(session, cast.programme_id)
        return submissions.columns(session, programme, cast.instrument, vault or cast.vault)


def _store(database: Database, *new: submissions.NewSubmission) -> frozenset[int]:
    with database.session() as session:
        return submissions.insert_many(session, new)


def test_a_submission_is_stored_once(database: Database, cast) -> None:
    one, other = cast.submission(), cast.submission()
    again = cast.submission(idempotency_key=one.idempotency_key, wave="post")
    assert _store(database, one, other, again) == {0, 1}
    assert _store(database, one) == frozenset()
    assert _store(database, again, cast.submission()) == {1}
    with database.session() as session:
        assert submissions.counts(session, cast.programme_id) == {(cast.haifa, "pre", "a"): 3}


def test_nothing_to_store(database: Database, cast) -> None:
    assert _store(database) == frozenset()


def test_the_same_key_may_serve_in_another_programme(database: Database, cast, small_plan) -> None:
    with database.session() as session:
        second = programmes.create(
            session,
            name="Second",
            instrument=cast.instrument,
            plan=small_plan,
            plan_yaml="",
            created_on=programmes.get(session, cast.programme_id).created_on,
        )
        room = workshops.create(session, second.id, "Haifa")
    one = cast.submission()
    there = replace(one, programme_id=second.id, workshop_id=room.id)
    assert _store(database, one, there) == {0, 1}


def test_counts_by_workshop_wave_and_side(database: Database, cast) -> None:
    _store(
        database,
        cast.submission(),
        cast.submission(),
        cast.submission(side="b"),
        cast.submission(side=None, wave="post"),
        cast.submission(workshop_id=cast.nablus),
    )
    with database.session() as session:
        assert submissions.counts(session, cast.programme_id) == {
            (cast.haifa, "pre", "a"): 2,
            (cast.haifa, "pre", "b"): 1,
            (cast.haifa, "post", None): 1,
            (cast.nablus, "pre", "a"): 1,
        }
        assert submissions.counts(session, "unknown") == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"id": b"short"},
        {"workshop_id": "nowhere"},
        {"workshop_id": None},
        {"programme_id": "none"},
        {"wave": ""},
        {"wave": None},
        {"side": ""},
        {"side": "x" * 41},
        {"language": "e"},
        {"answers": None},
        {"texts": {"": b"sealed"}},
        {"texts": {"why": None}},
    ],
    ids=str,
)
def test_the_database_refuses_what_must_not_be(database: Database, cast, changes: dict[str, object]) -> None:
    new = replace(cast.submission(), **changes)
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        submissions.insert_many(connection, [new])
    with database.session() as session:
        assert submissions.counts(session, cast.programme_id) == {}


def test_a_workshop_of_another_programme_is_refused(database: Database, cast, small_plan) -> None:
    with database.session() as session:
        programme = programmes.get(session, cast.programme_id)
        second = programmes.create(
            session,
            name="Second",
            instrument=cast.instrument,
            plan=small_plan,
            plan_yaml="",
            created_on=programme.created_on,
        )
    with pytest.raises(Conflict):
        _store(database, cast.submission(programme_id=second.id, code_sealed=None))


def test_columns_of_an_empty_programme(database: Database, cast) -> None:
    columns = _columns(database, cast)
    assert len(columns) == 0
    assert columns.workshops == ()
    assert columns.code.shape == (0, 2)
    assert {name: column.dtype for name, column in columns.answers.items()} == {
        "fear": np.uint8,
        "topics": np.uint32,
        "years": np.float64,
    }


def test_columns_hold_what_was_stored(database: Database, cast) -> None:
    def packed(**values: float) -> bytes:
        return pack(cast.instrument, values)

    _store(
        database,
        cast.submission(answers=packed(fear=4, topics=0b101, years=7.5), respondent="Rana"),
        cast.submission(
            answers=packed(fear=REFUSED), wave="post", side="b", language="ar", workshop_id=cast.nablus
        ),
        cast.submission(
            answers=packed(fear=0), side=None, language=None, code={"letter": "ب"}, respondent="Rana"
        ),
        cast.submission(answers=packed(fear=1), code_sealed=None, language="fr"),
    )
    columns = _columns(database, cast)
    # Rows come in no order: they are told apart by the answer to `fear`.
    rows = [columns.answers["fear"].tolist().index(value) for value in (4, REFUSED, 0, 1)]
    assert columns.wave.dtype == np.int8
    assert columns.wave[rows].tolist() == [0, 1, 0, 0]
    assert columns.workshops == ("Haifa", "Nablus")
    assert columns.workshop.dtype == np.int32
    assert columns.workshop[rows].tolist() == [0, 1, 0, 0]
    assert columns.side[rows].tolist() == [0, 1, -1, 0]
    assert columns.arm[rows].tolist() == [0, 1, 0, 0]
    assert columns.language[rows].tolist() == [0, 1, -1, -1]
    assert columns.respondent.dtype == np.int64
    assert columns.respondent[rows].tolist() == [0, -1, 0, -1]
    assert columns.code.dtype == np.int64
    month, letter = columns.code[rows].T.tolist()
    assert month == [0, 0, -1, -1]
    assert (letter[0] == letter[1], letter[0] != letter[2], letter[3]) == (True, True, -1)
    assert sorted(set(letter)) == [-1, 0, 1]
    assert columns.answers["topics"][rows].tolist() == [0b101] + [MISSING_MASK[UNANSWERED]] * 3
    assert columns.answers["years"][rows].tolist() == [7.5] + [MISSING_NUMBER[UNANSWERED]] * 3
    assert columns.weight is None


def test_a_workshop_without_a_name_is_none(database: Database, cast) -> None:
    with database.session() as session:
        nameless = workshops.create(session, cast.programme_id, "", "comparison")
    _store(database, cast.submission(workshop_id=nameless.id))
    columns = _columns(database, cast)
    assert (columns.workshops, columns.workshop.tolist(), columns.arm.tolist()) == ((), [-1], [1])


def test_one_label_in_both_arms_is_one_workshop(database: Database, cast) -> None:
    with database.session() as session:
        control = workshops.create(session, cast.programme_id, "Haifa", "comparison")
    _store(database, cast.submission(), cast.submission(workshop_id=control.id))
    columns = _columns(database, cast)
    assert (columns.workshops, columns.workshop.tolist()) == (("Haifa",), [0, 0])
    assert sorted(columns.arm.tolist()) == [0, 1]


def test_another_instrument_is_refused(database: Database, cast) -> None:
    changed = replace(cast, instrument=replace(cast.instrument, sha256="9" * 64))
    with pytest.raises(Conflict) as caught:
        _columns(database, changed)
    assert str(caught.value) == (
        "Bridges: its submissions were given to small.v1 as it was when the programme was made, not to this "
        "small.v1. Put back the unchanged file of the instrument; a changed one needs a new version number."
    )


def test_a_wave_that_the_instrument_lacks_is_refused(database: Database, cast) -> None:
    _store(database, cast.submission(wave="later"))
    with pytest.raises(Conflict) as caught:
        _columns(database, cast)
    assert str(caught.value) == "A submission has the wave “later”, which the instrument does not have."


def test_another_keyring_does_not_open_codes(database: Database, cast, tmp_path) -> None:
    other = Vault(tmp_path / "other" / "keyring.json")
    _store(database, cast.submission())
    with pytest.raises(KeyMissing, match="holds no key for programme"):
        _columns(database, cast, other)
    other.create_key(cast.programme_id)
    with pytest.raises(KeyMissing, match="does not fit what is stored"):
        _columns(database, cast, other)


def test_a_sealed_code_belongs_to_its_submission_alone(database: Database, cast) -> None:
    """Whoever may write to the database cannot give one person's code to another."""
    one, other = cast.submission(), cast.submission()
    _store(database, one, replace(other, code_sealed=one.code_sealed))
    with pytest.raises(KeyMissing):
        _columns(database, cast)


def test_open_text_is_stored_with_its_submission_and_goes_with_it(database: Database, cast) -> None:
    new = cast.submission()
    words = "شكراً — I was afraid before"
    sealed = seal_text(cast.vault, cast.programme_id, new.id, "why", words)
    _store(database, replace(new, texts={"why": sealed}))
    _store(database, replace(new, texts={"why": b"sent twice"}))
    with database.session() as session:
        rows = session.connection().execute(text("SELECT submission_id, item, sealed FROM open_text")).all()
        session.connection().execute(text("DELETE FROM submission"))
        left = session.connection().scalar(text("SELECT count(*) FROM open_text"))
    assert [tuple(row) for row in rows] == [(new.id, "why", sealed)]
    assert unseal_text(cast.vault, cast.programme_id, new.id, "why", sealed) == words
    assert left == 0


_CODES = st.fixed_dictionaries(
    {"month": st.sampled_from(["", "1", "2"]), "letter": st.sampled_from(["", "א", "ب"])}
)
_PEOPLE = st.lists(st.tuples(_CODES, st.sampled_from(["", "Rana", "Dov"]), st.booleans()), max_size=12)


@hypothesis_settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(_PEOPLE)
def test_equal_numbers_mean_equal_answers(database: Database, cast, people: list) -> None:
    with database.session() as session:
        session.connection().execute(text("DELETE FROM submission"))
    new = [
        cast.submission(
            code=code, respondent=name, answers=pack(cast.instrument, {"years": float(row)}), wave="pre"
        )
        for row, (code, name, _) in enumerate(people)
    ]
    new = [
        one if has_code else replace(one, code_sealed=None)
        for one, (_, _, has_code) in zip(new, people, strict=True)
    ]
    assert len(_store(database, *new)) == len(people)
    columns = _columns(database, cast)
    given_values = {
        "month": [code["month"] if has_code else "" for code, _, has_code in people],
        "letter": [code["letter"] if has_code else "" for code, _, has_code in people],
        "respondent": [name if has_code else "" for _, name, has_code in people],
    }
    read = {"month": columns.code[:, 0], "letter": columns.code[:, 1], "respondent": columns.respondent}
    rows = columns.answers["years"].astype(int)
    for what, values in given_values.items():
        pairs = {(values[row], int(number)) for row, number in zip(rows, read[what], strict=True)}
        assert len(pairs) == len(set(values)) == len({number for _, number in pairs})
        assert all((value == "") == (number == -1) for value, number in pairs)
