"""What a leg leaves that dies half-way, and what the next one makes of it."""

from datetime import UTC, datetime, timedelta

import pytest

from shopkeeper import clock
from shopkeeper.journey.beginning import begin
from shopkeeper.journey.legs.deciding import Wanted
from shopkeeper.journey.rows import LEASE, Row, RunKey
from shopkeeper.journey.run import Cause
from tests.journey_fakes import Desk, Runs
from tests.journey_graphs import cart
from tests.journey_world import NOON

JO = RunKey("jo", "cart#")
ENTRY = Cause(id="entry", kind="entry", at=NOON, received_at=NOON)
BOUGHT = Cause(id="order", kind="signal", name="Order Completed", at=NOON, received_at=NOON)


class Now:
    at = datetime.fromtimestamp(NOON / 1000, UTC)

    def now(self):
        return self.at


@pytest.fixture
def desk():
    """The machine of legs, and a run that has just entered."""
    desk = Desk(Runs(), cart(), now=Now())
    run = begin(cart(), ENTRY, "jo", "", UTC, NOON)
    desk.runs.open(Row(customer_id="jo", run=run, due_at=clock.to_text(desk.clock.at)), None)
    return desk


def dies(desk):
    """A leg has taken the run, and is heard of no more."""
    assert desk.decider.decide([Wanted(JO)], "dies")
    desk.clock.at += LEASE + timedelta(seconds=1)


def ended(desk):
    return [each["key"] for each in desk.handed if each["key"].endswith("/end")]


def test_a_leg_that_dies_while_it_switches_everything_off_leaves_that_to_the_next_one(desk):
    desk.leg([Wanted(JO)])
    desk.runs.tell(JO, BOUGHT, desk.clock.at)
    dies(desk)

    desk.leg([Wanted(JO)])

    assert len(ended(desk)) == 3
    assert (desk.runs.rows[JO].due_at, desk.runs.rows[JO].is_open) == ("", False)


def test_what_came_while_nobody_held_the_run_is_seen_to_by_the_leg_that_takes_over(desk):
    dies(desk)
    desk.runs.tell(JO, BOUGHT, desk.clock.at)

    desk.leg([Wanted(JO)])

    assert desk.runs.rows[JO].run.reason == "converted"
    assert len(ended(desk)) == 3
