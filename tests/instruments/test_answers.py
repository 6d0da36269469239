"""From a form to packed answers and back."""

from __future__ import annotations

import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impact.errors import AnswersInvalid, DataInvalid
from impact.instruments import (
    MISSING_CODES,
    MISSING_MASK,
    MISSING_NUMBER,
    NOT_ASKED,
    NOT_SHOWN,
    REFUSED,
    UNANSWERED,
    Instrument,
    pack,
    pack_columns,
    parse_answers,
    record_size,
    unpack,
)


def stored(instrument: Instrument, wave: str, form: dict[str, list[str]]) -> dict[str, float]:
    columns = unpack(instrument, [parse_answers(instrument, wave, form).packed])
    return {name: column[0].item() for name, column in columns.items()}


def test_a_full_form_is_stored_as_the_contract_says(small: Instrument) -> None:
    form = {
        "i.calm": ["1"], "i.tense": ["3"], "i.uneasy": ["r"], "i.age": ["41,5"],
        "i.places": ["work", "home"], "i.why": [" Because\r\nso. "], "i.warm": ["10"], "i.guess": ["10"],
        "c.mother": ["ب"], "c.month": ["12"], "token": ["passed over"],
    }  # fmt: skip
    answers = parse_answers(small, "post", form)
    # calm, tense, uneasy: option index or code; age: float64; places: bits 0 and 1; warm; guess
    assert answers.packed == struct.pack("<BBBdIBB", 0, 2, REFUSED, 41.5, 0b11, 10, 1)
    assert answers.texts == {"why": "Because\nso."}
    assert answers.code == {"mother": "ب", "month": "12"}
    assert record_size(small) == 17


def test_an_empty_form_is_all_unanswered(small: Instrument) -> None:
    assert stored(small, "pre", {"i.calm": [""], "i.age": [" "], "c.mother": [""]}) == {
        "calm": UNANSWERED,
        "tense": UNANSWERED,
        "uneasy": UNANSWERED,
        "age": MISSING_NUMBER[UNANSWERED],
        "places": MISSING_MASK[UNANSWERED],
        "warm": NOT_ASKED,
        "guess": UNANSWERED,
    }


def test_refusals_of_every_type(small: Instrument) -> None:
    found = stored(
        small, "pre", {"i.age": ["r"], "i.places": ["home", "r"], "i.calm": ["r"], "c.month": ["r"]}
    )
    assert (found["age"], found["places"], found["calm"]) == (
        MISSING_NUMBER[REFUSED],
        MISSING_MASK[REFUSED],
        REFUSED,
    )


def test_what_is_hidden_or_not_asked_is_dropped_even_if_sent(small: Instrument) -> None:
    hidden = parse_answers(small, "post", {"i.tense": ["1"], "i.why": ["secret"], "i.warm": ["3"]})
    assert hidden.texts == {}
    assert unpack(small, [hidden.packed])["warm"].tolist() == [NOT_SHOWN]  # age is not answered
    assert stored(small, "pre", {"i.age": ["3"], "i.warm": ["nonsense"]})["warm"] == NOT_ASKED
    assert stored(small, "post", {"i.age": ["3"], "i.warm": ["0"]})["warm"] == 0


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("41", 41),
        ("41.5", 41.5),
        ("41,5", 41.5),
        (" +7 ", 7),
        ("٤١", 41),
        ("۴۱", 41),
        ("٤١٫٥", 41.5),
        ("0", 0),
    ],
)
def test_numbers_as_people_write_them(small: Instrument, text: str, number: float) -> None:
    assert stored(small, "pre", {"i.age": [text]})["age"] == number


def test_all_problems_at_once_each_with_its_field(small: Instrument) -> None:
    form = {
        "i.calm": ["9"], "i.tense": ["2", "3"], "i.age": ["abc"], "i.places": ["home", "moon"],
        "i.why": ["x" * 21], "i.nothing": ["1"], "c.mother": ["ß"], "c.month": ["1", "2"],
    }  # fmt: skip
    with pytest.raises(AnswersInvalid) as caught:
        parse_answers(small, "pre", form)
    assert [(problem.field, str(problem)) for problem in caught.value.problems] == [
        ("i.nothing", "i.nothing: no such question is asked. Open the survey again and send it once more."),
        ("i.calm", "calm: “9” is none of the choices. Choose one of those shown."),
        ("i.tense", "tense: more than one answer was sent. Choose one."),
        ("i.age", "age: “abc” is no number. Write digits only."),
        ("i.places", "places: “moon” is none of the choices. Choose among those shown."),
        ("c.mother", "mother: “ß” is none of the choices. Choose one of those shown."),
        ("c.month", "month: more than one was sent. Choose one of those shown."),
    ]


