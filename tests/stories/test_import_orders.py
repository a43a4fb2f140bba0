"""A shop brings the orders it has had so far, and each customer's picture shows theirs, to the cent."""

import csv
import io
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from shopkeeper import ids
from shopkeeper.customer import measures
from shopkeeper.customer.instants import from_ms
from tests.stories.shop import bring, errors, marketer, read

REAL = Path(__file__).parents[2] / "../shared/data/cdnow_sample_orders.csv"
CDNOW = {
    "name": "orders so far",
    "kind": "orders",
    "mapping": {"customer_id": "user_id", "ordered_on": "at", "units": "units", "amount_usd": "total"},
    "constants": {"currency": "USD"},
}
OURS = Path(__file__).with_name("orders.csv")
GERMAN = {
    "name": "Bestellungen",
    "kind": "orders",
    "file": {"separator": ";", "decimal": ",", "date_format": "DD.MM.YYYY HH:mm", "zone": "Europe/Berlin"},
    "mapping": {
        "Kunde": "user_id",
        "E-Mail": "email",
        "Bestellt am": "at",
        "Summe": "total",
        "Stück": "units",
        "Filiale": "properties.branch",
    },
    "constants": {"currency": "EUR"},
}


def orders_in(path):
    """Straight from the file, by customer: how many, how much in cents, the first day and the last."""
    days, cents = defaultdict(list), defaultdict(int)
    with path.open() as file:
        for row in csv.DictReader(file):
            days[row["customer_id"]].append(row["ordered_on"])
            cents[row["customer_id"]] += int(Decimal(row["amount_usd"]) * 100)
    return {who: (len(days[who]), cents[who], min(days[who]), max(days[who])) for who in days}


def remembered(stack, whom):
    """From the API, as the file would say it."""
    orders = read(stack, f"/v1/customers/user:{whom}")["orders"]
    return orders["count"], orders["totals"]["USD"]["minor_units"], orders["first_at"][:10], orders["last_at"][:10]


def kept(item):
    """From the table, as the file would say it."""
    orders = measures.unpack(item["measures"]["B"])["Order Completed"]
    return orders.count, orders.totals["USD"], from_ms(orders.first)[:10], from_ms(orders.last)[:10]


def documents(stack):
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName="CustomersTable")
    return {item["customer_id"]["S"]: item for page in pages for item in page["Items"]}


@pytest.mark.skipif(not REAL.exists(), reason="the real orders are not at hand: ../shared/data is absent")
def test_the_orders_of_a_real_shop_come_in_and_coming_again_they_change_nothing(stack):
    expected, text = orders_in(REAL), REAL.read_bytes()
    assert (len(expected), sum(count for count, *_ in expected.values())) == (2357, 6919)

    job = bring(stack, text, **CDNOW)
    assert (job["state"], job["rows"], job["accepted"], job["refused"]) == ("done", 6919, 6919, 0)
    first = documents(stack)
    assert {whom: kept(first[ids.customer_id(f"user:{whom}")]) for whom in expected} == expected
    for whom in list(expected)[::100]:
        assert remembered(stack, whom) == expected[whom]

    bring(stack, text, **CDNOW)
    assert documents(stack) == first


def test_a_file_with_bad_rows_brings_the_good_ones_and_names_the_others(stack):
    job = bring(stack, OURS.read_bytes(), **GERMAN)

    assert (job["state"], job["rows"], job["accepted"], job["refused"]) == ("done", 11, 5, 6)
    twice = read(stack, "/v1/customers/user:1")["orders"]
    assert (twice["count"], twice["totals"]["EUR"]["amount"]) == (2, "25.00")
    by_mail = read(stack, "/v1/customers/email:jo@beispiel.example")["orders"]
    assert (by_mail["first_at"], by_mail["totals"]["EUR"]["amount"]) == ("2024-02-29T22:30:00.000Z", "1234.00")
    assert read(stack, "/v1/customers/user:8")["orders"]["without_amount"] == 1
    refused = list(csv.DictReader(io.StringIO(errors(stack, job["id"]), newline=""), delimiter=";"))
    assert [(row["line"], row["column"]) for row in refused] == [
        ("5", "Bestellt am"),
        ("6", "Summe"),
        ("7", "Summe; Stück"),
        ("8", "Kunde"),
        ("11", ""),
        ("12", ""),
    ]
    assert refused[2]["Filiale"] == '\'=HYPERLINK("http://evil.example")'


def test_a_dry_run_says_what_would_happen_and_lets_nothing_happen(stack):
    job = bring(stack, OURS.read_bytes(), dry_run=True, **GERMAN)

    assert (job["state"], job["accepted"], job["refused"], job["interactions"]) == ("done", 5, 6, 5)
    assert documents(stack) == {}


def test_a_file_that_is_not_what_was_announced_says_which_column_is_missing(stack):
    job = bring(stack, OURS.read_bytes(), **CDNOW)

    assert job["state"] == "failed"
    assert "column 'customer_id' of the mapping is not in the header" in job["error"]


def test_customers_come_in_with_their_consent(stack):
    bring(
        stack,
        b"no,first name,mail,born\n7,Jo,jo@example.com,1990-05-01\n7,Joanna,,\n",
        name="people",
        kind="customers",
        mapping={"no": "user_id", "first name": "traits.firstName", "mail": "email", "born": "traits.birthday"},
        consent={"topic": "news", "is": "in", "basis": "order form", "wording": "Yes, send me news."},
    )

    her = read(stack, "/v1/customers/email:jo@example.com")

    assert her["customer_id"] == read(stack, "/v1/customers/user:7")["customer_id"]
    assert her["traits"]["firstName"] == "Joanna"
    assert her["traits"]["birthday"] == "1990-05-01"
    assert her["consents"]["news"]["is"] == "in"


def test_viewers_and_agents_bring_nothing(stack):
    for group in ("viewer", "agent"):
        headers = {"Authorization": f"Bearer {stack.token(group)}"}
        assert stack.request("POST", "/v1/imports", json=CDNOW, headers=headers).status == 403
    assert stack.request("POST", "/v1/imports", json=CDNOW).status == 401
    assert stack.request("GET", "/v1/imports", headers=marketer(stack)).json() == {"items": [], "next": None}
