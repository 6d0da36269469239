"""Column maps: raw files of other tools, and what may be wrong with a map."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impact.errors import DataInvalid
from impact.formats import load_columns, read_data
from impact.instruments.model import NOT_ASKED, UNANSWERED

WIDE = """format: 1
instrument: small.v1
files:
  - match: "raw*.csv"
    wave: pre
    respondent: id
    workshop: [date_text, date]
    side: party
    items: {trust: Q1, role: Q2}
    drop_when: {progress: [0]}
  - match: "raw*.csv"
    wave: post
    respondent: id
    workshop: [date_text, date]
    side: party
    items: {trust: T2Q1}
    constants: {arm: comparison}
    drop_when: {progress: [0]}
    drop_empty: true
values:
  agreement: {Strongly agree: 5, Disagree: 2, 1: 1}
  parties: {N: north, S: south}
  roles: {Leader: lead}
recode: {Q1: agreement, T2Q1: agreement, side: parties, role: roles}
missing: {answers: [77, NA], labels: [NA, Other]}
"""
RAW = """id,party,date,date_text,progress,Q1,Q2,T2Q1,comment
a,N,1 May,NA,100,Strongly agree,Leader,Disagree,x
b,S,Other,2 May,100,77.0,NA,1.0,y
c,S,9 May,NA,0,Disagree,Leader,Disagree,z
d,N,NA,NA,99.0,Disagree,Leader,77,z
"""


def test_a_wide_raw_file_gives_two_waves(write, instrument) -> None:
    columns = load_columns(write(WIDE, "map.yaml"), instrument)
    submissions = read_data([write(RAW, "raw1.csv")], instrument, columns)
    assert submissions.wave.tolist() == [0, 0, 0, 1, 1]
    first, second, last, *after = submissions.respondent.tolist()
    assert sorted([first, second, last]) == [0, 1, 2]
    assert after == [first, second]
    assert submissions.workshops == ("1 May", "2 May")
    assert submissions.workshop.tolist() == [0, 1, -1, 0, 1]
    assert submissions.side.tolist() == [0, 1, 0, 0, 1]
    assert submissions.arm.tolist() == [0, 0, 0, 1, 1]
    assert submissions.answers["trust"].tolist() == [4, UNANSWERED, 1, 1, 0]
    assert submissions.answers["role"].tolist() == [0, UNANSWERED, 0, NOT_ASKED, NOT_ASKED]
    assert (submissions.answers["age"] == -4e300).all()


def test_a_long_raw_file_with_the_wave_in_a_column(write, instrument) -> None:
    text = """format: 1
instrument: small.v1
files:
  - {match: "*.csv", wave: {column: time}, code: {month: m, pet: p}, items: {trust: t}, constants: {side: north}}
values:
  times: {1: pre, 2: post}
recode: {wave: times}
"""
    columns = load_columns(write(text, "map.yaml"), instrument)
    submissions = read_data([write("time,m,p,t\n1,3,cat,5\n2,3,cat,4\n", "x.csv")], instrument, columns)
    assert submissions.wave.tolist() == [0, 1]
    assert submissions.code[0].tolist() == submissions.code[1].tolist()
    assert submissions.side.tolist() == [0, 0]


def test_a_missing_answer_is_no_missing_person(write, instrument) -> None:
    columns = load_columns(write(WIDE, "map.yaml"), instrument)
    raw = RAW.replace("\na,", "\n77,")
    first, second, last, *after = read_data([write(raw, "raw1.csv")], instrument, columns).respondent.tolist()
    assert sorted([first, second, last]) == [0, 1, 2]
    assert after == [first, second]


def problems_of(write, instrument, raw: str, text: str = WIDE, name: str = "raw1.csv") -> list[str]:
    columns = load_columns(write(text, "map.yaml"), instrument)
    with pytest.raises(DataInvalid) as caught:
        read_data([write(raw, name)], instrument, columns)
    return [str(problem) for problem in caught.value.problems]


def test_a_mapped_column_that_is_missing_or_twice(write, instrument) -> None:
    assert problems_of(write, instrument, RAW.replace("T2Q1", "T2_Q1").replace("comment", "Q2")) == [
        "raw1.csv, column “Q2”: the header names this column 2 times. "
        "Rename one of them, in the file and in the column map.",
        "raw1.csv, row 1: the column “T2Q1”, which the column map names, is missing. Did you mean “T2_Q1”?",
    ]


def test_a_text_without_recode_names_the_column_of_the_file(write, instrument) -> None:
    assert problems_of(write, instrument, RAW.replace("Leader,D", "Boss,D", 1)) == [
        "raw1.csv, row 2, column “Q2”: “Boss” is no answer to “role”. "
        "Answers are lead or guest; leave the cell empty if unanswered, or recode it in the column map."
    ]


def test_a_file_that_no_entry_fits(write, instrument) -> None:
    assert problems_of(write, instrument, RAW, name="other.csv") == [
        "other.csv: no entry of the column map “map.yaml” fits this file's name. "
        "Rename the file, or change “match”: “raw*.csv”."
    ]


def test_a_map_that_drops_everything(write, instrument) -> None:
    nothing = RAW.replace(",100,", ",0,").replace(",99.0,", ",0.0,")
    assert problems_of(write, instrument, nothing) == [
        "“raw1.csv” hold no submissions. Check “drop_when” and “drop_empty” of the column map."
    ]


def test_everything_wrong_in_a_map_is_told_with_its_line(write, instrument) -> None:
    text = """format: 2
