"""Whether what is kept of a customer still is what was said of it, for operators."""

from typing import Any

import msgspec
from typing_extensions import TypedDict

from shopkeeper.api import customers
from shopkeeper.api.calls import Call, Room
from shopkeeper.api.problems import Problem
from shopkeeper.api.roles import ADMIN
from shopkeeper.clock import Clock
from shopkeeper.consent.news import hear, word_of
from shopkeeper.customer.requests import Strict
from shopkeeper.customer.store.own_rows import OwnRows, TooMuch
from shopkeeper.customer.store.rebuilder import Rebuilder, Rebuilt, RowsGone
from shopkeeper.customer.store.settling import NotSettled

MOST_SHOWN = 200
room = Room("upkeep", "For operators: whether what is kept is what was said.")
_REFUSALS = {409: "The rows do not tell all of this customer: `errors` says why."}
_BUSY = "Others keep writing this customer. Try again in a moment."


class RebuildWanted(Strict):
    """With `repair`, what differs is written as the rows make it, in one write."""

    repair: bool = False


class DifferenceView(TypedDict):
    """`part` is one of the document or `measures`; null where there is nothing of this name."""

    part: str
    name: str
    kept: Any
    rebuilt: Any


class RebuildView(TypedDict):
    """How many rows were read, and the first of what differs, with how much does in all."""

    customer_id: str
    version: int
    rows: int
    count: int
    differences: list[DifferenceView]
    repaired: bool


@room.post("/v1/customers/{customer}/rebuild", groups=(ADMIN,), refusals=_REFUSALS)
def rebuild(call: Call, wanted: RebuildWanted) -> RebuildView:
    """Make a customer's picture anew from all its rows, and say what differs from the one that is kept.

    Nothing should. Registered measures are not compared. It is refused where rows have expired, which shows in what is
    counted oftener, or was told later, than there are rows for; and where there are more than are read in one call.
    """
    living = customers.by_name(call, call.path["customer"])
    made = _rebuilt(call, living.customer_id, repair=wanted.repair)
    if made.repaired:
        _tell_contacts(call, made)
    shown = [_view(each) for each in made.differences[:MOST_SHOWN]]
    return {
        "customer_id": living.customer_id,
        "version": made.customer.version,
        "rows": made.rows,
        "count": len(made.differences),
        "differences": shown,
        "repaired": made.repaired,
    }


def _rebuilt(call: Call, customer_id: str, *, repair: bool) -> Rebuilt:
    aws = call.aws
    own_rows = OwnRows(aws.interactions, aws.orders, aws.identities)
    tables = aws.customers, aws.interactions, own_rows
    rebuilder = Rebuilder(*tables, aws.rules, aws.stand, Clock(), pause=lambda _: None)
    try:
        return rebuilder.rebuild(customer_id, repair=repair)
    except RowsGone as problem:
        raise _refused(f"has expired rows: those there are do not tell all of {problem}") from None
    except TooMuch:
        raise _refused("cannot be rebuilt in one call: too much is remembered of this customer") from None
    except NotSettled:
        raise Problem(503, _BUSY) from None


def _tell_contacts(call: Call, made: Rebuilt) -> None:
    """They keep whichever word prevails."""
    differing = {each.name for each in made.differences if each.part == "consents"}
    for topic, said in made.customer.document.consents.items():
        if topic in differing:
            hear(call.aws.contacts, made.customer.customer_id, topic, word_of(said))


def _view(difference: tuple[str, str, Any, Any]) -> DifferenceView:
    part, name, kept, rebuilt = difference
    return {"part": part, "name": name, "kept": _plain(kept), "rebuilt": _plain(rebuilt)}


def _plain(said: Any) -> Any:
    return msgspec.to_builtins(said, str_keys=True)


def _refused(reason: str) -> Problem:
    return Problem(409, "This customer cannot be rebuilt.", [("customer", reason)])
