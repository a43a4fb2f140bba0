"""What happened, in words: "ordered", "viewed products", and for what a shop calls as it likes, its own name."""

from collections.abc import Mapping
from typing import NamedTuple

from shopkeeper.segment.explaining import wording
from shopkeeper.segment.leaves.amounts import Amount
from shopkeeper.segment.leaves.values import Measure, Property


class Happening(NamedTuple):
    """`did` and `did_not` are of a customer; `one` and `more` are the thing itself; `narrowed` says of which only."""

    did: str
    did_not: str
    one: str
    more: str
    narrowed: str = ""


_KNOWN: Mapping[str, Happening] = {
    "Order Completed": Happening("ordered", "has not ordered", "order", "orders"),
    "Product Viewed": Happening("viewed products", "has not viewed products", "viewed product", "viewed products"),
    "Page Viewed": Happening("viewed pages", "has not viewed pages", "viewed page", "viewed pages"),
    "Product Added": Happening(
        "put products into the cart", "has put no product into the cart", "product in the cart", "products in the cart"
    ),
    "Checkout Started": Happening("began to check out", "has not begun to check out", "checkout", "checkouts"),
    "Email Sent": Happening("was sent letters", "was sent no letter", "sent letter", "sent letters"),
    "Email Delivered": Happening("got letters", "got no letter", "delivered letter", "delivered letters"),
    "Email Opened": Happening("opened letters", "has opened no letter", "opened letter", "opened letters"),
    "Email Link Clicked": Happening(
        "followed links in letters", "has followed no link in a letter", "followed link", "followed links"
    ),
    "Email Bounced": Happening("had letters bounce", "had no letter bounce", "bounce", "bounces"),
    "Email Marked as Spam": Happening(
        "complained of letters", "has complained of no letter", "complaint", "complaints"
    ),
    "Not Sent": Happening("had letters kept back", "had no letter kept back", "letter kept back", "letters kept back"),
    "Unsubscribed": Happening("unsubscribed", "has not unsubscribed", "opt-out", "opt-outs"),
}
_OF_LETTERS = ("activity", "step")
_COMPARED: Mapping[str, str] = {
    "eq": "is",
    "ne": "is not",
    "lt": "is below",
    "le": "is at most",
    "gt": "is above",
    "ge": "is at least",
    "in": "is one of",
    "not_in": "is none of",
    "contains": "contains",
    "starts": "starts with",
    "ends": "ends with",
    "exists": "is known",
}


def of(measure: Measure) -> Happening:
    found = _KNOWN.get(measure.event) or _named(measure.event)
    if measure.amount:
        found = found._replace(narrowed=f" ({_so_much(measure.amount)})")
    if not measure.where:
        return found
    tests = [compared(each.prop, each) for each in measure.where if each.prop not in _OF_LETTERS]
    letter = {each.prop: str(each.value) for each in measure.where if each.prop in _OF_LETTERS}
    of = f" of {activity(letter.get('activity', ''), letter.get('step'))}" if letter else ""
    return found._replace(narrowed=found.narrowed + of + (f" (where {wording.joined(tests)})" if tests else ""))


def _so_much(amount: Amount) -> str:
    """At least 100.00 USD."""
    limit = {"ge": "at least ", "gt": "more than ", "le": "at most ", "lt": "less than "}.get(amount.cmp, "")
    of = "" if amount.prop == "total" else f" in {amount.prop}"
    return f"{limit}{amount.x} {amount.currency}{of}"


def activity(name: str, step: str | None = None) -> str:
    """The campaign spring, step second."""
    kind, _, its = name.partition(":")
    return f"the {kind} {its}" + (f", step {step}" if step else "")


def _named(event: str) -> Happening:
    name = f"“{event}”"
    return Happening(f"did {name}", f"has not done {name}", name, name)


def compared(what: str, test: Property) -> str:
    return comparison(what, test.cmp, test.value, test.values)


def comparison(what: str, cmp: str, value: object, values: tuple[object, ...] | None = None) -> str:
    """city is one of "Ulm" or "Bonn"."""
    if cmp == "exists":
        return f"{what} {_COMPARED[cmp]}"
    if values and len(values) == 1:
        value, cmp, values = values[0], {"in": "eq", "not_in": "ne"}[cmp], None
    told = wording.listed(map(wording.value, values), "or") if values else wording.value(value)
    return f"{what} {_COMPARED[cmp]} {told}"
