"""A wave: as many customers as one likes are due within a minute, several drains work at them side by side, one of them
dies, people go on ordering, and letters go out."""

import json
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Lock
from types import SimpleNamespace

import pytest

from functions.clock_drain import app
from shopkeeper import clock
from shopkeeper.aws.draining import TURN, Drain, Telling
from shopkeeper.aws.due import Due, shard
from shopkeeper.clock import Clock
from tests.store_fakes import Crash, Wire
from tests.waking_world import World

SHARDS = 4
LOOKS = 30  # visits that one invocation has time for


class Queue:
    def __init__(self):
        self.bodies, self.lock = [], Lock()

    def send(self, bodies):
        with self.lock:
            self.bodies += bodies

    def take(self):
        with self.lock:
            return self.bodies.pop(0) if self.bodies else None


class Leases:
    """The condition of the true ones. Who dies gives nothing back."""

    def __init__(self):
        self.held, self.lock = {}, Lock()

    def take(self, due_shard, holder, now, until):
        with self.lock:
            if due_shard in self.held and self.held[due_shard][1] > now:
                return False
            self.held[due_shard] = holder, until
            return True

    def give_back(self, due_shard, holder):
        if not isinstance(sys.exc_info()[1], Crash):
            del self.held[due_shard]


class Letters:
    """Sends of all shards, of which there is one more due with each batch of customers."""

    def __init__(self, world):
        self.world, self.due, self.sent, self.batches, self.waited = world, {}, {}, Counter(), []

    def until(self, due_shard, now):
        yield from (Due(name, at) for name, (at, its, _) in list(self.due.items()) if its == due_shard)

    def arrive(self, due_shard):
        self.batches[due_shard] += 1
        name = f"s{due_shard}-{self.batches[due_shard]}"
        self.due[name] = clock.to_text(self.world.now), due_shard, self.batches[due_shard]

    def send(self, name):
        _, due_shard, arrived = self.due.pop(name)
        self.waited.append(self.batches[due_shard] - arrived)
        self.sent[name] = self.sent.get(name, 0) + 1
        return False


class Shop:
    def __init__(self, world, monkeypatch):
        self.world, self.queue, self.leases, self.letters = world, Queue(), Leases(), Letters(world)
        self.told, self.invocations, self.dies_at = [], 0, None
        monkeypatch.setattr(app, "leases", lambda: self.leases)
        monkeypatch.setattr(app, "drains", lambda: self.queue)
        monkeypatch.setattr(app, "drain", self.drain)
        monkeypatch.setattr(app, "Clock", lambda: Clock(lambda: world.now.timestamp()))

    def drain(self):
        rows = {"send": self.letters, "customer": self.world}
        telling = Telling(lambda *told: self.told.append(told))
        return Drain(rows, {"send": self.letters.send}, {"customer": self.visit}, self.world.clock, telling)

    def visit(self, keys):
        assert len(keys) <= TURN
        its = shard(keys[0], SHARDS)
        self.letters.arrive(its)
        dying = self.dies_at == (its, self.letters.batches[its])
        return self.world.look(Wire(crash_at=2 * TURN // 3) if dying else None).woken(keys)

    def tick(self):
        self.queue.send([json.dumps({"shard": str(n)}).encode() for n in range(SHARDS)])

    def work(self):
        """Messages until there is none; a message of somebody who dies comes again much later."""
        while body := self.queue.take():
            self.invocations += 1
            looks = iter(range(LOOKS))
            holder = f"invocation {self.invocations}"
            context = SimpleNamespace(
                aws_request_id=holder,
                get_remaining_time_in_millis=lambda looks=looks: app.RESERVE_MS + (next(looks, None) is not None),
            )
            try:
                app.visit(SimpleNamespace(body=body.decode()), context)
            except Crash:
                self.dies_at = None


def have(shop, orders):
    """A tick comes twice, as EventBridge may have it; four invocations at once; and somebody who orders."""
    world = shop.world

    def buy():
        return [failed for n in range(orders) if (failed := world.order(f"c{n * 7:06}" if n % 2 else f"new{n}"))]

    for _ in range(2):
        shop.tick()
    with ThreadPoolExecutor(SHARDS + 1) as pool:
        bought = pool.submit(buy)
        for each in [pool.submit(shop.work) for _ in range(SHARDS)]:
            each.result()
        return bought.result()


def told_of_leaving(world):
    """By customer, how often: in rows, or in the document where the row is still owed."""
    owed = Counter(
        id_
        for id_ in world.tables.customers
        for row in world.loaded(id_).pending
        if row.name == "Segment Left" and row.key not in world.tables.rows
    )
    return world.news() + owed


@pytest.mark.parametrize(("customers", "orders"), [(3_000, 40), pytest.param(100_000, 1_000, marks=pytest.mark.prove)])
def test_a_wave_is_drained_with_nobody_looked_at_twice_and_nobody_else_kept_waiting(customers, orders, monkeypatch):
    world = World(late=1, shards=SHARDS)
    world.add(customers)
    shop = Shop(world, monkeypatch)

    assert have(shop, orders) == []

    assert (shop.told, shop.queue.bodies, shop.leases.held) == ([], [], {})
    assert set(world.due().values()) <= {clock.to_text(world.now + timedelta(hours=1))}, "who has ordered meanwhile"
    assert set(world.evaluated.values()) == {1}
    assert len(world.evaluated) >= customers - orders
    assert set(shop.letters.sent.values()) == {1}
    assert max(shop.letters.waited) <= 1, "batches of customers, while a letter was due"
    assert set(told_of_leaving(world).values()) == {1}
    assert world.news().keys() >= world.evaluated.keys() - {f"c{n * 7:06}" for n in range(orders)}
    assert shop.invocations > customers / TURN / LOOKS, "one after the other, by messages"


def test_what_a_drain_that_dies_leaves_is_done_when_its_lease_is_over(monkeypatch):
    world = World(shards=SHARDS)
    world.add(3_000)
    shop = Shop(world, monkeypatch)
    shop.dies_at = "1", 3
    have(shop, 0)
    left = world.due()
    assert {shard(id_, SHARDS) for id_ in left} == {"1"}, "nobody works at a shard whose lease is held"

    world.now += app.LEASE
    have(shop, 0)

    assert world.due() == {}
    twice = {id_ for id_, times in world.evaluated.items() if times > 1}
    assert len(twice) <= TURN
    assert twice <= left.keys()
    assert max(world.evaluated.values()) == 2
    assert told_of_leaving(world) == Counter(world.tables.customers.keys())
