"""Files as people have them: every row comes out as it went in, and a bad one costs no other."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer.importing import file
from shopkeeper.customer.importing.file import UnreadableFile, check, open_table
from shopkeeper.customer.importing.request import FileForm

cell = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\r"), max_size=20).map(str.strip)
row = st.lists(cell, min_size=3, max_size=3).filter(any)


def table(text, **form):
    form = FileForm(**form)
    return open_table(io.BytesIO(text.encode(form.encoding)), form)


def read(text, **form):
    return [(row.line, row.cells) for row in table(text, **form).rows]


@given(
    rows=st.lists(row, max_size=8),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_a_spreadsheet_writes_is_read_back(rows, separator, end):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=end).writerows([["a", "b", "c"], *rows])

    found = table(text.getvalue(), separator=separator)

    assert found.header == ("a", "b", "c")
    assert [row.cells for row in found.rows] == [tuple(row) for row in rows]


word = st.text(st.characters(categories=["L", "N"]), max_size=20)


@given(rows=st.lists(st.lists(word, min_size=3, max_size=3).filter(any), max_size=300), at=st.integers(0, 300))
def test_a_quotation_mark_that_is_never_closed_costs_its_own_line_only(rows, at):
    at = min(at, len(rows))
    lines = [",".join(row) for row in rows]

    found = list(table("\n".join(["a,b,c", *lines[:at], 'x,"never,closed', *lines[at:]])).rows)

    assert [row.line for row in found if row.fault] == [at + 2]
    assert [row.cells for row in found if not row.fault] == [tuple(row) for row in rows]


def test_lines_are_counted_as_an_editor_counts_them():
    text = 'a,b\n\n1,"two\nlines"\r\n,\n2,x\n3,"broken" y\n4,z\n'

    assert read(text) == [(3, ("1", "two\nlines")), (6, ("2", "x")), (7, ('3,"broken" y',)), (8, ("4", "z"))]


def test_rows_are_numbered_without_the_blank_ones():
    assert [row.number for row in table("a,b\n1,\n\n,\n2,\n").rows] == [1, 2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252"])
def test_a_file_is_read_in_the_encoding_it_names(encoding):
    found = table("name\nJörg\n", encoding=encoding)

    assert [row.cells for row in found.rows] == [("Jörg",)]


def test_a_byte_order_mark_is_no_part_of_the_header():
    assert table("\ufeffname,x\n").header == ("name", "x")


@pytest.mark.parametrize("body", [b"", b"\n\n", b",,\n", b'"a\n', b"a" * (1 << 21)])
def test_a_file_without_a_header_cannot_be_read(body):
    with pytest.raises(UnreadableFile):
        check(io.BytesIO(body), FileForm(), ["a"])


def test_a_wrong_encoding_is_found_before_anything_is_taken_in_and_named_with_its_line():
    body = b"name\n" + b"ok\n" * 9_000 + "Jörg\n".encode("cp1252")

    with pytest.raises(UnreadableFile, match="line 9002 is not utf-8"):
        check(io.BytesIO(body), FileForm(), ["name"])


def test_a_missing_or_doubled_column_is_named_with_the_header_as_it_is():
    with pytest.raises(UnreadableFile, match="column 'mail' of the mapping is not in the header: 'name;mail'"):
        check(io.BytesIO(b"name;mail\n"), FileForm(), ["mail"])
    with pytest.raises(UnreadableFile, match="column 'a' of the mapping stands more than once"):
        check(io.BytesIO(b"a,b,a\n"), FileForm(), ["a"])


def test_checking_counts_the_rows():
    assert check(io.BytesIO(b"a,b\n1,2\n\n3,4\n"), FileForm(), ["a"]) == 2


def test_no_more_than_a_line_is_asked_of_the_file_at_once(monkeypatch):
    monkeypatch.setattr(file, "MAX_LINE", 100)
    with pytest.raises(UnreadableFile, match="line 2 is longer than 100 characters"):
        check(io.BytesIO(b"a\n" + b"x" * 500), FileForm(), ["a"])
