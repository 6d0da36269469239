"""The form of CSV files: separators, quotation marks, line ends, pieces."""

from __future__ import annotations

import csv
import io

import pytest

from impact.errors import DataInvalid
from impact.formats.csvfile import read_csv


def cells(table) -> list[list[str]]:
    columns = [[column.values[code] for code in column.codes.tolist()] for column in table.columns]
    return [list(row) for row in zip(*columns, strict=True)]


@pytest.mark.parametrize("chunk", [1, 7, 8_000_000])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("last", ["", "\n"])
def test_every_usual_form_gives_the_same_table(write, chunk, separator, end, bom, last) -> None:
    lines = [["a", "b b", "c"], ["1", "long enough text", "é"], ["", "22", "  spaced "], ["4444", "", '"q"']]
    quoted = [
        [cell.replace('"', '""').join('""') if '"' in cell else cell for cell in line] for line in lines
    ]
    content = bom + end.join(separator.join(line) for line in quoted) + (end if last else "")
    table = read_csv(write(content), chunk=chunk)
    assert table.header == ("a", "b b", "c")
    assert cells(table) == [["1", "long enough text", "é"], ["", "22", "spaced"], ["4444", "", '"q"']]
    assert table.rows.tolist() == [2, 3, 4]
    assert table.comma_decimals is (separator != ",")


def test_quoted_cells_hold_separators_marks_and_line_ends(write) -> None:
    rows = [["x", "y", "z"], ["a,b", 'say "hi"', "two\nlines"], ["1", "22", "333"], ["", "", "9"]]
    stream = io.StringIO()
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows(rows)
    for chunk in (1, 10, 1_000):
        assert cells(read_csv(write(stream.getvalue()), chunk=chunk)) == rows[1:]


def test_row_numbers_are_those_of_a_spreadsheet(write) -> None:
    table = read_csv(write('\na,b\n1,"x\ny"\n\n2,z\n,\n3,w\n'))
    assert cells(table) == [["1", "x\ny"], ["2", "z"], ["3", "w"]]
    assert table.rows.tolist() == [3, 5, 7]


def test_old_line_ends(write) -> None:
    assert cells(read_csv(write("a,b\r1,2\r3,4\r"))) == [["1", "2"], ["3", "4"]]


def test_a_mark_within_a_name_that_is_not_quoted(write) -> None:
    with pytest.raises(DataInvalid, match="the header has a quotation mark inside a column name"):
        read_csv(write('a "b,c" d,e\n1,2\n'))


def test_too_many_columns_and_a_header_without_end(write) -> None:
    with pytest.raises(DataInvalid, match="more than 5000 columns"):
        read_csv(write("a," * 6_000 + "a\n" + "1," * 6_000 + "1\n"))
    with pytest.raises(DataInvalid, match="the header has no end"):
        read_csv(write("a" * 1_100_000 + "\n1\n"))


def test_progress_rises_to_one(write) -> None:
    told: list[float] = []
    read_csv(write("a,b\n" + "1,2\n" * 1_000), told.append, chunk=400)
    assert told == sorted(told)
    assert len(told) >= 10
    assert told[-1] == 1.0


def test_codes_stay_small_where_there_are_few_values(write) -> None:
    table = read_csv(write("a,b\n" + "".join(f"{i % 7},{i}\n" for i in range(1_000))))
    assert table.columns[0].codes.dtype.itemsize == 1
    assert len(table.columns[1].values) == 1_000
