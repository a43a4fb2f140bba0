"""A request for an import is checked as a whole, and every bad field is named at once."""

import json
from datetime import UTC, datetime

import pytest

from shopkeeper.customer.importing import request
from shopkeeper.customer.requests import BadRequest

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
ORDERS = {
    "name": "shop orders",
    "kind": "orders",
    "mapping": {"customer": "user_id", "ordered on": "at", "amount": "total"},
    "constants": {"currency": "EUR"},
}
CUSTOMERS = {"name": "people", "kind": "customers", "mapping": {"mail": "email", "town": "traits.city"}}
CONSENT = {"topic": "news", "is": "in", "basis": "order form", "wording": "Send me news"}


def findings(wanted):
    with pytest.raises(BadRequest) as refused:
        request.read(json.dumps(wanted), NOW)
    return dict(refused.value.findings)


def test_what_is_asked_for_survives_being_written_down():
    wanted = request.read(json.dumps(CUSTOMERS | {"consent": CONSENT, "file": {"separator": ";"}}), NOW)

    assert request.read(wanted.to_text(), NOW) == wanted
    assert wanted.consent.is_ == "in"


def test_every_bad_field_is_named_at_once():
    bad = {"kind": "people", "file": {"separator": "#", "colour": "red"}, "mapping": [], "dry_run": "yes"}

    assert set(findings(bad)) == {"name", "kind", "file.separator", "file.colour", "mapping", "dry_run"}


@pytest.mark.parametrize("body", ["", "[]", "nonsense", "{", "null"])
def test_what_is_no_object_is_refused_as_a_whole(body):
    with pytest.raises(BadRequest):
        request.read(body, NOW)


def test_an_unknown_field_is_refused_with_the_list_of_known_ones():
    reason = findings(ORDERS | {"mapping": ORDERS["mapping"] | {"x": "amount_paid"}})["mapping.x"]

    assert "'amount_paid'" in reason
    assert "user_id, email, order_id, at, total, currency, units, properties.<name>" in reason


@pytest.mark.parametrize(
    "target", ["traits.", "traits.$set", "traits.sys_x", "traits.email", "traits.age:int", "traits.a.b"]
)
def test_a_trait_needs_a_name_and_a_type_that_can_be_kept(target):
    assert "mapping.x" in findings(CUSTOMERS | {"mapping": CUSTOMERS["mapping"] | {"x": target}})


def test_two_sources_of_one_field_are_refused():
    twice = CUSTOMERS | {"mapping": {"a": "email", "b": "email"}}
    column_and_constant = CUSTOMERS | {"constants": {"traits.city:text": "Ulm"}}

    assert findings(twice) == {"mapping.b": "email already comes from mapping.a"}
    assert findings(column_and_constant) == {
        "constants.traits.city:text": "traits.city already comes from mapping.town"
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"mapping": {"ordered on": "at"}}, "mapping"),
        ({"mapping": {"customer": "user_id"}}, "mapping"),
        ({"mapping": {"customer": "user_id", "ordered on": "at"}}, "mapping"),
        ({"without_total": True}, "without_total"),
        ({"constants": {}}, "constants.currency"),
        ({"constants": {"currency": "Euro"}}, "constants.currency"),
        ({"constants": {"currency": "EUR", "units": "many"}}, "constants.units"),
        ({"constants": {"currency": "EUR", "order_id": "A-1"}}, "constants.order_id"),
        ({"consent": CONSENT}, "consent"),
        ({"consent": CONSENT | {"is": "maybe"}}, "consent.is"),
        ({"file": {"zone": "Mars/Olympus"}}, "file.zone"),
        ({"file": {"zone": ""}}, "file.zone"),
        ({"file": {"date_format": "DD.MM."}}, "file.date_format"),
        ({"file": {"date_format": "DD.MM.JJJJ"}}, "file.date_format"),
        ({"file": {"encoding": "klingon"}}, "file.encoding"),
        ({"id": "../uploads"}, "id"),
    ],
)
def test_what_an_import_of_orders_cannot_do_with_is_named(change, field):
    assert field in findings(ORDERS | change)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"constants": {"list": "x" * 101}}, "constants.list"),
        ({"constants": {"list": ""}}, "constants.list"),
        ({"mapping": CUSTOMERS["mapping"] | {"club": "list"}}, "mapping"),
    ],
)
def test_a_list_is_one_for_the_whole_file(change, field):
    assert list(findings(CUSTOMERS | change)) == [field]
    assert "list" in findings(ORDERS | {"constants": {"currency": "EUR", "list": "x"}})["constants.list"]
