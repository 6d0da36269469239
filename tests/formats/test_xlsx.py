"""Workbooks: the same data as CSV give the same Submissions, and hostile ones a message."""

from __future__ import annotations

import datetime
import io
import time
import zipfile
from pathlib import Path

import numpy as np
import openpyxl

from impact.formats import read_data, xlsxfile

HEADER = ["respondent", "wave", "workshop", "side", "trust", "age", "means", "role"]


def book(*rows: list, title: str = "Sheet1", more: tuple[str, ...] = ()) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.active.title = title
    for row in rows:
        workbook.active.append(row)
    for name in more:
        workbook.create_sheet(name).append(["x"])
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def with_part(content: bytes, name: str, data: bytes) -> bytes:
    """The workbook with one part of the archive put in or replaced."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, data)
    return stream.getvalue()


def same(one, two) -> bool:
    arrays = ("wave", "workshop", "side", "arm", "language", "respondent", "code")
    return (
        one.workshops == two.workshops
        and all(np.array_equal(getattr(one, name), getattr(two, name)) for name in arrays)
        and all(np.array_equal(one.answers[name], two.answers[name]) for name in one.answers)
    )


def test_a_workbook_equals_the_csv_file(write, rows, instrument) -> None:
    text = rows(
        "1,pre,w,north,1,30,talk|call,lead", "1,post,w,north,5,30.5,letter,", "2,pre,2026-05-17,south,,,,.r"
    )
    workbook = book(
        HEADER,
        [1, "pre", "w", "north", 1, 30, "talk|call", "lead"],
        [1.0, "post", "w ", "north", 5.0, 30.5, "letter"],
        [],
        ["2", "pre", datetime.date(2026, 5, 17), "south", None, None, None, ".r"],
    )
    assert same(read_data([write(text)], instrument), read_data([write(workbook, "data.xlsx")], instrument))


def test_row_numbers_are_those_of_the_sheet(messages) -> None:
    content = book([], HEADER, [], ["p1", "pre", "w", "north", 9])
    assert messages(content, "data.xlsx") == [
        "data.xlsx, row 4, column “trust”: “9” is no answer to “trust”. "
        "Answers are 1 to 5; leave the cell empty if unanswered."
    ]


def test_formulas_and_error_values_name_their_cells(messages) -> None:
    content = book(HEADER, ["p1", "pre", "w", "north", "=1+1", "=NOW()"], ["p2", "pre", "w", "north", "#N/A"])
    remedy = "Put their values in their place (copy, then paste as values)."
    assert messages(content, "data.xlsx") == [
        f"data.xlsx, cells E2 and F2: formulas are not read. {remedy}",
        f"data.xlsx, cell E3: error values are not read. {remedy}",
    ]


def test_true_and_false_are_no_numbers(messages) -> None:
    assert (
        "“TRUE” is no answer to “trust”"
        in messages(book(HEADER, ["p", "pre", "w", "north", True]), "d.xlsx")[0]
    )


def test_one_sheet_counts(write, messages, instrument) -> None:
    row = ["p1", "pre", "w", "north", 3]
    several = book(HEADER, row, title="Answers", more=("Notes", "Old"))
    assert messages(several, "data.xlsx") == [
        "data.xlsx: the workbook has 3 filled sheets: “Answers”, “Notes” and “Old”. "
        "Keep one, or call the one with the answers “data”."
    ]
    named = book(HEADER, row, title="Data", more=("Notes",))
    assert len(read_data([write(named, "data.xlsx")], instrument)) == 1


def test_empty_workbooks(messages) -> None:
    remedy = "Export the data again, with a header and the answers."
    assert messages(book(), "data.xlsx") == [f"data.xlsx: the workbook is empty. {remedy}"]
    assert messages(b"", "data.xlsx") == [f"data.xlsx: the file is empty. {remedy}"]
    assert messages(book(HEADER), "data.xlsx") == [
        "data.xlsx: the file holds a header and no rows. Export the data again, with the answers."
    ]


def test_cells_beside_the_header(messages) -> None:
    content = book(HEADER, ["p1", "pre", "w", "north", 3, None, None, None, "x"])
    assert messages(content, "data.xlsx") == [
        "data.xlsx, row 2: cells stand to the right of the last column of the header. "
        "Name their column in the first row, or empty them."
    ]


def test_no_workbook_and_a_damaged_one(messages) -> None:
    remedy = "Open it, and save it again as .xlsx or CSV."
    wrong = f"data.xlsx: this is no Excel workbook (.xlsx). {remedy}"
    damaged = f"data.xlsx: the workbook is damaged or no Excel file. {remedy}"
    good = book(HEADER, ["p1", "pre", "w", "north", 3])
    assert messages(b"respondent,wave\n", "data.xlsx") == [wrong]
    assert messages(good[: len(good) // 2], "data.xlsx") == [wrong]
    assert messages(with_part(good, "xl/workbook.xml", b"<workbook"), "data.xlsx") == [damaged]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert messages(stream.getvalue(), "data.xlsx") == [damaged]


def test_xml_entities_are_refused(messages, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    good = book(HEADER, ["p1", "pre", "w", "north", 3])
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    start = sheet.index(b"<worksheet")
    evil = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'.encode() + sheet[start:]
    assert messages(with_part(good, "xl/worksheets/sheet1.xml", evil), "data.xlsx") == [
        "data.xlsx: the workbook declares XML entities, which no spreadsheet program does. "
        "Do not trust it; ask the sender for a CSV file."
    ]


def test_xml_entities_are_refused_wherever_they_stand(messages) -> None:
    good = book(HEADER, ["p1", "pre", "w", "north", 3])
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    start = sheet.index(b"<worksheet")
    for before in (70_000, 1_000_000 - 10):  # behind what was once looked at; across two pieces
        comment = b"<!--" + b"x" * (before - 7) + b"-->"
        evil = comment + b'<!DOCTYPE x [<!ENTITY e "bomb">]>' + sheet[start:]
        assert messages(with_part(good, "xl/worksheets/sheet1.xml", evil), "data.xlsx") == [
            "data.xlsx: the workbook declares XML entities, which no spreadsheet program does. "
            "Do not trust it; ask the sender for a CSV file."
        ]


def test_rows_and_columns_far_away_do_not_keep_us(messages) -> None:
    too_large = (
        "data.xlsx: the sheet “Sheet1” is larger than 200000 rows, 2000 columns or 10000000 cells. "
        "Save it as CSV, which may hold more."
    )
    good = book(HEADER, ["p1", "pre", "w", "north", 3])
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    far = sheet.replace(
        b"</sheetData>", b'<row r="2000000000"><c r="A2000000000"><v>1</v></c></row></sheetData>'
    )
    wide = sheet.replace(
        b"</sheetData>",
        b"".join(b'<row r="%d"><c r="XFD%d" s="0"/></row>' % (row, row) for row in range(3, 3_000))
        + b"</sheetData>",
    )
    for evil in (far, wide):
        start = time.monotonic()
        assert messages(with_part(good, "xl/worksheets/sheet1.xml", evil), "data.xlsx") == [too_large]
        assert time.monotonic() - start < 20


def test_a_zip_bomb_is_not_unpacked(messages) -> None:
    good = book(HEADER, ["p1", "pre", "w", "north", 3])
    bomb = with_part(good, "xl/media/bomb.bin", bytes(120_000_000))
    assert len(bomb) < 1_000_000
    assert messages(bomb, "data.xlsx")[0].startswith("data.xlsx: the workbook unpacks to 120 MB in ")


def test_too_many_rows_or_columns(messages, monkeypatch) -> None:
    monkeypatch.setattr(xlsxfile, "MAXIMUM_ROWS", 3)
    rows = [[f"p{i}", "pre", "w", "north", 3] for i in range(5)]
    assert messages(book(HEADER, *rows), "data.xlsx") == [
        "data.xlsx: the sheet “Sheet1” is larger than 3 rows, 2000 columns or 10000000 cells. "
        "Save it as CSV, which may hold more."
    ]
    assert "2000 columns" in messages(book(["x"] * 2_001), "data.xlsx")[0]


def test_what_a_sheet_says_of_its_own_size_is_not_believed(write, instrument) -> None:
    good = book(HEADER, *[[f"p{i}", "pre", "w", "north", 3] for i in range(5)])
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b'ref="A1:H6"' in sheet
    lying = with_part(good, "xl/worksheets/sheet1.xml", sheet.replace(b'ref="A1:H6"', b'ref="A1:A2"'))
    assert len(read_data([write(lying, "data.xlsx")], instrument)) == 5


def test_links_to_other_workbooks_are_not_followed(messages) -> None:
    content = book(HEADER, ["p1", "pre", "w", "north", "=[other.xlsx]Sheet1!A1"])
    assert messages(content, "data.xlsx") == [
        "data.xlsx, cell E2: formulas are not read. Put their values in their place (copy, then paste as values)."
    ]
