"""Offers: what one says, what a customer was granted of it, and what an order redeems.

A grant is one row for each offer, customer, activity and occurrence; of a journey the occurrence is the run, so all its
letters show what the first one did. It is made when the letter is, before anybody has seen the code, and whoever makes
the letter again finds it. Other channels read the same rows.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

import msgspec

from shopkeeper import clock, money
from shopkeeper.customer import orders
from shopkeeper.customer.news import Route
from shopkeeper.customer.rows import Row
from shopkeeper.mail import ledger
from shopkeeper.mail.errors import MailError
from shopkeeper.mail.ledger import Send

KIND = "offer"
FACT = "offer"
NAMES = ("code", "value", "percent", "amount", "currency", "valid_from", "valid_until")
EXAMPLE = {"code": "EXAMPLE", "value": "10 %", "percent": 10, "amount": "10.00", "currency": "USD"} | dict.fromkeys(
    ("valid_from", "valid_until"), "2030-01-01T00:00:00.000Z"
)
"""For previews, test sends, and whoever is made up."""
MOST_CODES = 20
"""Of one order so many are looked up."""

WhenOut = Literal["skip", "without"]
SKIP: WhenOut = "skip"


class SoldOut(MailError):
    """There is none left; its text is the offer's id."""


class Valid(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Between two instants, text, or so many days from the grant on; `until` is the first instant when it is over."""

    since: str = msgspec.field(name="from", default="")
    until: str = ""
    days: int = 0


class Offer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`value` is what a letter says of it. It has a `code` for all, or with `pool` one for each grant. Of a `stock` of
    0 there is no end. Who is granted it is not sent any more what it `supersedes`."""

    value: str
    percent: float = 0
    amount: int = 0
    currency: str = ""
    code: str = ""
    pool: bool = False
    valid: Valid = Valid()
    stock: int = 0
    supersedes: tuple[str, ...] = ()


class Offered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """By an activity: `name` is `<id>#<version>`. Where there is none left, or it is over, a customer is left out, or
    gets the letter without it."""

    name: str
    when_out: WhenOut = "skip"

    @property
    def id(self) -> str:
        return self.name.rpartition("#")[0]


class Grant(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`name` is `<id>#<version>` of the offer. What was redeemed without having been granted has no `granted_at`."""

    name: str
    activity: str
    occurrence: str
    code: str = ""
    granted_at: str = ""
    valid_until: str = ""
    supersedes: tuple[str, ...] = ()
    redeemed_at: str = ""
    order: str = ""

    @property
    def id(self) -> str:
        return self.name.rpartition("#")[0]

    @property
    def key(self) -> str:
        return f"{self.id}/{self.activity}/{self.occurrence}"

    def is_over(self, at: datetime) -> bool:
        return bool(self.valid_until) and self.valid_until <= clock.to_text(at)


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What is known when a letter is looked at: the offer, and all grants of the customer, of whatever offer."""

    offered: Offered
    offer: Offer
    grants: tuple[Grant, ...] = ()

    @property
    def redeemed(self) -> Grant | None:
        return next((each for each in self.grants if each.id == self.offered.id and each.redeemed_at), None)

    def superseded(self, at: datetime) -> Grant | None:
        return next((g for g in self.grants if self.offered.id in g.supersedes and not g.is_over(at)), None)

    def own(self, send: Send) -> Grant | None:
        key = f"{self.offered.id}/{send.activity}/{granted_in(send)}"
        return next((each for each in self.grants if each.key == key), None)

    def over_since(self, send: Send, at: datetime) -> str:
        """What was granted is over when the grant says so."""
        own = self.own(send)
        until = own.valid_until if own else self.offer.valid.until
        return until if until and until <= clock.to_text(at) else ""


def read(content: str | bytes) -> Offer:
    """As a definition says it."""
    return msgspec.json.decode(content, type=Offer)


class Offers(Protocol):
    def held(self, offered: Offered, family: Collection[str]) -> Held: ...

    def said(self, name: str) -> Offer:
        """What `<id>#<version>` says."""

    def grant(self, customer_id: str, wanted: Grant) -> Grant | None:
        """The grant that stands, this one or one of before; None where there is none left."""


class Redeemed(Protocol):
    def redeem(self, code: str, family: Collection[str], order: str, at: str) -> None:
        """Once for each order, however often it is told."""


def granted_in(send: Send) -> str:
    """The occurrence in which an offer is granted once: a run, however many mails it sends."""
    return send.occurrence.partition("/")[0] if send.activity.startswith(ledger.JOURNEY) else send.occurrence


def of_send(send: Send) -> Offered | None:
    """What its row says, of a mail of a journey."""
    return msgspec.json.decode(send.offer, type=Offered) if send.offer else None


def to_text(offered: Offered) -> str:
    return msgspec.json.encode(offered).decode()


def wanted(held: Held, send: Send, now: datetime) -> Grant:
    valid = held.offer.valid
    until = clock.to_text(now + timedelta(days=valid.days)) if valid.days else valid.until
    return Grant(
        name=held.offered.name,
        activity=send.activity,
        occurrence=granted_in(send),
        code=held.offer.code,
        granted_at=clock.to_text(now),
        valid_until=until,
        supersedes=held.offer.supersedes,
    )


def facts(offer: Offer, grant: Grant) -> Mapping[str, Any]:
    """As `offer` in a template; without what is not said."""
    said = {
        "code": grant.code,
        "value": offer.value,
        "percent": offer.percent,
        "amount": str(money.major_units(offer.amount, offer.currency)) if offer.amount else "",
        "currency": offer.currency,
        "valid_from": offer.valid.since,
        "valid_until": grant.valid_until,
    }
    return {name: value for name, value in said.items() if value}


def code_key(code: str) -> str:
    """Under which a code is known: shops take it in capitals and small letters."""
    return code.strip().upper()


def to_offers(redeemed: Redeemed, family: Callable[[], Collection[str]]) -> Route:
    """An order with a code of an offer redeems what the customer was granted of it."""

    def route(row: Row) -> None:
        for code in codes_of(row):
            redeemed.redeem(code, family(), row.order or row.message_id, row.at)

    return route


def codes_of(row: Row) -> Iterator[str]:
    """Coupons of an order, each once, on the word of somebody whom we trust."""
    if row.name != orders.COMPLETED or row.type != "track" or not row.trusted:
        return
    said = row.said().get("properties", {})
    products = said.get("products")
    parts = [said, *(products if isinstance(products, list) else ())]
    told = [part.get("coupon") for part in parts if isinstance(part, dict)]
    found = dict.fromkeys(code_key(each) for each in told if isinstance(each, str) and each.strip())
    yield from list(found)[:MOST_CODES]
