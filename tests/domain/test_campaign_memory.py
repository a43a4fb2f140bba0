"""What a launch holds in memory does not grow with its audience: customers and rows pass page by page."""

import tracemalloc
from datetime import UTC

import pytest

from shopkeeper.campaign import by_hand
from shopkeeper.campaign import launch as launches
from shopkeeper.campaign.enqueue import Enqueuer, Shard
from shopkeeper.campaign.freeze import Freezer, Slice, row
from shopkeeper.campaign.tally import Tally, Teller
from shopkeeper.clock import Clock
from shopkeeper.mail import ledger
from shopkeeper.mail.holds import Hold
from tests.campaign_world import PINS
from tests.launch_world import NOON, customer

PAGE = 100


class Endless:
    """Customers and rows that are made when somebody reads their page, and a table and a queue that only count."""

    def __init__(self, many):
        begun = launches.begun(by_hand.planned("spring", PINS, NOON, NOON), NOON)
        self.launch, self.pages, self.put, self.queued = begun, many // PAGE, 0, 0

    def get(self, *_):
        return self.launch

    def page(self, segment, segments, after):
        number = int(after or 0)
        stored = [customer(f"c{number * PAGE + n:07}", 3) for n in range(PAGE)]
        return stored, str(number + 1) if number + 1 < self.pages else ""

    def plan_all(self, sends):
        self.put += len(sends)

    def of_shard(self, shard, after=""):
        stored, following = self.page(0, 1, after)
        return [row(self.launch, each.customer_id, NOON) for each in stored], following

    def send(self, messages, delays=()):
        self.queued += len(messages)


class Unheld:
    def get(self, *_):
        return Hold()


def peak(many):
    """In bytes, of one slice frozen, one shard queued and one shard counted."""
    world, clock = Endless(many), Clock(lambda: NOON.timestamp())
    tracemalloc.start()
    try:
        Freezer(world, world, world, clock, lambda _: None, UTC).freeze(
            Slice(launch="spring-1", attempt=1, slice=0, slices=1), lambda: True
        )
        world.launch = launches.frozen(world.launch, many, 0, NOON)
        Enqueuer(world, world, world, Unheld(), clock).enqueue(
            Shard(launch="spring-1", attempt=1, shard=0), lambda: True
        )
        tally, teller = Tally(shard=ledger.ACTIVITY_SHARDS - 1), Teller(world, world, clock, lambda *_: None)
        while not tally.is_whole:
            tally = teller.tell(tally, world.launch)
        assert (world.put, world.queued, tally.rows) == (many, many // 5, many)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("few", "many"), [(200, 1_000), pytest.param(1_000, 20_000, marks=pytest.mark.prove)])
def test_many_recipients_take_the_same_memory_as_few(few, many):
    peak(PAGE)  # What is compiled and cached once is no part of it.
    of_few, of_many = peak(few), peak(many)

    print(f"{of_few // 1024} KB for {few}, {of_many // 1024} KB for {many}")
    assert of_many < of_few * 1.2 + 64 * 1024
    assert of_many < 8 * 1024 * 1024
