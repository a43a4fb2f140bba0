"""What people of the business add to the memory of a customer: a call, a note, and what came of an interaction."""

import json
from datetime import datetime, timedelta
from typing import Annotated, Any, NamedTuple

from pydantic import Field
from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.api import customers
from shopkeeper.api.calls import Call
from shopkeeper.api.launches import Instant
from shopkeeper.api.once import derived_id
from shopkeeper.api.roles import ADMIN, AGENT, MARKETER
from shopkeeper.api.versions import Kind, missing
from shopkeeper.customer import interaction, retractions, whose
from shopkeeper.customer.collect import bodies, calls, own_events, sender_clock, strict_json, trust
from shopkeeper.customer.collect.strict_json import Flaw
from shopkeeper.customer.document import Customer
from shopkeeper.customer.given_outcomes import RECORDED
from shopkeeper.customer.interaction import MAX_MESSAGE_ID_BYTES, Interaction, raw
from shopkeeper.customer.requests import BadRequest, Strict, Text

MOST_BYTES = 32_000  # of properties, as JSON text
# What only we can know, though people may take back what was said.
_OURS = trust.EVENTS - {retractions.NAME}
_CLOCKS_DIFFER = timedelta(minutes=5)


class Outcome(Strict):
    """How an interaction ended. Of several outcomes of one interaction the one with the highest rank is shown."""

    name: Text
    rank: Annotated[int, Field(ge=0, le=1000)]


class Logged(Strict):
    """`event` is free to choose, such as `Call Logged` or `Note Added`. `at` is now where it is missing."""

    event: Text
    properties: dict[str, Any] = {}
    outcome: Text | None = None
    at: Instant | None = None


class Ended(Strict):
    """`message_id` is that of the interaction, as the timeline shows it."""

    message_id: Annotated[str, Field(min_length=1, max_length=MAX_MESSAGE_ID_BYTES)]
    outcome: Text


class Told(NamedTuple):
    event: str
    said: dict[str, Any]
    at: datetime


class Remembered(TypedDict):
    """Where it will stand in the timeline, within seconds."""

    customer_id: str
    message_id: str


OUTCOME = Kind("outcome", "outcomes", Outcome)
outcomes = OUTCOME.room("How interactions can end, and which ending prevails.")
room = customers.room
_WRITERS = (AGENT, MARKETER, ADMIN)


def _check_logged(call: Call, wanted: Logged) -> list[tuple[str, str]]:
    found = list(missing(call, "outcome", wanted.outcome, "outcome")) if wanted.outcome else []
    if len(json.dumps(wanted.properties)) > MOST_BYTES:
        found.append(("properties", f"are more than {MOST_BYTES} bytes"))
    if wanted.at and clock.from_text(wanted.at) > call.now + _CLOCKS_DIFFER:
        found.append(("at", "is in the future"))
    if wanted.at and clock.from_text(wanted.at) < sender_clock.BEGINNING:
        found.append(("at", "lies before 1900"))
    if wanted.event in _OURS:
        found.append(("event", "is said by Shopkeeper itself"))
    if wanted.event.startswith(calls.RESERVED_PREFIXES):
        found.append(("event", f"must not begin with {' or '.join(calls.RESERVED_PREFIXES)}"))
    return found + _flaws(call.text, wanted)


def _flaws(text: str, wanted: Logged) -> list[tuple[str, str]]:
    """The first rule that the properties break: those of the door hold for what people type, too."""
    try:
        strict_json.check(bodies.read_whole(text.encode("utf-8", "surrogateescape")))
        calls.check_names({"properties": wanted.properties})
        own_events.check(wanted.event, wanted.properties, trusted=True)
    except Flaw as flaw:
        return [(flaw.field, f"cannot be taken: {flaw.code}")]
    return []


@room.post("/v1/customers/{customer}/interactions", groups=_WRITERS, status=202, check=_check_logged)
def log(call: Call, wanted: Logged) -> Remembered:
    """Log a call or a note, or anything else that happened with a customer away from the shop.

    It counts like every interaction, and is in the picture within seconds. `Interaction Retracted` with a `message_id`
    takes back whatever the timeline shows under that id.
    """
    said = wanted.properties | ({"outcome": wanted.outcome} if wanted.outcome else {})
    customer = customers.by_name(call, call.path["customer"])
    subject = _own_subject(customer)
    if wanted.event == retractions.NAME:
        subject = _subject_of(call, customer, str(said["message_id"]), "properties.message_id")
        said.pop("subject", None)
    at = clock.from_text(wanted.at) if wanted.at else call.now
    return _tell(call, customer, subject, Told(wanted.event, said, at))


@room.post(
    "/v1/customers/{customer}/outcomes",
    groups=_WRITERS,
    status=202,
    check=lambda call, wanted: missing(call, "outcome", wanted.outcome, "outcome"),
)
def record_outcome(call: Call, wanted: Ended) -> Remembered:
    """Say what came of an interaction, once more or for the first time. It is an interaction of its own."""
    customer = customers.by_name(call, call.path["customer"])
    _subject_of(call, customer, wanted.message_id, "message_id")
    said = {"of": wanted.message_id, "outcome": wanted.outcome}
    return _tell(call, customer, _own_subject(customer), Told(RECORDED, said, call.now))


def _own_subject(customer: Customer) -> str:
    return f"customer:{customer.customer_id}"


def _subject_of(call: Call, customer: Customer, message_id: str, field: str) -> str:
    """Of the interaction of this id, as the timeline has it. Raises BadRequest, naming the field."""
    subjects = whose.subjects_of(customer)
    rows = list(call.aws.interactions.rows([(subject, message_id) for subject in subjects]))
    subjects_told = whose.identities_of(row.subject for row in rows)
    known = call.aws.identities.load(subjects_told) if subjects_told else {}
    theirs = whose.belongs_to(customer, known)
    found = next((row.subject for row in rows if theirs(row)), "")
    if not found:
        reason = "is no interaction of this customer; one that was told just now is there within seconds"
        raise BadRequest([(field, reason)])
    return found


def _tell(call: Call, customer: Customer, subject: str, fact: Told) -> Remembered:
    told = Interaction(
        subject=subject,
        message_id=derived_id(call, "interaction"),
        type="track",
        name=fact.event,
        at=clock.to_text(fact.at),
        received_at=clock.to_text(call.now),
        source="api",
        origin=f"api:{call.who.id}",
        trusted=True,
        raw_properties=raw(fact.said),
    )
    call.aws.incoming.send([interaction.encode(told)])
    return {"customer_id": customer.customer_id, "message_id": told.message_id}
