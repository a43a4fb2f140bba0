"""From how many complaints on somebody is told, and marketing waits; and which hours a day has."""

from datetime import UTC, datetime, timedelta

import pytest

from shopkeeper.mail import health
from shopkeeper.mail.health import Day

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("delivered", "complained", "rings", "pauses"),
    [
        (0, 0, False, False),
        (1000, 0, False, False),
        (1000, 1, True, False),
        (1001, 1, False, False),
        (999, 30, True, False),
        (1000, 2, True, False),
        (1000, 3, True, True),
        (1001, 3, True, False),
        (1_000_000, 3000, True, True),
        (1_000_000, 2999, True, False),
    ],
)
def test_one_of_a_thousand_rings_and_three_of_a_thousand_pause(delivered, complained, rings, pauses):
    day = Day(counted_at="", delivered=delivered, complained=complained)

    assert (day.rings, day.pauses) == (rings, pauses)


def test_a_day_has_24_hours_of_which_the_last_goes_on():
    hours = health.hours(NOW, "")

    assert (len(hours), hours[0], hours[-1]) == (24, "2026-02-28T13", "2026-03-01T12")


def test_what_somebody_has_seen_is_counted_no_more_from_the_next_full_hour_on():
    counted_from = health.next_hour(NOW)

    assert counted_from == "2026-03-01T13:00:00.000Z"
    assert health.hours(NOW, counted_from) == []
    assert health.hours(NOW + timedelta(hours=1), counted_from) == ["2026-03-01T13"]
