"""Everybody inside a journey goes over into another version of it: as many, and to where, as the preview has shown."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec import structs

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.customer import walks
from shopkeeper.customer.walks import Course, Walks
from shopkeeper.journey import migrating, nodes
from shopkeeper.journey.beginning import begin
from shopkeeper.journey.definition import compiling, writing
from shopkeeper.journey.definition.journey import Journey
from shopkeeper.journey.insiders import inside, moving
from shopkeeper.journey.insiders.moving import Migration, Ports
from shopkeeper.journey.legs.deciding import Wanted
from shopkeeper.journey.migrating import Asked
from shopkeeper.journey.rows import Row, RunKey
from shopkeeper.journey.run import Cause
from shopkeeper.journey.state import State
from shopkeeper.segment.references import no_segments
from tests.journey_fakes import Desk, Runs
from tests.journey_graphs import cart
from tests.journey_world import NOON

START = datetime.fromtimestamp(NOON / 1000, UTC)
ENTRY = Cause(id="entry", kind="entry", at=NOON, received_at=NOON)
GUIDES = Path(__file__).parents[2] / "docs/journeys"


class Shop:
    """Walks over runs, the legs of those who are due, and the clock that visits both."""

    def __init__(self, old, new):
        self.old, self.new, self.now = old, new, START
        self.parts, self.migrations, self.runs = {}, {}, Runs()
        self.state = State(journey=old.journey, live=2, versions=(1, 2))
        self.clock = Clock(lambda: self.now.timestamp())
        self.desk = Desk(self.runs, old, new, now=self.clock)
        self.desk.eyes.facts.going = "paused"
        ports = Ports(self, self.runs, lambda _: self.state)
        self.work = moving.Moving(ports, self.clock)
        self.walks = Walks(Slices(self), {moving.KIND: Course(inside.pages(self.runs), self.work)}, self.clock)

    def load(self, journey, number):
        return self.migrations[journey, number]

    def save(self, migration):
        its = (migration.journey, migration.asked.number)
        assert migration.revision == (self.migrations[its].revision if its in self.migrations else 0) + 1
        self.migrations[its] = migration

    def stands(self, customer, node, **run):
        begun = begin(self.old, ENTRY, customer, "", UTC, NOON)
        made = structs.replace(begun, **{"status": "active", "node": node, "visit": 3, **run})
        self.runs.open(Row(customer_id=customer, run=made), None)

    def asks(self, number=1, **said):
        asked = Asked(number=number, version=2, moves=said.pop("moves", {}), leaves=said.pop("leaves", False))
        made = Migration(
            journey=self.old.journey, asked=asked, asked_at=clock.to_text(self.now), asked_by="somebody", **said
        )
        self.save(made)
        moving.start(Slices(self), made, self.now)
        return self

    def lives(self, until=timedelta(hours=3), between=lambda: None):
        """The clock comes by each minute."""
        ends = self.now + until
        while self.now < ends:
            self.now += timedelta(minutes=1)
            self.visits()
            between()
            now = clock.to_text(self.now)
            due = [key for key, row in self.runs.rows.items() if row.inbox and row.due_at and row.due_at <= now]
            self.desk.leg([Wanted(key) for key in due])
        return self.migrations[self.old.journey, max(number for _, number in self.migrations)]

    def visits(self):
        now = lambda: clock.to_text(self.now)  # noqa: E731
        while due := [part for part in self.parts.values() if part.due_at and part.due_at <= now()]:
            for part in due:
                self.walks.visit(f"{part.walk}#{part.number}")


class Slices:
    def __init__(self, shop):
        self.parts = shop.parts

    def add(self, part):
        self.parts.setdefault((part.walk, part.number), part)

    def load(self, walk, numbers):
        return [self.parts[walk, number] for number in numbers]

    def save(self, part):
        self.parts[part.walk, part.number] = part


def guide(name, version, **changes):
    said = Journey.model_validate_json(writing.as_json((GUIDES / name).read_text()))
    made = compiling.compiled(said, "guide", version, no_segments, lambda _: 1)
    held = {key: node for key, node in {**made.nodes, **changes}.items() if node}
    first = made.first if made.first in held else next(iter(held))
    return structs.replace(made, nodes=held, first=first, hold_out=None)


EDITS = {
    "cart.yaml": {"w4": None, "email_2": nodes.Wait(until=cart().nodes["w4"].until, next="linger"), "on_2": None},
    "holiday-specials.yaml": {"reply_1": None, "call": None, "better_offer": None, "reply_2": None},
}


@pytest.mark.parametrize("name", EDITS)
def test_a_thousand_who_stand_on_every_node_move_as_the_preview_has_shown(name):
    shop = Shop(guide(name, 1), guide(name, 2, **EDITS[name]))
    places = [key for key, node in shop.old.nodes.items() if not isinstance(node, nodes.Exit)]
    for number in range(1_000):
        shop.stands(f"c{number}", places[number % len(places)])
    shop.stands("out", shop.old.first, status="held_out")
    shop.stands("over", places[0], status="over")

    seen = shop.asks(preview=True).lives(timedelta(minutes=10))
    stood = Counter(f"1/{places[number % len(places)]}" for number in range(1_000))
    assert (seen.phase, seen.standing) == ("done", {**stood, "1/": 1})
    assert not any(row.inbox or row.run.moved for row in shop.runs.rows.values())

    done = shop.asks(2).lives(timedelta(minutes=20))
    assert (done.phase, done.standing, done.behind) == ("done", seen.standing, {})
    assert {**done.moved, **done.left} == seen.standing
    for row in shop.runs.rows.values():
        if row.run.moved:
            assert lands(shop, row.run.moved.node).node == row.run.node
    assert done.left.keys() == {line for line in stood if not lands(shop, line.partition("/")[2])}
    assert {row.run.version for row in shop.runs.rows.values() if row.run.status == "active"} == {2}


def lands(shop, node):
    return migrating.lands(Asked(number=2, version=2), shop.old, shop.new, node)


def test_they_are_told_by_and_by_over_as_long_as_somebody_said():
    shop = Shop(cart(), cart(version=2))
    shop.work.limit = 3
    for number in range(240):
        shop.stands(f"c{number}", "w4")
    moved = []
    count = lambda: moved.append(sum(bool(row.run.moved) for row in shop.runs.rows.values()))  # noqa: E731

    done = shop.asks(spread=3600).lives(timedelta(minutes=75), count)

    assert (done.phase, sum(done.moved.values())) == ("done", 240)
    assert moved[15] == pytest.approx(60, abs=40)
    assert moved[30] == pytest.approx(120, abs=40)
    assert moved[45] < 240


def test_who_leaves_meanwhile_is_gone_and_who_cannot_move_is_told_so_often_and_stays_behind():
    shop = Shop(cart(), cart(version=2))
    for customer in ("jo", "kim", "lee"):
        shop.stands(customer, "w4")
    shop.desk.eyes.broken.add("kim")
    shop.asks()
    shop.now += timedelta(seconds=6)
    shop.visits()
    key = RunKey("lee", "cart#")
    held = shop.runs.rows[key]
    shop.runs.rows[key] = replace(held, run=structs.replace(held.run, status="over", reason="goal"), inbox=())

    done = shop.lives()

    assert (done.phase, done.moved, done.behind) == ("done", {"1/w4": 1}, {"1/w4": 1})
    assert (sum(done.standing.values()), done.checks) == (3, moving.MOST_CHECKS)


def test_when_another_version_is_published_meanwhile_nobody_is_told_any_more():
    shop = Shop(cart(), cart(version=2))
    shop.stands("jo", "w4")
    shop.state = structs.replace(shop.state, live=3)

    assert shop.asks().lives(timedelta(minutes=20)).phase == "overtaken"
    assert not shop.runs.rows["jo", "cart#"].inbox


def test_all_leave_who_are_to_and_whoever_is_left_out_stays_so():
    shop = Shop(cart(), cart(version=2))
    shop.stands("jo", "w4")
    shop.stands("out", "on_1", status="held_out")

    done = shop.asks(leaves=True).lives(timedelta(minutes=20))

    assert (done.phase, done.left, done.moved) == ("done", {"1/w4": 1}, {})
    assert shop.runs.rows["out", "cart#"].run.status == "held_out"


def test_whoever_finishes_a_round_twice_changes_nothing():
    shop = Shop(cart(), cart(version=2))
    shop.stands("jo", "w4")
    shop.asks()
    shop.now += timedelta(seconds=6)
    name, counted = "cart/1", [{"phase": "counting", "totals": {"standing": {"1/w4": 1}}}] * walks.SLICES
    assert not shop.work.finish(name, counted)
    before = shop.migrations["cart", 1]
    assert (before.phase, before.standing) == ("moving", {"1/w4": walks.SLICES})
    assert not shop.work.finish(name, counted)
    assert shop.migrations["cart", 1] == before
