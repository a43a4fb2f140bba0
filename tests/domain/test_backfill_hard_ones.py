"""Whoever cannot be counted holds up nobody else: a walk goes on without them, and says so."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.customer import document, walks
from shopkeeper.customer.backfilling import MOST_VISITS, Filling
from shopkeeper.customer.document import Customer
from shopkeeper.customer.measures import Measure, Registered, Rules
from shopkeeper.customer.store.backfill import Uncounted
from shopkeeper.customer.store.settling import NotSettled

MEASURE = "0a" * 8
RULES = Rules(registered={MEASURE: Registered(event="Something")})
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAMES = ["a", "b", "c", "d"]


class Shop:
    """One slice of four customers on one page; `hard` raise what stands there, so many times."""

    def __init__(self, hard):
        self.hard, self.filled, self.tries, self.now = dict(hard), set(), Counter(), NOON
        self.part = walks.Slice(walk="measure/m", number=0, slices=1, due_at=clock.to_text(NOON))
        now = Clock(lambda: self.now.timestamp())
        self.filling = Filling(lambda: RULES, self, now)
        self.walks = walks.Walks(self, walks.over(self, {"measure": self.filling}), now)

    def fill(self, customer_id, rules):
        self.tries[customer_id] += 1
        problem, times = self.hard.get(customer_id, (None, 0))
        if problem and self.tries[customer_id] <= times:
            raise problem
        self.filled.add(customer_id)

    def page(self, segment, segments, after, limit):
        counted = {name: {MEASURE: Measure()} if name in self.filled else {} for name in NAMES}
        return [document.store(Customer(name, 1, registered=counted[name])) for name in NAMES], ""

    def load(self, walk, numbers):
        return [self.part]

    def save(self, part):
        self.part = part

    def walk(self):
        """As the clock does it, until the end; how many visits it took."""
        for visits in range(1, 50):
            self.now = max(self.now, clock.from_text(self.part.due_at))
            self.walks.visit("measure/m#0")
            if not self.part.due_at:
                return visits
        raise AssertionError("it never ends")


ALWAYS = 1000


@pytest.mark.parametrize(("problem", "tries"), [(Uncounted("b"), 1), (NotSettled("conflicts"), MOST_VISITS)])
def test_who_cannot_be_counted_is_said_to_be_uncounted_and_all_others_are_counted(problem, tries):
    shop = Shop({"b": (problem, ALWAYS), "c": (problem, ALWAYS)})

    shop.walk()

    assert shop.filled == {"a", "d"}
    assert shop.tries == {"a": 1, "b": tries, "c": tries, "d": 1}
    assert (shop.part.gathered["customers"], shop.part.gathered["uncounted"]) == (4, 2)
    assert shop.part.gathered.keys() == {"customers", "uncounted", "at"}


def test_who_is_written_without_pause_is_tried_again_a_while_later():
    shop = Shop({"b": (NotSettled("conflicts"), 2)})

    assert shop.walk() == 4  # Three of the page and one of the end.

    assert shop.filled == set(NAMES)
    assert shop.part.gathered["uncounted"] == 0
    assert shop.now - NOON == timedelta(minutes=2)


def test_what_was_found_out_at_length_is_noted_before_the_next_one_is_tried():
    shop = Shop({"b": (Uncounted("b"), ALWAYS), "c": (Uncounted("c"), ALWAYS)})

    assert shop.walks.visit("measure/m#0")
    assert shop.tries == {"a": 1, "b": 1}
