"""What is proposed for a file, by what was said, what was done before, and what the file holds."""

import json
from datetime import UTC, datetime

import pytest

from shopkeeper.customer.importing import proposal, request
from shopkeeper.customer.importing.forms import Form
from shopkeeper.customer.importing.proposal import custom_of
from shopkeeper.customer.importing.sniffing import columns
from shopkeeper.customer.importing.sniffing.sample import sample

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
SHOP = """\
Kunden-Nr.;E-Mail;Vorname;Ort;Geburtstag;PLZ;Newsletter;Passwort;Leer
0042;jo@x.example;Jörg;Ulm;31.01.1990;01067;ja;hunter2;
0043;zoe@x.example;Zoë;Köln;01.02.1991;50667;nein;swordfish;
"""
ORDERS = """\
Order ID,Customer,Email,Created at,Total,Currency,Qty,Gift,Vendor.Name
A-1,7,jo@x.example,2024-05-01 10:00:00 +0200,29.33,EUR,2,true,Acme
A-2,8,al@x.example,2024-05-02 10:00:00 +0200,10.00,EUR,1,false,Acme
"""


class Customs:
    """What was kept, by kind and signature."""

    def __init__(self):
        self.kept = {}

    def recall(self, kind, name, signature):
        return self.kept.get((kind, signature))

    def keep(self, kind, name, signature, custom):
        self.kept[kind, signature] = custom


@pytest.fixture
def customs():
    return Customs()


def wanted(kind="customers", **more):
    return request.read(json.dumps({"name": "people", "kind": kind, **more}), NOW)


def propose(text, customs, asked=None):
    return proposal.propose(sample(text.encode(), (), whole=True), asked or wanted(), customs)


def test_columns_are_known_by_their_names_in_any_spelling(customs):
    found = propose(SHOP, customs)

    assert found.wanted.mapping == {
        "Kunden-Nr.": "user_id",
        "E-Mail": "email",
        "Vorname": "traits.firstName",
        "Ort": "traits.city",
        "Geburtstag": "traits.birthday:date",
        "PLZ": "traits.PLZ",
        "Newsletter": "traits.Newsletter:boolean",
    }
    assert found.form.date_format == "DD.MM.YYYY"
    assert found.doubts == ()


def test_what_is_secret_or_empty_is_left_out_and_says_so(customs):
    left_out = {column.name: column.why for column in propose(SHOP, customs).columns if not column.target}

    assert left_out == {"Passwort": "left out", "Leer": "left out"}


def test_an_export_of_orders_needs_no_mapping(customs):
    found = propose(ORDERS, customs, wanted("orders"))

    assert found.wanted.mapping == {
        "Order ID": "order_id",
        "Customer": "user_id",
        "Email": "email",
        "Created at": "at",
        "Total": "total",
        "Currency": "currency",
        "Qty": "units",
        "Gift": "properties.Gift:boolean",
        "Vendor.Name": "properties.Vendor_Name",
    }
    assert request.faults(found.wanted, NOW) == []


def test_a_name_is_not_believed_where_the_cells_say_otherwise(customs):
    found = propose("id,email,date,total\n7,yes,soon,free\n8,no,later,free\n", customs, wanted("orders"))

    assert found.wanted.mapping == {"id": "user_id", "date": "properties.date"}


def test_an_address_is_known_by_its_look_where_no_name_tells(customs):
    found = propose("who,reach\nJo,jo@x.example\nAl,al@x.example\n", customs)

    assert found.wanted.mapping == {"who": "traits.who", "reach": "email"}
    assert [column.why for column in found.columns] == ["name", "content"]


def test_numbers_with_leading_zeros_stay_text(customs):
    found = propose("id,zip,age\n1,01067,44\n2,50667,45\n", customs)

    assert found.wanted.mapping == {"id": "user_id", "zip": "traits.zip", "age": "traits.age:number"}


def test_what_is_said_is_proposed_and_nothing_else(customs):
    found = propose(SHOP, customs, wanted(mapping={"E-Mail": "email"}))

    assert found.wanted.mapping == {"E-Mail": "email"}
    assert {column.why for column in found.columns} == {"asked", "left out"}


