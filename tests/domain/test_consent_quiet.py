"""Quiet hours by the wall clock, also where that is moved, and what they do to a send."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from shopkeeper import clock, zones
from shopkeeper.consent import quiet
from shopkeeper.consent.quiet import Quiet
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from shopkeeper.mail import ledger
from shopkeeper.mail.terms import Terms
from tests.send_customer import TRAITS
from tests.send_world import World

NIGHT = Quiet("21:00", "08:00")


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("window", "zone", "now", "until"),
    [
        (NIGHT, "UTC", "2026-03-01T20:59:59.999Z", None),
        (NIGHT, "UTC", "2026-03-01T21:00:00Z", "2026-03-02T08:00:00Z"),
        (NIGHT, "UTC", "2026-03-02T00:00:00Z", "2026-03-02T08:00:00Z"),
        (NIGHT, "UTC", "2026-03-02T07:59:59.999Z", "2026-03-02T08:00:00Z"),
        (NIGHT, "UTC", "2026-03-02T08:00:00Z", None),
        (Quiet("12:00", "14:00"), "UTC", "2026-03-01T13:00:00Z", "2026-03-01T14:00:00Z"),
        (Quiet("12:00", "14:00"), "UTC", "2026-03-01T11:00:00Z", None),
        (Quiet("12:00", "12:00"), "UTC", "2026-03-01T12:00:00Z", None),
        (NIGHT, "Asia/Kolkata", "2026-03-01T15:29:00Z", None),
        (NIGHT, "Asia/Kolkata", "2026-03-01T15:30:00Z", "2026-03-02T02:30:00Z"),
        (NIGHT, "Asia/Kathmandu", "2026-03-02T02:14:00Z", "2026-03-02T02:15:00Z"),
        (NIGHT, "Australia/Lord_Howe", "2026-03-02T20:00:00Z", "2026-03-02T21:00:00Z"),
        # A spring night lacks an hour, and one in autumn has one twice: that much shorter or longer is the window.
        (NIGHT, "Europe/Berlin", "2026-03-28T22:00:00Z", "2026-03-29T06:00:00Z"),
        (NIGHT, "Europe/Berlin", "2026-10-24T20:00:00Z", "2026-10-25T07:00:00Z"),
        # It ends in the hour that comes twice: the second time.
        (Quiet("22:00", "02:30"), "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
        (Quiet("22:00", "02:30"), "Europe/Berlin", "2026-10-25T01:29:00Z", "2026-10-25T01:30:00Z"),
        (Quiet("22:00", "02:30"), "Europe/Berlin", "2026-10-25T01:30:00Z", None),
        # It begins in it: the first time, and is not over when the clock shows an earlier time again.
        (Quiet("02:30", "06:00"), "Europe/Berlin", "2026-10-25T00:29:00Z", None),
        (Quiet("02:30", "06:00"), "Europe/Berlin", "2026-10-25T01:10:00Z", "2026-10-25T05:00:00Z"),
        # It ends, or begins, in the hour that is left out: that much later.
        (Quiet("22:00", "02:30"), "Europe/Berlin", "2026-03-29T01:10:00Z", "2026-03-29T01:30:00Z"),
        (Quiet("22:00", "02:30"), "Europe/Berlin", "2026-03-29T01:30:00Z", None),
        (Quiet("02:30", "06:00"), "Europe/Berlin", "2026-03-29T01:29:00Z", None),
        (Quiet("02:30", "06:00"), "Europe/Berlin", "2026-03-29T01:30:00Z", "2026-03-29T04:00:00Z"),
    ],
)
def test_a_window_opens_and_closes_by_the_wall_clock(window, zone, now, until):
    assert quiet.ends([window], zones.zone(zone), at(now)) == (at(until) if until else None)


CHRISTMAS = {"2026-12-25", "2026-12-26", "2027-01-01"}


@pytest.mark.parametrize(
    ("windows", "zone", "now", "until"),
    [
        ([], "UTC", "2026-12-24T23:59:59Z", None),
        ([], "UTC", "2026-12-25T00:00:00Z", "2026-12-27T00:00:00Z"),
        ([NIGHT], "UTC", "2026-12-24T21:00:00Z", "2026-12-27T08:00:00Z"),
        ([NIGHT], "Europe/Berlin", "2026-12-26T12:00:00Z", "2026-12-27T07:00:00Z"),
        ([NIGHT], "Pacific/Apia", "2026-12-31T12:00:00Z", "2027-01-01T19:00:00Z"),
        ([NIGHT], "UTC", "2026-12-27T08:00:00Z", None),
    ],
)
def test_a_holiday_is_quiet_as_a_whole_where_the_recipient_is_and_until_the_end_of_quiet_hours(
    windows, zone, now, until
):
    assert quiet.ends(windows, zones.zone(zone), at(now), CHRISTMAS) == (at(until) if until else None)


def test_windows_that_leave_no_hour_are_known_to_have_no_end_beside_holidays():
    always = [Quiet("00:00", "12:00"), Quiet("12:00", "00:00")]
    now = at("2026-12-25T00:00:00Z")

    assert quiet.ends(always, UTC, now, CHRISTMAS) - now > quiet.longest(CHRISTMAS)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"])
def test_nothing_goes_out_inside_a_window_whenever_it_is_looked_at(zone):
    """On every quarter of an hour of a year: outside it by the clock on the wall, or on a night that is moved."""
    tz, now, moved = zones.zone(zone), datetime(2026, 1, 1, tzinfo=UTC), 0
    while now < datetime(2027, 1, 1, tzinfo=UTC):
        local = now.astimezone(tz)
        on_the_wall = not 8 <= local.hour < 21
        found = quiet.ends([NIGHT], tz, now)
        assert bool(found) == on_the_wall, local
        if found:
            assert found.astimezone(tz).strftime("%H:%M") == "08:00"
            moved += found - now > timedelta(hours=11)
        now += timedelta(minutes=15)


def test_windows_that_follow_each_other_are_one_and_those_that_leave_no_hour_have_no_end():
    morning, day = Quiet("08:00", "09:30"), Quiet("07:00", "22:00")
    now = at("2026-03-01T22:00:00Z")

    assert quiet.ends([NIGHT, morning], UTC, now) == at("2026-03-02T09:30:00Z")
    assert quiet.ends([NIGHT, day], UTC, now) - now > quiet.LONGEST
    assert quiet.ends([], UTC, now) is None


# What that does to a send, which is made at noon in UTC.


def played(policy=None, terms=Terms(), zone="", country="", **changed):  # noqa: B008 - it cannot change.
    """A first delivery of one letter, to somebody who lives in that zone and country."""
    world = World(policy=policy)
    world.terms = {"campaign:0": terms}
    (row,) = world.sends.values()
    for name, value in changed.items():
        object.__setattr__(row, name, value)
    traits = TRAITS | ({"timezone": zone} if zone else {}) | ({"country": country} if country else {})
    jo = Document(traits=traits, told=dict.fromkeys(traits, (0, "m")))
    world.documents["jo"] = document.store(Customer("jo", 1, jo))
    world.deliver(row.send_id).finish()
    return world, world.sends[row.send_id]


NOONS = {"quiet": {"from": "11:00", "to": "13:00"}}


def test_who_would_be_written_to_in_quiet_hours_is_written_to_soon_after_their_end():
    world, row = played(NOONS)

    assert (row.state, world.called, world.contacts) == (ledger.READY, [], {})
    assert json.loads(row.evidence) == {
        "waits": "quiet_hours",
        "zone": "UTC",
        "zone_of": "workspace",
        "quiet_until": "2026-03-01T13:00:00.000Z",
    }
    assert timedelta() <= clock.from_text(row.due_at) - at("2026-03-01T13:00:00Z") <= timedelta(minutes=15)
    world.time = at("2026-03-01T13:15:01Z")
    world.tick()
    world.deliver(row.send_id).finish()
    assert world.sends[row.send_id].state == ledger.ACCEPTED


def test_the_clock_is_the_recipients_where_their_zone_is_known():
    _, row = played({"quiet": {"from": "21:00", "to": "08:00"}}, zone="Asia/Tokyo")

    said = json.loads(row.evidence)
    assert (said["zone"], said["zone_of"], said["quiet_until"]) == (
        "Asia/Tokyo",
        "customer",
        "2026-03-01T23:00:00.000Z",
    )
    assert played({"quiet": {"from": "21:00", "to": "08:00"}}, zone="Moon/Sea")[1].state == ledger.ACCEPTED


def holiday(**more):
    return {"holidays": [{"date": "2026-03-01", **more}]}


def test_on_a_holiday_marketing_waits_for_the_next_day_where_the_recipient_is():
    for said, state in ((holiday(), ledger.READY), (holiday(countries=["de"]), ledger.ACCEPTED)):
        assert played(said)[1].state == state
    assert json.loads(played(holiday())[1].evidence)["quiet_until"] == "2026-03-02T00:00:00.000Z"
    assert played(holiday(countries=["fr", "de"]), country="DE")[1].state == ledger.READY
    assert played(holiday(), mail_class="service")[1].state == ledger.ACCEPTED
    assert played(holiday(), expires_at="2026-03-02T00:00:00.000Z")[1].reason == "other:expired"


def test_a_campaign_may_have_hours_of_its_own_beside_those_of_the_policy():
    own = Terms(quiet=Quiet("12:30", "14:00"))

    assert json.loads(played(NOONS, own)[1].evidence)["quiet_until"] == "2026-03-01T14:00:00.000Z"
    assert json.loads(played(None, Terms(quiet=Quiet("12:00", "14:00")))[1].evidence)["waits"] == "quiet_hours"


@pytest.mark.parametrize(
    ("mail_class", "critical", "goes"),
    [("marketing", True, False), ("service", False, False), ("service", True, True), ("transactional", False, True)],
)
def test_receipts_go_at_any_hour_and_service_mail_that_is_critical(mail_class, critical, goes):
    _, row = played(NOONS, Terms(critical=critical), mail_class=mail_class)

    assert row.state == (ledger.ACCEPTED if goes else ledger.READY)


def test_what_would_be_over_before_the_hours_are_is_given_up_at_once():
    assert played(NOONS, expires_at="2026-03-01T13:00:00.000Z")[1].reason == "other:expired"
    assert played(NOONS, expires_at="2026-03-01T13:00:00.001Z")[1].state == ledger.READY
    assert played(NOONS, Terms(quiet=Quiet("12:30", "11:30")))[1].reason == "other:no_hour_left"


def test_hours_that_begin_while_a_letter_is_written_are_minded_at_the_last_look():
    world = World(policy={"quiet": {"from": "12:01", "to": "13:00"}})
    (send_id,) = world.ids()
    worker = world.deliver(send_id)
    while worker.waits_at != "secrets.get":
        worker.step()
    world.time += timedelta(minutes=1)
    worker.finish()

    assert (world.sends[send_id].state, world.called) == (ledger.READY, [])
    assert world.contacts["jo"].reservations == {}
