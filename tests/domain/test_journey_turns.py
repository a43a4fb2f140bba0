"""What recurs for everybody comes to each customer at that time of their own clock, once, and to nobody who is not
meant."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs

from shopkeeper import clock
from shopkeeper.customer import document, walks
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.recurring import Recurring
from shopkeeper.customer.walks import Walks, over
from shopkeeper.journey.doors.taking_turns import Turns
from shopkeeper.journey.doors.turns import WALK, Series, Turning
from shopkeeper.journey.graph import OnCall, OnRecurrence, Reentry
from shopkeeper.journey.legs.looking import Programs
from shopkeeper.journey.rows import RunKey
from shopkeeper.segment import dates
from tests.domain.test_journey_letting_in import VIP, Shop, journey

LAST_MONDAY = Recurring(frequency="monthly", days=("last mon",), at="09:00")
DAILY = Recurring(frequency="daily", at="09:00")
OVER = '{"op":"date","path":"until","cmp":"before","ref":{"now":0}}'
ZONES = {"kiri": "Pacific/Kiritimati", "anna": "Europe/Berlin", "noa": "Pacific/Niue"}


class Everybody(Shop):
    """`came` says when each run began; those that are over come in again."""

    def __init__(self, recurring=LAST_MONDAY, source=None, **entry):
        rules = {"rules": {"vip": VIP}} if "audience" in entry else {}
        entry["reentry"] = Reentry(policy="always")
        super().__init__(journey(source or OnRecurrence(recurring=recurring), entry=entry, **rules))
        self.at, self.people, self.came = datetime(2026, 11, 1, tzinfo=UTC), {}, []
        self.kept, self.rows_put, self.slices = None, {}, {}
        zone = lambda who: dates.zone_of(who.document, UTC)  # noqa: E731
        self.clocked = Turns(self, Slices(self.slices), People(self.people), self, self, zone, self)
        work = Turning(self, self, Programs(UTC), zone, self)
        self.walks = Walks(Slices(self.slices), over(People(self.people), {WALK: work}), self)
        self.begin()

    def begin(self):
        self.kept = Series(journey="welcome", due_at=clock.to_text(self.at))

    def become(self, name, zone, **traits):
        traits |= {"timezone": zone}
        self.people[name] = Customer(name, 1, Document(traits=traits, told=dict.fromkeys(traits, (0, ""))))

    def let_in(self, entered, customer, now):
        if self.door.let_in(entered, customer, now):
            self.came.append((customer.customer_id, f"{self.at:%d %H:%M}"))
            key = RunKey(customer.customer_id, "welcome#")
            row = self.runs.rows[key]
            self.runs.rows[key] = replace(row, run=structs.replace(row.run, status="over"), inbox=())

    def series(self, _):
        return self.kept

    def move(self, series, since, due_at):
        if self.kept == series:
            self.kept = replace(series, since=since, due_at=due_at) if due_at else None

    def put(self, turns):
        self.rows_put |= {turn.name: turn for turn in turns}

    def load(self, name):
        return self.rows_put.get(name)

    def drop(self, turn):
        self.rows_put.pop(turn.name, None)

    def drain(self):
        self.clocked.begin("welcome")
        for _ in range(5):
            for part in list(self.slices.values()):
                if part.due_at:
                    self.walks.visit(f"{part.walk}#{part.number}")
        for name in list(self.rows_put):
            self.clocked.visit(name)

    def later(self, **span):
        """The clock looks twice an hour."""
        until = self.at + timedelta(**span)
        while self.at < until:
            self.at += timedelta(minutes=30)
            self.drain()


class Slices:
    def __init__(self, held):
        self.held = held

    def add(self, part):
        self.held.setdefault((part.walk, part.number), part)

    def load(self, walk, numbers):
        return [self.held[walk, number] for number in numbers if (walk, number) in self.held]

    def save(self, part):
        self.held[part.walk, part.number] = part


class People:
    def __init__(self, held):
        self.held = held

    def load(self, names):
        return {name: document.store(self.held[name]) for name in names if name in self.held}

    def page(self, segment, segments, after, limit):
        own = sorted(name for place, name in enumerate(sorted(self.held)) if place % segments == segment)
        return [document.store(self.held[name]) for name in own if name > after], ""


def nine(day, name):
    return f"{datetime(2026, 11, day, 9, tzinfo=ZoneInfo(ZONES[name])).astimezone(UTC):%d %H:%M}"


def test_the_last_monday_of_the_month_comes_at_nine_wherever_they_are_and_once():
    shop = Everybody()
    for name, zone in ZONES.items():
        shop.become(name, zone)

    shop.later(days=28)
    assert (shop.came, shop.kept.due_at) == ([], "2026-11-29T18:00:00.000Z")
    shop.later(days=4)
    assert shop.came == [(name, nine(30, name)) for name in ("kiri", "anna", "noa")]
    assert (shop.rows_put, shop.kept.due_at[:10]) == ({}, "2026-12-27")

    shop.later(days=30)
    assert [name for name, _ in shop.came] == ["kiri", "anna", "noa"] * 2


def test_what_comes_daily_comes_daily():
    shop = Everybody(DAILY)
    shop.become("anna", ZONES["anna"])
    shop.later(days=4)

    assert shop.came == [("anna", f"0{day} 08:00") for day in (1, 2, 3, 4)]


def test_who_is_meant_is_looked_for_an_hour_before_and_asked_again_at_the_time():
    shop = Everybody(DAILY, audience="vip")
    shop.become("anna", ZONES["anna"], vip=True)
    shop.become("noa", ZONES["noa"], vip=False)
    shop.later(hours=7)
    assert {name for turn in shop.rows_put.values() for name in turn.customers} == {"anna"}

    shop.become("anna", ZONES["anna"], vip=False)
    shop.become("noa", ZONES["noa"], vip=True)
    shop.later(hours=2)
    assert shop.came == []


def test_whom_time_alone_makes_meant_until_then_is_looked_for_as_well():
    shop = Everybody(DAILY, audience="over")
    shop._graphs["welcome", 1] = structs.replace(shop._graphs["welcome", 1], rules={"over": OVER})
    shop.become("anna", ZONES["anna"], until="2026-11-01T07:30:00Z")
    shop.become("noa", ZONES["noa"], until="2026-11-02T07:30:00Z")
    shop.later(hours=22)

    assert shop.came == [("anna", "01 08:00")]


def test_who_moves_west_meanwhile_waits_for_nine_there():
    shop = Everybody(DAILY)
    shop.become("anna", ZONES["anna"])
    shop.later(hours=7, minutes=30)
    shop.become("anna", ZONES["noa"])
    shop.later(hours=15)

    assert shop.came == [("anna", "01 20:00")]


@pytest.mark.parametrize(("hour", "came"), [(12, [("anna", "01 12:30")]), (23, [])])
def test_publishing_lets_in_where_it_is_still_that_day(hour, came):
    shop = Everybody(Recurring(frequency="monthly", days=(1,), at="09:00"))
    shop.become("anna", ZONES["anna"])
    shop.at += timedelta(hours=hour)
    shop.later(hours=1)

    assert shop.came == came


def test_in_a_pause_times_pass_and_after_it_nobody_comes_in_twice():
    shop = Everybody(DAILY)
    shop.become("anna", ZONES["anna"])
    shop.become("noa", ZONES["noa"])
    shop.later(hours=10)
    state = shop.stands["welcome"]
    shop.stands["welcome"] = structs.replace(state, going="paused")
    shop.later(hours=11)
    shop.stands["welcome"] = state
    shop.begin()
    shop.later(hours=1)

    of_the_day_before = ("noa", "01 00:30")
    assert shop.came == [of_the_day_before, ("anna", "01 08:00"), ("noa", "01 21:30")]


def test_a_journey_that_is_stopped_or_recurs_no_more_leaves_nothing_behind():
    for change in ("stopped", "other"):
        shop = Everybody(DAILY)
        shop.become("anna", ZONES["anna"])
        shop.later(hours=1)
        assert shop.rows_put
        if change == "stopped":
            shop.stands["welcome"] = structs.replace(shop.stands["welcome"], going="stopped")
        else:
            shop._graphs["welcome", 1] = journey(OnCall())
        shop.later(days=1)
        assert (shop.came, shop.rows_put, shop.kept) == ([], {}, None)


def test_a_walk_is_started_once_for_each_time():
    shop = Everybody(DAILY)
    shop.later(days=2)
    names = {walk for walk, _ in shop.slices}

    assert len(names) == len({name.split("/")[2] for name in names}) == 4
    assert all(walks.is_finished(Slices(shop.slices), name) for name in names)
