"""A shop brings the orders it has had so far, and each customer's picture shows theirs, to the cent."""

import csv
import io
from pathlib import Path

from tests.stories.shop import bring, errors, marketer, read

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


def documents(stack):
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName="CustomersTable")
    return {item["customer_id"]["S"]: item for page in pages for item in page["Items"]}


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
