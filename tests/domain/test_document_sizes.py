"""How large a customer is, kept as the store keeps it, and that one with a long past costs no more than one with none.

Everything here was said at instants of its own, to the millisecond, as it comes from a real shop.
"""

import random
from datetime import UTC, datetime, timedelta

import pytest

from shopkeeper import clock
from shopkeeper.customer import document
from tests.domain.test_document import CONSENT, DEVICE, TRAITS, uuid
from tests.interactions import about_order, identified, ordered, retracted, said
from tests.store_world import World

JO = "user:48151623"
MAIL = "josephine.miller@example.com"
SHOP = ["Product Viewed", "Product Added", "Cart Viewed", "Checkout Started", "Email Opened", "Email Link Clicked"]
NAMES = len("customer_idversionschemadocumentmeasurespending") + 32 + 6  # of attributes, and what stands in the others


class Past:
    """Instants that go back over some days, drawn from a seed."""

    def __init__(self, days):
        self._random, self._days = random.Random(5), days

    def at(self):
        ago = timedelta(milliseconds=self._random.randrange(self._days * 86_400_000))
        return clock.to_text(datetime(2026, 3, 1, tzinfo=UTC) - ago)


def names(devices):
    return [{"user": "48151623", "anon": DEVICE.format(n=n), "email": MAIL} for n in range(devices)]


def quiet():
    return [ordered(JO, uuid(1), "17", 29.33, at=Past(900).at())]


def agreed():
    """Somebody of whom a file says at length what was agreed to."""
    told = {"topic": "newsletter", "is": "in", "basis": "double opt-in", "wording": "I want to hear of it. " * 100}
    return [said(JO, uuid(1), name="Consent Changed", source="import", properties=told, at=Past(900).at())]


def typical():
    """Two devices, a profile, a few orders, a consent, and each of the usual events of a shop some times."""
    past, ids = Past(400), names(2)
    yield identified(JO, uuid(1), TRAITS, at=past.at(), ids=ids[0])
    yield identified(JO, uuid(2), {"plan": "gold"}, at=past.at(), ids=ids[1])
    yield said(JO, uuid(3), name="Consent Changed", properties=CONSENT, at=past.at())
    yield from (said(JO, uuid(10 + n), name=SHOP[n % len(SHOP)], at=past.at()) for n in range(24))
    yield from (ordered(JO, uuid(90 + n), f"A-{n}", 29.33, at=past.at()) for n in range(6))


def active():
    """Years of everything: a dozen devices, twenty kinds of events, hundreds of visits, sixty orders, some revised."""
    past, ids = Past(1500), names(12)
    traits = TRAITS | {f"interest_{n}": f"category {n}" for n in range(12)}
    told = enumerate(traits.items())
    yield from (identified(JO, uuid(n), {name: value}, at=past.at(), ids=ids[n % 12]) for n, (name, value) in told)
    yield from (said(JO, uuid(100 + n), name=SHOP[n % len(SHOP)], at=past.at()) for n in range(600))
    yield from (said(JO, uuid(800 + n), name=f"Something Number {n % 14} Happened", at=past.at()) for n in range(42))
    yield from (ordered(JO, uuid(900 + n), f"A-{n}", 29.33, at=past.at()) for n in range(60))
    yield from (about_order("Refunded", JO, uuid(1000 + n), f"A-{n}", 5, at=past.at()) for n in range(5))


def hot(size):
    """Somebody who does something every hour, with as many kinds of events, and an order on most days."""
    past = Past(size // 24 + 1)
    for n in range(size):
        at = past.at()
        if n % 25 == 7:
            yield ordered(JO, f"o{n}", f"A-{n}", 29.33, currency=("USD", "EUR", "JPY")[n % 3], at=at)
        elif n % 1000 == 3:
            yield about_order("Refunded", JO, f"r{n}", f"A-{n + 4}", 1, at=at)
        elif n % 1000 == 13:
            yield retracted(JO, f"t{n}", f"m{n - 1}", at=at)
        else:
            yield said(JO, f"m{n}", name=f"Something Number {n % 100} Happened", at=at)


def lived(told, world=None):
    world, batch = world or World(), []
    for each in told:
        batch.append(each)
        if len(batch) == 100:
            tell(world, batch)
            batch = []
    tell(world, batch)
    return world


def tell(world, batch):
    assert not batch or world.deliver([world.received(each) for each in batch])
    batch.clear()


def size(world):
    """Without `pending`, which is there for one write; all attribute names and numbers counted."""
    (stored,) = world.tables.customers.values()
    return len(stored.document.encode()) + len(stored.measures) + NAMES


@pytest.mark.parametrize(("told", "most"), [(quiet, 200), (agreed, 520), (typical, 1024), (active, 4096)])
def test_a_customer_is_small(told, most):
    found = size(lived(told()))

    assert found <= most


def cost(world):
    """The calls for ten more interactions, an order and what revises it among them."""
    more = [said(JO, f"new-{n}", name=f"Something Number {n} Happened") for n in range(8)]
    more += [ordered(JO, "new-8", "N", 5), about_order("Refunded", JO, "new-9", "N", 1)]
    assert world.deliver([world.received(each) for each in more])
    return world.calls


@pytest.mark.parametrize("many", [3_000, pytest.param(100_000, marks=pytest.mark.prove)])
def test_one_with_a_long_past_costs_as_many_calls_as_one_with_none(many):
    """Each kind of event has its bounds: the newest instants and days. What is older is in numbers alone."""
    short, long = lived(hot(10)), lived(hot(many))

    assert cost(long) == cost(short)
    (stored,) = long.tables.customers.values()
    assert stored.size < 25_000 < document.LARGEST
