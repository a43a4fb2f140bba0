"""What a row says, and that it says the same whenever it is read."""

import io
import json
from contextlib import closing
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer.importing import chunks as chunking
from shopkeeper.customer.importing import request
from shopkeeper.customer.importing.chunks import chunks
from shopkeeper.customer.importing.errors import error_header, error_lines, neutral
from shopkeeper.customer.importing.file import open_table
from shopkeeper.customer.importing.forms import Form
from shopkeeper.customer.importing.notes import Notes
from shopkeeper.customer.importing.rows import Origin, RowReader

RECEIVED = datetime(2026, 11, 21, 9, tzinfo=UTC)
ORDERS = {
    "name": "shop orders",
    "kind": "orders",
    "mapping": {"customer": "user_id", "day": "at", "amount": "total", "pieces": "units", "shop": "properties.branch"},
    "constants": {"currency": "EUR", "properties.gift:boolean": "no"},
}
CUSTOMERS = {
    "name": "people",
    "kind": "customers",
    "mapping": {"no": "user_id", "mail": "email", "age": "traits.age:number", "tel": "phone"},
}
CONSENT = {"topic": "news", "is": "in", "basis": "order form", "wording": "Send me news"}


def reading(text, wanted, import_id="i1"):
    wanted = request.read(json.dumps(wanted), RECEIVED)
    table = open_table(lambda offset: io.BytesIO(text.encode()[offset:]), Form())
    return table, RowReader(wanted, Form(), table.header, Origin(import_id, RECEIVED, text.count("\n") - 1))


def chunked(text, wanted, import_id="i1"):
    table, reader = reading(text, wanted, import_id)
    with closing(Notes()) as notes:
        return list(chunks(table.rows, reader, notes))


def interactions(text, wanted=ORDERS, **more):
    return [item for chunk in chunked(text, wanted, **more) for item in chunk.interactions]


def refused(text, wanted=ORDERS):
    return [
        (refusal.row.line, finding.column, finding.field)
        for chunk in chunked(text, wanted)
        for refusal in chunk.refused
        for finding in refusal.findings
    ]


def test_an_order_is_a_completed_order_of_its_customer():
    (order,) = interactions("customer,day,amount,pieces,shop\n00042,1997-01-01,29.33,2,Ulm\n")

    assert (order.subject, order.type, order.name) == ("user:00042", "track", "Order Completed")
    assert order.at == "1997-01-01T00:00:00.000Z"
    assert order.received_at == "2026-11-21T09:00:00.000Z"
    assert (order.source, order.origin, order.trusted) == ("import", "import:i1", True)
    assert order.ids == {"user": "00042"}
    said = dict(order.properties)
    assert said == {"total": 29.33, "currency": "EUR", "units": 2, "branch": "Ulm", "gift": False}


def test_equal_rows_are_orders_of_their_own_and_the_same_file_again_says_the_same():
    text = "customer,day,amount,pieces,shop\n" + "7,1997-01-01,5,1,Ulm\n" * 3 + "8,1997-01-01,5,1,Ulm\n"

    first, again = interactions(text), interactions(text, import_id="i2")

    assert len({order.key for order in first}) == 4
    assert [order.key for order in again] == [order.key for order in first]


def test_a_later_file_with_more_rows_and_an_empty_column_names_the_old_orders_as_before():
    old = "customer,day,amount,pieces,shop\n7,1997-01-01,5,1,Ulm\n7,1997-01-01,5,1,Ulm\n"
    new = "day,customer,amount,pieces,new,shop\n1996-01-01,1,5,1,,Ulm\n1997-01-01,7,5,1,,Ulm\n1997-01-01,7,5,1,,Ulm\n"

    assert {order.key for order in interactions(old)} < {order.key for order in interactions(new)}


def test_a_corrected_row_of_the_error_file_is_the_order_it_would_have_been():
    (chunk,) = chunked("customer,day,amount,pieces,shop\n7,1997-01-01,5,some,Ulm\n", ORDERS)
    corrected = error_header(("customer", "day", "amount", "pieces", "shop"), ",") + error_lines(chunk.refused, ",")

    (order,) = interactions("customer,day,amount,pieces,shop\n7,1997-01-01,5,1,Ulm\n")
    assert [again.key for again in interactions(corrected.replace("5,some,", "5,1,"))] == [order.key]


def test_an_order_with_an_id_that_is_told_anew_is_a_fact_of_its_own():
    mapping = {"no": "order_id", "who": "user_id", "day": "at"}
    wanted = {"name": "n", "kind": "orders", "mapping": mapping, "without_total": True}

    first, second = interactions("no,who,day\nA-1,7,2024-01-01\nA-1,7,2024-01-02\n", wanted)

    assert first.key != second.key
    assert first.properties["order_id"] == second.properties["order_id"] == "A-1"


def test_under_another_name_the_same_rows_are_other_orders():
    text = "customer,day,amount,pieces,shop\n7,1997-01-01,5,1,Ulm\n"

    assert interactions(text)[0].key != interactions(text, ORDERS | {"name": "other shop"})[0].key


def test_an_order_with_an_id_keeps_it_and_equal_rows_are_one_order():
    mapping = {"no": "order_id", "who": "email", "day": "at"}
    wanted = {"name": "n", "kind": "orders", "mapping": mapping, "without_total": True}

    first, second = interactions("no,who,day\nA-1,Jo@X.example,2024-01-01\nA-1,Jo@X.example,2024-01-01\n", wanted)

    assert first.subject == "email:jo@x.example"
    assert first.properties == {"order_id": "A-1"}
    assert first.key == second.key


