"""What a customer said, put together: traits, lists and what is counted. Nothing of shopkeeper is used here.

An interaction is anything with subject, message_id, type, name, at, trusted, properties and traits. Each stands in the
list once, in whatever order. Instants are text of one width.
"""

import json
from collections import defaultdict
from decimal import Decimal

ABOUT_ORDERS = ("Order Completed", "Order Updated", "Order Refunded", "Order Cancelled")


def key(each):
    return each.subject, each.message_id


def order_of(each):
    """What a trusted word names; a page's counts for nothing."""
    is_fact = each.type == "track" and each.name in ABOUT_ORDERS and each.trusted
    return str(each.properties["order_id"]) if is_fact and "order_id" in each.properties else ""


def traits(told):
    words = [
        (each.at, each.message_id[-12:], json.dumps(value, separators=(",", ":")), name, value)
        for each in told
        if each.type == "identify"
        for name, value in each.traits.items()
    ]
    return {name: value for *_, name, value in sorted(words, key=lambda word: word[:3])}


def lists(told):
    words = defaultdict(list)
    for each in told:
        if each.name in ("List Entered", "List Left") and each.trusted:
            words[each.properties["list"]].append((each.at, each.name == "List Left"))
    return {name for name, said in words.items() if not max(said)[1]}


def measures(told):
    """By name: how often, since when, until when, and for orders what they came to and how many said no amount."""
    happened = defaultdict(list)
    orders = defaultdict(list)
    for each in told:
        if each.type == "page":
            happened["Page Viewed"].append((each.at, None))
        elif each.type == "track" and each.name in ABOUT_ORDERS:
            if each.trusted:
                orders[order_of(each) or key(each)].append(each)
                if each.name != "Order Completed":
                    happened[each.name].append((each.at, None))
        elif each.type == "track":
            happened[each.name].append((each.at, None))
    happened["Order Completed"] = [state for facts in orders.values() if (state := order(facts))]
    return {name: summary(events) for name, events in happened.items() if events}


def order(facts):
    """Since when it counts, and what it came to: () where nobody knows. None where it does not count."""
    facts = sorted(facts, key=lambda each: (each.at, key(each)))
    completed = [each.at for each in facts if each.name == "Order Completed"]
    cancelled = [each.at for each in facts if each.name == "Order Cancelled"]
    if not completed or (cancelled and cancelled[-1] >= completed[-1]):
        return None
    told = [each.properties for each in facts if each.name in ("Order Completed", "Order Updated")]
    totals = [Decimal(str(said["total"])) for said in told if "total" in said]
    currencies = [said["currency"] for said in told if "currency" in said]
    if not totals or not currencies:
        return completed[0], ()
    whole, currency = int(totals[-1] * 100), currencies[-1]
    refunds = [each.properties for each in facts if each.name == "Order Refunded"]
    back = sum(
        int(Decimal(str(said["total"])) * 100) if "total" in said else whole
        for said in refunds
        if said.get("currency", currency) == currency
    )
    return completed[0], (currency, max(0, whole - back))


def summary(events):
    instants = sorted(at for at, _ in events)
    totals = defaultdict(int)
    for _, price in events:
        if price:
            totals[price[0]] += price[1]
    unpriced = sum(price == () for _, price in events)
    return {
        "count": len(instants),
        "first": instants[0],
        "last": instants[-1],
        "totals": dict(totals),
        "unpriced": unpriced,
    }