@pytest.mark.parametrize(
    ("field", "sent", "message"),
    [
        ("i.age", "121", "age: 121 is out of range. Write a number from 0 to 120."),
        ("i.age", "1.25", "age: the number may have at most 1 decimals. Round it."),
        ("i.age", "1e5", "age: “1e5” is no number. Write digits only."),
        ("i.age", "nan", "age: “nan” is no number. Write digits only."),
        ("i.calm", "01", "calm: “01” is none of the choices. Choose one of those shown."),
    ],
)
def test_one_bad_field(small: Instrument, field: str, sent: str, message: str) -> None:
    with pytest.raises(AnswersInvalid) as caught:
        parse_answers(small, "pre", {field: [sent]})
    assert str(caught.value) == message


def test_a_text_that_is_too_long(small: Instrument) -> None:
    with pytest.raises(AnswersInvalid) as caught:
        parse_answers(small, "pre", {"i.tense": ["2"], "i.why": ["x" * 21]})
    assert str(caught.value) == "why: the text has 21 characters; 20 are possible. Shorten it."


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(
            ["i.calm", "i.age", "i.places", "i.why", "i.warm", "c.mother", "i.", "c.", "x", "i.x"]
        ),
        st.lists(st.text(max_size=30), max_size=3),
    )
)
def test_any_form_is_stored_or_refused_by_name(small: Instrument, form: dict[str, list[str]]) -> None:
    try:
        answers = parse_answers(small, "post", form)
    except AnswersInvalid as fault:
        fields = [problem.field for problem in fault.problems]
    else:
        fields = []
        assert len(answers.packed) == record_size(small)
        assert all(text.encode("utf-8") for text in answers.texts.values())
    assert set(fields) <= set(form)


_RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "calm": st.sampled_from([0, 1, 2, *MISSING_CODES]),
            "age": st.floats(-1e9, 1e9) | st.sampled_from(list(MISSING_NUMBER.values())),
            "places": st.integers(0, 3) | st.sampled_from(list(MISSING_MASK.values())),
            "warm": st.sampled_from([*range(11), *MISSING_CODES]),
        }
    ),
    max_size=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_RECORDS)
def test_what_is_packed_comes_back(small: Instrument, records: list[dict[str, float]]) -> None:
    columns = unpack(small, [pack(small, record) for record in records])
    assert list(columns) == ["calm", "tense", "uneasy", "age", "places", "warm", "guess"]
    for name in ("calm", "age", "places", "warm"):
        assert columns[name].tolist() == [record[name] for record in records]
    assert columns["tense"].tolist() == [UNANSWERED] * len(records)
    assert pack_columns(small, columns) == [pack(small, record) for record in records]
    assert [str(column.dtype) for column in columns.values()] == [
        "uint8", "uint8", "uint8", "float64", "uint32", "uint8", "uint8"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"calm": 3}, "3 does not fit the item calm"),
        ({"age": float("nan")}, "nan does not fit the item age"),
        ({"places": 4}, "4 does not fit the item places"),
        ({"why": 1, "hope": 2}, "no closed items of small.v1: hope, why"),
    ],
)
def test_pack_refuses_what_does_not_fit(small: Instrument, values: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        pack(small, values)
    assert str(caught.value) == message


def test_unpack_refuses_another_size(small: Instrument) -> None:
    right = pack(small, {})
    for blobs in ([right, right[:-1]], [right[:-1], right + b"x"]):
        with pytest.raises(DataInvalid) as caught:
            unpack(small, blobs)
        assert str(caught.value) == (
            "small.v1: a stored submission is not 17 bytes long. It was stored with another version of the "
            "instrument: use that version."
        )
    assert all(len(column) == 0 for column in unpack(small, []).values())
    assert all(column.flags.owndata for column in unpack(small, [right]).values())
