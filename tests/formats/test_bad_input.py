"""Bad input: the literal messages, each with place, problem and remedy, and all of them at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from impact.errors import DataInvalid
from impact.formats import missing_waves, read_data
from impact.instruments.model import MISSING_MASK, MISSING_NUMBER, NOT_ASKED

PRE = "p1,pre,w,north,3,30,talk,lead"
POST = "p1,post,w,north,4,30,talk|call,"
EMPTY_REMEDY = "leave the cell empty if unanswered."


def test_an_unknown_column_is_named_with_the_nearest_known_one(messages, rows) -> None:
    assert messages(rows(PRE).replace("trust", "trsut")) == [
        "data.csv, column “trsut”: the column is unknown. Did you mean “trust”? "
        "Otherwise remove it, or give a column map.",
    ]


def test_a_file_for_something_else_gives_one_message_for_all_its_columns(messages) -> None:
    assert messages("a,b,c,d,e,f,g,h,i,j,k,l,m\n" + "1," * 12 + "1\n")[0] == (
        "data.csv, row 1: 13 columns are unknown: “a”, “b”, “c”, “d”, “e” and 8 more. "
        "Is this file for another instrument? Files of other tools are read with a column map."
    )


def test_out_of_range_answers_are_grouped_by_column_with_the_allowed_ones(messages, rows) -> None:
    many = [f"q{i},pre,w,north,7,30,,lead" for i in range(9)]
    assert messages(
        rows(PRE, "p2,pre,w,north,9,130,talk|x,boss", "p3,pre,w,north,0,30.55,talk|talk,lead", *many)
    ) == [
        "data.csv, rows 3, 4, 5 and 8 more, column “trust”: “9”, “0” and “7” are no answers to “trust”. "
        f"Answers are 1 to 5; {EMPTY_REMEDY}",
        "data.csv, rows 3 and 4, column “age”: “130” and “30.55” are no answers to “age”. "
        f"Answers are a number from 0 to 120 with at most 1 decimal; {EMPTY_REMEDY}",
        "data.csv, rows 3 and 4, column “means”: “talk|x” and “talk|talk” are no answers to “means”. "
        f"Answers are talk, letter or call, several joined by “|”; {EMPTY_REMEDY}",
        "data.csv, row 3, column “role”: “boss” is no answer to “role”. "
        f"Answers are lead or guest; {EMPTY_REMEDY}",
    ]


def test_a_duplicate_submission_names_person_wave_and_rows(messages, rows) -> None:
    assert messages(rows(PRE, POST, PRE)) == [
        "data.csv, column “respondent”: a person has more than one submission at a wave: "
        "“p1” at “pre” (rows 2 and 4). Keep one of them (or correct the respondent or the wave)."
    ]


def test_a_duplicate_submission_in_two_files_names_both(write, rows, instrument) -> None:
    paths = [write(rows(PRE), "one.csv"), write(rows("p9,pre,w,north,,,,", PRE), "two.csv")]
    with pytest.raises(DataInvalid) as caught:
        read_data(paths, instrument)
    assert str(caught.value) == (
        "one.csv, column “respondent”: a person has more than one submission at a wave: "
        "“p1” at “pre” (one.csv row 2 and two.csv row 3). Keep one of them (or correct the respondent or the wave)."
    )


def test_a_wave_that_the_instrument_lacks_and_an_empty_one(messages, rows) -> None:
    assert messages(rows(PRE, "p1,posst,w,north,3,30,talk,", "p3,,w,north,3,30,,")) == [
        "data.csv, row 3, column “wave”: “posst” is no wave of this instrument. Did you mean “post”?",
        "data.csv, row 4, column “wave”: the wave is empty. Write one of: pre, post.",
    ]


def test_an_unknown_side(messages, rows) -> None:
    assert messages(rows("p1,pre,w,nrth,3,30,talk,lead")) == [
        "data.csv, row 2, column “side”: “nrth” is no side of this instrument. Did you mean “north”?"
    ]


def test_an_item_answered_where_it_is_not_asked(messages, rows) -> None:
    assert messages(rows(PRE, POST + "guest")) == [
        "data.csv, row 3, column “role”: “role” is answered at wave “post”, where it is not asked. "
        "Empty these cells, or correct the wave; it is asked at pre."
    ]


def test_open_text_at_a_wave_without_its_question(messages) -> None:
    content = "respondent,wave,workshop,side,trust,age,means,role,remark\np1,pre,w,north,,,,,Nice\n"
    assert messages(content) == [
        "data.csv, row 2, column “remark”: “remark” is answered at wave “pre”, where it is not asked. "
        "Empty these cells, or correct the wave; it is asked at post."
    ]


@pytest.mark.parametrize("content", ["", " \r\n\n", "\ufeff"])
def test_an_empty_file(messages, content: str) -> None:
    assert messages(content) == [
        "data.csv: the file is empty. Export the data again, with a header and the answers."
    ]


@pytest.mark.parametrize("end", ["", "\n", "\n\n,,,,,,,\n"])
def test_a_header_and_no_rows(messages, rows, end: str) -> None:
    assert messages(rows().rstrip() + end) == [
        "data.csv: the file holds a header and no rows. Export the data again, with the answers."
    ]


def test_a_latin_1_file_names_line_and_byte(messages, rows) -> None:
    assert messages(rows(PRE, "p2,pre,café,north,3,30,talk,lead").encode("latin-1")) == [
        "data.csv, line 3: the file is not in UTF-8: the byte 0xE9 (“é” in Latin-1) stands there. "
        "Save it again with the encoding UTF-8 (in Excel: “CSV UTF-8”)."
    ]


def test_utf_16_and_binary_files(messages, rows) -> None:
    remedy = "Give the data as CSV in UTF-8, or as .xlsx with that ending."
    assert messages(rows(PRE).encode("utf-16")) == [
        "data.csv: the file is in UTF-16, not UTF-8. Save it again as “CSV UTF-8 (comma delimited)”."
    ]
    assert messages(bytes(range(256))) == [f"data.csv: this is a binary file, not CSV text. {remedy}"]
    assert messages(b"PK\x03\x04\x00\x00") == [
        f"data.csv: this is an Excel or ZIP file, not CSV text. {remedy}"
    ]


def test_wrong_ending_no_ending_no_file_a_folder(messages, rows, instrument, tmp_path: Path) -> None:
    remedy = "Give the data as CSV in UTF-8 (.csv) or as an Excel workbook (.xlsx)."
    assert messages(rows(PRE), "data.sav") == [
        f"data.sav: a file that ends in “.sav” cannot be read. {remedy}"
    ]
    assert messages(rows(PRE), "data") == [
        f"data: the file's name has no ending that tells its kind. {remedy}"
    ]
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(DataInvalid) as caught:
        read_data([tmp_path / "none.csv", tmp_path / "folder.csv"], instrument)
    assert [problem.what for problem in caught.value.problems] == [
        "there is no such file.",
        "the file cannot be read: is a directory.",
    ]
    with pytest.raises(
        DataInvalid, match=r"no data file is given\. Name at least one \.csv or \.xlsx file\."
    ):
        read_data([], instrument)


def test_ragged_rows_are_all_named(messages, rows) -> None:
    remedy = "Check the separators there; put a text that holds one in quotation marks."
    assert messages(rows(PRE, PRE + ",1", "p4,pre", PRE + ",1")) == [
        f"data.csv, row 4: 2 cells where the header has 8. {remedy}",
        f"data.csv, rows 3 and 5: 9 cells where the header has 8. {remedy}",
    ]


def test_a_column_that_stands_twice_and_one_without_a_name(messages, rows) -> None:
    assert messages(rows(PRE).replace("role", "trust")) == [
        "data.csv, column “trust”: the header names this column 2 times. Keep one of them.",
    ]
    assert messages(rows(PRE).replace("age", "")) == [
        "data.csv, column 6: the column has no name. Name it in the first row, or remove it.",
    ]


def test_a_file_without_any_item_is_refused(messages) -> None:
    assert messages("respondent,wave,workshop,side\np1,pre,w,north\n") == [
        "data.csv, row 1: no column is an item of small.v1. "
        "Name columns after its items: “trust”, “age”, “means” and “role”."
    ]


def test_items_without_a_column_were_not_asked(instrument, write) -> None:
    path = write("respondent,wave,workshop,side,trust\np1,pre,w,north,3\n")
    answers = read_data([path], instrument).answers
    assert {name: column.tolist() for name, column in answers.items()} == {
        "trust": [2],
        "age": [MISSING_NUMBER[NOT_ASKED]],
        "means": [MISSING_MASK[NOT_ASKED]],
        "role": [NOT_ASKED],
    }


def test_missing_required_columns(messages) -> None:
    remedy = "Add it; this instrument needs wave, workshop and side."
    assert messages("trust\n3\n") == [
        f"data.csv, row 1: the column “{column}” is missing. {remedy}"
        for column in ("wave", "workshop", "side")
    ]


def test_several_waves_need_something_that_tells_who_is_who(messages) -> None:
    header = "wave,workshop,side,trust,age,means,role"
    assert messages(f"{header}\npre,w,north,1,,,\npost,w,north,1,,,\n") == [
        "data.csv, row 1: the data hold several waves, and nothing tells who is the same person. "
        "Add the column “respondent”, or the elements of the code as “code.<element>”."
    ]


def test_code_elements_must_be_whole_and_among_the_choices(messages) -> None:
    header = "wave,workshop,side,trust,age,means,role"
    assert messages(f"code.month,{header}\n13,pre,w,north,,,,\n") == [
        "data.csv, row 1: the code lacks “code.pet”. Give all its elements (code.month and code.pet), "
        "with empty cells where nothing was said.",
        "data.csv, row 2, column “code.month”: “13” cannot be chosen in this element of the code. "
        "Use 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 or 12; leave the cell empty if it was not given.",
    ]


def test_arm_weight_and_language(messages, rows) -> None:
    content = rows(PRE).replace("role", "role,arm,weight,language").replace("lead", "lead,control,0,fr")
    assert messages(content) == [
        "data.csv, row 2, column “language”: “fr” is no language of this instrument. Use one of: en, ar.",
        "data.csv, row 2, column “arm”: “control” is no arm. Use one of: workshop, comparison.",
        "data.csv, row 2, column “weight”: “0” is no weight. Write a number above 0 in every row.",
    ]


def test_a_quotation_mark_never_closed(messages, rows) -> None:
    assert messages(rows(PRE, 'p2,pre,"w,north,3,30,talk,lead', PRE)) == [
        "data.csv, row 3: a quotation mark is opened and never closed. "
        "Close it, or remove it; a mark inside a text is written twice."
    ]
    assert messages('respondent,"wave\np1,pre\n') == [
        "data.csv, row 1: the header has no end. Close the quotation mark that is left open, "
        "or begin the file with one row of column names."
    ]


def test_hostile_cells_are_short_and_harmless_in_messages(messages, rows) -> None:
    evil = "\u202eevil\x1b[2J" + "x" * 100_000
    role = messages(rows(f"p1,pre,w,north,3,30,talk,{evil}"))[0]
    assert role == (
        "data.csv, row 2, column “role”: “\\u202eevil\\x1b[2Jxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…” is no answer to “role”. "
        f"Answers are lead or guest; {EMPTY_REMEDY}"
    )
    name = messages(rows(PRE).replace("role", "ro\u202ele,role").replace("lead", "x,lead"))[0]
    assert name.startswith("data.csv, column “ro\\u202ele”: the column is unknown. Did you mean “role”?")


def test_problems_of_all_files_come_together(write, rows, instrument) -> None:
    paths = [
        write("", "one.csv"),
        write(rows("p1,pre,w,nrth,3,30,talk,lead"), "two.csv"),
        write(b"\0", "three.xlsx"),
    ]
    with pytest.raises(DataInvalid) as caught:
        read_data(paths, instrument)
    assert [problem.where for problem in caught.value.problems] == [
        "one.csv", "three.xlsx", "two.csv, row 2, column “side”",
    ]  # fmt: skip


def test_no_more_than_sixty_problems_are_told(write, rows, instrument) -> None:
    paths = [write("", f"{i}.csv") for i in range(70)]
    with pytest.raises(DataInvalid) as caught:
        read_data(paths, instrument)
    assert len(caught.value.problems) == 61
    assert str(caught.value.problems[-1]) == "10 more problems. Mend these first."


def test_a_file_with_only_pre_is_read_and_named_when_a_change_is_asked_for(write, rows, instrument) -> None:
    submissions = read_data([write(rows(PRE))], instrument)
    assert np.array_equal(submissions.wave, [0])
    assert missing_waves(submissions, instrument, ["pre"]) == ()
    assert [str(one) for one in missing_waves(submissions, instrument, ["pre", "post", "post"])] == [
        "column “wave”: the data hold no submission at wave “post”, only “pre”: no change from or to it can be "
        "computed. Add the file or the rows with wave “post”, or use a plan that does not compare it."
    ]
