"""Until when a wait lasts, on the wall clocks of the world."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from shopkeeper.journey import waits
from shopkeeper.journey.untils import At, Local, OfTrait, Span, Window

BERLIN, SYDNEY, LORD_HOWE = map(ZoneInfo, ("Europe/Berlin", "Australia/Sydney", "Australia/Lord_Howe"))


def ms(text, zone=UTC):
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


def told(instant, zone):
    return datetime.fromtimestamp(instant / 1000, zone).strftime("%a %Y-%m-%dT%H:%M:%S%z")


@pytest.mark.parametrize(
    ("at", "span", "there"),
    [
        ("2026-03-28T12:00", Span(days=1), "Sun 2026-03-29T12:00:00+0200"),
        ("2026-03-28T12:00", Span(seconds=86_400), "Sun 2026-03-29T13:00:00+0200"),
        ("2026-03-28T02:30", Span(days=1), "Sun 2026-03-29T03:30:00+0200"),
        ("2026-10-24T02:30", Span(days=1), "Sun 2026-10-25T02:30:00+0200"),
        ("2026-01-31T09:00", Span(months=1), "Sat 2026-02-28T09:00:00+0100"),
        ("2028-01-31T09:00", Span(months=1, days=1, seconds=60), "Wed 2028-03-01T09:01:00+0100"),
    ],
)
def test_days_go_by_the_wall_clock_and_seconds_by_the_clock(at, span, there):
    assert told(waits.after(ms(at, BERLIN), span, BERLIN), BERLIN) == there


def test_a_wall_time_that_comes_twice_is_the_first_and_one_that_is_left_out_comes_as_much_later():
    assert waits.local("2026-10-25T02:30", BERLIN) == ms("2026-10-25T00:30")
    assert waits.local("2026-03-29T02:30", BERLIN) == ms("2026-03-29T01:30")
    assert waits.local("2026-04-05T01:45", LORD_HOWE) == ms("2026-04-04T14:45")
    assert waits.local("2026-10-04T02:15", LORD_HOWE) == ms("2026-10-03T15:45")


def test_an_instant_is_the_same_everywhere_and_a_wall_time_is_not():
    assert waits.fixed(At(instant=5), 0, BERLIN) == 5
    assert waits.fixed(Local(time="2026-07-01T09:00"), 0, BERLIN) == ms("2026-07-01T07:00")
    assert waits.fixed(Local(time="2026-07-01T09:00"), 0, SYDNEY) == ms("2026-06-30T23:00")


@pytest.mark.parametrize(
    ("window", "at", "there"),
    [
        (Window(from_="09:00", to="17:00"), "2026-11-23T08:00", "Mon 2026-11-23T09:00:00+1100"),
        (Window(from_="09:00", to="17:00"), "2026-11-23T12:34", "Mon 2026-11-23T12:34:00+1100"),
        (Window(from_="09:00", to="17:00"), "2026-11-23T17:00", "Tue 2026-11-24T09:00:00+1100"),
        (Window(days=(1,), from_="09:00", to="17:00"), "2026-11-23T17:00", "Mon 2026-11-30T09:00:00+1100"),
        (Window(days=(6, 7), from_="09:00", to="17:00"), "2026-11-23T10:00", "Sat 2026-11-28T09:00:00+1100"),
        (Window(days=(5,), from_="22:00", to="02:00"), "2026-11-28T01:30", "Sat 2026-11-28T01:30:00+1100"),
        (Window(days=(6,), from_="22:00", to="02:00"), "2026-11-28T01:30", "Sat 2026-11-28T22:00:00+1100"),
        (Window(days=(3,)), "2026-11-23T10:00", "Wed 2026-11-25T00:00:00+1100"),
        (Window(), "2026-11-23T10:00", "Mon 2026-11-23T10:00:00+1100"),
    ],
)
def test_a_window_is_entered_at_once_or_when_it_opens(window, at, there):
    """Monday morning in Sydney is Sunday evening in UTC, and counts as Monday."""
    assert told(waits.opens(window, ms(at, SYDNEY), SYDNEY), SYDNEY) == there


def test_a_window_in_the_night_that_repeats_an_hour_lasts_until_the_second_time():
    night = Window(from_="01:00", to="02:30")
    second = ms("2026-10-25T01:15")  # 02:15 for the second time.
    assert waits.opens(night, second, BERLIN) == second
    assert waits.opens(night, ms("2026-10-25T01:30"), BERLIN) == ms("2026-10-26T00:00")


def test_a_trait_holds_a_day_or_an_instant():
    before = OfTrait(path="x", span=Span(days=3), before=True, time="08:00")
    assert told(waits.of_trait(before, date(2026, 4, 1), BERLIN), BERLIN) == "Sun 2026-03-29T08:00:00+0200"
    later = OfTrait(path="x", span=Span(seconds=3_600))
    assert waits.of_trait(later, ms("2026-04-01T10:00"), BERLIN) == ms("2026-04-01T11:00")
