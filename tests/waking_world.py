"""Customers in memory whose segment ends at an instant, the index that says so, and whoever works at them meanwhile."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock

from msgspec.structs import replace

from shopkeeper import clock
from shopkeeper.aws import due
from shopkeeper.aws.due import Due
from shopkeeper.clock import Clock
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.fold import Candidate
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.measures import Measure
from shopkeeper.customer.standing import Standing
from shopkeeper.customer.store.looking import Look
from shopkeeper.customer.store.ports import Conflict
from shopkeeper.segment.standing import Standings
from tests.interactions import said
from tests.standing_world import FakeEditions, edition_of
from tests.store_fakes import FakeCustomers, FakeIdentities, FakeInteractions, FakeOrders, Tables, Wire
from tests.store_wiring import rounds_over

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOON_MS = to_ms("2026-11-22T12:00:00.000Z")
HOUR = 3_600_000
ORDERED = {"op": "count", "measure": {"event": "Order Completed"}, "window": "ever", "cmp": "ge", "n": 1}
LATELY = ORDERED | {"window": {"rolling": {"seconds": 3600}}}


def lately(customer_id, due_ms):
    """Who ordered an hour before this instant, and was found to have done so."""
    measure = Measure(1, due_ms - HOUR, (due_ms - HOUR,), tiles={})
    seen = Document(updated_at=due_ms - HOUR, standing=Standing(1, (1,)))
    return Customer(customer_id, 1, seen, {"Order Completed": measure}, due_at=due_ms)


class Customers(FakeCustomers):
    """Several may write at once."""

    def __init__(self, tables, wire):
        super().__init__(tables, wire)
        self.lock = Lock()

    def save(self, stored):
        with self.lock:
            super().save(stored)


@dataclass
class World:
    """`evaluated` counts by customer how often the clock looked. The index is as it was `late` queries ago."""

    late: int = 0
    shards: int = 1
    tables: Tables = field(default_factory=Tables)
    evaluated: Counter = field(default_factory=Counter)
    now: datetime = NOON + timedelta(minutes=1)

    def __post_init__(self):
        self.editions = FakeEditions(edition_of({"lately": LATELY}))
        self.wire = Wire()
        self.clock = Clock(lambda: self.now.timestamp())
        self.customers = Customers(self.tables, self.wire)
        self.interactions = FakeInteractions(self.tables, self.wire)
        self.before = {}

    def add(self, count, spread_ms=60_000):
        """Due within a minute, at full seconds as all are."""
        pattern = document.store(lately("c", NOON_MS))
        for n in range(count):
            at = clock.to_text(NOON + timedelta(seconds=n * spread_ms // count // 1000))
            self.tables.customers[f"c{n:06}"] = replace(pattern, customer_id=f"c{n:06}", due_at=at)

    def stand(self, before, after, now_ms, cause):
        if cause == "clock":
            self.evaluated[before.customer_id] += 1
        return Standings(self.editions).stand(before, after, now_ms, cause)

    def look(self, wire=None):
        customers, interactions = self.customers, self.interactions
        if wire:
            customers, interactions = Customers(self.tables, wire), FakeInteractions(self.tables, wire)
            customers.lock = self.customers.lock
        return Look(customers, interactions, self.stand, self.clock, lambda conflicts: None)

    def order(self, customer_id, order="1"):
        """Somebody orders, as ingest_store has it."""
        rest = FakeIdentities(self.tables, self.wire), FakeOrders(self.tables, self.wire)
        rounds = rounds_over(
            self.customers, self.interactions, *rest, self.clock, lambda conflicts: None, stand=self.stand
        )
        told = said(f"user:{customer_id}", f"m{order}", name="Order Completed", at=clock.to_text(self.now))
        return rounds.store([Candidate(told, (f"user:{customer_id}",), (), customer_id)])

    def loaded(self, customer_id):
        return document.load(self.tables.customers[customer_id])

    def due(self):
        """By customer, when they are due."""
        return {id_: each.due_at for id_, each in list(self.tables.customers.items()) if each.due_at}

    def news(self):
        """Rows that say that somebody left."""
        return Counter(row.subject.partition(":")[2] for row in self.tables.rows.values() if row.name == "Segment Left")

    # What a drain asks of an index.

    def until(self, due_shard, now):
        """As it was `late` queries ago."""
        text = clock.to_text(now)
        found = sorted((at, id_) for id_, at in self.due().items() if due.shard(id_, self.shards) == due_shard)
        before = self.before[due_shard] = [*self.before.get(due_shard, [])[-self.late or 1 :], found]
        yield from (Due(id_, at) for at, id_ in before[0 if self.late else -1] if at <= text)

    def put_off(self, row, until):
        held = self.tables.customers[row.key]
        if held.due_at == row.due_at:
            self.tables.customers[row.key] = replace(held, due_at=clock.to_text(until))


def overtake(world, customer_id, times=1):
    """Another writer is faster, so often."""
    save = world.customers.save
    left = [times]

    def saving(stored):
        if stored.customer_id == customer_id and left[0]:
            left[0] -= 1
            raise Conflict(customer_id)
        save(stored)

    world.customers.save = saving
