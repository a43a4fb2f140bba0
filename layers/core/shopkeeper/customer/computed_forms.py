"""The form of computed traits, as `computed` gives them."""

from typing import Any, NotRequired

from typing_extensions import TypedDict

from shopkeeper.customer.amounts import Amount
from shopkeeper.customer.asks import Asked
from shopkeeper.customer.forecast import NextEvent
from shopkeeper.customer.habits import BestHour, ObservedChannel
from shopkeeper.customer.sessions import Visits


class Ways(TypedDict, total=False):
    """One way into the shop: `source` is direct, referral, organic, paid or e-mail."""

    source: str
    at: str
    host: str
    campaign: str


class Access(TypedDict):
    first: Ways
    last: Ways


class Ticket(TypedDict):
    """`status` is open or closed, or what the shop calls it; `at` is when it was opened or closed last."""

    ticket_id: str
    subject: NotRequired[str]
    status: str
    is_open: bool
    is_critical: bool
    priority: NotRequired[str]
    at: str


class Bought(TypedDict):
    """`order` is its id, or a stand-in where it has none."""

    product: str
    name: NotRequired[str]
    category: NotRequired[str]
    order: str
    at: str


class Configuration(TypedDict):
    """`saved` as it was told: base, options, price, currency, url."""

    config_id: str
    is_ordered: bool
    saved: dict[str, Any]
    at: str


class Account(TypedDict):
    """A company, a household: its name, and what the customer is in it."""

    account_id: str
    name: NotRequired[str]
    role: NotRequired[str]
    persona: NotRequired[str]
    motivation: NotRequired[str]
    at: str


class Form(TypedDict):
    """`status` is started or completed."""

    form: str
    status: str
    at: str


class Concern(TypedDict):
    """`topic` is what it is about; `said` as it was told: horizon, due."""

    topic: str
    about: str
    said: dict[str, Any]
    at: str


class Rfm(TypedDict):
    """Recency, frequency and monetary value, each from 1 to 5, 5 being best; `cell` is the three of them as text.

    Who pays in other currencies than most customers has no `m`, and a hyphen in its place in the cell.
    """

    r: int
    f: int
    m: NotRequired[int]
    cell: str
    day: str


class Told(TypedDict):
    """Something said of a thing: of what, what, and when."""

    about: str
    said: Any
    at: str


class Computed(TypedDict, total=False):
    """Money is by currency: `average_order` is that of the orders in each, `lifetime_value` all that has
    come in so far, refunds deducted.

    `tenure_days` counts from the first order of a customer, from the first sign of life of a prospect. `interval_days`
    is the mean time between two orders, those within a day taken for one. `products` and `categories`
    are those of the newest `purchases`.

    `phase` is the one of the decision to buy, `preferred_channel` the channel that somebody stated, `observed_channel`
    the one that is used most.
    """

    phase: str
    is_customer: bool
    since: str
    tenure_days: int
    average_order: dict[str, Amount]
    lifetime_value: dict[str, Amount]
    interval_days: float
    next_event: NextEvent
    rfm: Rfm
    purchases: list[Bought]
    products: list[str]
    categories: list[str]
    channels_bought_through: list[str]
    buys_gifts: bool
    preferred_channel: str
    observed_channel: ObservedChannel
    best_hour: BestHour
    asks_about: list[Asked]
    sessions: Visits
    access: Access
    device: str
    country: str
    zone: str
    locale: str
    accounts: list[Account]
    tickets: list[Ticket]
    feedback: list[Told]
    concerns: list[Concern]
    configurations: list[Configuration]
    forms: list[Form]
