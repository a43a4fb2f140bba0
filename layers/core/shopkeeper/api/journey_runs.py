"""Runs of customers: letting one in, seeing where they stand, letting one go."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, Field, JsonValue, StringConstraints
from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.api import customers, journeys_going
from shopkeeper.api.calls import Call
from shopkeeper.api.once import derived_id
from shopkeeper.api.problems import Problem, bad_request
from shopkeeper.api.roles import ADMIN, AGENT, MARKETER
from shopkeeper.api.runs_shown import RunsView, shown
from shopkeeper.aws.journeys import KIND
from shopkeeper.customer import interaction
from shopkeeper.customer.document import Customer
from shopkeeper.customer.instants import ms_of
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.requests import Strict, Text
from shopkeeper.journey import rows
from shopkeeper.journey.definition.nodes import MOST_BYTES
from shopkeeper.journey.doors import entering
from shopkeeper.journey.graph import Graph, OnCall
from shopkeeper.journey.rows import Row, RunKey
from shopkeeper.journey.run import Cause

room = journeys_going.room
_WHO = (AGENT, MARKETER, ADMIN)
_CLOSED = {409: "The journey lets nobody in now: it is a draft, paused or stopped, or has no entry of the kind api."}
_NO_RUN = {409: "This customer has no run here that could be ended."}
Key = Annotated[str, StringConstraints(min_length=1, max_length=200)]


def _few(said: dict[str, JsonValue]) -> dict[str, JsonValue]:
    try:
        told = json.dumps(said, ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise ValueError("hold a number that JSON does not know") from None
    if len(told.encode()) > MOST_BYTES:
        raise ValueError("are over 1 KB as JSON")
    return said


Properties = Annotated[dict[str, JsonValue], Field(max_length=50), AfterValidator(_few)]


class Asked(Strict):
    """`customer` is named as elsewhere: `user:42`, `email:jo@example.com`, or a customer id. `key` tells runs of one
    customer apart, in a journey that has a key. `properties` are what its letters may show."""

    customer: Annotated[str, StringConstraints(min_length=1, max_length=600)]
    key: Key | None = None
    properties: Properties = {}


class Taken(TypedDict):
    """The entry is looked at within seconds; `runs` of the customer then says where they stand."""

    customer_id: str
    message_id: str


class Leaving(Strict):
    key: Key | None = None
    reason: Text = "by_hand"


def _check(call: Call, wanted: Asked) -> Iterator[tuple[str, str]]:
    yield from customers.unknown(call, wanted.customer, "customer")


@room.post("/v1/journeys/{id}/runs", groups=(MARKETER, ADMIN), status=202, refusals=_CLOSED, check=_check)
def enter(call: Call, wanted: Asked) -> Taken:
    """Let a customer in. The journey has an entry of the kind `api`, and may refuse by its audience and its reentry.

    Sent again with the same Idempotency-Key, also after that of the answer is forgotten, they come in once.
    """
    journey = call.path["id"]
    state = call.aws.journeys.state(journey)
    if state is None and not call.aws.definitions.number(KIND, journey):
        raise Problem(404, "There is no such journey.")
    graph = call.aws.journeys.graph(journey, state.live) if state and state.lets_in else None
    if graph is None or not any(isinstance(source, OnCall) for source in graph.entry.sources):
        raise Problem(409, _CLOSED[409])
    if fault := _of_key(graph, wanted):
        raise bad_request("key", fault)
    customer = customers.by_name(call, wanted.customer)
    told = _asked(call, customer, wanted, state.revision if state else 0)
    call.aws.incoming.send([interaction.encode(told)])
    return {"customer_id": customer.customer_id, "message_id": told.message_id}


def _of_key(graph: Graph, wanted: Asked) -> str:
    """What is wrong with it: of who cannot be let in nobody would hear later."""
    if wanted.key and not graph.entry.key:
        return "is not known here: this journey has no key"
    is_said = entering.key_of(graph, wanted.properties, wanted.key) is not None
    return "" if is_said else f"is missing: this journey tells runs apart by {graph.entry.key}"


def _asked(call: Call, customer: Customer, wanted: Asked, revision: int) -> Interaction:
    """Of how the journey stands it tells the revision: who lets the customer in may remember an older one."""
    said: dict[str, Any] = {"journey": call.path["id"], "revision": revision, "properties": wanted.properties}
    return Interaction(
        subject=f"customer:{customer.customer_id}",
        message_id=f"{call.path['id']}/{derived_id(call, 'entry')}",
        type="track",
        name=entering.STARTED,
        at=clock.to_text(call.now),
        received_at=clock.to_text(call.now),
        source="journey",
        origin=f"api:{call.who.id}",
        trusted=True,
        raw_properties=interaction.raw(said | ({"key": wanted.key} if wanted.key else {})),
    )


@room.get("/v1/journeys/{id}/runs/{customer}", groups=_WHO)
def read(call: Call) -> RunsView:
    """Show where a customer stands in a journey: in one run, or in one for each key."""
    return all_of(call)


def all_of(call: Call) -> RunsView:
    held = [row for row in rows_of(call) if row.run.journey == call.path["id"]]
    return shown(call, sorted(held, key=lambda row: row.run.key))


@room.post("/v1/journeys/{id}/runs/{customer}/exit", groups=_WHO, status=202, refusals=_NO_RUN)
def leave(call: Call, wanted: Leaving) -> RunsView:
    """Let a customer go, wherever they stand: within a minute what is on is switched off, and tasks are cancelled."""
    name, now = rows.name(call.path["id"], wanted.key or ""), ms_of(call.now)
    cause = Cause(
        id=derived_id(call, "exit"),
        kind="by_hand",
        name="exit",
        at=now,
        received_at=now,
        props={"reason": wanted.reason},
    )
    meant = [row for row in rows_of(call) if row.key.name == name and row.run.is_open]
    told = [call.aws.runs.tell(RunKey(row.customer_id, name), cause, call.now) for row in meant]
    if not any(told):
        raise Problem(409, _NO_RUN[409])
    return shown(call, meant)


def rows_of(call: Call) -> list[Row]:
    """Those of whom was merged into the customer as well. Raises Problem 404."""
    customer = customers.by_name(call, call.path["customer"])
    return [row for owner in sorted(customer.family) for row in call.aws.runs.of_customer(owner)]
