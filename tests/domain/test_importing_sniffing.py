"""What a file says of itself is found; what it does not say is asked."""

import csv
import gzip
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer.importing.forms import FileForm
from shopkeeper.customer.importing.plain import UnreadableFile
from shopkeeper.customer.importing.sniffing import dates, encodings, numbers
from shopkeeper.customer.importing.sniffing.look import look
from shopkeeper.customer.importing.sniffing.sample import HEAD, Sample, sample

NAMES = ["Jörg", "Zoë", "Ana", "Søren"]


def seen(body, whole=True, **said):
    return look(sample(body, (), whole=whole), FileForm(**said))


def written(rows, end="\r\n", **dialect):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end, **dialect).writerows(rows)
    return text.getvalue()


name = st.text(st.characters(categories=["L"], max_codepoint=0xFF), min_size=1, max_size=12)
amount = st.decimals(0, 10**6, places=2).map(lambda number: f"{number}".replace(".", ","))


@given(
    rows=st.lists(st.tuples(name, st.emails(), amount), min_size=2, max_size=30),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    quoted=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
    packed=st.booleans(),
)
def test_the_separator_the_quotes_the_encoding_and_the_packing_are_found(rows, separator, quoted, encoding, packed):
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    body = written([("Kunde", "E-Mail", "Summe"), *rows], delimiter=separator, quoting=quoting).encode(encoding)

    found = seen(gzip.compress(body) if packed else body)

    assert found.form.separator == separator
    assert found.form.encoding == encoding.removesuffix("-sig")
    assert found.form.compression == ("gzip" if packed else "")
    assert found.header == ("Kunde", "E-Mail", "Summe")
    assert [row.cells for row in found.rows] == rows
    assert all(guess.is_sure for guess in found.guesses)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("name;total\nA;1,5\nB;2,5\nC;3,5\n", {"separator": ";", "header": True}),
        ("a,b\n1,x;y\n2,z;w\n", {"separator": ","}),
        ("mail\njo@example.com\n", {"separator": ",", "header": True}),
        ("jo@example.com\nal@example.com\n", {"header": False}),
        ("1001;2024-01-01;5\n1002;2024-01-02;6\n", {"separator": ";", "header": False}),
        ("'name';'remark'\n'Jo';'she said; no'\n", {"separator": ";", "quote": "'"}),
        ("name,remark\nO'Hara,'\nO'Neill,''\nO'Toole,\nO'Brien,\n", {"quote": '"'}),
        ('{"a": 1}\n{"b": 2}\n', {"format": "ndjson"}),
        ('\n\n{"a": {"b": 1}}\n', {"format": "ndjson"}),
        ("{a}\tb\n1\t2\n", {"format": "csv", "separator": "\t"}),
        ("", {"format": "csv"}),
    ],
)
def test_a_form_is_found(text, form):
    if not text:
        with pytest.raises(UnreadableFile, match="no header"):
            seen(b"")
        return
    found = seen(text.encode()).form

    assert {setting: getattr(found, setting) for setting in form} == form


def test_what_is_said_holds_whatever_is_found():
    said = {"separator": ",", "quote": "", "encoding": "windows-1250", "header": False, "format": "csv"}
    found = seen(b"Kunde;Summe\n1;2,50\n", **said)

    assert {setting: getattr(found.form, setting) for setting in said} == said
    assert found.header == ("column 1",)


@pytest.mark.parametrize(
    ("text", "encoding", "guess", "is_sure"),
    [
        ("Jörg, Zoë: „10 €“", "windows-1252", "windows-1252", True),
        ("Café crème, señor", "iso-8859-1", "windows-1252", True),
        ("Łódź, źdźbło, pięć", "windows-1250", "windows-1252", False),
        ("Привет, как дела", "windows-1251", "windows-1252", False),
        ("plain", "ascii", "utf-8", True),
        ("日本語", "utf-8", "utf-8", True),
    ],
)
def test_an_encoding_is_taken_for_sure_only_where_it_reads_well(text, encoding, guess, is_sure):
    found = encodings.encoding(Sample(text.encode(encoding)))

    assert (found.value, found.is_sure) == (guess, is_sure)


