"""When a customer's own calendar brings them in: days of traits, each by the clock where they are."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.customer.document import Document
from shopkeeper.customer.instants import ms_of
from shopkeeper.journey.doors import times
from shopkeeper.journey.graph import OnDate, OnRecurrence
from shopkeeper.journey.untils import Span
from tests.domain.test_journey_letting_in import journey

BERLIN, AUCKLAND, NEW_YORK = (ZoneInfo(f"{name}") for name in ("Europe/Berlin", "Pacific/Auckland", "America/New_York"))


def at(text, zone=UTC):
    return ms_of(datetime.fromisoformat(text).replace(tzinfo=zone))


def first(held, since, *, zone=UTC, **how):
    graph = journey(OnDate(path="birthday", **how))
    return times.coming(graph, Document(traits={"birthday": held}), zone, since)


@pytest.mark.parametrize(
    ("held", "how", "expected"),
    [
        ("2026-11-23", {}, "2026-11-23T09:00"),
        ("2026-11-23", {"time": "18:30"}, "2026-11-23T18:30"),
        ("2026-11-23", {"span": Span(days=1), "before": True}, "2026-11-22T09:00"),
        ("2026-10-31", {"span": Span(months=1)}, "2026-11-30T09:00"),
        ("1990-11-22", {"yearly": True}, "2026-11-22T09:00"),
        ("1990-11-21", {"yearly": True}, "2027-11-21T09:00"),
        ("1992-02-29", {"yearly": True}, "2027-02-28T09:00"),
        ("1990-01-03", {"yearly": True, "span": Span(days=14), "before": True}, "2026-12-20T09:00"),
        ("1990-12-31", {"yearly": True, "span": Span(days=30), "time": "00:00"}, "2027-01-30T00:00"),
        ("2030-05-01", {"yearly": True}, "2030-05-01T09:00"),
        ("2026-11-25T14:00:00Z", {}, "2026-11-25T14:00"),
        ("2020-11-25T14:00:00Z", {"yearly": True, "span": Span(seconds=3600)}, "2026-11-25T15:00"),
    ],
)
def test_a_day_comes_at_its_time_and_each_year_again_where_it_is_yearly(held, how, expected):
    assert first(held, at("2026-11-22T00:00"), **how) == at(expected)


@pytest.mark.parametrize("held", [None, 7, "soon", "2026-11-20", {"day": 1}, "0001-01-01", "2026-02-30"])
def test_what_is_no_date_or_has_passed_brings_nobody_in(held):
    assert first(held, at("2026-11-22T00:00")) is None


@pytest.mark.parametrize("held", ["9999-12-31", "0001-01-01"])
def test_at_the_ends_of_the_calendar_nothing_breaks(held):
    for yearly in (False, True):
        for before in (False, True):
            first(held, at("2026-11-22T00:00"), zone=BERLIN, span=Span(months=120), before=before, yearly=yearly)


def test_the_day_begins_and_its_time_comes_where_the_customer_is():
    since = at("2026-11-22T00:00")
    assert first("2026-11-23", since, zone=AUCKLAND) == at("2026-11-23T09:00", AUCKLAND)
    assert first("2026-11-23", since, zone=NEW_YORK) == at("2026-11-23T09:00", NEW_YORK)
    spring = at("2026-03-28T12:00")
    assert first("2026-03-29", spring, zone=BERLIN, time="02:30") == at("2026-03-29T03:30", BERLIN)


COFFEE = {"frequency": "weekly", "weekdays": ["fri"], "at": "08:00", "every": 2, "from": "2026-11-20"}


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (COFFEE, "2026-12-04T08:00"),
        ({"frequency": "monthly", "days": ["last mon"], "at": "09:00"}, "2026-11-30T09:00"),
        (COFFEE | {"until": "2026-12-01"}, None),
        (COFFEE | {"every": 2, "from": ""}, None),
        (COFFEE | {"weekdays": ["friday"]}, None),
        (COFFEE | {"at": "8"}, None),
        (COFFEE | {"until": "soon"}, None),
        ("weekly", None),
        (None, None),
    ],
)
def test_a_recurrence_of_their_own_comes_in_the_words_of_campaigns(held, expected):
    graph = journey(OnRecurrence(path="supplies.coffee"))
    document = Document(traits={"supplies": {"coffee": held}})

    found = times.coming(graph, document, BERLIN, at("2026-11-22T00:00", BERLIN))
    assert found == (expected and at(expected, BERLIN))


def come(held, due, now, zone=UTC):
    graph = journey(OnDate(path="birthday", yearly=True))
    return times.come(graph, Document(traits={"birthday": held}), zone, due, now)


def test_what_was_due_counts_for_three_days_and_what_nobody_waited_for_that_day_alone():
    due = at("2026-11-22T09:00")
    hours = 3_600_000
    assert come("1990-11-22", due, due)
    assert come("1990-11-22", due, due + 72 * hours)
    assert not come("1990-11-22", due, due + 73 * hours)
    assert come("1990-11-22", due + 72 * hours, due + 14 * hours)
    assert not come("1990-11-22", due + 72 * hours, due + 24 * hours)
    assert not come("1990-11-22", due, due - 1)


def test_a_time_is_the_same_wherever_the_customer_is():
    (here,) = come("1990-11-22", 0, at("2026-11-22T12:00"))
    (there,) = come("1990-11-22", 0, at("2026-11-22T12:00", NEW_YORK), NEW_YORK)

    assert here.id == there.id
    assert here.at != there.at
    assert here.props == {"trait": "birthday", "date": "2026-11-22"}


@settings(max_examples=60, deadline=None)
@given(
    held=st.dates(date(1996, 1, 1), date(2030, 12, 31)),
    since=st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)),  # noqa: DTZ001
    days=st.integers(0, 400),
    before=st.booleans(),
    zone=st.sampled_from([UTC, BERLIN, AUCKLAND, NEW_YORK]),
)
def test_the_next_of_each_year_is_the_first_of_all_of_them(held, since, days, before, zone):
    since = ms_of(since.replace(tzinfo=zone))
    walls = []
    for year in range(held.year, 2035):
        day = min(held.day, 28) if held.month == 2 and not _leap(year) else held.day
        day = date(year, held.month, day) + timedelta(days=-days if before else days)
        walls.append(ms_of(datetime.combine(day, datetime.min.time().replace(hour=9), zone)))
    found = first(held.isoformat(), since, zone=zone, span=Span(days=days), before=before, yearly=True)

    assert found == min(each for each in walls if each >= since)


def _leap(year):
    return year % 4 == 0
