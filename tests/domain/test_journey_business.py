"""Business events bring in who is meant, each once, whoever dies over a page."""

from datetime import timedelta

import pytest

from shopkeeper import clock
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from shopkeeper.journey.doors import business
from shopkeeper.journey.doors.business import Bringing, BusinessEvent
from shopkeeper.journey.graph import OnBusinessEvent, OnCall, Reentry
from shopkeeper.journey.rows import RunKey
from tests.domain.test_journey_letting_in import NOON, VIP, Shop, journey

RESTOCKED = OnBusinessEvent(name="Restocked")


def customers(**traits):
    return [
        document.store(Customer(name, 1, Document(traits=its, told=dict.fromkeys(its, (0, "")))))
        for name, its in traits.items()
    ]


def told(shop, *, ago=timedelta(), journeys=("welcome",), **props):
    at = clock.to_text(shop.at - ago)
    return BusinessEvent(
        id="b-1", name="Restocked", at=at, told_at=clock.to_text(shop.at), told_by="m", props=props, journeys=journeys
    )


class Walk:
    """Of one slice, over a shop with journeys."""

    def __init__(self, shop, event):
        self.event, self.started = event, []
        self.work = Bringing(self, shop, shop.door, self.started.extend, shop)

    def load(self, event_id):
        return self.event if event_id == self.event.id else None

    def see(self, page, gathered=None):
        return self.work.see("b-1", page, gathered or {})


def test_who_is_meant_comes_in_with_what_the_event_said():
    shop = Shop(journey(RESTOCKED, entry={"audience": "vip"}, rules={"vip": VIP}))
    walk = Walk(shop, told(shop, ago=timedelta(hours=1), sku="mug", nested={"a": 1}))

    seen = walk.see(customers(jo={"vip": True}, kim={}))

    assert seen == {"seen": 2, "entered": {"welcome": 1}}
    assert walk.started == [RunKey("jo", "welcome#")]
    run = shop.run()
    assert (run.entry, run.since) == ({"sku": "mug"}, run.entered_at - 3_600_000)


def test_a_page_that_is_seen_again_brings_nobody_in_twice_and_counts_everybody_once():
    shop = Shop(journey(RESTOCKED, entry={"reentry": Reentry(policy="always")}))
    walk = Walk(shop, told(shop))
    first = walk.see(customers(jo={}))

    assert walk.see(customers(jo={})) == first
    shop.leave()
    assert walk.see(customers(jo={})) == first
    assert shop.run().n == 1


def test_what_several_pages_came_to_is_added_up():
    shop = Shop(journey(RESTOCKED))
    walk = Walk(shop, told(shop))

    gathered = walk.see(customers(kim={}), walk.see(customers(jo={})))

    assert business.came_of([gathered, {}, gathered]) == (4, {"welcome": 4})


@pytest.mark.parametrize("ago", [timedelta(hours=72, milliseconds=1), timedelta(hours=72)])
def test_what_happened_more_than_three_days_ago_brings_nobody_in(ago):
    shop = Shop(journey(RESTOCKED))
    seen = Walk(shop, told(shop, ago=ago)).see(customers(jo={}))

    assert bool(seen["entered"]) is (ago == timedelta(hours=72))


def test_journeys_that_did_not_listen_when_it_was_told_and_those_that_are_paused_let_nobody_in():
    for shop, journeys in (
        (Shop(journey(RESTOCKED)), ("other",)),
        (Shop(journey(RESTOCKED), going="paused"), ("welcome",)),
        (Shop(journey(OnBusinessEvent(name="Sold Out"))), ("welcome",)),
        (Shop(journey(OnCall())), ("welcome",)),
    ):
        assert Walk(shop, told(shop, journeys=journeys)).see(customers(jo={})) == {"seen": 1, "entered": {}}


def test_a_journey_with_a_key_is_keyed_by_what_the_event_says():
    shop = Shop(journey(RESTOCKED, entry={"key": "sku"}))

    assert Walk(shop, told(shop)).see(customers(jo={}))["entered"] == {}
    assert Walk(shop, told(shop, sku="mug")).see(customers(jo={}))["entered"] == {"welcome": 1}
    assert shop.run("mug")


def test_who_was_merged_into_somebody_else_is_left_out():
    shop = Shop(journey(RESTOCKED))
    gone = document.store(Customer("jo", 1, Document(merged_into="kim")))

    assert Walk(shop, told(shop)).see([gone]) == {"seen": 1, "entered": {}}


def test_an_event_that_is_kept_no_more_lets_the_walk_end():
    shop = Shop(journey(RESTOCKED))
    walk = Walk(shop, told(shop))
    walk.event = BusinessEvent(id="other", name="", at="", told_at="", told_by="", props={})

    assert walk.see(customers(jo={}))["seen"] == 1
    assert walk.work.finish("b-1", []) is True
    assert shop.at == NOON
