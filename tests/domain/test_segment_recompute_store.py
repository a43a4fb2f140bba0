"""The store takes interactions while segments are published, whatever it does at that moment: nobody stands wrong."""

from datetime import timedelta

import pytest

from shopkeeper.segment import recompute
from shopkeeper.segment.standing import Standings
from tests.interactions import identified, ordered
from tests.recompute_fakes import BUYERS, REGULARS
from tests.recompute_world import Shop
from tests.store_world import World

VISITORS = ("user:al", "user:bo", "user:cy")
ORDER = (ordered("user:jo", "o1"),)
ORDERS = (ordered("user:jo", "o2"), ordered("user:al", "o3"), ordered("anon:new", "o4"))
JOIN = (identified("user:jo", "i1", ids={"user": "jo", "anon": "tab"}), ordered("anon:tab", "o5"))
BATCHES = {"an order": ORDER, "orders of several": ORDERS, "two who turn out to be one": JOIN}


class Street:
    """A store and a recomputation over the same tables and one clock."""

    def __init__(self):
        self.shop, self.world = Shop(page=1), World()
        self.world.tables, self.world.now = self.shop.tables, self.tick
        self.world.stand = Standings(self.shop.writers[0]).stand
        for subject in VISITORS:
            self.world.deliver([identified(subject, "i0")])
        self.world.deliver([ordered("user:cy", "o0")])
        self.world.deliver([ordered("anon:tab", "o1")])

    def tick(self):
        self.shop.now += timedelta(milliseconds=1)
        return self.shop.now

    def publish(self):
        self.shop.publish(buyers=BUYERS, regulars=REGULARS)

    def deliver(self, batch, at=None, then=lambda: None):
        assert self.world.deliver([self.world.received(each) for each in batch], overtaken_at=at, by=[then])

    def halves(self, batch):
        self.deliver(batch)
        return self.world.half_calls

    def wrong(self):
        shop = self.shop
        faults = [name for name in ("buyers", "regulars") if shop.inside(name) != shop.belong(name)]
        assert shop.inside("buyers")
        return faults + shop.told + [each for each in shop.states() if each[2] != "ready"] + self.world.problems


def published_meanwhile(batch, at):
    """The store knows the edition of before, and goes on with it for as long as it may."""
    street = Street()
    street.shop.pass_time(seconds=59)

    def publish():
        street.publish()
        street.shop.pass_time(seconds=60)

    street.deliver(batch, at, publish)
    street.shop.build()
    return street.wrong()


def built_meanwhile(batch, at):
    """The store has heard of it; the whole run goes by while it is at its work."""
    street = Street()
    street.publish()
    street.shop.pass_time(seconds=recompute.WAIT.total_seconds())
    street.shop.wake()
    street.deliver(batch, at, lambda: street.shop.execute())
    street.shop.build()
    return street.wrong()


@pytest.mark.parametrize("life", [published_meanwhile, built_meanwhile])
@pytest.mark.parametrize("name", BATCHES)
def test_wherever_the_store_is_nobody_stands_wrong_after_the_switch(life, name):
    halves = Street().halves(BATCHES[name])
    assert halves > 10
    for at in range(halves):
        assert not life(BATCHES[name], at), at


@pytest.mark.parametrize("name", BATCHES)
def test_whatever_comes_between_two_pages_is_in_what_is_built(name):
    pages = 14
    for page in range(pages):
        street, left = Street(), page
        street.publish()

        def meanwhile(street=street):
            nonlocal left
            left -= 1
            if left == -1:
                street.deliver(BATCHES[name])

        street.shop.meanwhile = meanwhile
        street.shop.build()
        assert not street.wrong(), page


def test_a_store_that_knew_the_edition_of_before_for_too_long_would_leave_somebody_wrong(monkeypatch):
    monkeypatch.setattr(recompute, "WAIT", timedelta(0))
    street = Street()

    def all_of_it():
        street.publish()
        street.shop.wake()
        street.shop.execute()

    wrong = []
    for at in range(Street().halves(ORDERS)):
        street = Street()
        street.deliver(ORDERS, at, all_of_it)
        street.shop.build()
        wrong += street.wrong()
    assert wrong
