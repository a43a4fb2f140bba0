"""Computed traits: what follows from all that is remembered of a customer. Worked out when asked for, stored nowhere.

What cannot be known yet is left out, rather than said to be nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from shopkeeper.customer import asks, critical, forecast, habits, known, purchases, sessions, things
from shopkeeper.customer.access import Arrival
from shopkeeper.customer.amounts import amounts
from shopkeeper.customer.computed_forms import (
    Access,
    Account,
    Bought,
    Computed,
    Concern,
    Configuration,
    Form,
    Rfm,
    Ticket,
    Told,
    Ways,
)
from shopkeeper.customer.document import NO_FIFTH, Customer, Document, Scores
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.measures import Measure
from shopkeeper.customer.orders import COMPLETED
from shopkeeper.customer.purchases import Purchase
from shopkeeper.customer.words import Families, Word, Words

DAY_MS = 24 * 60 * 60 * 1000
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
        "accounts": _accounts(document),
        "tickets": tickets(document),
        "feedback": _things(document, things.FEEDBACK),
        "concerns": _concerns(document),
        "configurations": _configurations(document),
        "forms": _forms(document),
    }
    return cast(Computed, {name: fact for name, fact in facts.items() if fact not in (None, "", [], {})})


def told(document: Document, family: str) -> list[Told]:
    """Newest first."""
    return [
        {"about": name, "said": word.value, "at": from_ms(word.at)} for name, word in newest_first(document, family)
    ]


def newest_first(document: Document, family: str) -> list[tuple[str, Word]]:
    return sorted(document.words.get(family, {}).items(), key=lambda each: (-each[1].at, each[0]))


def _things(document: Document, family: str) -> list[Told]:
    """Newest first, with the latest word on each field."""
    return [
        {"about": each["about"], "said": things.fields(document.words, family, each["about"]), "at": each["at"]}
        for each in told(document, family)
    ]


def _concerns(document: Document) -> list[Concern]:
    return [{"topic": each["about"], **each} for each in _things(document, things.CONCERNS)]


def _forms(document: Document) -> list[Form]:
    return [{"form": each["about"], "status": each["said"], "at": each["at"]} for each in told(document, known.FORMS)]


def _accounts(document: Document) -> list[Account]:
    found = []
    for each in _things(document, things.ACCOUNTS):
        said = {name: text for name, text in each["said"].items() if text}
        found.append(cast(Account, {"account_id": each["about"], **said, "at": each["at"]}))
    return found


def tickets(document: Document) -> list[Ticket]:
    """Newest first."""
    return [_ticket(document.words, name, word) for name, word in newest_first(document, known.TICKETS)]


def _ticket(families: Families, name: str, state: Word) -> Ticket:
    priority = _value(families.get(known.PRIORITIES, {}), name)
    is_open = state.value == known.OPEN
    facts = {
        "ticket_id": name,
        "subject": _value(families.get(known.SUBJECTS, {}), name),
        "status": _status(state, things.word(families, known.TICKETS, name, "status")),
        "is_open": is_open,
        "is_critical": is_open and priority in critical.PRIORITIES,
        "priority": priority,
        "at": from_ms(state.at),
    }
    return cast(Ticket, _without_empty(facts))


def _status(state: Word, wording: Word | None) -> str:
    """As the shop called it, if that came with the word that holds."""
    told_at_once = wording and (wording.at, wording.by) == (state.at, state.by)
    return str(wording.value if wording and told_at_once else state.value)


def _value(words: Words, name: str) -> str:
    return words[name].value if name in words else ""


def _without_empty(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fact for name, fact in facts.items() if fact != ""}


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
    intervals = forecast.intervals(orders)
    days = (orders.last - orders.first) / DAY_MS
    interval = {"interval_days": round(days / intervals, 1)} if intervals else {}
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
    shown: Rfm = {"r": scores.r, "f": scores.f, "cell": scores.cell, "day": scores.day}
    return shown if scores.m == NO_FIFTH else {**shown, "m": scores.m}


def _bought(each: Purchase) -> Bought:
    facts = {
        "product": each.product,
        "name": each.name,
        "category": each.category,
        "order": each.order,
        "at": from_ms(each.at),
    }
    return cast(Bought, _without_empty(facts))


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
