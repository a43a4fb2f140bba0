"""Days, weeks, months: when they begin, also where a night has no midnight, or two."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper import zones
from shopkeeper.segment import calendar

MINUTE = 60_000
# Midnights left out, by a whole hour, by half of one before and after it, and a day that never was.
NIGHTS = [
    ("Asia/Beirut", date(2026, 3, 29)),
    ("America/Santiago", date(2026, 9, 6)),
    ("America/Toronto", date(1919, 3, 31)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Apia", date(2011, 12, 31)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Asia/Kolkata", date(2026, 1, 1)),
    ("Asia/Kathmandu", date(2024, 2, 29)),
    ("UTC", date(1969, 12, 31)),
]


@pytest.mark.parametrize(("name", "which"), NIGHTS)
def test_a_day_begins_with_its_first_minute(name, which):
    zone, day = zones.zone(name), calendar.from_date(which)
    at = (day - 1) * 1440 * MINUTE
    while zones.day(at, zone) < day:
        at += MINUTE

    assert calendar.start(day, zone) == at
    assert zones.day(at - 1, zone) < day


@pytest.mark.parametrize(
    ("name", "which"), [("America/St_Johns", date(2011, 11, 6)), ("Asia/Amman", date(2021, 10, 29))]
)
def test_a_midnight_that_comes_twice_begins_the_day_once(name, which):
    zone, day = zones.zone(name), calendar.from_date(which)

    assert zones.day(calendar.start(day, zone), zone) == day


def test_outside_of_the_calendar_days_begin_never_or_have_always():
    assert calendar.start(-(10**7), zones.zone("UTC")) == calendar.PAST
    assert calendar.start(10**7, zones.zone("UTC")) == calendar.NEVER


days = st.dates(date(1890, 1, 1), date(2200, 1, 1))


@given(days)
def test_units_are_those_of_the_calendar(which):
    day = calendar.from_date(which)
    begins = {
        "days": which,
        "weeks": which - timedelta(days=which.weekday()),
        "months": which.replace(day=1),
        "years": which.replace(month=1, day=1),
    }
    for name, unit in calendar.UNITS.items():
        assert calendar.to_date(unit.first(unit.of(day))) == begins[name]
        assert (
            unit.of(unit.first(unit.of(day) + 1)) == unit.of(day) + 1 == unit.of(unit.first(unit.of(day) + 1) - 1) + 1
        )


@pytest.mark.parametrize(
    ("which", "by", "then"),
    [
        ("2026-03-31", (0, -1, 0), "2026-02-28"),
        ("2024-03-31", (0, -1, 0), "2024-02-29"),
        ("2024-02-29", (1, 0, 0), "2025-02-28"),
        ("2024-02-29", (4, 0, 0), "2028-02-29"),
        ("2025-12-31", (0, 2, 0), "2026-02-28"),
        ("2025-12-31", (0, 2, 1), "2026-03-01"),
        ("2026-01-01", (0, -1, -1), "2025-11-30"),
        ("2026-07-15", (-36, 0, 14), "1990-07-29"),
    ],
)
def test_a_month_from_the_last_of_a_long_one_is_the_last_of_a_short_one(which, by, then):
    assert calendar.to_date(calendar.shifted(calendar.from_date(date.fromisoformat(which)), *by)).isoformat() == then
