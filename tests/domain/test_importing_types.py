"""What has a type in a file of JSON objects keeps it, unless somebody says how it is to be read."""

import io
import json
from datetime import UTC, datetime

import pytest

from shopkeeper.customer import interaction
from shopkeeper.customer.importing import proposal, request
from shopkeeper.customer.importing.file import open_table
from shopkeeper.customer.importing.forms import Form
from shopkeeper.customer.importing.rows import Origin, Refused, RowReader
from shopkeeper.customer.importing.sniffing.sample import sample

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
CUSTOMERS = {"name": "people", "kind": "customers"}
ORDERS = {"name": "orders", "kind": "orders", "constants": {"at": "2024-01-01", "currency": "EUR"}}


def reading(line, wanted, form):
    wanted = request.read(json.dumps(wanted), NOW)
    table = open_table(lambda at: io.BytesIO(line.encode()[at:]), form, tuple(wanted.mapping))
    return next(table.rows), RowReader(wanted, form, table.header, Origin("i1", NOW, 1))


def told(value, target="traits.x", form=None):
    """What is read of a row that says this, given as JSON text."""
    wanted = CUSTOMERS | {"mapping": {"id": "user_id", "x": target}}
    row, reader = reading(f'{{"id": "7", "x": {value}}}\n', wanted, form or Form(format="ndjson"))
    (identify,) = reader.read(row, "", 1)
    return interaction.decode(interaction.encode(identify)).traits


@pytest.mark.parametrize(
    "value", [33, 1.5, -0.25, True, False, ["a", 1], [], {}, {"city": "Ulm", "at": {"no": 1}}, "33", "true", 2**63]
)
def test_a_value_is_what_it_is_in_the_file(value):
    (kept,) = told(json.dumps(value)).values()

    assert kept == value
    assert type(kept) is type(value)


def test_numbers_are_those_of_json_whatever_mark_the_texts_of_the_file_have():
    assert told("1.50", form=Form(format="ndjson", decimal=",")) == {"x": 1.5}
    assert told("12345678901234567890123") == {"x": "12345678901234567890123"}


@pytest.mark.parametrize("value", ["null", '""', '"  "'])
def test_nothing_says_nothing(value):
    assert told(value) == {}


@pytest.mark.parametrize(
    ("target", "value", "kept"),
    [
        ("traits.x:text", "33", "33"),
        ("traits.x:text", '{"a": 1}', '{"a": "1"}'),
        ("traits.x:number", '"33"', 33),
        ("traits.x:number", "1e3", 1000),
        ("traits.x:number", "2.5e-3", 0.0025),
        ("traits.x:boolean", '"yes"', True),
        ("traits.x:date", '"1964-11-25"', "1964-11-25"),
        ("traits.x:date", '"1964-11-25 00:00"', "1964-11-25T00:00:00.000Z"),
    ],
)
def test_what_is_said_of_a_column_holds(target, value, kept):
    assert told(value, target) == {"x": kept}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("1e999", "Infinity|number_too_large"),
        ("1" * 39, "number_too_long"),
        ("[" * 9 + "]" * 9, "too_deep"),
        ("[" * 2000 + "]" * 2000, "too_deep"),
        ('{"a": "\\u0000"}', "nul at a"),
        ('{"": 1}', "empty_key"),
        ('["' + "x" * 9000 + '"]', r"text_too_long at \[0\]"),
    ],
)
def test_what_no_door_would_take_is_refused_with_its_column(value, code):
    with pytest.raises(Refused, match=code) as caught:
        told(value)
    assert [finding.column for finding in caught.value.findings] == ["x"]


def test_harmful_names_are_dropped_as_at_the_door():
    assert told('{"__proto__": 1, "a": {"constructor": 2, "b": 3}}') == {"x": {"a": {"b": 3}}}


def content(line, mapping):
    row, reader = reading(line, ORDERS | {"mapping": mapping, "without_total": True}, Form(format="ndjson"))
    return reader.content(row)


def test_an_order_with_an_id_is_told_anew_where_a_type_was_put_right_and_without_one_stays_the_row_it_was():
    known, own = {"id": "user_id", "x": "properties.x"}, {"no": "order_id"}
    number, text = '{"id": 7, "no": 1, "x": 33}\n', '{"id": 7, "no": 1, "x": "33"}\n'

    assert content(number, known | own) != content(text, known | own)
    assert content(number, known | own) == content(number, known | own)
    assert content(number, known) == content(text, known) == content(number, {"id": "user_id"})


class Nothing:
    def recall(self, kind, name, signature):
        return None


def proposed(*objects):
    text = "".join(json.dumps(each) + "\n" for each in objects)
    return proposal.propose(sample(text.encode(), (), whole=True), request.read(json.dumps(CUSTOMERS), NOW), Nothing())


def test_what_the_file_calls_text_is_proposed_as_text_and_a_number_is_no_question():
    found = proposed(
        {"id": "7", "zip": "50667", "size": 1.234, "vip": True, "asked": "yes", "joined": "2024-01-31"},
        {"id": "8", "zip": "89073", "size": 2.345, "vip": False, "asked": "no", "joined": "2024-02-01"},
    )

    assert found.wanted.mapping == {
        "id": "user_id",
        "zip": "traits.zip",
        "size": "traits.size:number",
        "vip": "traits.vip:boolean",
        "asked": "traits.asked",
        "joined": "traits.joined:date",
    }
    assert found.doubts == ()


def test_a_file_whose_lines_are_all_damaged_is_still_looked_at():
    assert proposed({"id": "\ud800"}).wanted.mapping == {}
