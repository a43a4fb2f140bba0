"""Messages: a letter to one customer, at once, because of something they did."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated

from pydantic import AfterValidator, Field, JsonValue, StringConstraints

from shopkeeper import ids
from shopkeeper.api import customers, once
from shopkeeper.api.calls import Answer, Call, Room, found
from shopkeeper.api.campaigns import Id
from shopkeeper.api.problems import Problem
from shopkeeper.api.roles import ADMIN, AGENT, MARKETER, SERVER
from shopkeeper.api.versions import missing
from shopkeeper.aws import due
from shopkeeper.aws.clients import Unavailable
from shopkeeper.campaign import enqueue, recipients
from shopkeeper.campaign.recipients import Fate
from shopkeeper.consent.classes import TRANSACTIONAL
from shopkeeper.customer.requests import BadRequest, InWords, Strict
from shopkeeper.mail import ledger, messages
from shopkeeper.mail.ledger import Send
from shopkeeper.mail.messages import Message

MOST_FACTS = 100
_USED = "This Idempotency-Key came with another message before."

room = Room("messages", "Letters to one customer, such as receipts.")


def _bounded(facts: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """What is null is not there. Raises ValueError, also for a number that JSON does not know."""
    told: dict[str, JsonValue] = {name: value for name, value in facts.items() if value is not None}
    if len(_text(told).encode()) > messages.MOST_BYTES:
        raise ValueError(f"are over {messages.MOST_BYTES // 1024} KB as JSON")
    return told


def _text(facts: dict[str, JsonValue]) -> str:
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


Name = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$"),
    InWords("is no name for a letter to use: 1 to 64 letters, digits and underscores, the first no digit"),
]
Facts = Annotated[dict[Name, JsonValue], Field(max_length=MOST_FACTS), AfterValidator(_bounded)]


class Wanted(Strict):
    """`template` is the id of a transactional one, `brand` whose letter it is: what counts of both when this is first
    asked for is what goes out. `to` names a customer as elsewhere: `user:42`, `email:jo@example.com`, or a customer id.

    `facts` stand in the letter as `message.<name>`; they are erased after 30 days. What has not gone after
    `expires_after` hours, 72 unless said otherwise, will not go any more.
    """

    template: Id
    to: Annotated[str, StringConstraints(min_length=1, max_length=600)]
    brand: Id
    facts: Facts = {}
    expires_after: Annotated[int, Field(ge=1, le=messages.MOST_HOURS)] = messages.USUAL_HOURS


class MessageView(Fate):
    """`template` and `brand` with the version that is sent. `evidence` is what a `reason`, or waiting until
    `waits_until`, rests on."""

    id: str
    template: str
    brand: str
    expires_at: str


def _faults(call: Call, wanted: Wanted) -> Iterator[tuple[str, str]]:
    if not once.key_of(call):
        yield once.HEADER.name, "is needed, so that nobody is written to twice"
    yield from missing(call, "brand", wanted.brand, "brand")
    template = call.aws.definitions.newest("template", wanted.template)
    if template is None:
        yield "template", f"there is no template {wanted.template}"
    elif json.loads(template.content)["class"] != TRANSACTIONAL:
        yield "template", f"{wanted.template} is not written for transactional mail"
    yield from customers.unknown(call, wanted.to, "to")


@room.post("/v1/messages", groups=(MARKETER, ADMIN), status=202, check=_faults)
def send(call: Call, wanted: Wanted) -> Answer[MessageView]:
    """Send one customer a transactional letter, such as the confirmation of an order, within seconds.

    It has a lane of its own, and minds no opt-outs, caps or quiet hours: only what stands against the address, and the
    switch of all mail. The Idempotency-Key is needed, and one of the whole business: whoever sends it again, as long as
    30 days later, gets the same message, and the customer no second one.
    """
    row = _planned(call, wanted)
    asked = Message(
        occurrence=row.occurrence, send_id=row.send_id, asked=ids.digest(call.text), said=_text(wanted.facts)
    )
    kept = call.aws.messages.keep(asked, call.now)
    if kept.asked != asked.asked:
        raise Problem(422, _USED, [(once.HEADER.name, "is used")])
    stands = (None if kept is asked else _row(call, kept.send_id)) or _written_down(call, row)
    if stands.state == ledger.READY:
        with suppress(Unavailable):  # The clock makes up for it.
            call.aws.outgoing.send(list(enqueue.messages([stands.send_id])))
    return Answer(shown(stands, call), headers={"Location": f"/v1/messages/{stands.send_id}"})


@room.post("/v1/server/messages", groups=(SERVER,), status=202, check=_faults)
def send_as_server(call: Call, wanted: Wanted) -> Answer[MessageView]:
    """Do the same with a secret write key that may send `messages`, as a shop's server has one."""
    answer: Answer[MessageView] = send(call, wanted)
    return answer


@room.get("/v1/messages/{id}", groups=(AGENT, MARKETER, ADMIN))
def read(call: Call) -> MessageView:
    """Show what has become of a message."""
    row = _row(call, call.path["id"])
    return shown(found(row if row and row.is_message else None, "message"), call)


def _planned(call: Call, wanted: Wanted) -> Send:
    """Raises BadRequest for what has gone since it was looked for, and Problem 404 for a customer who has."""
    numbers = {kind: call.aws.definitions.number(kind, getattr(wanted, kind)) for kind in ("template", "brand")}
    if not all(numbers.values()):
        raise BadRequest(list(_faults(call, wanted)))
    return messages.planned(
        customer_id=customers.by_name(call, wanted.to).customer_id,
        template=f"{wanted.template}#{numbers['template']}",
        brand=f"{wanted.brand}#{numbers['brand']}",
        occurrence=ids.digest("message", once.key_of(call)),
        now=call.now,
        hours=wanted.expires_after,
        shards=due.shards(),
    )


def _written_down(call: Call, row: Send) -> Send:
    """Before it is queued."""
    return row if call.aws.sends.plan(row) else _row(call, row.send_id) or row


def _row(call: Call, send_id: str) -> Send | None:
    return call.aws.sends.many([send_id]).get(send_id)


def shown(row: Send, call: Call) -> MessageView:
    return {
        "id": row.send_id,
        "template": row.template,
        "brand": row.brand,
        "expires_at": row.expires_at,
        **recipients.fate(row, call.now),
    }
