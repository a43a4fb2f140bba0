"""What stands around the customer of a simulation: a ledger that is kept nowhere, one journey, and what it names."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import structs

from shopkeeper.consent.contact import ASSUMED
from shopkeeper.customer import outcomes, rows
from shopkeeper.customer.document import Customer
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.state import State
from shopkeeper.mail import offers, touches
from shopkeeper.mail.ledger import Change, Send
from shopkeeper.mail.letters import Letters
from shopkeeper.mail.offers import Grant, Held, Offer, Offered
from shopkeeper.mail.ports import Definitions

OptIn = Callable[[str], str]


class Ledger:
    """Of one simulation."""

    def __init__(self) -> None:
        self.rows: dict[str, Send] = {}
        self._hits: list[touches.Touch] = []

    def plan(self, send: Send) -> bool:
        return self.rows.setdefault(send.send_id, send) is send

    def load(self, send_id: str) -> Send | None:
        return self.rows.get(send_id)

    def apply(self, change: Change) -> Send:
        after = self.rows[change.send_id] = change.applied(self.rows[change.send_id])
        return after

    def hear(self, said: rows.Row) -> None:
        """A person has opened a mail of it, or followed a link."""
        hit = outcomes.outcome_of(said)
        send = self.rows.get(hit.send_id) if hit else None
        if hit and send and (kind := touches.KINDS.get(hit.attribute)):
            self._hits.append(touches.Touch(kind, hit.at, send.activity, send.step))

    def touches(self, _customer: Customer, since: str, _known: Collection[str]) -> list[touches.Touch]:
        sent = (
            touches.Touch(kind, at, send.activity, send.step)
            for send in self.rows.values()
            for kind, at in touches.of_row(send)
        )
        return [each for each in (*sent, *self._hits) if each.at >= since]


class Anything:
    """Templates and brands: all that are named are there, in their first version."""

    def version(self, _kind: str, _id: str, _number: int) -> Mapping[str, Any] | None:
        return {}

    def current(self, _kind: str, _id: str) -> tuple[int, Mapping[str, Any]] | None:
        return 1, {}


ANYTHING = Anything()


class Only:
    """One journey, which lets people in."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def graph(self, _journey: str, _version: int) -> Graph:
        return self._graph

    def states(self) -> dict[str, State]:
        journey, version = self._graph.journey, self._graph.version
        return {journey: State(journey=journey, live=version, versions=(version,))}

    fresh = states


def agreed(_topic: str) -> str:
    """Whoever did not say no."""
    return ASSUMED


@dataclass(frozen=True, slots=True)
class Scenery:
    """`zone` is the workspace's, `opt_in` that of a topic. Without `letters` none is shown. `grants` are those that the
    customer has already."""

    zone: str = "UTC"
    opt_in: OptIn = agreed
    definitions: Definitions = ANYTHING
    letters: Letters | None = None
    grants: tuple[Grant, ...] = ()


class Grants:
    """Of one simulation, in which no offer ever runs out, and no code of a pool is taken."""

    def __init__(self, scenery: Scenery) -> None:
        self._definitions, self._held = scenery.definitions, scenery.grants

    def held(self, offered: Offered, _family: Collection[str]) -> Held:
        return Held(offered=offered, offer=self.said(offered.name), grants=self._held)

    def said(self, name: str) -> Offer:
        """What `<id>#<version>` says, or else something."""
        offer_id, _, number = name.rpartition("#")
        return msgspec.convert(self._definitions.version(offers.KIND, offer_id, int(number)) or _SOME, Offer)

    def grant(self, _customer_id: str, wanted: Grant) -> Grant:
        is_pool = self.said(wanted.name).pool
        given = structs.replace(wanted, code=offers.EXAMPLE["code"]) if is_pool else wanted
        self._held = (*self._held, given)
        return given


_SOME = {"value": offers.EXAMPLE["value"], "code": offers.EXAMPLE["code"]}
