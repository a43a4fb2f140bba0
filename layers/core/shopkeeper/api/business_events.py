"""Business events: what happened to the shop, which lets customers into the journeys that listen to it."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import StringConstraints
from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.api.calls import Call, Room, found
from shopkeeper.api.journey_runs import Properties
from shopkeeper.api.once import derived_id
from shopkeeper.api.problems import Problem
from shopkeeper.api.roles import ADMIN, MARKETER, SERVER
from shopkeeper.aws import business_events
from shopkeeper.aws.journeys import Journeys
from shopkeeper.customer import walks
from shopkeeper.customer.instants import ms_of
from shopkeeper.customer.requests import InWords, Strict
from shopkeeper.customer.walks import SLICES, Slice
from shopkeeper.journey.definition.script import Instant
from shopkeeper.journey.doors import business, entering
from shopkeeper.journey.doors.business import KIND, BusinessEvent
from shopkeeper.journey.graph import Graph
from shopkeeper.mail.ports import STATUS_HOLDS_FOR
from shopkeeper.segment.leaves.values import Name

_USED = {409: "There is another business event of this id."}
_AHEAD = timedelta(minutes=5)
"""Clocks of others may be ahead of ours by so much."""
room = Room("business-events", "What happened to the shop, and whom it lets into journeys.")

MOST_ID_LETTERS = 100
EventId = Annotated[
    str,
    StringConstraints(pattern=rf"^[A-Za-z0-9][A-Za-z0-9._:-]{{0,{MOST_ID_LETTERS - 1}}}$"),
    InWords("is 1 to 100 letters, digits, dots, colons, hyphens and underscores, the first a letter or digit"),
]


class Happened(Strict):
    """`id` is the sender's own: of events with the same one the first counts. `at` is now unless it says otherwise.
    `properties` are what letters may show, at most 1 KB; one of them keys the runs of a journey that has a key."""

    name: Name
    id: EventId | None = None
    at: Instant | None = None
    properties: Properties = {}


class BusinessEventView(TypedDict):
    """`journeys` are those that listened to it when it was told: none, and it is `done` at once. `seen` counts the
    customers that were looked at so far, `entered` how many came into which journey."""

    id: str
    name: str
    at: str
    told_at: str
    told_by: str
    properties: dict[str, Any]
    journeys: list[str]
    state: Literal["going", "done"]
    seen: int
    entered: dict[str, int]


def _faults(call: Call, wanted: Happened) -> Iterator[tuple[str, str]]:
    at = clock.from_text(wanted.at) if wanted.at else call.now
    if at > call.now + _AHEAD:
        yield "at", "is still to come"
    if ms_of(at) < ms_of(call.now) - entering.OLDEST_MS:
        yield "at", "is more than 72 hours ago: it brings nobody in any more"
    for each in _listening(call, wanted.name):
        if entering.key_of(each, wanted.properties) is None:
            yield f"properties.{each.entry.key}", f"is missing: journey {each.journey} tells its runs apart by it"


@room.post("/v1/business-events", groups=(MARKETER, ADMIN), status=202, refusals=_USED, check=_faults)
def tell(call: Call, wanted: Happened) -> BusinessEventView:
    """Tell of something that happened to the shop: who is meant by the journeys that listen to it comes in.

    All customers are looked at, within minutes. An event that no journey listens to is kept, and lets nobody in.
    """
    event = _event(call, wanted)
    kept = event if call.aws.business_events.put(event) else call.aws.business_events.load(event.id) or event
    if not kept.says_the_same(event) or (wanted.at and wanted.at != kept.at):
        raise Problem(409, _USED[409], [("id", "is used")])
    if kept.journeys:
        expires_at = business_events.expires_at(kept)
        walks.start(call.aws.slices, f"{KIND}/{kept.id}", _starts_at(kept), expires_at)
    return _shown(call, kept)


@room.post("/v1/server/business-events", groups=(SERVER,), status=202, refusals=_USED, check=_faults)
def tell_as_server(call: Call, wanted: Happened) -> BusinessEventView:
    """Do the same with a secret write key that may send `messages`, as a shop's server has one."""
    view: BusinessEventView = tell(call, wanted)
    return view


@room.get("/v1/business-events/{id}", groups=(MARKETER, ADMIN))
def read(call: Call) -> BusinessEventView:
    """Show how far a business event has come, up to 90 days after it was told."""
    return _shown(call, named(call, call.path["id"]))


def named(call: Call, event_id: str) -> BusinessEvent:
    """Raises Problem 404."""
    held = call.aws.business_events.load(event_id) if len(event_id) <= MOST_ID_LETTERS else None
    return found(held, "business event")


def _event(call: Call, wanted: Happened) -> BusinessEvent:
    now = clock.to_text(call.now)
    return BusinessEvent(
        id=wanted.id or derived_id(call, KIND),
        name=wanted.name,
        at=wanted.at or now,
        told_at=now,
        told_by=call.who.id,
        props=wanted.properties,
        journeys=tuple(sorted(each.journey for each in _listening(call, wanted.name))),
    )


def _listening(call: Call, name: str) -> list[Graph]:
    """As journeys stand at this moment."""
    journeys: Journeys = call.aws.journeys
    journeys.forget()
    return business.listening(journeys, name)


def _starts_at(event: BusinessEvent) -> datetime:
    """When those who walk have heard of a journey that was published just before."""
    return clock.from_text(event.told_at) + STATUS_HOLDS_FOR


def parts_of(call: Call, event: BusinessEvent) -> list[Slice]:
    """Of the walk over all customers; none for an event that nobody listened to."""
    return call.aws.slices.load(f"{KIND}/{event.id}", range(SLICES)) if event.journeys else []


def is_done(event: BusinessEvent, parts: Iterable[Slice]) -> bool:
    """All customers have been looked at."""
    return not event.journeys or any(part.finished for part in parts)


def _shown(call: Call, event: BusinessEvent) -> BusinessEventView:
    parts = parts_of(call, event)
    seen, entered = business.came_of(part.gathered for part in parts)
    return {
        "id": event.id,
        "name": event.name,
        "at": event.at,
        "told_at": event.told_at,
        "told_by": event.told_by,
        "properties": dict(event.props),
        "journeys": list(event.journeys),
        "state": "done" if is_done(event, parts) else "going",
        "seen": seen,
        "entered": entered,
    }
