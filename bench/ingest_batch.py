"""A batch of 500 messages, from their bodies to what is written: ours against pydantic, TypeSerializer and gzip.

Both sides begin with the bodies of the messages and the items of the customers as DynamoDB answers them, and end with
the items to be put and the archive of the batch. Neither makes a call, so neither settles identities nor claims orders.
Ours is what the store runs, step by step: `arrival.read`, which decodes and checks; per customer `document.load` and
`decide`, which folds all there is to know of an interaction, packs the measures and keeps the rows in `pending`, so
that it counts once; `document.store` in it; the items of documents and rows. The archive, which the product does not
write yet, is compressed with zlib at level 1, theirs as `gzip.compress` does it.

Theirs is what one would write with the named libraries: a model per message, a dictionary per customer that counts by
event name and keeps traits and whereabouts, and nothing that makes anything count once. So ours does more.

The case without customers leaves out on both sides what is done per customer: from the bodies to rows and archive.
"""

import gc
import gzip
import json
import statistics
import zlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from math import inf
from typing import Any, Literal

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from pydantic import AwareDatetime, BaseModel, Field

from bench.ingest_said import BATCH, Shop, bodies
from bench.ingest_same import compare, compare_rows
from bench.rounds import Result, timed
from shopkeeper.aws import customers as customer_items
from shopkeeper.aws import interactions as interaction_items
from shopkeeper.aws.interactions import Interactions
from shopkeeper.customer import document, rows
from shopkeeper.customer.document import Customer
from shopkeeper.customer.fold import Candidate
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.measures import Rules
from shopkeeper.customer.orders import NOTHING, Past, id_of
from shopkeeper.customer.store import arrival
from shopkeeper.customer.store.decide import decide

NOW = 1_790_000_000_000
RULES = Rules()
ROUNDS = 7
SLICES = 3
_rows = Interactions(None, "InteractionsTable", 90)


class Message(BaseModel):
    """The interaction once more, as strict as ours about what becomes a key or an instant."""

    subject: str = Field(min_length=3, max_length=512, pattern="^(user|email|anon|customer|send|content):.")
    message_id: str = Field(min_length=1, max_length=255)
    type: Literal["track", "identify", "page", "screen", "group", "alias"]
    at: AwareDatetime
    received_at: AwareDatetime
    source: Literal["collect", "import", "tracking", "feedback", "recipient", "api", "merge"]
    name: str = ""
    said_at: str = ""
    origin: str = ""
    trusted: bool = False
    ids: dict[str, str] = {}
    properties: dict[str, Any] = {}
    traits: dict[str, Any] = {}
    context: dict[str, Any] = {}


def theirs(batch, held):
    """The items of customers and of rows, and the archive."""
    models = _models(batch)
    return _their_people(models, held), _their_rows(models), gzip.compress("\n".join(batch).encode())


def their_rows(batch):
    return _their_rows(_models(batch)), gzip.compress("\n".join(batch).encode())


def _models(batch):
    models = {}
    for body in batch:
        model = Message.model_validate_json(body)
        models.setdefault((model.subject, model.message_id), model)
    return models.values()


def _their_rows(models):
    write = TypeSerializer()
    rows = (json.loads(each.model_dump_json(exclude_defaults=True), parse_float=Decimal) for each in models)
    return [_item(write, each) for each in rows]


def _their_people(models, held):
    read, write, people = TypeDeserializer(), TypeSerializer(), {}
    for each in models:
        customer = people.get(each.subject)
        if customer is None:
            item = held.get(each.subject)
            customer = {name: read.deserialize(value) for name, value in item.items()} if item else _nobody(each)
            people[each.subject] = customer
        _fold(customer, each)
    return [_item(write, each) for each in people.values()]


def _nobody(each):
    return {"customer_id": each.subject, "version": 0, "events": {}, "traits": {}, "told": {}, "seen": {}}


def _item(write, said):
    return {name: write.serialize(value) for name, value in said.items()}


