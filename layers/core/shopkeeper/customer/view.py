"""A customer as JSON for people: instants as text, money as decimal text beside its minor units."""

from collections.abc import Mapping
from typing import Any

from shopkeeper import money
from shopkeeper.customer.consents import Consent
from shopkeeper.customer.document import Customer
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.measures import Measure
from shopkeeper.customer.orders import COMPLETED


def customer(seen: Customer) -> dict[str, Any]:
    document = seen.document
    newest_first = sorted(document.identities.items(), key=lambda each: (-each[1], each[0]))
    orders = seen.measures.get(COMPLETED)
    stays = sorted((list_id, stay.at) for list_id, stay in document.lists.items() if stay.is_on)
    return {
        "customer_id": seen.customer_id,
        "version": seen.version,
        "updated_at": from_ms(document.updated_at),
        "identities": [{"identity": identity, "last_seen_at": from_ms(at)} for identity, at in newest_first],
        "traits": document.traits,
        "consents": {topic: _consent(consent) for topic, consent in document.consents.items()},
        "lists": [{"list": list_id, "entered_at": from_ms(at)} for list_id, at in stays],
        "orders": _orders(orders) if orders else {"count": 0, "totals": {}},
        "measures": {name: _measure(measure) for name, measure in sorted(seen.measures.items())},
    }


def _consent(consent: Consent) -> dict[str, str]:
    stated = {"basis": consent.basis, "wording": consent.wording}
    said = {"is": consent.is_, "at": from_ms(consent.at), "source": consent.source}
    return said | {name: text for name, text in stated.items() if text}


def _orders(measure: Measure) -> dict[str, Any]:
    """`without_amount` orders count, and are missing from the totals."""
    return _measure(measure) | {"totals": _totals(measure.totals), "without_amount": measure.unpriced}


def _measure(measure: Measure) -> dict[str, Any]:
    seen = {"count": measure.count, "first_at": from_ms(measure.first), "last_at": from_ms(measure.last)}
    return seen | ({"totals": _totals(measure.totals)} if measure.totals else {})


def _totals(totals: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    return {
        currency: {"amount": f"{money.major_units(units, currency):f}", "minor_units": units}
        for currency, units in sorted(totals.items())
    }
