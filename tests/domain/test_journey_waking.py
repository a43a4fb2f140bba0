"""Who is inside a journey hears of it when it is stopped or a pause ends, however many they are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from msgspec import structs

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.customer import walks
from shopkeeper.customer.walks import Course, Walks
from shopkeeper.journey.beginning import begin
from shopkeeper.journey.facts import Shift
from shopkeeper.journey.insiders import inside, waking
from shopkeeper.journey.rows import Row
from shopkeeper.journey.run import Cause
from shopkeeper.journey.state import State
from tests.journey_fakes import Runs
from tests.journey_graphs import cart
from tests.journey_world import DAY, NOON

START = datetime.fromtimestamp(NOON / 1000, UTC)
ENTRY = Cause(id="entry", kind="entry", at=NOON, received_at=NOON)
KEPT = {"paused_at": NOON}


class Shop:
    """A walk with what it goes over, and the clock that visits it."""

    def __init__(self, **state):
        self.rows, self.runs, self.now = {}, Runs(), START
        self.state = State(journey="cart", live=1, versions=(1,), **state)
        now = Clock(lambda: self.now.timestamp())
        work = waking.Waking(self.runs, lambda journey: self.state if journey == "cart" else None, now)
        work.limit = 2
        self.walks = Walks(self, {waking.KIND: Course(inside.pages(self.runs), work)}, now)

    def add(self, part):
        self.rows.setdefault((part.walk, part.number), part)

    def load(self, walk, numbers):
        return [self.rows[walk, number] for number in numbers]

    def save(self, part):
        self.rows[part.walk, part.number] = part

    def let_in(self, customer, journey="cart", **run):
        made = structs.replace(begin(cart(), ENTRY, customer, "", UTC, NOON), journey=journey, **run)
        self.runs.open(Row(customer_id=customer, run=made), None)

    def walk(self):
        self.now += waking.WAIT
        while due := [part for part in self.rows.values() if part.due_at]:
            for part in due:
                self.walks.visit(f"{part.walk}#{part.number}")

    def told(self):
        return sorted(key.customer_id for key, row in self.runs.rows.items() if row.inbox and row.due_at)


def everybody(shop):
    for n in range(9):
        shop.let_in(f"c{n}")
    shop.let_in("kept", **KEPT)
    shop.let_in("out", status="held_out")
    shop.let_in("gone", status="watching", **KEPT)
    shop.let_in("over", status="over")
    shop.let_in("elsewhere", journey="carts")


def test_all_who_have_to_leave_are_told_and_due_however_many_they_are():
    shop = Shop(going="stopped")
    everybody(shop)

    waking.start(shop, shop.state, shop.now)
    shop.walk()

    assert shop.told() == [*(f"c{n}" for n in range(9)), "kept", "out"]
    assert sum(part.gathered["woken"] for part in shop.rows.values()) == 11


def test_of_a_pause_that_ends_only_those_hear_whom_it_has_kept():
    shop = Shop(going="live")
    everybody(shop)

    waking.start(shop, shop.state, shop.now)
    shop.walk()

    assert shop.told() == ["kept"]


def test_how_it_stands_by_the_time_of_the_walk_is_what_counts():
    shop = Shop(going="stopped")
    everybody(shop)

    waking.start(shop, shop.state, shop.now)
    shop.state = structs.replace(shop.state, going="paused")
    shop.walk()

    assert shop.told() == []


def test_a_walk_begins_when_every_leg_knows_and_once_for_each_change():
    shop = Shop(going="stopped")
    for after in (0, 0, 1):
        waking.start(shop, shop.state, shop.now + timedelta(seconds=after))

    assert len(shop.rows) == 2 * walks.SLICES
    assert min(part.due_at for part in shop.rows.values()) == clock.to_text(START + timedelta(seconds=5))
    assert all(part.expires_at for part in shop.rows.values())


def test_who_is_told_twice_of_one_page_is_no_worse_off():
    shop = Shop(going="stopped")
    shop.let_in("jo")
    waking.start(shop, shop.state, shop.now)
    before = dict(shop.rows)
    shop.walk()
    shop.rows = {key: replace(part, revision=part.revision + 9) for key, part in before.items()}
    shop.walk()

    (row,) = shop.runs.rows.values()
    assert {cause.kind for cause in row.inbox} == {"clock"}


def test_who_came_in_before_it_was_stopped_hears_of_that_though_it_is_live_again():
    shop = Shop(going="live", life=2)
    shop.let_in("before")
    shop.let_in("kept", **KEPT)
    shop.let_in("after", life=2)

    waking.start(shop, shop.state, shop.now)
    shop.walk()

    assert shop.told() == ["before", "kept"]


def test_of_a_pause_that_puts_all_off_those_hear_who_were_there():
    shop = Shop(going="live", shifts=(Shift(NOON - DAY, NOON + DAY), Shift(NOON + 2 * DAY, NOON + 3 * DAY)))
    shop.let_in("before")
    shop.let_in("knows", shifted=NOON + 3 * DAY)
    shop.let_in("half", shifted=NOON + DAY)
    shop.let_in("after", entered_at=NOON + 4 * DAY)
    shop.let_in("gone", status="watching")

    waking.start(shop, shop.state, shop.now)
    shop.walk()

    assert shop.told() == ["before", "half"]