instrument: other.v1
filez: 1
files:
  - match: ""
    wave: mid
    respondant: id
    side: [party, 3, {}]
    items: {trst: Q1, thanks: Q2}
    code: {pett: Q3}
    constants: {arm: control, wave: pre, workshop: [a]}
    drop_when: [x]
    drop_empty: maybe
  - {wave: {col: x}}
values:
  agreement: {Agree: [1]}
  flat: 3
recode: {Q9: agreement, Q1: agrement}
missing:
  answers: 77
  label: [x]
"""
    with pytest.raises(DataInvalid) as caught:
        load_columns(write(text, "map.yaml"), instrument)
    assert [str(problem) for problem in caught.value.problems] == [
        "map.yaml, line 1: “2” is no format. Use one of: 1.",
        "map.yaml, line 2: this column map is for “other.v1”, not for “small.v1”. "
        "Give the map of this instrument, or the other instrument.",
        "map.yaml, line 3: the key “filez” is unknown in the file. Did you mean “files”?",
        "map.yaml, line 5: “match” should be a pattern for file names. Write one, such as “pre*.csv”.",
        "map.yaml, line 6: “mid” is no wave. Use one of: pre, post.",
        "map.yaml, line 7: the key “respondant” is unknown in files.0. Did you mean “respondent”?",
        "map.yaml, line 8: “side” should be a column or a list of columns. Write it as [first, second].",
        "map.yaml, line 9: “trst” is no item of this instrument. Did you mean “trust”?",
        "map.yaml, line 9: “thanks” is no item of this instrument. Use one of: trust, age, means, role, remark.",
        "map.yaml, line 10: “pett” is no code element of this instrument. Did you mean “pet”?",
        "map.yaml, line 11: “control” is no arm. Use one of: workshop, comparison.",
        "map.yaml, line 11: “wave” cannot be a constant. Use one of: workshop, side, arm, language.",
        "map.yaml, line 11: “workshop” should be a text or a number. Write one value after the colon.",
        "map.yaml, line 12: “files.0.drop_when” should hold keys, and holds a list. Write “key: value” lines.",
        "map.yaml, line 13: “maybe” is no drop_empty. Use one of: True, False.",
        "map.yaml, line 14: the key “match” is missing in files.1. Add “match:”.",
        "map.yaml, line 14: the key “col” is unknown in files.1.wave. Did you mean “column”?",
        "map.yaml, line 14: the key “column” is missing in files.1.wave. Add “column:”.",
        "map.yaml, line 16: “Agree” should be a text or a number. Write one value after the colon.",
        "map.yaml, line 17: “values.flat” should hold keys, and holds “3”. Write “key: value” lines.",
        "map.yaml, line 18: nothing is read from or into “Q9”. Use one of: side.",
        "map.yaml, line 18: nothing is read from or into “Q1”. Use one of: side.",
        "map.yaml, line 18: there is no recode “agrement”. Did you mean “agreement”?",
        "map.yaml, line 20: “answers” should be a list of names. Write it as [first, second].",
        "map.yaml, line 21: the key “label” is unknown in missing. Did you mean “labels”?",
    ]


@pytest.mark.parametrize("files", ["files: []", "files: {a: 1}", "files: 3"])
def test_files_should_be_a_list(write, instrument, files: str) -> None:
    with pytest.raises(DataInvalid) as caught:
        load_columns(write(f"format: 1\ninstrument: small.v1\n{files}\n", "map.yaml"), instrument)
    assert (
        str(caught.value)
        == "map.yaml, line 3: “files” should be a list of files. Begin each with “- match:”."
    )


def test_a_constant_beside_a_column(write, instrument) -> None:
    text = WIDE.replace("constants: {arm: comparison}", "constants: {side: north}")
    with pytest.raises(DataInvalid, match=r"line 17: “side” is a column and a constant\. Keep"):
        load_columns(write(text, "map.yaml"), instrument)


def test_true_and_false_need_quotation_marks(write, instrument) -> None:
    text = WIDE.replace("{Leader: lead}", "{True: lead}")
    with pytest.raises(DataInvalid) as caught:
        load_columns(write(text, "map.yaml"), instrument)
    assert str(caught.value) == (
        "map.yaml, line 23: true or false stands without quotation marks. "
        "Write it in quotation marks, as it stands in the file."
    )


def test_yes_and_no_are_words(write, instrument) -> None:
    columns = load_columns(
        write(WIDE.replace("{Leader: lead}", "{Yes: lead, No: guest}"), "map.yaml"), instrument
    )
    assert columns.recode["role"] == {"Yes": "lead", "No": "guest"}


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_map_gives_columns_or_problems(instrument, write, data) -> None:
    """Lines swapped, left out and values replaced by the odd ones of YAML: never another error."""
    lines = WIDE.splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        key, colon, _ = lines[at].partition(":")
        odd = data.draw(
            st.sampled_from(
                ["", "[]", "{}", "3", "null", "true", "[[1]]", "{a: [b]}", "&a x", "'", "2026-01-01"]
            )
        )
        lines[at] = data.draw(st.sampled_from([f"{key}{colon} {odd}", lines[at - 1], "", f"  {lines[at]}"]))
    path = write("\n".join(lines), "map.yaml")
    try:
        columns = load_columns(path, instrument)
    except DataInvalid as fault:
        problems = fault.problems
    else:
        problems = ()
        assert columns.files
    assert all(problem.what and problem.remedy for problem in problems)
