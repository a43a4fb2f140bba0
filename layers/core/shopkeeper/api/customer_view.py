"""A customer as JSON for people: instants as text, money as decimal text beside its minor units."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NotRequired

from typing_extensions import TypedDict

from shopkeeper.api.memberships import InSegment, Memberships
from shopkeeper.customer.amounts import Amount, amounts
from shopkeeper.customer.computed import Settings, computed
from shopkeeper.customer.computed_forms import Computed
from shopkeeper.customer.consents import ALL, Consent
from shopkeeper.customer.document import Customer
from shopkeeper.customer.instants import from_ms, ms_of
from shopkeeper.customer.measures import Measure
from shopkeeper.customer.orders import COMPLETED


class Identity(TypedDict):
    identity: str
    last_seen_at: str


# Written so because `is` is no name in Python.
ConsentView = TypedDict(
    "ConsentView",
    {"is": str, "at": str, "source": str, "basis": NotRequired[str], "wording": NotRequired[str]},
)


class Membership(TypedDict):
    list: str
    name: str
    entered_at: str


class MeasureView(TypedDict):
    """How often something was done. Totals are by currency."""

    count: int
    first_at: str
    last_at: str
    totals: NotRequired[dict[str, Amount]]


class RegisteredView(TypedDict):
    """The same of a measure of your own; `without_amount` are those that said nothing that could be summed."""

    count: int
    first_at: NotRequired[str]
    last_at: NotRequired[str]
    totals: NotRequired[dict[str, Amount]]
    without_amount: NotRequired[int]


class OrdersView(TypedDict):
    """`without_amount` orders count, and are missing from the totals."""

    count: int
    totals: dict[str, Amount]
    first_at: NotRequired[str]
    last_at: NotRequired[str]
    without_amount: NotRequired[int]


class CustomerView(TypedDict):
    """`version` is how often the picture was written; `consents` are by topic, `measures` by name of interaction.

    `registered` holds the measures of `/v1/measures` by their ids; one that is not counted of this customer, or not
    yet, is left out.

    `marketing` is what was said last of all marketing at once: a complaint says `out`, and no topic goes before it.

    `merged` are the ids of customers who were merged into this one; `merged_into` is there where one of these was asked
    for, and says who is shown in its place.
    """

    customer_id: str
    merged_into: NotRequired[str]
    merged: NotRequired[list[str]]
    version: int
    updated_at: str
    identities: list[Identity]
    traits: dict[str, Any]
    marketing: ConsentView | None
    consents: dict[str, ConsentView]
    segments: list[InSegment]
    lists: list[Membership]
    orders: OrdersView
    measures: dict[str, MeasureView]
    registered: dict[str, RegisteredView]
    computed: Computed


def shown(
    seen: Customer,
    asked_for: str,
    now: datetime,
    settings: Settings,
    registered: Mapping[str, str],
    memberships: Memberships,
) -> CustomerView:
    """`registered` says by which id each registered measure is counted, by the id of its definition."""
    document = seen.document
    newest_first = sorted(document.identities.items(), key=lambda each: (-each[1], each[0]))
    orders = seen.measures.get(COMPLETED)
    stays = sorted((list_id, stay.at) for list_id, stay in document.lists.items() if stay.is_on)
    view: CustomerView = {
        "customer_id": seen.customer_id,
        "version": seen.version,
        "updated_at": from_ms(document.updated_at),
        "identities": [{"identity": identity, "last_seen_at": from_ms(at)} for identity, at in newest_first],
        "traits": dict(document.traits),
        "marketing": _consent(document.consents[ALL]) if ALL in document.consents else None,
        "consents": {topic: _consent(said) for topic, said in document.consents.items() if topic != ALL},
        "segments": memberships.segments,
        "lists": [
            {"list": list_id, "name": memberships.list_names.get(list_id, list_id), "entered_at": from_ms(at)}
            for list_id, at in stays
        ],
        "orders": _orders(orders) if orders else {"count": 0, "totals": {}},
        "measures": {name: _measure(measure) for name, measure in sorted(seen.measures.items())},
        "registered": {
            name: _registered(seen.registered[id_])
            for name, id_ in sorted(registered.items())
            if id_ in seen.registered
        },
        "computed": computed(seen, ms_of(now), settings),
    }
    if document.merged:
        view["merged"] = sorted(document.merged)
    if asked_for in document.merged:
        view["merged_into"] = seen.customer_id
    return view


def _consent(consent: Consent) -> ConsentView:
    said: ConsentView = {"is": consent.is_, "at": from_ms(consent.at), "source": consent.source}
    if consent.basis:
        said["basis"] = consent.basis
    if consent.wording:
        said["wording"] = consent.wording
    return said


def _orders(measure: Measure) -> OrdersView:
    seen = _measure(measure)
    return {
        "count": seen["count"],
        "first_at": seen["first_at"],
        "last_at": seen["last_at"],
        "totals": amounts(measure.totals),
        "without_amount": measure.unpriced,
    }


def _measure(measure: Measure) -> MeasureView:
    seen: MeasureView = {
        "count": measure.count,
        "first_at": from_ms(measure.first),
        "last_at": from_ms(measure.last),
    }
    if measure.totals:
        seen["totals"] = amounts(measure.totals)
    return seen


def _registered(measure: Measure) -> RegisteredView:
    if not measure.count:
        return {"count": 0}
    seen: RegisteredView = {
        "count": measure.count,
        "first_at": from_ms(measure.first),
        "last_at": from_ms(measure.last),
    }
    if measure.totals:
        seen["totals"] = amounts(measure.totals)
    if measure.unpriced:
        seen["without_amount"] = measure.unpriced
    return seen
