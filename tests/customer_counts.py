"""What a customer said, put together: traits, lists, and which order is meant. Nothing of shopkeeper is used here.

An interaction is anything with subject, message_id, type, name, at, trusted, properties and traits. Each stands in the
list once, in whatever order. Instants are text of one width.
"""

import json
from collections import defaultdict

from tests.measure_oracle import ABOUT_ORDERS


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
    latest = {name: value for *_, name, value in sorted(words, key=lambda word: word[:3])}
    return {name: value for name, value in latest.items() if value is not None}


def lists(told):
    words = defaultdict(list)
    for each in told:
        if each.name in ("List Entered", "List Left") and each.trusted:
            words[each.properties["list"]].append((each.at, each.name == "List Left"))
    return {name for name, said in words.items() if not max(said)[1]}
