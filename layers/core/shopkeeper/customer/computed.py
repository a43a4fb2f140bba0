"""Computed traits: what follows from all that is remembered of a customer. Worked out when asked for, stored nowhere.

What cannot be known yet is left out, rather than said to be nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from shopkeeper.customer import asks, forecast, habits, known, purchases, sessions, things
from shopkeeper.customer.access import Arrival
from shopkeeper.customer.amounts import amounts
from shopkeeper.customer.computed_forms import Access, Bought, Computed, Configuration, Rfm, Ticket, Told, Ways
from shopkeeper.customer.document import Customer, Document, Scores
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.measures import Measure
from shopkeeper.customer.orders import COMPLETED
from shopkeeper.customer.purchases import Purchase
from shopkeeper.customer.words import Words

DAY_MS = 24 * 60 * 60 * 1000
CRITICAL = frozenset({"critical", "urgent", "blocker", "p1"})
# Shops call the trait as they like.
_STATED_CHANNEL = ("preferred_channel", "preferredChannel", "preferred_contact_method")


class Settings(NamedTuple):
    """What the answer depends on beside the customer and the instant: the workspace's zone, and which phase of the
    decision to buy a customer is in, by rules that are data; empty if in none."""

    zone: str = "UTC"
    phase: Callable[[Customer, int], str] = lambda _customer, _now_ms: ""


def computed(customer: Customer, now_ms: int, settings: Settings) -> Computed:
    document, orders = customer.document, customer.measures.get(COMPLETED)
    bought = purchases.standing(document.words)
    facts: dict[str, Any] = {
        "phase": settings.phase(customer, now_ms),
        **_tenure(customer, now_ms),
        **_habits(orders),
        "next_event": forecast.next_order(orders, now_ms),
        "rfm": _rfm(document.scores),
        "purchases": [_bought(each) for each in bought],
        "products": list(dict.fromkeys(each.product for each in bought)),
        "categories": _categories(bought),
        "channels_bought_through": list(dict.fromkeys(channel for _, channel in purchases.channels(document.words))),
        "buys_gifts": purchases.gifts(document.words) or None,
        "preferred_channel": next((document.traits[name] for name in _STATED_CHANNEL if name in document.traits), ""),
        "observed_channel": habits.observed_channel(customer),
        "best_hour": habits.best_hour(customer, settings.zone),
        "asks_about": asks.asks_about(document, now_ms),
        "sessions": sessions.visits(customer.measures, _arrivals(document)),
        "access": _access(document),
        **{each["about"]: each["said"] for each in told(document, known.SEEN)},
        "accounts": told(document, known.ACCOUNTS),
        "tickets": tickets(document),
        "feedback": _things(document, things.FEEDBACK),
        "concerns": _things(document, things.CONCERNS),
        "configurations": _configurations(document),
        "forms": told(document, known.FORMS),
    }
    return cast(Computed, {name: fact for name, fact in facts.items() if fact not in (None, "", [], {})})


def told(document: Document, family: str) -> list[Told]:
    """Newest first."""
    words = document.words.get(family, {})
    newest_first = sorted(words.items(), key=lambda each: (-each[1].at, each[0]))
    return [{"about": name, "said": word.value, "at": from_ms(word.at)} for name, word in newest_first]


def _things(document: Document, family: str) -> list[Told]:
    """Newest first, with the latest word on each field."""
    return [
        {"about": each["about"], "said": things.fields(document.words, family, each["about"]), "at": each["at"]}
        for each in told(document, family)
    ]


def tickets(document: Document) -> list[Ticket]:
    """Newest first."""
    priorities, subjects = (document.words.get(family, {}) for family in (known.PRIORITIES, known.SUBJECTS))
    return [
        _ticket(each, _value(priorities, each["about"]), _value(subjects, each["about"]))
        for each in told(document, known.TICKETS)
    ]


def _value(words: Words, name: str) -> str:
    return words[name].value if name in words else ""


def _ticket(state: Told, priority: str, subject: str) -> Ticket:
    is_open = state["said"] == known.OPEN
    return {
        "ticket_id": state["about"],
        "subject": subject,
        "is_open": is_open,
        "is_critical": is_open and priority in CRITICAL,
        "priority": priority,
        "at": state["at"],
    }


def _tenure(customer: Customer, now_ms: int) -> Mapping[str, Any]:
    orders = customer.measures.get(COMPLETED)
    lives = [each.first for each in customer.measures.values() if each.count] + [*customer.document.identities.values()]
    if not lives:
        return {}
    is_customer = bool(orders and orders.count)
    since = orders.first if orders and is_customer else min(lives)
    return {"is_customer": is_customer, "since": from_ms(since), "tenure_days": max(0, now_ms - since) // DAY_MS}


def _habits(orders: Measure | None) -> Mapping[str, Any]:
    if orders is None or not orders.count:
        return {}
    days = (orders.last - orders.first) / DAY_MS
    interval = {"interval_days": round(days / (orders.count - 1), 1)} if orders.count > 1 else {}
    return {"average_order": amounts(_average(orders)), "lifetime_value": amounts(orders.totals), **interval}


def _average(orders: Measure) -> Mapping[str, int]:
    """Of those in each currency, to the nearest minor unit, halves up."""
    priced = orders.priced
    return {
        currency: (2 * total + priced[currency]) // (2 * priced[currency]) for currency, total in orders.totals.items()
    }


def _rfm(scores: Scores | None) -> Rfm | None:
    if scores is None:
        return None
    return {"r": scores.r, "f": scores.f, "m": scores.m, "cell": scores.cell, "day": scores.day}


def _bought(each: Purchase) -> Bought:
    return {
        "product": each.product,
        "name": each.name,
        "category": each.category,
        "order": each.order,
        "at": from_ms(each.at),
    }


def _categories(bought: Sequence[Purchase]) -> list[str]:
    """Most often bought first, at a tie the one bought last."""
    named = [each.category for each in bought if each.category]
    return sorted(dict.fromkeys(named), key=lambda category: -named.count(category))


def _arrivals(document: Document) -> list[Arrival]:
    return [each for each in (document.first_arrival, document.last_arrival) if each]


def _access(document: Document) -> Access | None:
    first, last = document.first_arrival, document.last_arrival
    return {"first": _way(first), "last": _way(last)} if first and last else None


def _way(arrival: Arrival) -> Ways:
    said = {"source": arrival.source, "at": from_ms(arrival.at), "host": arrival.host, "campaign": arrival.campaign}
    return cast(Ways, {name: text for name, text in said.items() if text})


def _configurations(document: Document) -> list[Configuration]:
    """Saved, newest first, and whether it was ordered since."""
    ordered = document.words.get(known.ORDERED, {})
    saved = document.words.get(things.CONFIGURATIONS, {})
    return [
        {
            "config_id": each["about"],
            "is_ordered": each["about"] in ordered and ordered[each["about"]].at >= saved[each["about"]].at,
            "saved": each["said"],
            "at": each["at"],
        }
        for each in _things(document, things.CONFIGURATIONS)
    ]
