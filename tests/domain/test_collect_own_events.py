"""What we act on must say what to do: what would be taken and lost in silence is refused, naming the property."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shopkeeper.customer import write_keys
from shopkeeper.customer.collect import calls
from shopkeeper.customer.collect.calls import Inherited, Visit
from shopkeeper.customer.collect.strict_json import Flaw

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SERVER = Visit(write_keys.WriteKey("5e" * 32, "secret", "shop", NOW), "request-1", NOW)


PAGE = replace(SERVER, key=write_keys.WriteKey("9b" * 32, "publishable", "web", NOW))


def read(event, properties, kind="track", visit=SERVER):
    who = {"userId": "42"} if visit is SERVER else {"anonymousId": "f00"}
    call = who | {"type": kind, "messageId": "m-1", "event": event, "properties": properties}
    return calls.interaction(call, 0, Inherited(), visit)


@pytest.mark.parametrize(
    ("event", "properties", "code", "field"),
    [
        ("Consent Changed", {}, "missing", "topic"),
        ("Consent Changed", {"topic": "", "is": "in"}, "missing", "topic"),
        ("Consent Changed", {"topic": 7, "is": "in"}, "wrong_type", "topic"),
        ("Consent Changed", {"topic": "x" * 101, "is": "in"}, "too_long", "topic"),
        ("Consent Changed", {"topic": "news"}, "missing", "is"),
        ("Consent Changed", {"topic": "news", "is": "perhaps"}, "unknown_value", "is"),
        ("Consent Changed", {"topic": "news", "is": ["in"]}, "unknown_value", "is"),
        ("Consent Changed", {"frequency": "often"}, "unknown_value", "frequency"),
        ("Consent Changed", {"pause_until": "May"}, "unknown_value", "pause_until"),
        ("Unsubscribed", {}, "missing", "topic"),
        ("List Entered", {}, "missing", "list"),
        ("List Left", {"list": ["vip"]}, "wrong_type", "list"),
        ("Interaction Retracted", {}, "missing", "message_id"),
        ("Interaction Retracted", {"message_id": 17}, "wrong_type", "message_id"),
        ("Ticket Opened", {"subject": "It squeaks"}, "missing", "ticket_id"),
        ("Ticket Updated", {"ticket_id": True}, "wrong_type", "ticket_id"),
        ("Ticket Closed", {"ticket_id": " "}, "missing", "ticket_id"),
        ("Configuration Saved", {"base": "bike"}, "missing", "config_id"),
        ("Configuration Updated", {"config_id": {}}, "wrong_type", "config_id"),
        ("Configuration Ordered", {"config_id": "x" * 101}, "too_long", "config_id"),
        ("Feedback Given", {"score": 4}, "missing", "about"),
        ("Concern Noted", {"topic": ["noise"]}, "wrong_type", "topic"),
        ("Form Started", {}, "missing", "form"),
        ("Form Completed", {"form_id": 1.5}, "wrong_type", "form_id"),
    ],
)
def test_what_says_too_little_is_refused(event, properties, code, field):
    with pytest.raises(Flaw) as caught:
        read(event, properties)

    assert (caught.value.code, caught.value.field) == (code, f"properties.{field}")


@pytest.mark.parametrize(
    ("event", "properties"),
    [
        ("Consent Changed", {"topic": "*", "is": "out"}),
        ("Consent Changed", {"topic": "news", "is": "in", "basis": "form"}),
        ("Unsubscribed", {"topic": "news"}),
        ("List Entered", {"list": "vip"}),
        ("Interaction Retracted", {"message_id": "m-0"}),
        ("Ticket Opened", {"ticket_id": 7}),
        ("Configuration Saved", {"config_id": "x" * 100}),
        ("Form Started", {"form_id": "size"}),
        ("Form Completed", {"form": "size", "form_id": ""}),
        ("Consent changed", {}),
    ],
)
def test_what_says_enough_is_taken(event, properties):
    assert read(event, properties).properties == properties


def test_a_page_of_that_name_is_only_a_page():
    assert read("", {"name": "Unsubscribed"}, kind="page").name == "Unsubscribed"


@pytest.mark.parametrize(
    ("event", "properties", "code", "field"),
    [
        ("Order Completed", {"order_id": "A", "total": "29,33"}, "not_a_number", "total"),
        ("Order Completed", {"order_id": "A", "total": "abc"}, "not_a_number", "total"),
        ("Order Completed", {"order_id": "A", "total": True}, "not_a_number", "total"),
        ("Order Completed", {"order_id": "A", "total": -5}, "negative", "total"),
        ("Order Updated", {"order_id": "A", "revenue": "-0.01"}, "negative", "revenue"),
        ("Order Completed", {"order_id": {}, "total": 5}, "wrong_type", "order_id"),
        ("Order Completed", {"order_id": "A", "total": 5, "currency": "Euro"}, "unknown_value", "currency"),
        ("Order Refunded", {"order_id": "A", "total": "4,00"}, "not_a_number", "total"),
        ("Order Refunded", {"total": 4}, "missing", "order_id"),
        ("Order Cancelled", {}, "missing", "order_id"),
    ],
)
def test_money_that_cannot_be_read_is_refused_where_it_would_count(event, properties, code, field):
    with pytest.raises(Flaw) as caught:
        read(event, properties)

    assert (caught.value.code, caught.value.field) == (code, f"properties.{field}")
    assert read(event, properties, visit=PAGE).properties == properties


@pytest.mark.parametrize(
    ("event", "properties"),
    [
        ("Order Completed", {"total": 29.33, "currency": "eur"}),
        ("Order Completed", {"order_id": 17}),
        ("Order Completed", {"total": -0.0, "currency": "EUR"}),
        ("Order Completed", {"order_id": "A", "total": "29.33", "value": None}),
        ("Order Refunded", {"order_id": "A"}),
        ("Order Refunded", {"order_id": "A", "total": -4}),
        ("Order Cancelled", {"order_id": "A"}),
    ],
)
def test_money_that_can_be_read_is_taken(event, properties):
    assert read(event, properties).properties == properties
