"""Files as people have them: every row comes out as it went in, and a bad one costs no other."""

import csv
import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer.importing import lines, plain
from shopkeeper.customer.importing.file import check_columns, open_table
from shopkeeper.customer.importing.forms import Form
from shopkeeper.customer.importing.lines import START
from shopkeeper.customer.importing.plain import UnreadableFile

cell = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\r"), max_size=20).map(str.strip)
row = st.lists(cell, min_size=3, max_size=3).filter(any)
ENCODINGS = {"utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be"}


def opener(body):
    return lambda offset: io.BytesIO(body[offset:])


def table_of(body, start=START, **form):
    return open_table(opener(body), Form(**form), ("a", "b"), start)


def table(text, **form):
    return table_of(text.encode(Form(**form).encoding), **form)


def read(text, **form):
    return [(row.line, row.cells) for row in table(text, **form).rows]


@given(
    rows=st.lists(row, max_size=8),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quote=st.sampled_from(['"', "'"]),
)
def test_what_a_spreadsheet_writes_is_read_back(rows, separator, end, quote):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=end, quotechar=quote).writerows([["a", "b", "c"], *rows])

    found = table(text.getvalue(), separator=separator, quote=quote)

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


@given(
    rows=st.lists(row, max_size=12),
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-16-be"]),
    end=st.sampled_from(["\n", "\r\n"]),
    header=st.booleans(),
    packed=st.booleans(),
    block=st.integers(1, 40),
)
def test_reading_goes_on_after_any_row_as_if_it_had_never_stopped(rows, encoding, end, header, packed, block):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end).writerows([["Jörg", "b", "c"], *rows, ['x"', "broken", "y"]])
    body = f'{text.getvalue()}z,"never closed,\nlast,of,all'.encode(encoding)
    body = gzip.compress(body) if packed else body
    form = {"encoding": encoding, "header": header, "compression": "gzip" if packed else ""}
    whole = table_of(body, **form)
    found = list(whole.rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BLOCK", block)
        patch.setattr(plain, "BLOCK", block)
        for number, row in enumerate(found, 1):
            again = table_of(body, row.end, **form)
            assert again.header == whole.header
            assert list(again.rows) == found[number:]


def test_lines_are_counted_as_an_editor_counts_them():
    text = 'a,b\n\n1,"two\nlines"\r\n,\n2,x\n3,"broken" y\n4,z\n'

    assert read(text) == [(3, ("1", "two\nlines")), (6, ("2", "x")), (7, ('3,"broken" y',)), (8, ("4", "z"))]


def test_rows_are_numbered_without_the_blank_ones():
    assert [row.number for row in table("a,b\n1,\n\n,\n2,\n").rows] == [1, 2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "windows-1252"])
def test_a_file_is_read_in_the_encoding_it_names(encoding):
    found = table("name\nJörg\n", encoding=encoding)

    assert [row.cells for row in found.rows] == [("Jörg",)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_byte_order_mark_is_no_part_of_the_header(encoding):
    assert table("\ufeffname,x\n", encoding=encoding).header == ("name", "x")


def test_the_columns_of_a_file_without_a_header_are_numbered_and_its_first_row_is_a_row():
    found = table("1,x\n2,y\n", header=False)

    assert found.header == ("column 1", "column 2")
    assert [row.cells for row in found.rows] == [("1", "x"), ("2", "y")]


@pytest.mark.parametrize("body", [b"", b"\n\n", b",,\n", b'"a\n', b"a" * (1 << 21)])
def test_a_file_without_a_header_cannot_be_read(body):
    with pytest.raises(UnreadableFile):
        table_of(body)


def test_a_wrong_encoding_is_named_with_its_line():
    body = b"name\n" + b"ok\n" * 9_000 + "Jörg\n".encode("cp1252")

    with pytest.raises(UnreadableFile, match="line 9002 is not utf-8"):
        list(table_of(body).rows)
    with pytest.raises(UnreadableFile, match="is not utf-16-le"):
        list(table_of(b"a\0\n\0\x00\xd8x\0\n\0", encoding="utf-16-le").rows)


def test_a_missing_or_doubled_column_is_named_with_the_header_as_it_is():
    with pytest.raises(UnreadableFile, match="column 'mail' of the mapping is not in the header: 'name;mail'"):
        check_columns(("name;mail",), ["mail"])
    with pytest.raises(UnreadableFile, match="column 'a' of the mapping stands more than once"):
        check_columns(("a", "b", "a"), ["a"])


def test_no_more_than_a_line_is_asked_of_the_file_at_once(monkeypatch):
    monkeypatch.setattr(lines, "MAX_LINE", 100)
    monkeypatch.setattr(lines, "BLOCK", 30)
    endless = io.BytesIO(b"a\n" + b"x" * 5_000)

    with pytest.raises(UnreadableFile, match="line 2 is longer than 100 bytes"):
        list(open_table(lambda _: endless, Form()).rows)
    assert endless.tell() < 200


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda body: body[:-9], "breaks off"),
        (lambda body: body[:40] + b"\xff\xff" + body[42:], "damaged"),
        (lambda body: body + b"something else", "damaged"),
    ],
)
def test_a_packed_file_that_is_not_whole_cannot_be_read(damage, reason):
    body = damage(gzip.compress(b"a,b\n" + bytes(range(48, 58)) * 500 + b"\n", mtime=0))

    with pytest.raises(UnreadableFile, match=reason):
        list(table_of(body, compression="gzip").rows)


def test_packed_files_one_after_the_other_are_one_file():
    body = gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n")

    assert [row.cells for row in table_of(body, compression="gzip").rows] == [("1", "2"), ("3", "4")]


def test_what_unpacks_without_end_is_given_up(monkeypatch):
    monkeypatch.setattr(plain, "MOST_UNPACKED", 1 << 20)
    bomb = gzip.compress(b"a,b\n" + (b"1," + b"2" * 1021 + b"\n") * (1 << 11))

    with pytest.raises(UnreadableFile, match="unpacks to more than"):
        list(table_of(bomb, compression="gzip").rows)


def test_objects_are_rows_of_the_columns_that_are_asked_for():
    text = '{"a": "x", "b": 1.50, "c": 0}\n\n{"b": null}\n{"a": true, "b": {"c": [1, "y"]}}\n'

    assert read(text, format="ndjson") == [(1, ("x", "1.50")), (3, ("", "")), (4, ("true", '{"c": ["1", "y"]}'))]


def test_a_column_may_lead_inside_an_object_and_numbers_keep_all_their_digits():
    body = b'{"who": {"id": 12345678901234567890, "a.b": 1}, "who.x": 2, "amount": 1234.50}\n'
    columns = ("who.id", "who.x", "who.nobody.at.all", "amount")

    (row,) = open_table(opener(body), Form(format="ndjson", decimal=","), columns).rows

    assert row.cells == ("12345678901234567890", "2", "", "1234,50")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nonsense", "is no JSON"),
        ("[1]", "is no JSON object"),
        ('{"a": 1, "a": 2}', "a key is repeated"),
        ('{"a": NaN}', "NaN, which is no number"),
        ('{"a": "\\ud800"}', "lone surrogate"),
        ('{"a": ' + "[" * 100_000, "nested too deeply"),
        ('{"a": 1', "is no JSON"),
    ],
)
def test_a_bad_object_costs_its_own_line_only(line, reason):
    found = list(table(f'{{"a": 1}}\n{line}\n{{"a": 2}}\n', format="ndjson").rows)

    assert [row.cells[0] for row in found if not row.fault] == ["1", "2"]
    assert reason in found[1].fault
