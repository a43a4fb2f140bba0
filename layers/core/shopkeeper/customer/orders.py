"""What is said of an order, and what it comes to.

An order is a set of facts: it was completed, updated, refunded, cancelled. What it comes to is a function of the set,
whatever the order in which the facts arrive and however often: so a late one, a repeated one and one that is taken back
need no rules of their own.

Orders are money, so they count on a trusted word alone: that of a server, a file or a person, never that of a web page,
whose key anybody can read. What a page says of an order is remembered, and neither counts nor claims it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from shopkeeper import ids, money
from shopkeeper.customer import subjects
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.interaction import Interaction

COMPLETED = "Order Completed"
UPDATED = "Order Updated"
REFUNDED = "Order Refunded"
CANCELLED = "Order Cancelled"
NAMES = frozenset({COMPLETED, UPDATED, REFUNDED, CANCELLED})
AMOUNTS = ("total", "revenue", "value")
"""The properties that say what an order, or a refund, comes to: the first one that is stated counts."""
_LONGEST_ID = 500
_TOO_MUCH = Decimal(10) ** 15

Key = tuple[str, str]


class Fact(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """One thing said of an order, by the interaction of this key. Instants are in milliseconds since 1970.

    `amount` is decimal text, `currency` three letters; both are empty where nothing usable was said. `withdraws` is the
    message id of another fact of the same subject, which this one takes back.
    """

    name: str
    at: int
    subject: str
    message_id: str
    amount: str = ""
    currency: str = ""
    withdraws: str = ""
    received_at: int = 0

    @property
    def key(self) -> Key:
        return self.subject, self.message_id


@dataclass(frozen=True, slots=True)
class Past:
    """What was said of an order before: its facts, and the properties of those of which they are needed.

    `owner` is the customer whose order it is, as it was before any merge.
    """

    owner: str = ""
    facts: Collection[Fact] = ()
    said: Mapping[Key, Mapping[str, Any]] = field(default_factory=dict)


NOTHING = Past()


@dataclass(frozen=True, slots=True)
class Order:
    """One that counts: when it was completed first, and what is left of it after refunds, in minor units.

    `currency` is empty where no usable amount and currency are known.
    """

    at: int
    currency: str
    units: int


def is_hearsay(interaction: Interaction) -> bool:
    return interaction.type == "track" and interaction.name in NAMES and not interaction.trusted


def fact_of(interaction: Interaction) -> Fact | None:
    """None for what says nothing of an order, for hearsay, and for changes to an order that they do not name."""
    if interaction.type != "track" or interaction.name not in NAMES or not interaction.trusted:
        return None
    if interaction.name != COMPLETED and not id_of(interaction):
        return None
    said, at, received_at = interaction.properties, to_ms(interaction.at), to_ms(interaction.received_at)
    return Fact(interaction.name, at, *interaction.key, _amount(said), _currency(said), received_at=received_at)


def id_of(interaction: Interaction) -> str:
    """Which order an interaction speaks of; empty where it does not say. 17, 17.0 and "17" are the same order.

    What programs write when they have no id (`undefined`, 0) is none: it would make one order of all of them. An id too
    long for a key is named by its digest.
    """
    try:
        text = subjects.id_text(interaction.properties.get("order_id")).strip()
    except subjects.NotAnId:
        return ""
    return ids.digest("order", text) if len(text.encode()) > _LONGEST_ID else text


def name_of(interaction: Interaction) -> str:
    """What its order goes by within a customer: its id, or else the interaction itself, as nothing can change it."""
    return id_of(interaction) or "/" + "/".join(interaction.key)


def sum_of(said: Mapping[str, Any]) -> tuple[int, str] | None:
    """The minor units and the currency that properties tell; None where they tell no usable amount."""
    currency = _currency(said)
    units = _units(_amount(said), currency)
    return None if units is None else (units, currency)


def withdrawal(message_id: str, by: Interaction) -> Fact:
    """Takes back the fact of this message id and of the same subject."""
    return Fact("", to_ms(by.at), *by.key, withdraws=message_id)


def order_of(facts: Collection[Fact]) -> Order | None:
    """What an order comes to by these facts, in whatever sequence; None where it does not count.

    It counts once it was completed, and unless it was cancelled; completed again after that, it counts again.
    """
    standing = _standing(facts)
    completed = [fact.at for fact in standing if fact.name == COMPLETED]
    cancelled = [fact.at for fact in standing if fact.name == CANCELLED]
    if not completed or (cancelled and max(cancelled) >= max(completed)):
        return None
    told = [fact for fact in standing if fact.name in (COMPLETED, UPDATED)]
    currency = next((fact.currency for fact in reversed(told) if fact.currency), "")
    amount = next((fact.amount for fact in reversed(told) if fact.amount), "")
    units = _units(amount, currency)
    if units is None:
        return Order(min(completed), "", 0)
    paid = max(units, 0)
    return Order(min(completed), currency, units - min(_refunded(standing, paid, currency), paid))


def said_of(facts: Collection[Fact], said: Mapping[Key, Mapping[str, Any]]) -> dict[str, Any]:
    """The properties of an order: of each the latest that a completion or an update states. `said` has them by fact."""
    told = [fact for fact in _standing(facts) if fact.name in (COMPLETED, UPDATED)]
    stated = (said.get(fact.key, {}).items() for fact in told)
    return {name: value for items in stated for name, value in items if value is not None}


def refunds(facts: Collection[Fact]) -> list[Fact]:
    """Those that stand."""
    return [fact for fact in _standing(facts) if fact.name == REFUNDED]


def _standing(facts: Collection[Fact]) -> list[Fact]:
    """Without what was taken back, from the earliest to the latest; of one instant, as they were received."""
    withdrawn = {(fact.subject, fact.withdraws) for fact in facts if fact.withdraws}
    standing = (fact for fact in facts if not fact.withdraws and fact.key not in withdrawn)
    return sorted(standing, key=lambda fact: (fact.at, fact.received_at, fact.key))


def _refunded(standing: Collection[Fact], paid: int, currency: str) -> int:
    """A refund that states no amount is one of all that was paid; one in another currency cannot be deducted."""
    refunds = [fact for fact in standing if fact.name == REFUNDED and fact.currency in ("", currency)]
    return sum(abs(stated) if (stated := _units(fact.amount, currency)) is not None else paid for fact in refunds)


def _amount(said: Mapping[str, Any]) -> str:
    return amount_in(next((said[name] for name in AMOUNTS if said.get(name) is not None), None))


def amount_in(value: Any) -> str:
    """As decimal text; empty for what is no amount of money."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return ""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return ""
    return str(number) if number.is_finite() and abs(number) < _TOO_MUCH else ""


def _currency(said: Mapping[str, Any]) -> str:
    return currency_in(said.get("currency"))


def currency_in(value: Any) -> str:
    """Its three letters; empty for what is no currency."""
    text = value.strip().upper() if isinstance(value, str) else ""
    return text if len(text) == 3 and text.isascii() and text.isalpha() else ""


def _units(amount: str, currency: str) -> int | None:
    if not amount or not currency:
        return None
    try:
        return money.minor_units(amount, currency)
    except ValueError:
        return None