def test_a_file_with_the_same_columns_is_proposed_as_it_was_read_the_last_time(customs):
    text = "Mail ;No;joined\na@x.example;7;03/04/2024\n"
    said = wanted(mapping={"No": "user_id", "joined": "traits.joined:date"}, constants={"traits.city": "Ulm"})
    first = propose(text, customs, said)
    assert [doubt.candidates for doubt in first.doubts] == [("DD/MM/YYYY", "MM/DD/YYYY")]
    form = first.form.model_copy(update={"date_format": "MM/DD/YYYY"})
    customs.keep("customers", "people", first.signature, custom_of(first.wanted, form))

    again = propose("no;JOINED;mail\n8;05/06/2024;b@x.example\n", customs)

    assert again.wanted.mapping == {"no": "user_id", "JOINED": "traits.joined:date"}
    assert again.wanted.constants == {"traits.city": "Ulm"}
    assert (again.form.date_format, again.doubts) == ("MM/DD/YYYY", ())
    assert {column.why for column in again.columns} == {"remembered", "left out"}


def test_what_the_file_shows_counts_for_more_than_how_the_last_one_was_read(customs):
    asked = wanted(mapping={"id": "user_id", "day": "traits.day:date"})
    signature = propose("id,day\n7,31/01/2024\n", customs).signature
    customs.keep("customers", "people", signature, custom_of(asked, Form(date_format="MM/DD/YYYY")))

    assert propose("id,day\n7,31/01/2024\n", customs).form.date_format == "DD/MM/YYYY"
    assert propose("id,day\n7,01/02/2024\n", customs).form.date_format == "MM/DD/YYYY"


def test_only_what_is_read_as_a_date_or_a_number_decides_how_these_are_written(customs):
    text = "id;score;version;born\n7;1,5;1.234;31/12/1990\n"

    unread = propose(text, customs, wanted(mapping={"id": "user_id", "version": "traits.v", "born": "traits.b"}))
    read = propose(
        text, customs, wanted(mapping={"id": "user_id", "score": "traits.s:number", "born": "traits.b:date"})
    )

    assert (unread.form.decimal, unread.form.date_format, unread.doubts) == ("", "", ())
    assert (read.form.decimal, read.form.date_format, read.doubts) == (",", "DD/MM/YYYY", ())


def test_a_stretch_from_further_on_may_tell_what_the_beginning_does_not(customs):
    head = b"id,day\n" + b"7,01/02/2024\n" * 50
    asked = wanted(mapping={"id": "user_id", "day": "traits.day:date"})

    short = proposal.propose(sample(head, (), whole=False), asked, customs)
    far = proposal.propose(sample(head, (b"2/2024\n8,31/12/2024\n9,01", b"x"), whole=False), asked, customs)

    assert short.doubts
    assert (far.form.date_format, far.doubts) == ("DD/MM/YYYY", ())


def test_what_was_answered_is_asked_no_more(customs):
    asked = wanted(mapping={"id": "user_id", "n": "traits.n:number"})
    changes = request.Changes.model_validate_json('{"file": {"decimal": ","}}')

    assert propose("id,n\n7,1.234\n", customs, asked).doubts
    answered = propose("id,n\n7,1.234\n", customs, changes.of(asked))
    assert (answered.form.decimal, answered.doubts) == (",", ())


def test_objects_are_mapped_as_columns_are(customs):
    text = '{"customer_id": 7, "contact": {"email": "jo@x.example"}, "n": 1.5}\n'

    found = propose(text, customs, wanted(mapping={"customer_id": "user_id", "gone": "traits.gone"}))
    assert found.header == ("customer_id", "contact.email", "n", "gone")
    assert propose(text, customs).wanted.mapping == {
        "customer_id": "user_id",
        "contact.email": "email",
        "n": "traits.n:number",
    }


def test_the_order_and_the_spelling_of_columns_do_not_matter_to_who_knows_them():
    assert columns.signature(("E-Mail", "Straße")) == columns.signature(("strasse", "e mail"))
    assert columns.signature(("E-Mail",)) != columns.signature(("E-Mail", ""))
