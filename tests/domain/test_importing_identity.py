"""Rows without ids are known by how they stand in the file, whatever is made of them."""

import io
import json

import pytest

from shopkeeper.customer.importing import request
from shopkeeper.customer.importing.file import open_table
from shopkeeper.customer.importing.forms import Form
from shopkeeper.customer.importing.rows import ABOUT, Origin, RowReader
from tests.domain.test_importing_rows import RECEIVED, interactions

TEXT = "kunde,tag,betrag_usd\nqq1,2024-01-01,29.33\nqq1,2024-02-01,10.00\n"
LESS = {"name": "qq", "kind": "orders", "mapping": {"kunde": "user_id", "tag": "at"}, "without_total": True}
MORE = {
    "name": "qq",
    "kind": "orders",
    "mapping": LESS["mapping"] | {"betrag_usd": "total"},
    "constants": {"currency": "USD"},
}


def keys(text, wanted=LESS):
    return [order.key for order in interactions(text, wanted)]


@pytest.mark.parametrize(
    "again",
    [
        MORE,
        MORE | {"constants": {"currency": "EUR"}},
        LESS | {"mapping": LESS["mapping"] | {"betrag_usd": "properties.sum:number"}},
    ],
)
def test_the_same_file_read_otherwise_tells_of_the_same_orders(again):
    assert len(set(keys(TEXT))) == 2
    assert keys(TEXT, again) == keys(TEXT)


def test_where_the_columns_stand_and_how_they_are_spelled_makes_no_order_twice():
    assert keys("Betrag USD;x,tag,kunde\n29.33,2024-01-01,qq1\n") != keys(TEXT)[:1]
    assert keys("Betrag USD,tag,kunde\n29.33,2024-01-01,qq1\n") == keys(TEXT)[:1]


def test_rows_that_differ_in_what_is_not_read_are_orders_of_their_own_in_whatever_file():
    one, other = "kunde,tag,shop\n7,2024-01-01,Ulm\n", "kunde,tag,shop\n7,2024-01-01,Bonn\n"

    assert keys(one) != keys(other)


def test_a_row_with_a_cell_too_few_is_not_counted_among_the_rows_it_might_equal():
    broken = "kunde,tag,x\n7,2024-01-01\n7,2024-01-01,\n"

    assert keys(broken) == keys("kunde,tag,x\n7,2024-01-01,\n")


def test_what_the_error_file_says_of_a_row_is_no_part_of_it():
    header, row = TEXT.splitlines()[:2]

    assert keys(f"{','.join(ABOUT)},{header}\n2,tag,at,is wrong,{row}\n") == keys(TEXT)[:1]


def content(line, mapping):
    wanted = request.read(json.dumps(LESS | {"mapping": mapping}), RECEIVED)
    form = Form(format="ndjson")
    table = open_table(lambda offset: io.BytesIO(line.encode()[offset:]), form, tuple(mapping))
    return RowReader(wanted, form, table.header, Origin("i1", RECEIVED, 1)).content(next(table.rows))


def test_an_object_is_known_by_all_it_says_in_whatever_sequence():
    mapping = {"kunde": "user_id", "tag": "at"}
    first = content('{"kunde": 7, "tag": "2024-01-01", "a": {"b": 1.50}}', mapping)

    assert content('{"tag": "2024-01-01", "a": {"b": 1.50}, "kunde": 7}', mapping | {"a.b": "units"}) == first
    assert content('{"kunde": 7, "tag": "2024-01-01", "a": {"b": 1.60}}', mapping) != first
    assert content('{"kunde": 7, "tag": "2024-01-01", "\\ud800": "\\ud800"}', mapping) != first


def test_an_order_with_an_id_is_told_anew_where_a_constant_was_put_right():
    text = TEXT.replace("kunde", "no,kunde").replace("qq1", "A-1,qq1")
    wanted = MORE | {"mapping": MORE["mapping"] | {"no": "order_id"}}

    assert keys(text, wanted) == keys(text, wanted)
    assert set(keys(text, wanted)).isdisjoint(keys(text, wanted | {"constants": {"currency": "EUR"}}))