def _fold(customer, each):
    at = int(each.at.timestamp() * 1000)
    customer["version"] += 1
    name = {"page": "Page Viewed", "screen": "Screen Viewed", "track": each.name}.get(each.type)
    if name:
        held = customer["events"].setdefault(name, {"count": 0, "first": at, "last": at, "totals": {}})
        held["count"] += 1
        held["first"], held["last"] = min(at, held["first"]), max(at, held["last"])
        if name == "Order Completed":
            total = round(Decimal(str(each.properties["total"])) * 100)
            currency = each.properties["currency"]
            held["totals"][currency] = held["totals"].get(currency, 0) + total
    for trait, value in each.traits.items():
        if at >= customer["told"].get(trait, 0):
            customer["traits"][trait], customer["told"][trait] = value, at
    for what in ("device_class", "country", "zone", "locale"):
        if at >= customer["seen"].get(what, {"at": 0})["at"]:
            customer["seen"][what] = {"at": at, "value": each.context[what]}


def ours(batch, held):
    """The same of the store."""
    groups: dict[str, dict[tuple[str, str], Interaction]] = defaultdict(dict)
    for body in batch:
        each = arrival.read(body)
        groups[each.subject].setdefault(each.key, each)
    people, items, traces = [], [], []
    for subject, told in groups.items():
        customer = document.load(held[subject]) if subject in held else Customer(subject)
        waiting = [_candidate(each) for each in told.values()]
        seen = {row.key for row in customer.pending}
        while waiting:
            write = decide(customer, seen, waiting, NOW, RULES)
            if waiting := list(write.rest):
                customer, seen = document.load(write.stored), {row.key for row in write.rows}
            people.append(customer_items.put_of("CustomersTable", write.stored)["Item"])
            items += [_rows._item(row) for row in write.rows]
            traces += [item for row in write.rows for item in interaction_items._traces(row)]
    return people, items, zlib.compress("\n".join(batch).encode(), 1)


def _candidate(each):
    """Orders are reported once: whose each is was just claimed, and nothing is known of it."""
    return Candidate(
        each, (each.subject,), customer_id=each.subject, past=Past(each.subject) if id_of(each) else NOTHING
    )


def our_rows(batch):
    """Of all subjects, as a row looks that is nobody's."""
    told = {}
    for body in batch:
        each = arrival.read(body)
        told.setdefault(each.key, each)
    items = [_rows._item(rows.row_of(each)) for each in told.values()]
    return items, zlib.compress("\n".join(batch).encode(), 1)


def known(customers):
    """Both sides with customers who have a history, and the same batch."""
    shop = Shop()
    history = bodies([shop.said(number % customers) for number in range(12 * customers)])
    read = TypeDeserializer()
    their_items, _, _ = theirs(history, {})
    their_held = {read.deserialize(item["customer_id"]): item for item in their_items}
    our_items, _, _ = ours(history, {})
    our_held = {item["customer_id"]["S"]: customer_items.stored_of(item) for item in our_items}
    batch = bodies(shop.batch(customers))
    compare(theirs(batch, their_held), ours(batch, our_held))
    return lambda: theirs(batch, their_held), lambda: ours(batch, our_held)


def nobody():
    batch = bodies(Shop().batch(BATCH))
    compare_rows(their_rows(batch), our_rows(batch))
    return lambda: their_rows(batch), lambda: our_rows(batch)


@dataclass(frozen=True)
class Batch:
    """Seven rounds, in each of which either side has the batch a few times by turns, and its best counts."""

    name: str
    prepare: Callable[[], tuple[Callable[[], object], Callable[[], object]]]
    target: float

    def run(self, *, quick: bool) -> Result:
        sides = self.prepare()
        rounds = [self._round(sides, turn) for turn in range(3 if quick else ROUNDS)]
        them, us = (statistics.median(side) / BATCH * 1e6 for side in zip(*rounds, strict=True))
        ratios = [theirs / ours for theirs, ours in rounds]
        return Result(self.name, ratios, self.target, note=f"{them:.1f} us each against {us:.1f} us")

    def _round(self, sides, turn):
        best = [inf, inf]
        gc.collect()
        for _ in range(SLICES):
            for side in (0, 1) if turn % 2 else (1, 0):
                best[side] = min(best[side], timed(sides[side], 1))
        return best


CASES = [
    Batch("ingest of 500, rows and archive", nobody, target=8.0),
    Batch("ingest of 500, with 500 customers", lambda: known(500), target=8.0),
    Batch("ingest of 500, with five customers", lambda: known(5), target=8.0),
]
