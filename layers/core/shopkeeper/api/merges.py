"""Two customers who are one person, and two who are not after all."""

from typing import NotRequired, cast

from typing_extensions import TypedDict

from shopkeeper.api import customers, roles
from shopkeeper.api.calls import Call
from shopkeeper.api.problems import Problem
from shopkeeper.api.roles import ADMIN, MARKETER
from shopkeeper.clock import Clock
from shopkeeper.consent import parting
from shopkeeper.customer import document, following, merging
from shopkeeper.customer.document import Customer
from shopkeeper.customer.merging import Entry, Log, NotMerged
from shopkeeper.customer.parting import INCOMPLETE, TOO_MUCH, NotParted
from shopkeeper.customer.requests import Strict, Text
from shopkeeper.customer.store.by_hand import ByHand, Nameless
from shopkeeper.customer.store.merger import Merger
from shopkeeper.customer.store.parter import Parter
from shopkeeper.customer.store.settling import NotSettled

room = customers.room
_REFUSALS = {
    404: "There is no such customer; `errors` says which of the two.",
    409: "These two cannot be merged: `errors` says why.",
}
_BECAUSE = {
    merging.TOO_MANY: f"has had {merging.MOST_MERGED} others merged into it, and takes no more",
    merging.TOO_LARGE: "and the other do not fit into one document, or not into a log of both",
}
_BUSY = "Others keep writing these customers. Try again in a moment."
_NOT_UNDONE = {
    404: "There is no such customer, or no such merge of this customer; `errors` says which.",
    409: "This merge cannot be undone: `errors` says why.",
}
_STANDS = {
    INCOMPLETE: "cannot be undone any more: rows of what happened since are gone, or cannot be found",
    TOO_MUCH: "cannot be undone in one call: too much is remembered of this customer",
}


class MergeWanted(Strict):
    """`into` is the customer who stays, by customer id or by who they are: `user:42`."""

    into: Text


class UnmergeWanted(Strict):
    """`merge` is the id that the merge was answered with; `GET /v1/customers/{customer}/merges` lists all of them."""

    merge: Text


class MergeView(TypedDict):
    """The customer `gone` went into the customer `into`, at this instant.

    `by` is who asked for it; where nobody did, the two turned out to be one person by what was received at `cause`.
    """

    merge: str
    gone: str
    into: str
    at: str
    by: NotRequired[str]
    cause: NotRequired[str]
    undone_at: NotRequired[str]
    undone_by: NotRequired[str]


class MergeList(TypedDict):
    items: list[MergeView]


@room.post("/v1/customers/{customer}/merge", groups=(MARKETER, ADMIN), refusals=_REFUSALS)
def merge(call: Call, wanted: MergeWanted) -> MergeView:
    """Merge a customer into another one, because both are one person.

    All that the one did belongs to the other from then on, what is still to come included; the id of the one leads to
    the other. Where they said different things about a topic, the one who wants no mail holds. Asking again is answered
    with the merge there is. It can be undone: `POST /v1/customers/{customer}/unmerge`.
    """
    gone_id, gone = _party(call, call.path["customer"], "customer")
    _, into = _party(call, wanted.into, "into")
    if gone.customer_id == into.customer_id:
        return _view(_merged_before(call, gone_id, gone))
    if gone_id != gone.customer_id:
        raise _refused("customer", f"was merged into {gone.customer_id} before")
    return _view(_by_hand(call, gone.customer_id, into.customer_id))


@room.post("/v1/customers/{customer}/unmerge", groups=(MARKETER, ADMIN), refusals=_NOT_UNDONE)
def unmerge(call: Call, wanted: UnmergeWanted) -> MergeView:
    """Undo a merge: the two were not one person after all.

    Each gets back what was its own, and of what was received since, whatever came under its own identities. The two are
    not merged again by what anybody sends. It needs the rows of all that happened since: once some of them have
    expired, a merge stands for good. Asking again is answered with the merge as it was undone.
    """
    _, living = _party(call, call.path["customer"], "customer")
    log = call.aws.merges.load([wanted.merge]).get(wanted.merge)
    if log is None or living.family.isdisjoint((log.entry.gone, log.entry.into)):
        raise Problem(404, _NOT_UNDONE[404], [("merge", "is none of this customer")])
    if not log.entry.undone_at:
        log = _part(call, log, living)
    _tell_contacts(call, log)
    return _view(log.entry)


