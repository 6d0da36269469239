"""Cells become the numbers that Submissions hold."""

from __future__ import annotations

import numpy as np

from impact.formats import read_data
from impact.instruments.model import MISSING_MASK, MISSING_NUMBER, NOT_ASKED, NOT_SHOWN, REFUSED, UNANSWERED


def test_answers_and_every_reason_for_none(write, rows, instrument) -> None:
    lines = [
        "p1,pre,w2,north,1,30,talk|call,lead",
        "p1,post,w2,north,5,30.5,letter,",
        "p2,pre,w1,south,,,,",
        "p3,pre,,,.r,.r,.r,.r",
        "p4,pre,w1,north,.s,.s,.s,.s",
        "p5,pre,w1,north,.w,.w,.w,.w",
    ]
    submissions = read_data([write(rows(*lines))], instrument)
    assert submissions.workshops == ("w1", "w2")
    assert submissions.workshop.tolist() == [1, 1, 0, -1, 0, 0]
    assert submissions.wave.tolist() == [0, 1, 0, 0, 0, 0]
    assert submissions.side.tolist() == [0, 0, 1, -1, 0, 0]
    assert submissions.respondent.tolist() == [0, 0, 1, 2, 3, 4]
    assert submissions.arm.tolist() == [0] * 6
    assert submissions.language.tolist() == [-1] * 6
    assert submissions.weight is None
    assert submissions.code.tolist() == [[-1, -1]] * 6
    missing = [UNANSWERED, REFUSED, NOT_SHOWN, NOT_ASKED]
    assert submissions.answers["trust"].tolist() == [0, 4, *missing]
    assert submissions.answers["age"].tolist() == [30.0, 30.5, *(MISSING_NUMBER[code] for code in missing)]
    assert submissions.answers["means"].tolist() == [0b101, 0b010, *(MISSING_MASK[code] for code in missing)]
    assert submissions.answers["role"].tolist() == [0, NOT_ASKED, *missing]
    types = {"trust": np.uint8, "age": np.float64, "means": np.uint32, "role": np.uint8}
    assert {name: column.dtype.type for name, column in submissions.answers.items()} == types


def test_whole_numbers_may_carry_a_zero_and_other_digits(write, rows, instrument) -> None:
    lines = ["p1,pre,w,north,3.0,٣٠٫٥,,", "p2,pre,w,north,۴, 7 ,,", "p3,pre,w,north,+5,0,,"]
    submissions = read_data([write(rows(*lines))], instrument)
    assert submissions.answers["trust"].tolist() == [2, 3, 4]
    assert submissions.answers["age"].tolist() == [30.5, 7.0, 0.0]


def test_a_decimal_comma_counts_where_the_separator_is_another(write, rows, instrument, messages) -> None:
    for separator in (";", "\t"):
        content = rows("p1,pre,w,north,3,AGE,,lead").replace(",", separator).replace("AGE", "30,5")
        assert read_data([write(content)], instrument).answers["age"].tolist() == [30.5]
    assert "“30,5” is no answer" in messages(rows('p1,pre,w,north,3,"30,5",,lead'))[0]


def test_numbers_that_python_knows_and_people_do_not_mean(messages, rows) -> None:
    for text in ("nan", "inf", "1e999", "1_0", "0x1", "1.", ".5", "--1", "1,000.5"):
        assert f"“{text}” is no answer to “age”" in messages(rows(f'p1,pre,w,north,3,"{text}",,lead'))[0]


def test_noise_of_binary_numbers_is_no_further_decimal(write, rows, instrument) -> None:
    submissions = read_data([write(rows("p1,pre,w,north,3,30.49999999,,"))], instrument)
    assert submissions.answers["age"].tolist() == [30.49999999]


def test_codes_arms_weights_and_languages(write, instrument) -> None:
    header = "code.month,code.pet,wave,workshop,side,arm,weight,language,trust,age,means,role"
    lines = [
        "3,CAT,pre,w,north,comparison,1.5,ar,,,,",
        "3.0,.r,post,w,north,workshop,2,en,,,,",
        ",dog,pre,w,south,,1,,,,,",
    ]
    submissions = read_data([write("\n".join([header, *lines]))], instrument)
    month, pet = submissions.code.T.tolist()
    assert month[0] == month[1] != -1
    assert month[2] == -1
    assert pet[1] == -1
    assert len({pet[0], pet[2], -1}) == 3
    assert submissions.respondent.tolist() == [-1, -1, -1]
    assert submissions.arm.tolist() == [1, 0, -1]  # an empty cell: not said
    assert submissions.language.tolist() == [1, 0, -1]
    assert submissions.weight.tolist() == [1.5, 2.0, 1.0]


def test_open_text_is_read_over_and_notes_are_unknown(write, instrument, messages) -> None:
    header = "respondent,wave,workshop,side,trust,age,means,role"
    content = f'{header},remark\np1,post,w,north,,,,,"good, ""very"" good\nindeed"\np2,post,w,south,4,,,,\n'
    submissions = read_data([write(content)], instrument)
    assert submissions.answers["trust"].tolist() == [UNANSWERED, 3]
    assert "remark" not in submissions.answers
    assert "column “thanks”: the column is unknown" in messages(f"{header},thanks\np1,post,w,north,,,,,\n")[0]


def test_people_and_workshops_are_the_same_in_all_files(write, rows, instrument) -> None:
    one = write(rows("p1,pre,w9,north,1,,,", "p2,pre,w1,south,2,,,"), "one.csv")
    two = write(rows("p2,post,w1,south,3,,,", "p3,post,w5,north,4,,,"), "two.csv")
    submissions = read_data([one, two], instrument)
    assert submissions.respondent.tolist() == [0, 1, 1, 2]
    assert [submissions.workshops[i] for i in submissions.workshop] == ["w9", "w1", "w1", "w5"]
    assert submissions.answers["trust"].tolist() == [0, 1, 2, 3]
    assert len(submissions) == 4


def test_weights_of_one_file_only_are_one_in_the_other(write, rows, instrument) -> None:
    one = write(rows("p1,pre,w,north,1,,,"), "one.csv")
    two = write(rows("p2,pre,w,north,1,,,").replace("role", "role,weight").replace(",,,", ",,,,3"), "two.csv")
    assert read_data([one, two], instrument).weight.tolist() == [1.0, 3.0]


def test_the_labels_behind_the_numbers_are_kept_for_an_import(write, instrument) -> None:
    header = "respondent,code.month,code.pet,wave,workshop,side,trust,age,means,role"
    lines = [
        "ann,3,CAT,pre,w,north,,,,",
        "bob,12,dog,pre,w,north,,,,",
        "ann,3,cat,post,w,north,,,,",
        ",,,pre,w,,,,,",
    ]
    submissions = read_data([write("\n".join([header, *lines]))], instrument)
    names = [submissions.respondent_labels[i] if i >= 0 else "" for i in submissions.respondent]
    assert names == ["ann", "bob", "ann", ""]
    codes = [
        [labels[i] if i >= 0 else "" for labels, i in zip(submissions.code_labels, row, strict=True)]
        for row in submissions.code.tolist()
    ]
    assert codes == [["3", "cat"], ["12", "dog"], ["3", "cat"], ["", ""]]
