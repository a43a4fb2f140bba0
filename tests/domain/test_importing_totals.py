"""What an order came to is proposed where a column looks like it, and never left out without a word."""

import pytest

from shopkeeper.customer.importing import request
from tests.domain.test_importing_proposal import NOW, Customs, propose, wanted


def proposed(header, row="7,2024-01-01,29.33", **more):
    return propose(f"{header}\n{row}\n", Customs(), wanted("orders", **more)).wanted


@pytest.mark.parametrize(
    ("name", "currency"),
    [
        ("amount_usd", "USD"),
        ("Betrag (EUR)", "EUR"),
        ("Summe in EUR", "EUR"),
        ("totalGBP", "GBP"),
        ("Preis €", "EUR"),
    ],
)
def test_an_amount_that_names_its_currency_is_the_total(name, currency):
    found = proposed(f"kunde,datum,{name}")

    assert found.mapping[name] == "total"
    assert found.constants == {"currency": currency}
    assert request.faults(found, NOW) == []


@pytest.mark.parametrize("name", ["Ordered_by_usd", "shipping_eur", "chf"])
def test_what_ends_like_a_currency_is_no_amount_by_that(name):
    found = proposed(f"kunde,datum,{name}")

    assert "total" not in found.mapping.values()
    assert found.constants == {}


def test_a_currency_that_was_said_holds_against_the_name_of_the_column():
    assert proposed("kunde,datum,amount_usd", constants={"currency": "CAD"}).constants == {"currency": "CAD"}


def test_a_plain_total_goes_first_and_keeps_its_column_of_currencies():
    found = proposed("kunde,datum,amount_usd,amount,currency", "7,2024-01-01,30,29.33,EUR")

    assert (found.mapping["amount"], found.mapping["currency"]) == ("total", "currency")
    assert found.constants == {}


def test_an_amount_in_a_named_currency_is_not_read_with_a_column_of_others():
    found = proposed("kunde,datum,amount_usd,currency", "7,2024-01-01,30,EUR")

    assert (found.mapping["amount_usd"], found.constants) == ("total", {"currency": "USD"})
    assert "currency" not in found.mapping


def test_orders_without_an_amount_are_asked_about_unless_that_is_said():
    (fault,) = request.faults(proposed("kunde,datum,note", "7,2024-01-01,x"), NOW)

    assert fault[0] == "mapping"
    assert "without_total" in fault[1]
    assert request.faults(proposed("kunde,datum,note", "7,2024-01-01,x", without_total=True), NOW) == []