@room.get("/v1/customers/{customer}/merges", groups=roles.GROUPS)
def list_merges(call: Call) -> MergeList:
    """Who was merged into this customer, directly or by way of others, and what of that was undone; newest first."""
    document = customers.by_name(call, call.path["customer"]).document
    merge_ids = {*document.merged.values(), *document.partings}
    return {"items": [_view(entry) for entry in call.aws.merges.entries(merge_ids)]}


def _party(call: Call, name: str, field: str) -> tuple[str, Customer]:
    """The customer who is named, and who that is by now. Raises Problem 404 and 503."""
    customer_id = customers.id_of(call, name)
    try:
        return customer_id, customers.living(call, customer_id)
    except Problem as problem:
        if problem.status == 404:
            problem.errors.append((field, "names no customer"))
        raise


def _merged_before(call: Call, gone_id: str, living: Customer) -> Entry:
    if gone_id == living.customer_id:
        raise _refused("into", "is the same customer")
    (entry,) = call.aws.merges.entries([living.document.merged[gone_id]])
    return entry


def _by_hand(call: Call, gone_id: str, into_id: str) -> Entry:
    aws = call.aws
    merger = Merger(aws.customers, aws.interactions, aws.merges, aws.stand, Clock())
    hand = ByHand(aws.customers, aws.identities, merger, pause=lambda _: None)  # To read again takes long enough.
    try:
        return hand.merge(gone_id, into_id, call.who.id).entry
    except NotMerged as problem:
        raise _refused("into", _BECAUSE[problem.reason]) from None
    except Nameless as nameless:
        field = "customer" if nameless.customer_id == gone_id else "into"
        raise _refused(field, "is known by no identity, so there is nobody to merge") from None
    except (NotSettled, following.InMotion):
        raise Problem(503, _BUSY) from None


def _part(call: Call, log: Log, living: Customer) -> Log:
    aws = call.aws
    if log.entry.into != living.customer_id:
        raise _stands(
            f"went into {log.entry.into}, who was merged into {living.customer_id} since: undo that one first"
        )
    tables = aws.customers, aws.interactions, aws.orders, aws.identities, aws.merges
    parter = Parter(*tables, aws.rules, aws.stand, Clock(), pause=lambda _: None)
    try:
        return parter.part(log, call.who.id)
    except NotParted as problem:
        raise _stands(_STANDS[problem.reason]) from None
    except NotSettled:
        raise Problem(503, _BUSY) from None


def _tell_contacts(call: Call, log: Log) -> None:
    """Also where it was undone before: whoever did so may not have come to this."""
    entry = log.entry
    stored = call.aws.customers.load([entry.gone, entry.into])
    gone, stayed = (document.load(stored[id_]) for id_ in (entry.gone, entry.into))
    if not (gone.document.merged_into or stayed.document.merged_into):
        own, others = gone.document.consents, stayed.document.consents
        parting.keep_apart(call.aws.contacts, (entry.gone, own), (entry.into, others), log.stale)


def _refused(field: str, reason: str) -> Problem:
    return Problem(409, "These two cannot be merged.", [(field, reason)])


def _stands(reason: str) -> Problem:
    return Problem(409, "This merge cannot be undone.", [("merge", reason)])


def _view(entry: Entry) -> MergeView:
    told = {"merge": entry.id, "gone": entry.gone, "into": entry.into, "at": entry.at}
    told |= {"by": entry.why.by, "cause": entry.why.cause, "undone_at": entry.undone_at, "undone_by": entry.undone_by}
    return cast(MergeView, {name: text for name, text in told.items() if text})