@given(st.integers(0, 30), st.lists(st.sampled_from("abc"), min_size=30, max_size=30))
def test_reading_on_with_saved_notes_says_what_reading_through_says(behind, whom):
    text = "customer,day,amount,pieces,shop\n" + "".join(f"{who},1997-01-01,5,1,x\n" for who in whom)
    through = interactions(text)
    with closing(Notes()) as notes:
        table, reader = reading(text, ORDERS)
        rows = list(table.rows)
        list(chunks(rows[:behind], reader, notes))
        saved = io.BytesIO(notes.save().read_bytes())
    with closing(Notes(saved)) as notes:
        on = [item for chunk in chunks(rows[behind:], reader, notes) for item in chunk.interactions]

    assert on == through[behind:]


def test_a_chunk_ends_where_an_earlier_run_had_come_to():
    text = "customer,day,amount,pieces,shop\n" + "7,1997-01-01,5,1,x\n" * 10
    table, reader = reading(text, ORDERS)
    with closing(Notes()) as notes:
        assert [chunk.end.rows for chunk in chunks(table.rows, reader, notes, mark=4)] == [4, 10]


def test_long_rows_make_short_chunks(monkeypatch):
    monkeypatch.setattr(chunking, "BYTES", 100)
    text = "customer,day,amount,pieces,shop\n" + f"7,1997-01-01,5,1,{'x' * 60}\n" * 4

    assert [len(chunk.interactions) for chunk in chunked(text, ORDERS)] == [2, 2]


def test_a_customers_row_tells_its_traits_and_consent():
    told, agreed = interactions("no,mail,age,tel\n7,Jo@X.example,44,\n", CUSTOMERS | {"consent": CONSENT})

    assert (told.subject, told.type, told.ids) == ("user:7", "identify", {"user": "7", "email": "jo@x.example"})
    assert told.traits == {"age": 44, "email": "jo@x.example"}
    assert (agreed.subject, agreed.name, agreed.properties) == ("user:7", "Consent Changed", CONSENT)
    assert agreed.message_id != told.message_id


def test_a_file_puts_its_customers_on_a_list():
    told = interactions("no,mail,age,tel\n7,,44,\n8,,,\n", CUSTOMERS | {"constants": {"list": "regulars"}})

    entered = [each for each in told if each.name == "List Entered"]
    assert [(each.subject, each.properties) for each in entered] == [
        ("user:7", {"list": "regulars"}),
        ("user:8", {"list": "regulars"}),
    ]
    assert entered[0].at == told[0].at
    assert len({each.key for each in told}) == 4


def test_of_two_rows_about_one_customer_the_later_one_holds_and_none_lies_in_the_future():
    rows = interactions("no,mail,age,tel\n7,,44,\n7,,45,\n7,,46,\n", CUSTOMERS)

    assert sorted(rows, key=lambda row: row.at) == rows
    assert len({row.at for row in rows}) == 3
    assert rows[-1].at == rows[-1].received_at


def test_an_earlier_statement_can_be_made_again_by_a_later_import():
    text = "no,mail,age,tel\n7,,44,\n"

    assert interactions(text, CUSTOMERS)[0].key == interactions(text, CUSTOMERS)[0].key
    assert interactions(text, CUSTOMERS)[0].key != interactions(text, CUSTOMERS, import_id="i2")[0].key


def test_empty_cells_say_nothing_and_do_not_wipe_what_is_known():
    (told,) = interactions("no,mail,age,tel\n7,,,\n", CUSTOMERS)

    assert told.traits == {}


@pytest.mark.parametrize(
    ("row", "column", "field"),
    [
        ("7,soon,5,1,x", "day", "at"),
        ("7,,5,1,x", "day", "at"),
        ("7,1997-01-01,five,1,x", "amount", "total"),
        ("7,1997-01-01,5,some,x", "pieces", "units"),
        (",1997-01-01,5,1,x", "customer", "user_id"),
        ("null,1997-01-01,5,1,x", "customer", "user_id"),
        (f"{'7' * 600},1997-01-01,5,1,x", "customer", "user_id"),
        (f"7,1997-01-01,5,1,{'x' * 9000}", "shop", "properties.branch"),
        ("7,1997-01-01,5,1", "", ""),
        ("7,1997-01-01,5,1,x,y", "", ""),
        ('7,1997-01-01,5,1,"x" y', "", ""),
        (f"7,1997-01-01,5,1,{'x' * 40000}", "", ""),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_column_and_costs_no_other(row, column, field):
    text = f"customer,day,amount,pieces,shop\n1,1997-01-01,5,1,x\n{row}\n2,1997-01-01,5,1,x\n"

    assert refused(text) == [(3, column, field)]
    assert [order.subject for order in interactions(text)] == ["user:1", "user:2"]


def test_all_that_is_wrong_with_a_row_stands_in_its_one_line():
    text = "customer,day,amount,pieces,shop\n7,soon,=1+1,1,@x\n"

    (chunk,) = chunked(text, ORDERS)

    assert error_header(("customer", "=day"), ",") == "line,column,field,reason,customer,'=day\r\n"
    assert error_lines(chunk.refused, ",") == (
        "2,day; amount,at; total,day: 'soon' is no date of the form YYYY-MM-DD; amount: '=1+1' is no number,"
        "7,soon,'=1+1,1,'@x\r\n"
    )


@pytest.mark.parametrize("cell", ["=A1", "+1", "-1", "@x", "\tx", "\rx", "\n=x", "\uff1dx"])
def test_no_cell_of_the_error_file_is_taken_for_a_formula(cell):
    assert neutral(cell).startswith("'")
    assert neutral(f"a{cell}") == f"a{cell}"
