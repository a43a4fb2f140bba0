"""Letters that had no address to go to: a list to work through, to correct addresses and send letters again."""

import json
from collections.abc import Mapping

from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.api import customers, launched, pages
from shopkeeper.api.calls import Call, Parameter, Room, found
from shopkeeper.api.launched import OCCURRENCE
from shopkeeper.api.notes import Remembered
from shopkeeper.api.once import derived_id
from shopkeeper.api.problems import Problem, bad_request
from shopkeeper.api.roles import ADMIN, AGENT, MARKETER
from shopkeeper.aws import due
from shopkeeper.campaign import recipients
from shopkeeper.campaign import recount as counting
from shopkeeper.campaign.recipients import START, Who
from shopkeeper.consent import suppressions
from shopkeeper.customer import interaction
from shopkeeper.customer.interaction import Interaction, raw
from shopkeeper.customer.requests import BadRequest, Strict, Text
from shopkeeper.mail import addresses, attempts, facts, unsent
from shopkeeper.mail.errors import MalformedError
from shopkeeper.mail.ledger import Refused, Send

room = Room("malformed", "Letters that had no address to go to, until they have one.")
_CAMPAIGN = Parameter("campaign", "query", "Of which campaign.", {"type": "string"}, required=True)
_WORKERS = (AGENT, MARKETER, ADMIN)
_CALLED_OFF = "The campaign was called off, so nothing of it goes out any more."
_PLACE_IS_GONE = "The campaign goes to so many at most, and the place of this one may be somebody else's by now."
_MOVED_ON = "Something has become of it meanwhile. Look again."
_NOT_MALFORMED = {409: "The send is not malformed, or not any more."}
_NOTHING_WOULD_COME = {409: "Another attempt would come to nothing: `detail` says why."}


class Attempt(TypedDict):
    """What one came to. `problem` says what was wrong with the address, where that is known."""

    reason: str
    problem: str | None
    not_sent_at: str


class Malformed(TypedDict):
    """`attempt` is the number of the last one; what those `before` came to is listed from the first one on."""

    send_id: str
    customer_id: str
    activity: str
    state: str
    attempt: int
    last: Attempt | None
    before: list[Attempt]


class MalformedPage(TypedDict):
    """A page may hold fewer than `limit`, or nobody, and not be the last: only `next` tells."""

    items: list[Malformed]
    next: str | None


class NewAddress(Strict):
    email: Text


@room.get(
    "/v1/malformed",
    groups=_WORKERS,
    parameters=(_CAMPAIGN, OCCURRENCE, *pages.PAGE),
    refusals={404: "There is no such campaign.", 409: launched.NEVER},
)
def list_malformed(call: Call) -> MalformedPage:
    """List the letters of a campaign that had no address to go to, as its report counts them under `malformed`."""
    limit, after, name = pages.limit(call), pages.after(call, len(START)) or START, call.query.get("campaign", "")
    if not name:
        raise BadRequest([("campaign", "is missing")])
    launch = launched.launched(call, name, call.query.get(OCCURRENCE.name, ""))
    sends, following = recipients.recipients(launch, call.aws.sends, Who("malformed"), limit, call.now, after)
    page: MalformedPage = pages.page([_shown(each) for each in sends], following or ())
    return page


@room.post("/v1/malformed/{send_id}/correct", groups=_WORKERS, status=202, refusals=_NOT_MALFORMED)
def correct(call: Call, wanted: NewAddress) -> Remembered:
    """Tell the right address of the customer. It is their trait `email` within seconds, for all letters.

    This one goes there once it is resubmitted.
    """
    send, address = _named(call), _address(wanted)
    if not attempts.is_malformed(send):
        raise Problem(409, _NOT_MALFORMED[409])
    customer = customers.living(call, send.customer_id)
    told = Interaction(
        subject=f"customer:{customer.customer_id}",
        message_id=derived_id(call, "interaction"),
        type="identify",
        at=clock.to_text(call.now),
        received_at=clock.to_text(call.now),
        source="api",
        origin=f"api:{call.who.id}",
        trusted=True,
        raw_traits=raw({"email": address}),
    )
    call.aws.incoming.send([interaction.encode(told)])
    return {"customer_id": customer.customer_id, "message_id": told.message_id}


@room.post("/v1/malformed/{send_id}/resubmit", groups=_WORKERS, status=202, refusals=_NOTHING_WOULD_COME)
def resubmit(call: Call) -> Malformed:
    """Send a letter once more, in another attempt of the same send, some three minutes later.

    Everything that may speak against it is asked again. It is refused while the customer has no other address than the
    one that was malformed; one that was corrected is known within seconds. A report counts it under
    `resubmitted_malformed` from now on, unless it turns out to be malformed again. Asked for again, nothing changes.
    """
    send = _named(call)
    if attempts.is_under_way(send):
        return _shown(send)
    _check(call, send)
    unsent.tell([send], call.aws.incoming)  # Whoever gave it up may have died before, and finds it ready when back.
    try:
        again = call.aws.sends.apply(attempts.resubmit(send, call.now, due.shards()))
    except Refused:
        raise Problem(409, _MOVED_ON) from None
    if call.aws.launches.get(send.occurrence):
        counting.ask(call.aws.recounts, send.occurrence, call.now)
    return _shown(again)


def _check(call: Call, send: Send) -> None:
    """Raises Problem 404, 409 and 503."""
    launch = call.aws.launches.get(send.occurrence)
    if launch and launch.status == "cancelled":
        raise Problem(409, _CALLED_OFF)
    if launch and launch.pins.flow.is_limited:
        raise Problem(409, _PLACE_IS_GONE)
    document = customers.living(call, send.customer_id).document
    key = facts.address_key_of(document)
    is_blocked = bool(key) and suppressions.kept_from(call.aws.contacts.suppression(key), call.now) == "everything"
    if why := attempts.objection(send, facts.address_of(document), call.now, is_blocked=is_blocked):
        raise Problem(409, why)


def _named(call: Call) -> Send:
    return found(call.aws.sends.load(call.path["send_id"]), "send")


def _address(wanted: NewAddress) -> str:
    """Raises Problem 400."""
    try:
        addresses.check(wanted.email)
    except MalformedError as problem:
        raise bad_request("email", f"takes no mail: {problem.reason}") from None
    return wanted.email.strip()


def _shown(send: Send) -> Malformed:
    return {
        "send_id": send.send_id,
        "customer_id": send.customer_id,
        "activity": send.activity,
        "state": send.state,
        "attempt": send.attempt,
        "last": _attempt({"reason": send.reason, "evidence": send.evidence, "not_sent_at": send.not_sent_at}),
        "before": [each for kept in attempts.earlier(send) if (each := _attempt(kept))],
    }


def _attempt(kept: Mapping[str, str]) -> Attempt | None:
    """None for one that nothing has come of yet."""
    if not kept["reason"]:
        return None
    evidence = json.loads(kept.get("evidence") or "{}")
    return {"reason": kept["reason"], "problem": evidence.get("problem"), "not_sent_at": kept["not_sent_at"]}
