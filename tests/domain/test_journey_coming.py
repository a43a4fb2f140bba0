"""Customers whom a date lets into a journey: looked for when it is told and for everybody at once, let in in time."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import Raw, structs

from shopkeeper import clock
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from shopkeeper.journey.doors.arriving import Arrivals
from shopkeeper.journey.doors.coming import Coming, Planner, Planning
from shopkeeper.journey.graph import OnCall, OnDate, Reentry
from shopkeeper.journey.state import State
from shopkeeper.segment import dates
from tests.domain.test_journey_letting_in import VIP, Shop, journey

BIRTHDAY = OnDate(path="birthday", yearly=True)
MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Rows:
    def __init__(self):
        self.held, self.meanwhile = {}, lambda: None

    def load(self, names):
        return {name: self.held[name] for name in names if name in self.held}

    def put(self, rows):
        for row in rows:
            held = self.held.get(row.name)
            if held is None or held.version <= row.version:
                self.held[row.name] = row

    def move(self, row, due_at):
        self.meanwhile()
        if self.held.get(row.name) == row:
            self.held[row.name] = replace(row, due_at=due_at)
            if not due_at:
                del self.held[row.name]


class Dated(Shop):
    def __init__(self, *sources, going="live", again="always", **entry):
        rules = {"rules": {"vip": VIP}} if "audience" in entry else {}
        entry |= {"reentry": Reentry(policy=again)}
        super().__init__(journey(*(sources or (BIRTHDAY,)), entry=entry, **rules), going=going)
        self.at, self.rows, self.people = MIDNIGHT, Rows(), {}
        zone = lambda who: dates.zone_of(who.document, UTC)  # noqa: E731
        self.planner = Planner(self.rows, self, zone, self)
        self.arrivals = Arrivals(self.rows, self, self, self.door, self.planner, zone, self)

    def load(self, customer_ids):
        return {name: document.store(self.people[name]) for name in customer_ids if name in self.people}

    def become(self, name="jo", **traits):
        version = self.people[name].version + 1 if name in self.people else 1
        told = dict.fromkeys(traits, (0, ""))
        self.people[name] = Customer(name, version, Document(traits=traits, told=told))
        return self.people[name]

    def say(self, **traits):
        """The customer tells, and the announcer hears of it."""
        jo, body = self.become(**traits), Raw(json.dumps({"traits": traits}).encode())
        self.planner.hear([structs.replace(self.news("", kind="identify"), body=body)], lambda: jo)

    def walk(self):
        work = Planning(self.planner, self)
        return work.see("welcome/1/0", [document.store(each) for each in self.people.values()], {})

    def later(self, **span):
        """The clock looks each hour."""
        until = self.at + timedelta(**span)
        while self.at < until:
            self.at += HOUR
            self.visit()

    def visit(self):
        for name in list(self.rows.held):
            assert self.arrivals.visit(name) is False

    @property
    def due(self):
        return {row.customer_id: row.due_at[:16] for row in self.rows.held.values()}

    @property
    def came(self):
        return self.run().n if self.run() else 0


def test_who_tells_a_date_comes_in_at_its_time_and_waits_for_the_next_year():
    shop = Dated()
    shop.say(birthday="1990-11-22")
    assert shop.due == {"jo": "2026-11-22T09:00"}

    shop.later(hours=8)
    assert shop.came == 0
    shop.later(hours=1)
    assert (shop.came, shop.run().entry) == (1, {"trait": "birthday", "date": "2026-11-22"})
    assert shop.due == {"jo": "2027-11-22T09:00"}

    shop.leave()
    shop.later(hours=3)
    shop.say(birthday="1990-11-22")
    shop.visit()
    assert shop.came == 1, "what has let them in today does not do so again"


def test_a_date_that_comes_once_leaves_nothing_behind():
    shop = Dated(OnDate(path="delivery"))
    shop.say(delivery="2026-11-22")
    shop.later(hours=9)

    assert (shop.came, shop.due) == (1, {})


def test_a_date_that_has_moved_or_is_gone_is_looked_at_when_it_was_due():
    shop = Dated()
    shop.say(birthday="1990-11-22")
    shop.become(birthday="1990-11-24")  # Of which nobody has heard.
    shop.later(hours=10)
    assert (shop.came, shop.due) == (0, {"jo": "2026-11-24T09:00"})

    shop.become()
    shop.later(days=3)
    assert (shop.came, shop.due) == (0, {})


def test_news_that_tell_neither_the_date_nor_a_zone_are_no_reason_to_look():
    shop = Dated()
    jo = shop.become(birthday="1990-11-22")
    shop.planner.hear([shop.news("Product Viewed", sku="mug")], lambda: jo)
    assert shop.due == {}

    seen = structs.replace(shop.news("Page Viewed"), body=Raw(b'{"context":{"timezone":"Europe/Berlin"}}'))
    shop.planner.hear([seen], lambda: jo)
    assert shop.due == {"jo": "2026-11-22T09:00"}


def test_a_date_that_is_told_later_moves_the_row():
    shop = Dated()
    shop.say(birthday="1990-12-24")
    shop.say(birthday="1990-11-23")

    assert shop.due == {"jo": "2026-11-23T09:00"}


def test_what_an_older_document_says_replaces_nothing():
    shop = Dated()
    old = shop.become(birthday="1990-12-24")
    shop.say(birthday="1990-11-23")
    shop.planner.plan(shop.graph("welcome", 1), [old])

    assert shop.due == {"jo": "2026-11-23T09:00"}


def test_who_moves_to_another_zone_comes_in_by_the_clock_there_and_once():
    shop = Dated()
    shop.say(birthday="1990-11-22", timezone="Europe/Berlin")
    assert shop.due == {"jo": "2026-11-22T08:00"}
    shop.later(hours=8)
    assert shop.came == 1

    shop.leave()
    shop.say(birthday="1990-11-22", timezone="America/New_York")
    shop.later(days=1)
    assert shop.came == 1


def test_only_who_is_meant_when_the_time_comes_comes_in():
    shop = Dated(audience="vip")
    shop.say(birthday="1990-11-22")
    shop.later(days=1)
    assert shop.came == 0

    shop = Dated(audience="vip")
    shop.say(birthday="1990-11-22")
    shop.become(birthday="1990-11-22", vip=True)
    shop.document = shop.people["jo"].document
    shop.later(days=1)
    assert shop.came == 1


def test_publishing_looks_for_everybody_and_lets_in_whose_time_has_come_that_day():
    shop = Dated()
    shop.at += 12 * HOUR
    shop.become("jo", birthday="1990-11-22")
    shop.become("kim", birthday="1990-11-21")
    shop.become("lee")

    assert shop.walk() == {"seen": 3}
    assert shop.due == {"jo": "2026-11-22T09:00", "kim": "2027-11-21T09:00"}
    shop.visit()
    assert (shop.came, shop.due["jo"]) == (1, "2027-11-22T09:00")


def test_in_a_pause_nobody_comes_in_and_after_it_whose_time_has_come_that_day():
    for hours, came in ((3, 1), (24, 0)):
        shop = Dated()
        shop.say(birthday="1990-11-22")
        shop.stands["welcome"] = State(journey="welcome", live=1, going="paused", versions=(1,))
        shop.later(hours=9 + hours)
        assert shop.came == 0

        shop.stands["welcome"] = State(journey="welcome", live=1, versions=(1,))
        shop.walk()
        shop.visit()
        assert shop.came == came


@pytest.mark.parametrize(("late", "came"), [(72, 1), (73, 0)])
def test_a_clock_that_stood_still_lets_in_up_to_three_days_late(late, came):
    shop = Dated()
    shop.say(birthday="1990-11-22")
    shop.at += (9 + late) * HOUR
    shop.visit()

    assert (shop.came, shop.due) == (came, {"jo": "2027-11-22T09:00"})


def test_what_is_due_and_late_is_not_put_off_by_what_is_told_meanwhile():
    shop = Dated()
    shop.say(birthday="1990-11-22")
    shop.at += DAY + 10 * HOUR
    shop.say(birthday="1990-11-22")
    shop.visit()

    assert (shop.came, shop.due) == (1, {"jo": "2027-11-22T09:00"})


def test_rows_of_journeys_that_are_stopped_or_go_by_no_date_any_more_go():
    for change in ("stopped", "other"):
        shop = Dated()
        shop.say(birthday="1990-11-22")
        if change == "stopped":
            shop.stands["welcome"] = State(journey="welcome", live=1, going="stopped", versions=(1,))
        else:
            shop._graphs["welcome", 1] = journey(OnCall())
        shop.later(days=1)
        assert (shop.came, shop.due) == (0, {})


def test_who_was_merged_is_looked_for_where_they_are_now_and_who_is_gone_not_at_all():
    shop = Dated()
    shop.say(birthday="1990-11-22")
    shop.people["kim"] = Customer(
        "kim", 1, Document(traits={"birthday": "1990-11-23"}, told={"birthday": (0, "")}, merged={"jo": "m"})
    )
    shop.people["jo"] = Customer("jo", 9, Document(merged_into="kim"))
    shop.later(hours=9)
    assert shop.due == {"kim": "2026-11-23T09:00"}

    shop.people.clear()
    shop.later(days=2)
    assert shop.due == {}


def test_of_who_is_erased_nothing_is_left():
    shop = Dated()
    shop.say(birthday="1990-11-22")
    shop.planner.forget("kim")
    assert list(shop.due) == ["jo"]

    shop.planner.forget("jo")
    assert shop.due == {}


def test_what_is_told_while_a_visit_looks_is_not_lost():
    shop = Dated()
    shop.say(birthday="1990-11-22")
    shop.at += 9 * HOUR
    shop.rows.meanwhile = lambda: shop.people["jo"].version < 2 and shop.say(birthday="1990-11-25")
    shop.visit()
    shop.visit()

    assert shop.due == {"jo": "2026-11-25T09:00"}


def test_a_row_is_known_by_journey_and_customer():
    row = Coming(journey="welcome", customer_id="jo", due_at=clock.to_text(MIDNIGHT), version=1)
    assert row.name == "welcome/jo"
