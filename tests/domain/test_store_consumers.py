"""A hundred interactions of one customer, through ten consumers at once, each with other customers in its batch.

The consumers are stores of their own on the same tables. They take turns at each call, in a sequence that a seed
decides: whoever is at a call waits until it is his turn.
"""

import random
import threading

import pytest

from shopkeeper.customer.store import rounds
from tests.interactions import about_order, identified, ordered, said
from tests.store_fakes import Wire
from tests.store_world import World

CONSUMERS, EACH = 10, 10
OTHERS = 5


class Turns:
    """One thread runs at a time; at each call the next one is drawn."""

    def __init__(self, seed, names):
        self._random, self._waiting = random.Random(seed), list(names)
        self._next = self._random.choice(self._waiting)
        self._turn = threading.Condition()

    def wait(self, name):
        with self._turn:
            if self._next == name:
                self._next = self._random.choice(self._waiting)
                self._turn.notify_all()
            assert self._turn.wait_for(lambda: self._next == name, timeout=60)

    def begin(self, name):
        with self._turn:
            assert self._turn.wait_for(lambda: self._next == name, timeout=60)

    def leave(self, name):
        with self._turn:
            self._waiting.remove(name)
            if self._waiting:
                self._next = self._random.choice(self._waiting)
            self._turn.notify_all()


class Consumer(Wire):
    """A call happens as a whole; before each, others have their turns. `saved` holds after how many conflicts of this
    consumer each customer was written."""

    def __init__(self, name, turns):
        super().__init__()
        self.name, self._turns = name, turns
        self.saved, self.conflicts = {}, []

    def call(self, name, work):
        self._turns.wait(self.name)
        return super().call(name, work)


def hot(place, number):
    at = f"2026-02-{1 + number % 28:02}T10:{place:02}:{number % 60:02}.000Z"
    if number % 10 == 3:
        return ordered("user:hot", f"hot-{place}-{number}", f"A-{place}-{number}", 1.5, at=at)
    if number % 10 == 5:  # The next one's order, which may come before it.
        other = (place + 1) % CONSUMERS
        order = f"A-{other}-{other * EACH + 3}"
        return about_order("Refunded", "user:hot", f"hot-{place}-{number}", order, 0.5, at=at)
    if number % 10 == 7:
        return identified("user:hot", f"hot-{place}-{number}", {"city": f"{place}-{number}"}, at=at)
    return said("user:hot", f"hot-{place}-{number}", at=at)


def batch_of(world, place):
    mine = [hot(place, place * EACH + number) for number in range(EACH)]
    theirs = [said(f"user:calm-{place}-{number}", "m1") for number in range(OTHERS)]
    return [world.received(each) for pair in zip(mine, [*theirs, *theirs], strict=True) for each in pair]


def consume(seed):
    """The world, and its consumers, each with the batch it got."""
    world = World()
    world.deliver([world.received(identified("user:hot", "first", {"city": "Ulm"}, at="2026-01-01T10:00:00.000Z"))])
    batches = {name: batch_of(world, name) for name in range(CONSUMERS)}
    turns = Turns(seed, batches)
    consumers = [Consumer(name, turns) for name in batches]
    failed = {}

    def run(consumer):
        turns.begin(consumer.name)
        try:
            failed[consumer.name] = store_of(world, consumer).store(dict(enumerate_text(batches[consumer.name])))
        finally:
            turns.leave(consumer.name)

    threads = [threading.Thread(target=run, args=(consumer,)) for consumer in consumers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in batches.values():
        for one in each:
            world.acknowledged.setdefault(one.key, []).append(one)
    return world, consumers, failed


def enumerate_text(batch):
    return ((str(place), each) for place, each in enumerate(batch))


def store_of(world, consumer):
    store = world._store(consumer)
    work = store._rounds

    def pause(conflicts):
        consumer.conflicts.append(conflicts)

    work._pause = pause
    save = work._customers.save

    def saved(stored):
        save(stored)
        consumer.saved.setdefault(stored.customer_id, []).append(len(consumer.conflicts))

    work._customers.save = saved
    return store


@pytest.mark.parametrize("seed", range(6))
def test_ten_consumers_at_once_end_in_the_right_picture(seed):
    world, consumers, failed = consume(seed)

    assert failed == {name: {} for name in range(CONSUMERS)}
    assert world.faults() == []
    (hot_one,) = (each for each in world.documents().values() if "user:hot" in each.document.identities)
    assert sum(measure.count for measure in hot_one.measures.values()) == 90
    assert hot_one.measures["Order Completed"].totals == {"USD": 1000}
    # One of them is the fastest each time, so nobody is overtaken more often than there are others.
    most = max(max(each.conflicts, default=0) for each in consumers)
    assert most <= CONSUMERS - 1 < rounds.MOST_CONFLICTS
    assert sum(len(each.conflicts) for each in consumers) <= CONSUMERS * (CONSUMERS - 1) // 2


@pytest.mark.parametrize("seed", range(6))
def test_the_other_customers_of_their_batches_wait_for_nobody(seed):
    """They are written in the first round of each, however often the hot one is overtaken."""
    world, consumers, _ = consume(seed)

    calm = {id_ for id_, each in world.documents().items() if "user:hot" not in each.document.identities}
    assert len(calm) == CONSUMERS * OTHERS
    assert any(each.conflicts for each in consumers)
    written = [rounds_ for each in consumers for id_, rounds_ in each.saved.items() if id_ in calm]
    assert written == [[0]] * len(calm)
