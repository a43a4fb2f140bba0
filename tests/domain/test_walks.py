"""Every customer is seen, and gathered once, whatever happens to the visitors of a walk."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.clock import Clock
from shopkeeper.customer import walks
from shopkeeper.customer.document import Stored
from tests.mutants import put_into

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WALK = "counting/everybody"


class Died(BaseException):
    """The process is gone: nothing may catch it."""


class Shop:
    """Customers c0, c1, ... in slices by number; can die before or after any call that changes something."""

    def __init__(self, customers, slices=3, limit=2, rounds=1):
        self.names = [f"c{n:02}" for n in range(customers)]
        self.limit, self.rounds = limit, rounds
        self.rows, self.seen, self.finished = {}, Counter(), []
        self.halves, self.die_at, self.meanwhile = 0, None, None
        self.walks = walks.Walks(self, walks.over(self, {"counting": self}), Clock(NOON.timestamp))
        for number in range(slices):
            self.add(walks.Slice(walk=WALK, number=number, slices=slices, due_at="now"))

    def add(self, part):
        self.rows.setdefault(part.number, part)

    def load(self, walk, numbers):
        return [self.rows[number] for number in numbers if number in self.rows]

    def save(self, part):
        self._half()
        if self.rows[part.number].revision != part.revision - 1:
            raise walks.Overtaken(part.walk)
        self.rows[part.number] = part
        self._half()

    def page(self, segment, segments, after, limit):
        """As DynamoDB does it: the page that reaches the end may not know it does."""
        own = [name for place, name in enumerate(self.names) if place % segments == segment and name > after]
        page = [Stored(name, 1, "{}", b"", "") for name in own[:limit]]
        return page, page[-1].customer_id if len(page) == limit else ""

    def see(self, name, page, gathered):
        assert name == "everybody"
        self._half()
        self.seen.update(stored.customer_id for stored in page)
        return {"names": [*gathered.get("names", []), *(stored.customer_id for stored in page)]}

    def finish(self, name, gathered):
        self._half()
        self.finished.append(sorted(name for each in gathered for name in each.get("names", [])))
        return {part.round for part in self.rows.values()} == {self.rounds}

    def _half(self):
        here, self.halves = self.halves, self.halves + 1
        if here == self.die_at:
            raise Died
        if self.meanwhile and here == self.meanwhile[0]:
            (_, number), self.meanwhile = self.meanwhile, None
            self.visit(number)

    def due(self):
        return [number for number, part in sorted(self.rows.items()) if part.due_at]

    def visit(self, number):
        return self.walks.visit(f"{WALK}#{number}")

    def drain(self):
        for _ in range(200):
            if not self.due():
                return
            for number in self.due():
                self.visit(number)
        raise AssertionError("it never ends")

    def faults(self):
        yield from (f"{name} was not seen" for name in self.names if not self.seen[name])
        yield from (f"gathered {names}" for names in self.finished if names != self.names)
        if not self.finished:
            yield "never finished"
        if not any(part.finished for part in self.rows.values()):
            yield "is not known to be finished"
        if {part.round for part in self.rows.values()} != {self.rounds}:
            yield "not all slices made all rounds"


@pytest.mark.parametrize("customers", [0, 1, 7])
def test_each_customer_is_seen_once_and_the_walk_is_finished_with_all_of_them(customers):
    shop = Shop(customers)

    shop.drain()

    assert list(shop.faults()) == []
    assert set(shop.seen.values()) <= {1}
    assert len(shop.finished) == 1


def test_a_visit_does_one_page_and_says_that_there_is_more():
    shop = Shop(9)

    assert shop.visit(0)
    assert sum(shop.seen.values()) == shop.limit


def test_the_work_may_ask_for_another_round():
    shop = Shop(7, rounds=3)

    shop.drain()

    assert list(shop.faults()) == []
    assert set(shop.seen.values()) == {3}


def test_the_work_may_set_the_pace():
    shop = Shop(7, slices=1, limit=3)
    later = "2026-03-02T12:00:30.000Z"
    shop.see = lambda name, page, gathered: {"names": [], walks.NEXT: later}

    assert not shop.visit(0)
    assert (shop.rows[0].due_at, shop.rows[0].after) == (later, "c02")
    shop.rows[0] = replace(shop.rows[0], after="c05")
    assert shop.visit(0)
    assert (shop.rows[0].due_at, shop.rows[0].ended) == ("2026-03-02T12:00:00.000Z", True)


def dying(die_at, meanwhile=None):
    """A visitor dies there, or another one visits the same or another slice there; later ones do the rest."""
    shop = Shop(7, rounds=2)
    shop.die_at, shop.meanwhile = die_at, meanwhile
    try:
        shop.drain()
    except Died:
        shop.die_at = None
        shop.drain()
    return list(shop.faults())


def first_faults():
    undisturbed = Shop(7, rounds=2)
    undisturbed.drain()
    for at in range(undisturbed.halves):
        for faults in (dying(at), *(dying(None, (at, number)) for number in range(3))):
            if faults:
                return [at, *faults]
    return []


def test_whoever_dies_or_is_overtaken_at_any_call_leaves_a_walk_that_others_finish():
    assert first_faults() == []


@given(st.lists(st.tuples(st.integers(0, 2), st.none() | st.integers(0, 6)), max_size=30))
def test_so_it_is_in_whatever_order_slices_are_visited(turns):
    shop = Shop(5, rounds=2)
    for number, die_in in turns:
        shop.die_at = None if die_in is None else shop.halves + die_in
        try:
            shop.visit(number)
        except Died:
            continue
    shop.die_at = None
    shop.drain()

    assert list(shop.faults()) == []


MUTANTS = {
    "it does not wait for the others": (" or not all(each.ended for each in parts)", ""),
    "what the round before gathered stays": ('after="", gathered={}, ended=False', 'after="", ended=False'),
    "nothing is gathered": ("after=after, gathered=gathered", "after=after"),
    "a round that was begun is not completed": ("if any(each.round < newest for each in parts):", "if False:"),
    "only the own slice makes the round": ("if each.round < number:", "if each is parts[0]:"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_walk_that_goes_another_way_is_noticed(name):
    with put_into(walks, *MUTANTS[name]):
        try:
            noticed = first_faults() != []
        except AssertionError:
            noticed = True

    assert noticed


def test_a_slice_that_is_gone_or_no_longer_due_is_left_alone():
    shop = Shop(3)
    shop.rows[1] = replace(shop.rows[1], due_at="")
    del shop.rows[2]

    assert [shop.visit(number) for number in (1, 2)] == [False, False]
    assert not shop.seen


def test_a_walk_that_was_started_goes_on_as_it_is():
    shop = Shop(7)
    shop.rows.clear()
    walks.start(shop, WALK, NOON)
    assert sorted(shop.rows) == list(range(walks.SLICES))
    assert {part.due_at for part in shop.rows.values()} == {"2026-03-02T12:00:00.000Z"}
    shop.visit(0)

    walks.start(shop, WALK, NOON)

    assert shop.rows[0].revision == 2
    assert not walks.is_finished(shop, WALK)
    shop.drain()
    assert walks.is_finished(shop, WALK)
