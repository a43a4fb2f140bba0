"""What the machine of a leg is told to hand over: of each effect the channel, and a message that is ready to go.

States carry ids and these messages; none of them holds a letter, an address, or what a customer has told.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec
from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.customer import interaction, lists
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.interaction import Interaction, Kind
from shopkeeper.journey import effects, nodes
from shopkeeper.journey.doors.entering import STARTED
from shopkeeper.journey.effects import ChangeList, Effect, Mail, SetTraits, Start, Tell
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.rows import Row


class HandedOver(TypedDict):
    """`channel` is the one of the effect; mail has a lane besides."""

    channel: str
    lane: str
    key: str
    body: str


class Leg(TypedDict):
    """A run in the hands of a leg, as `rows.Held` says, and what is to be handed over for it, in order."""

    customer_id: str
    name: str
    fence: int
    causes: int
    due_at: str
    is_over: bool
    effects: list[HandedOver]


def leg(row: Row, graph: Graph, now: datetime) -> Leg:
    return {
        "customer_id": row.customer_id,
        "name": row.key.name,
        "fence": row.fence,
        "causes": row.causes,
        "due_at": row.next_due,
        "is_over": row.held.is_over,
        "effects": list(_all(row, graph, now)),
    }


def size(leg: Leg) -> int:
    """In bytes, at most, as the machine is told it."""
    return len(json.dumps(leg))


def _all(row: Row, graph: Graph, now: datetime) -> Iterable[HandedOver]:
    for effect in row.pending:
        if isinstance(effect, Mail) and effect.is_end:
            continue  # Its row of the ledger has been called off, and that is all.
        lane = _lane(graph, effect) if isinstance(effect, Mail) else ""
        yield {
            "channel": effects.channel(effect),
            "lane": lane,
            "key": effect.key,
            "body": _body(effect, row, now),
        }


def _lane(graph: Graph, mail: Mail) -> Literal["transactional", "marketing"]:
    node = graph.nodes.get(mail.node)
    is_receipt = isinstance(node, nodes.Message) and node.mail_class == "transactional"
    return "transactional" if is_receipt else "marketing"


def _body(effect: Effect, row: Row, now: datetime) -> str:
    if isinstance(effect, Mail):
        return msgspec.json.encode({"send_ids": [effect.send_id]}).decode()
    if isinstance(effect, SetTraits | ChangeList | Tell | Start):
        return interaction.encode(fact(effect, row, now)).decode()
    about = {"customer_id": row.run.customer, "journey": row.run.journey, "name": row.key.name, "key": effect.key}
    return msgspec.json.encode(about | {"effect": effect}).decode()


def fact(effect: SetTraits | ChangeList | Tell | Start, row: Row, now: datetime) -> Interaction:
    """Of the customer, under the key of the effect: so it counts once, however often it is handed over."""
    kind: Kind = "identify" if isinstance(effect, SetTraits) else "track"
    at = from_ms(effect.at) if isinstance(effect, Tell | Start) and effect.at else clock.to_text(now)
    return Interaction(
        subject=f"customer:{row.run.customer}",
        message_id=effect.key,
        type=kind,
        name=_name(effect),
        at=at,
        received_at=clock.to_text(now),
        source="journey",
        origin=row.run.journey,
        trusted=True,
        raw_properties=interaction.raw(_properties(effect)),
        raw_traits=interaction.raw(effect.traits if isinstance(effect, SetTraits) else {}),
    )


def _name(effect: SetTraits | ChangeList | Tell | Start) -> str:
    if isinstance(effect, ChangeList):
        return lists.ENTERED if effect.is_on else lists.LEFT
    if isinstance(effect, Start):
        return STARTED
    return effect.name if isinstance(effect, Tell) else ""


def _properties(effect: SetTraits | ChangeList | Tell | Start) -> Mapping[str, Any]:
    if isinstance(effect, ChangeList):
        return {"list": effect.list_id}
    if isinstance(effect, Start):
        return {"journey": effect.journey, "properties": effect.props}
    return effect.props if isinstance(effect, Tell) else {}
