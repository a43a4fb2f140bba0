"""When a schedule comes round: against an independent count of days, and a scan of the clock minute by minute."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper import zones
from shopkeeper.campaign import calendar
from shopkeeper.campaign.calendar import Schedule
from shopkeeper.customer import recurring
from shopkeeper.customer.importing import cells
from shopkeeper.customer.recurring import Recurring

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia")
FREQUENCIES = {"daily": rrule.DAILY, "weekly": rrule.WEEKLY, "monthly": rrule.MONTHLY}
DAYS = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU)
NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}


@st.composite
def recurrings(draw):
    begins = draw(st.dates(date(2026, 1, 1), date(2028, 12, 31)))
    frequency = draw(st.sampled_from(list(FREQUENCIES)))
    parts = {"frequency": frequency, "at": draw(st.times()).strftime("%H:%M"), "every": draw(st.integers(1, 14))}
    if frequency == "weekly":
        parts["weekdays"] = tuple(draw(st.sets(st.sampled_from(recurring.WEEKDAYS), min_size=1)))
    if frequency == "monthly":
        named = [f"{which} {day}" for which in recurring.ORDINALS for day in recurring.WEEKDAYS]
        days = st.one_of(
            st.sets(st.sampled_from([1, 15, 28, 29, 30, 31, "last"]), min_size=1),
            st.sets(st.sampled_from(named), min_size=1),
        )
        parts["days"] = tuple(draw(days))
    ends = draw(st.sampled_from(["", "until", "count"]))
    if ends == "until":
        parts["until"] = (begins + timedelta(days=draw(st.integers(0, 900)))).isoformat()
    if ends == "count":
        parts["count"] = draw(st.integers(1, 40))
    return Recurring(from_=begins.isoformat(), **parts)


def expected(said):
    """Whole years of it, by the rules of iCalendar."""
    begins = datetime.fromisoformat(f"{said.from_}T{said.at}")
    more = {"until": datetime.fromisoformat(f"{said.until}T{said.at}")} if said.until else {}
    more |= {"count": said.count} if said.count else {}
    more |= {"byweekday": [recurring.WEEKDAYS.index(each) for each in said.weekdays]} if said.weekdays else {}
    if said.days and " " in str(said.days[0]):
        each = (day.split() for day in said.days)
        more["byweekday"] = [DAYS[recurring.WEEKDAYS.index(day)](NTH[which]) for which, day in each]
    elif said.days:
        more["bymonthday"] = [-1 if each == "last" else each for each in said.days]
    return rrule.rrule(FREQUENCIES[said.frequency], dtstart=begins, interval=said.every, wkst=rrule.MO, **more)


@settings(max_examples=60)
@given(recurrings(), st.integers(-40, 900))
def test_its_days_are_those_of_icalendar_whenever_one_begins_to_look(said, ahead):
    after = date.fromisoformat(said.from_) + timedelta(days=ahead)
    every = expected(said).xafter(datetime.combine(after, datetime.min.time()), inc=True)

    assert list(islice(said.walls(after), 8)) == list(islice(every, 8))


def first_at(wall, zone):
    """The instant at which the clock shows it, found minute by minute; of a time that is left out, what it would be by
    the clock of the day before."""
    start = wall.replace(tzinfo=UTC) - timedelta(hours=16)
    shown = ((start + timedelta(minutes=each)) for each in range(32 * 60))
    before = (wall - timedelta(days=1)).replace(tzinfo=zone).utcoffset()
    found = (each for each in shown if each.astimezone(zone).replace(tzinfo=None) == wall)
    return next(found, (wall - before).replace(tzinfo=UTC))


CHANGES = [date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1), date(2026, 4, 5)]
CHANGES += [date(2026, 10, 4), date(2028, 2, 29), date(2026, 12, 31), date(2011, 12, 29)]


@settings(max_examples=40)
@given(st.sampled_from(CHANGES), st.integers(0, 24 * 12 - 1), st.sampled_from(ZONES))
def test_a_time_of_the_wall_clock_is_the_first_one_or_comes_as_much_later(day, fives, name):
    wall, zone = datetime.combine(day, datetime.min.time()) + timedelta(minutes=5 * fives), ZoneInfo(name)

    assert zones.instant(wall, zone) == first_at(wall, zone)
    assert Schedule(zone=name).begins_at(wall) == zones.instant(wall, cells.zone(name))


DAILY = Recurring(frequency="daily", at="02:30")


@pytest.mark.parametrize(
    ("day", "at"), [("2026-03-29", "01:30"), ("2026-10-25", "00:30"), ("2026-10-26", "01:30"), ("2026-03-28", "01:30")]
)
def test_a_night_that_repeats_or_leaves_out_an_hour_has_one_time_like_all_others(day, at):
    schedule = Schedule(zone="Europe/Berlin", recurring=DAILY)
    midnight = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=ZoneInfo("Europe/Berlin"))

    (wall, following) = islice(schedule.walls(midnight), 2)

    assert schedule.begins_at(wall) == datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=UTC)
    assert following.date() == wall.date() + timedelta(days=1)
    assert next(schedule.walls(schedule.begins_at(wall))) == following


@pytest.mark.parametrize(
    "said",
    [
        Recurring(frequency="monthly", days=(31,), at="09:00", every=12, from_="2026-04-01"),
        Recurring(frequency="daily", at="09:00", from_="2025-01-01", until="2026-01-01"),
        Recurring(frequency="daily", at="09:00", from_="2025-01-01", count=3),
    ],
)
def test_what_never_comes_again_is_found_to_be_over(said):
    assert list(Schedule(recurring=said).walls(datetime(2026, 3, 2, 12, tzinfo=UTC))) == []


def test_without_a_first_day_it_has_always_been():
    mondays = Recurring(frequency="weekly", weekdays=("mon",), at="09:00")

    walls = islice(mondays.walls(date(2026, 3, 4)), 2)
    assert [calendar.to_text(each) for each in walls] == ["2026-03-09T09:00", "2026-03-16T09:00"]
