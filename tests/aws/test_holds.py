"""Holds in the Records table on moto, and what mail_send is told of an activity while one stands."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from moto import mock_aws

from shopkeeper import clock
from shopkeeper.aws.activities import Activities
from shopkeeper.aws.holds import KEPT, Holds
from shopkeeper.aws.journeys import Journeys
from shopkeeper.aws.launches import Launches
from shopkeeper.aws.mail_states import MailStates
from shopkeeper.aws.runs import Runs
from shopkeeper.campaign import by_hand
from shopkeeper.clock import Clock
from shopkeeper.mail.holds import Hold
from tests import tables
from tests.aws.test_launches import PINS
from tests.hold_fakes import FakeHolds

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SPRING = ("campaign:spring", "spring-1")


def at(minutes):
    return clock.to_text(NOON + timedelta(minutes=minutes))


REFUSED = Hold(why="refused", says="BadRequestException: Too many tags", since=at(0), until=at(15))


class World:
    """Two senders, each with what it remembers; they share the tables and the time."""

    def __init__(self, state="running"):
        self.now = NOON
        self.dynamodb = tables.create("RecordsTable")
        self.holds = Holds(self.dynamodb, "RecordsTable")
        launched = replace(by_hand.planned("spring", PINS, NOON, NOON), state=state)
        self.launches().put(launched)
        self.sender, self.other = self.activities(), self.activities()

    def clock(self):
        return Clock(lambda: self.now.timestamp())

    def launches(self):
        return Launches(self.dynamodb, "RecordsTable", self.clock())

    def activities(self):
        mail = MailStates(self.dynamodb, "RecordsTable", self.clock())
        journeys = Journeys(self.dynamodb, "DefinitionsTable", self.clock())
        runs = Runs(self.dynamodb, "RunsTable")
        return Activities(self.launches(), self.holds, mail, journeys, runs, self.clock())

    def pass_time(self, **how):
        self.now += timedelta(**how)

    def status(self):
        return self.sender.status(*SPRING), self.other.status(*SPRING)


@pytest.fixture
def world():
    with mock_aws():
        yield World()


def test_an_activity_that_was_never_held_has_the_empty_hold(world):
    assert world.holds.get(*SPRING) == Hold()
    assert world.status() == ("running", "running")


def test_the_first_refusal_says_how_long_and_others_beside_it_change_nothing(world):
    first = world.holds.hold(*SPRING, REFUSED)

    second = world.holds.hold(*SPRING, replace(REFUSED, why="suspended", since=at(1), until=at(60)))

    assert first == second == world.holds.get(*SPRING) == REFUSED


def test_a_further_refusal_holds_it_for_another_while_and_since_the_first(world):
    world.holds.hold(*SPRING, REFUSED)

    again = world.holds.hold(*SPRING, replace(REFUSED, why="configuration", says="", since=at(15), until=at(30)))

    assert again == Hold(why="configuration", says="", since=at(0), until=at(30))


def test_the_conditions_of_the_table_and_of_the_fakes_are_the_same(world):
    """Whatever is done one after the other."""
    for number, names in enumerate(product(["refused", "taken"], repeat=4)):
        key = (SPRING[0], f"spring-{number}")
        fakes = FakeHolds({}, lambda name, work: work())
        for place, name in enumerate(names):
            for minutes in (10 * place, 10 * place + 4):
                now = NOON + timedelta(minutes=minutes)
                wanted = replace(REFUSED, why=name, since=clock.to_text(now), until=at(minutes + 15))
                made = [
                    store.hold(*key, wanted) if name == "refused" else store.end(*key, now)
                    for store in (world.holds, fakes)
                ]
                assert made[0] == made[1] == world.holds.get(*key)


def test_whoever_holds_heeds_it_at_once_and_everybody_else_within_two_seconds(world):
    assert world.status() == ("running", "running")
    world.sender.hold(*SPRING, REFUSED)
    assert world.status() == ("paused", "running")

    world.pass_time(seconds=2)

    assert world.status() == ("paused", "paused")


def test_what_was_read_slowly_is_as_old_as_its_question(world):
    get = world.sender._holds.get

    def slowly(*key):
        hold = get(*key)
        world.holds.hold(*SPRING, REFUSED)
        world.pass_time(seconds=2)
        return hold

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world.sender._holds, "get", slowly)
        assert world.sender.status(*SPRING) == "running"

    assert world.sender.status(*SPRING) == "paused"


def test_a_sender_asks_three_times_in_two_seconds_however_many_mails_it_sends(world):
    """The launch, its hold and all mail: at ten mails a second that is a seventh of a read unit for each."""
    asked = []
    with tables.told(world.dynamodb, "before-call.dynamodb.GetItem", lambda **_: asked.append(world.now)):
        for _ in range(200):
            world.sender.status(*SPRING)
            world.sender.status(*SPRING)
            world.sender.went_on(*SPRING)
            world.pass_time(milliseconds=100)

    assert len(asked) == 3 * 20 / 2


def test_it_goes_on_by_itself_and_is_shown_until_a_mail_is_taken(world):
    world.sender.hold(*SPRING, REFUSED)
    world.pass_time(minutes=15)
    assert world.status() == ("running", "running")
    assert world.holds.get(*SPRING).why == "refused"

    world.other.went_on(*SPRING)

    assert world.holds.get(*SPRING) == Hold(went_on_at=at(15))
    assert world.sender.held(*SPRING).went_on_at == at(15)


def test_a_refusal_after_it_went_on_is_a_hold_of_its_own(world):
    world.holds.hold(*SPRING, REFUSED)
    world.holds.end(*SPRING, NOON + timedelta(minutes=20))

    later = world.holds.hold(*SPRING, replace(REFUSED, since=at(90), until=at(105)))

    assert (later.since, later.went_on_at) == (at(90), at(20))


def test_a_mail_that_is_taken_costs_no_write_unless_the_activity_was_held(world):
    for _ in range(3):
        world.sender.went_on(*SPRING)

    found = world.dynamodb.scan(TableName="RecordsTable")["Items"]
    assert [item["record"]["S"] for item in found] == ["launch#spring-1"]


def test_lifting_a_hold_lets_the_next_send_try_at_once(world):
    world.holds.hold(*SPRING, REFUSED)

    lifted = world.holds.lift(*SPRING, NOON + timedelta(minutes=3))

    assert (lifted.until, lifted.why) == (at(3), "refused")
    assert world.holds.lift(*SPRING, NOON + timedelta(minutes=9)) == lifted
    world.pass_time(minutes=3, seconds=5)
    assert world.status() == ("running", "running")


def test_lifting_what_is_not_held_leaves_nothing(world):
    assert world.holds.lift(*SPRING, NOON) == world.holds.end(*SPRING, NOON) == Hold()
    assert world.holds.get(*SPRING) == Hold()


@pytest.mark.parametrize(
    ("state", "status"), [("done", "paused"), ("cancelled", "cancelled"), ("failed", "paused"), ("running", "paused")]
)
def test_a_hold_stops_what_may_go_and_undoes_no_cancelling(state, status):
    with mock_aws():
        world = World(state)
        world.holds.hold(*SPRING, REFUSED)

        assert world.status() == (status, status)


def test_the_row_is_gone_long_after_it_mattered(world):
    world.holds.hold(*SPRING, REFUSED)

    (item,) = (each for each in world.dynamodb.scan(TableName="RecordsTable")["Items"] if "until" in each)

    assert int(item["expires_at"]["N"]) == int((NOON + timedelta(minutes=15) + KEPT).timestamp())
    assert item["record"]["S"] == "hold#campaign:spring/spring-1"


def test_of_many_activities_the_senders_remember_some(world):
    for n in range(250):
        world.sender.status("campaign:spring", f"other-{n}")

    assert len(world.sender._told) <= 100
