"""What a last look asks of the run that planned a mail."""

from dataclasses import replace
from datetime import UTC

import pytest

from shopkeeper.aws.activities import Activities
from shopkeeper.clock import Clock
from shopkeeper.journey.advance import advance
from shopkeeper.journey.beginning import begin
from shopkeeper.journey.rows import Row
from shopkeeper.journey.run import Cause
from shopkeeper.journey.state import State
from shopkeeper.mail.holds import Hold
from shopkeeper.mail.ledger import planned
from shopkeeper.mail.state import MailState
from tests.journey_fakes import Journeys
from tests.journey_graphs import cart
from tests.journey_world import NOON, Known
from tests.outcome_oracle import NOW

ENTRY = Cause(id="e", kind="entry", at=NOON)
ORDER = Cause(id="o", kind="signal", name="Order Completed", at=NOON)


class Runs:
    def __init__(self):
        begun = begin(cart(), ENTRY, "jo", "", UTC, NOON)
        self.row = Row(customer_id="jo", run=advance(cart(), begun, [ENTRY], Known(), NOON).run)

    def begun_by(self, _customer):
        return [self.row]


@pytest.fixture
def runs():
    return Runs()


def is_open(runs, **changes):
    visit = runs.row.run.mails["email_1"].visit
    occurrence = f"{runs.row.run.id}/{visit}"
    said = {"activity": "journey:cart", "step": "email_1", "occurrence": occurrence} | changes
    send = planned(customer_id="jo", planned_at=NOW, **said)
    return Activities(None, None, None, Journeys(cart()), runs, None).is_open(send)


def test_a_mail_goes_as_long_as_its_run_has_not_called_it_off(runs):
    assert is_open(runs)
    assert is_open(runs, activity="spring", occurrence="1")
    assert not is_open(runs, occurrence="another/2")
    ended = advance(cart(), runs.row.run, [ORDER], Known(), NOON).run
    runs.row = replace(runs.row, run=ended)
    assert not is_open(runs)


def test_what_ends_the_run_keeps_its_mail_back_before_any_leg_has_seen_it(runs):
    runs.row = replace(runs.row, inbox=(Cause(id="p", kind="signal", name="Page Viewed", at=NOON),))
    assert is_open(runs)
    runs.row = replace(runs.row, inbox=(*runs.row.inbox, ORDER))
    assert not is_open(runs)


class Remembering:
    """How journeys stood a moment ago, and how they stand now."""

    def __init__(self, before, now):
        self._before, self._now = before, now

    def states(self):
        return self._before

    def fresh(self):
        return self._now


class Nothing:
    def get(self, *_):
        return MailState() if not _ else Hold()


@pytest.mark.parametrize(
    ("before", "now", "status"),
    [
        (None, "live", "running"),
        ("stopped", "live", "running"),
        ("stopped", "stopped", "cancelled"),
        (None, None, "paused"),
    ],
)
def test_no_mail_is_lost_to_a_journey_that_began_a_moment_ago(before, now, status):
    stands = [{"cart": State(journey="cart", live=1, going=each)} if each else {} for each in (before, now)]
    activities = Activities(None, Nothing(), Nothing(), Remembering(*stands), None, Clock())

    assert activities.status("journey:cart", "run/1") == status
