"""A campaign at each recipient's own time of day."""

import json
from datetime import timedelta

import pytest

from shopkeeper import clock
from shopkeeper.campaign.pinning import Wish
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.requests import BadRequest
from shopkeeper.mail import ledger, moves
from tests.launch_fakes import CAMPAIGN, Definitions
from tests.launch_world import NOON, World
from tests.measured import measured

ZONES = {
    "apia": "Pacific/Apia",
    "berlin": "Europe/Berlin",
    "delhi": "Asia/Kolkata",
    "hawaii": "Pacific/Honolulu",
    "nowhere": "",
}
# In the zone of the workspace, which is UTC.
TOMORROW = "2026-03-03T09:00"
HOURS = {
    "apia": "2026-03-02T20:00:00.000Z",
    "berlin": "2026-03-03T08:00:00.000Z",
    "delhi": "2026-03-03T03:30:00.000Z",
    "hawaii": "2026-03-03T19:00:00.000Z",
    "nowhere": "2026-03-03T09:00:00.000Z",
}


def of_zone(name, zone):
    told = Document(traits={"timezone": zone}, told={"timezone": (2, "m")}) if zone else Document()
    return document.store(Customer(name, 1, told, measures={"Order Completed": measured(4, 5, 6)}))


CUSTOMERS = [of_zone(name, zone) for name, zone in ZONES.items()]


def launched(at=TOMORROW, customers=CUSTOMERS, **more):
    world = World(customers)
    world.launcher.launch("spring", 1, Definitions(CAMPAIGN | {"schedule": {"at": at, "local": True}} | more))
    return world


def to_the_end(world):
    """When each was written to."""
    gone = {}

    def during():
        world.deliver()
        sent = (row for row in world.sends.values() if row.state == ledger.ACCEPTED)
        for row in sent:
            gone.setdefault(row.customer_id, clock.to_text(world.now))

    world.pass_time(max((clock.from_text(world.launch.due_at) - world.now).total_seconds(), 0))
    world.wake()
    execution = world.executions[world.waiting.pop()]
    world.execute(execution, during, looks=300)
    return gone


def late(gone, hours=HOURS):
    return {name: (clock.from_text(at) - clock.from_text(hours[name])).total_seconds() for name, at in gone.items()}


def test_each_is_written_to_at_that_time_of_their_own_clock_and_the_launch_begins_before_the_first_zone():
    world = launched()
    assert (world.launch.run_at, world.launch.state) == ("2026-03-02T18:00:00.000Z", "scheduled")

    behind = late(to_the_end(world))

    assert behind.keys() == ZONES.keys()
    assert all(0 <= each <= 61 for each in behind.values()), behind
    assert world.launch.state == "done"


def test_a_row_says_whose_zone_it_goes_by_and_costs_no_place_in_the_index_of_what_is_due():
    world = launched()
    world.pass_time(6 * 3600)
    world.wake()
    rows = {}

    def keep():
        rows.update({row.customer_id: row for row in world.sends.values() if row.customer_id not in rows})
        world.deliver()

    world.execute(world.executions["spring-1-1"], keep, looks=300)

    assert {name: row.due_at for name, row in rows.items()} == HOURS
    assert {json.loads(row.evidence)["zone_of"] for row in rows.values()} == {"customer", "workspace"}
    assert json.loads(rows["nowhere"].evidence) == {"waits": "own_hour", "zone": "UTC", "zone_of": "workspace"}
    assert {row.due_shard for row in rows.values()} == {""}
    assert moves.is_deferred(rows["berlin"], NOON)


@pytest.mark.parametrize(("past_due", "gone"), [("skip", {"berlin", "hawaii", "nowhere"}), ("send", set(ZONES))])
def test_whose_hour_has_passed_before_the_launch_goes_by_past_due(past_due, gone):
    world = launched(
        "2026-03-02T12:30", [each for each in CUSTOMERS if each.customer_id != "nowhere"], past_due=past_due
    )
    gone = gone - {"nowhere"}

    assert to_the_end(world).keys() == gone

    passed = [row for row in world.sends.values() if row.customer_id not in gone]
    assert {(row.state, row.reason) for row in passed} <= {(ledger.NOT_SENT, "other:hour_passed")}
    assert len(world.told) == len(passed)
    assert all(json.loads(row.evidence)["hour"] < clock.to_text(NOON) for row in passed)


def test_expiry_counts_from_each_ones_own_hour_and_for_the_launch_from_the_last_zone():
    world = launched(expires_after=2)
    to_the_end(world)

    hours = {row.customer_id: row.expires_at for row in world.sends.values()}
    assert late(hours) == dict.fromkeys(ZONES, 2 * 3600)
    assert world.launch.expires_at == "2026-03-03T23:00:00.000Z"


def test_a_rate_holds_for_those_of_one_zone():
    people = [of_zone(f"b{number:02}", "Europe/Berlin") for number in range(40)]
    world = launched(customers=people, rate=1)

    names = [each.customer_id for each in people]
    behind = sorted(late(to_the_end(world), dict.fromkeys(names, HOURS["berlin"])).values())

    assert len(behind) == 40
    for minutes in range(15, 46, 15):
        assert sum(each < 60 * minutes for each in behind) <= minutes + 15
    assert behind[-1] >= 25 * 60


def test_an_hour_that_has_passed_everywhere_is_refused_and_so_is_another_instant():
    for wish, at, field in (
        (Wish(), "2026-03-01T10:30", "schedule.at"),
        (Wish(at=clock.to_text(NOON)), TOMORROW, "at"),
    ):
        with pytest.raises(BadRequest) as refused:
            World(CUSTOMERS).launcher.launch(
                "spring", 1, Definitions(CAMPAIGN | {"schedule": {"at": at, "local": True}}), wish
            )
        assert [name for name, _ in refused.value.findings] == [field]


def test_one_that_recurs_at_its_recipients_own_time_begins_early_each_time():
    recurring = {"recurring": {"frequency": "daily", "at": "09:00"}, "local": True}
    world = World(CUSTOMERS)
    world.launcher.launch("spring", 1, Definitions(CAMPAIGN | {"schedule": recurring}))
    series = world.launches["spring-1"]

    assert (series.wall_at, series.run_at) == (TOMORROW, "2026-03-02T18:00:00.000Z")
    world.pass_time(timedelta(hours=6).total_seconds())
    world.wake()

    assert world.launches["spring-2603030900"].state == "starting"
    assert world.launches["spring-1"].run_at == "2026-03-03T18:00:00.000Z"