def test_a_sample_may_begin_and_end_in_the_middle_of_a_letter():
    body = ("ä" * 100).encode()

    assert encodings.encoding(Sample(body[:-1], (body[1:], body[1:-1]), whole=False)).value == "utf-8"
    assert encodings.encoding(Sample(b"plain", ("Jörg".encode("cp1252"),), whole=False)).value == "windows-1252"


@pytest.mark.parametrize("mark", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-1.7", b"PAR1", b"BZh9", b"\x1f\x8b\x08!!"])
def test_what_is_no_text_is_named(mark):
    with pytest.raises(UnreadableFile, match=r"the (packed )?file is"):
        seen(mark + bytes(100))


def test_the_sample_of_a_bomb_stays_small():
    head = gzip.compress(b"a,b\n" + b"1,2\n" * (1 << 22))

    assert len(sample(head, (), whole=True).head) <= HEAD
    assert not sample(head, (), whole=True).whole


def test_a_row_that_the_sample_cuts_in_two_is_not_shown():
    body = b'a,b\n1,"x\ny"\n2,"never\nclosed here\n'

    assert [row.cells for row in seen(body, whole=False).rows] == [("1", "x\ny")]
    assert any(row.fault for row in seen(body).rows)


def test_objects_have_the_columns_that_any_of_them_names():
    lines = [{"id": 1, "who": {"mail": "a@x.example", "deep": {"er": {"est": {"x": 1}}}}}, {"id": 2, "tags": [1]}]
    found = seen("\n".join(map(json.dumps, lines)).encode())

    assert found.header == ("id", "who.mail", "who.deep.er.est", "tags")
    assert [row.cells[0] for row in found.rows] == ["1", "2"]


@pytest.mark.parametrize(
    ("cells", "form"),
    [
        (["2024-05-01", "2024-05-01T10:00:00Z"], ""),
        (["31/01/2024", "01/02/2024"], "DD/MM/YYYY"),
        (["1/31/2024 3:04 PM", "2/1/2024 11:59 AM"], "MM/DD/YYYY hh:mm AM"),
        (["1.2.2024"], "DD.MM.YYYY"),
        (["01.02.2024 10:00", "03.02.2024 10:00:30"], "DD.MM.YYYY HH:mm:ss"),
        (["12-31-24"], "MM-DD-YY"),
        (["2024/01/31"], "YYYY/MM/DD"),
        (["01-JAN-24"], "DD-MON-YY"),
        (["2024-05-01", "31.12.2024"], "DD.MM.YYYY"),
        (["soon", "never"], ""),
    ],
)
def test_one_telling_date_decides_for_all(cells, form):
    found = dates.form(cells)

    assert (found.value, found.is_sure) == (form, True)


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (["03/04/2024", "05/06/2024"], "can be read in both ways"),
        (["31/01/2024", "01/31/2024"], "'31/01/2024' begins with the day and '01/31/2024' with the month"),
    ],
)
def test_a_date_that_can_be_read_in_two_ways_is_asked_about(cells, why):
    found = dates.form(cells)

    assert found.candidates == ("DD/MM/YYYY", "MM/DD/YYYY")
    assert why in found.why


@pytest.mark.parametrize(
    ("cells", "decimal"),
    [
        (["1", "20"], ""),
        (["29.33", "1234.5"], ""),
        (["29.33", "1,234.50"], "."),
        (["29.33", "1,234"], "."),
        (["1.234,56"], ","),
        (["1.234", "0,5"], ","),
        (["1.234.567"], ","),
        (["1,234,567"], "."),
        (["0.125"], ""),
        (["1 234,5"], ","),
        (["1'234.50"], "."),
        (["1 234"], "."),
        (["-12,50", "soon"], ","),
        (["1234.567"], ""),
    ],
)
def test_one_telling_number_decides_for_all_numbers(cells, decimal):
    found = numbers.decimal(cells)

    assert (found.value, found.is_sure) == (decimal, True)


@pytest.mark.parametrize(("cells", "first"), [(["1.234"], "."), (["1,234", "12,345"], ","), (["1.5", "1,5"], ".")])
def test_a_number_that_can_be_read_in_two_ways_is_asked_about(cells, first):
    found = numbers.decimal(cells)

    assert found.value == first
    assert found.candidates == (".", ",")
