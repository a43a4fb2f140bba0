"""Customers who are not to be written to for the law's sake, as long as a dispute lasts."""

from typing_extensions import TypedDict

from shopkeeper.api import customers, roles
from shopkeeper.api.calls import Call, Room
from shopkeeper.api.problems import Problem
from shopkeeper.api.roles import ADMIN
from shopkeeper.api.suppressions import Reason
from shopkeeper.consent import suppressions
from shopkeeper.consent.contact import BY_HAND, IN, OUT, Block, after

room = Room("legal-holds", "Customers who are not to be written to, for the law's sake.")
_NONE = "No legal hold is on this customer."


class HoldView(TypedDict):
    """Since when, who has said so, and why."""

    customer_id: str
    since: str
    by: str
    reason: str


@room.get("/v1/customers/{customer}/legal-hold", groups=roles.GROUPS)
def look_up(call: Call) -> HoldView:
    """Show the legal hold that is on a customer. 404 where there is none."""
    return _shown(*_held(call))


@room.put("/v1/customers/{customer}/legal-hold", groups=(ADMIN,))
def put(call: Call, wanted: Reason) -> HoldView:
    """Write nothing to a customer any more but what is transactional, such as a receipt.

    In force for all mail that is sent from 5 seconds after the answer, also when the customer is merged with another.
    """
    who = customers.by_name(call, call.path["customer"])
    call.aws.contacts.hold(who.customer_id, suppressions.added(call.who.id, wanted.reason, call.now))
    return _shown(*_held(call))


@room.delete("/v1/customers/{customer}/legal-hold", groups=(ADMIN,), status=204)
def lift(call: Call) -> None:
    """Lift the legal hold, also that of whoever was merged into the customer."""
    living = customers.by_name(call, call.path["customer"])
    _, hold = _held(call)
    for customer_id in sorted(living.family):
        call.aws.contacts.hold(customer_id, Block(IN, after(call.now, hold), BY_HAND, call.who.id))


def _shown(customer_id: str, hold: Block) -> HoldView:
    return {"customer_id": customer_id, "since": hold.at, "by": hold.by, "reason": hold.reason}


def _held(call: Call) -> tuple[str, Block]:
    """Raises Problem 404."""
    living = customers.by_name(call, call.path["customer"])
    hold = call.aws.contacts.load(living.customer_id, "", living.document.merged.keys()).legal_hold
    if hold is None or hold.is_ != OUT:
        raise Problem(404, _NONE)
    return living.customer_id, hold
