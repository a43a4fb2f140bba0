"""Customers of the two journeys of docs/journeys, in the shop that simulations imagine, and why things are as they are
there: the timeline is what that shop was told."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from msgspec import structs

from shopkeeper import zones
from shopkeeper.customer import requests, rows
from shopkeeper.customer.consents import Consent
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.journey.definition import compiling, writing
from shopkeeper.journey.definition.journey import Journey
from shopkeeper.journey.doors.entering import Told
from shopkeeper.journey.explaining import explain
from shopkeeper.journey.explaining.seen import Seen
from shopkeeper.journey.rehearsal.imagined import Shop
from shopkeeper.journey.rehearsal.scenery import Scenery
from shopkeeper.journey.rehearsal.simulate import LEG
from shopkeeper.journey.state import State
from shopkeeper.segment.references import no_segments

DOCS = Path(__file__).parents[1] / "docs/journeys"
START = to_ms("2026-11-23T10:00Z")
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
WHO = "email:jo@shop.example"


def compiled(said, name):
    return compiling.compiled(requests.read(Journey, said), name, 1, no_segments, lambda _: 1)


def of_docs(name):
    return compiled(writing.as_json((DOCS / f"{name}.yaml").read_text()), name)


class Remembering(Shop):
    """Keeps what it was told, for the timeline."""

    def __init__(self, *args):
        super().__init__(*args)
        self.told = []

    def hear(self, said):
        self.told.append(Told.of(rows.row_of(said, customer_id=self.customer.customer_id)))
        super().hear(said)


@dataclass
class World:
    """One customer of a live journey; a test moves the clock, says what happens, and asks why."""

    graph: object
    state: State | None = None
    zone: str = "UTC"
    traits: dict = field(default_factory=dict)
    shop: Remembering = None
    segments: dict = field(default_factory=dict)

    def __post_init__(self):
        somebody = Customer("jo", document=Document(identities={WHO: START}, traits=self.traits))
        self.shop = Remembering(self.graph, somebody, Scenery(self.zone), START)
        self.state = self.state or State(
            journey=self.graph.journey, live=1, versions=(1,), changed_at=from_ms(START - DAY)
        )

    def at(self, moment):
        self.shop.stage.until(START + moment)
        return self

    def does(self, event, of=None, machine=False, ago=0, told_ago=0, source=None, **props):
        more = {"source": source} if source else {}
        if of:
            more = {"source": "tracking", "message_id": f"{self.sent(of)}/{len(self.shop.told)}"}
            props["class"] = "machine" if machine else "human"
        said = self.shop._said(name=event, type="track", raw_properties=rows.msgspec.Raw(_json(props)), **more)
        at, received_at = from_ms(self.now - ago), from_ms(self.now - told_ago)
        self.shop.hear(structs.replace(said, at=at, received_at=received_at))
        return self

    def sent(self, node):
        run = self.shop.rows[-1].run
        return run.send_id(node, run.mails[node].visit)

    def refuses(self, topic):
        customer = self.shop.customer
        consents = {**customer.document.consents, topic: Consent(is_="out", at=self.now, source="form")}
        self.shop.customer = structs.replace(customer, document=structs.replace(customer.document, consents=consents))

    @property
    def start(self):
        return START

    @property
    def now(self):
        return self.shop.stage.now

    def seen(self, **changes):
        said = Seen(
            graph=self.graph,
            state=self.state,
            customer=self.shop.customer,
            rows=self.shop.rows,
            graphs={1: self.graph},
            told=self.shop.told[::-1],
            looked_back_to=0,
            sends=self.shop.ledger.rows,
            facts=lambda row, graph: self.shop._eyes.look(row, graph, LEG),
            of_segment=lambda segment, _: self.segments.get(segment),
            now=self.now,
            workspace=zones.zone(self.zone),
        )
        return replace(said, **changes)

    def why(self, **changes):
        return explain(self.seen(**changes))


def _json(props):
    return rows.msgspec.json.encode(props)
