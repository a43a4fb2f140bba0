from datetime import UTC

import pytest

from shopkeeper import zones
from shopkeeper.customer.instants import to_ms

LATE = "2026-03-28T23:30:00.000Z"


@pytest.mark.parametrize(
    ("name", "at", "date"),
    [
        ("UTC", LATE, "2026-03-28"),
        ("Europe/Berlin", LATE, "2026-03-29"),
        ("America/Los_Angeles", LATE, "2026-03-28"),
        ("Australia/Lord_Howe", "2026-04-04T13:29:59.999Z", "2026-04-05"),
        ("Europe/Berlin", "2026-10-24T22:00:00.000Z", "2026-10-25"),
        ("Europe/Berlin", "2026-10-25T22:59:59.999Z", "2026-10-25"),
        ("UTC", "1969-12-31T23:59:59.999Z", "1969-12-31"),
        ("America/Los_Angeles", "0001-01-01T00:00:00.000Z", "0001-01-01"),
        ("Asia/Tokyo", "9999-12-31T23:00:00.000Z", "9999-12-31"),
    ],
)
def test_a_day_is_that_of_the_zone(name, at, date):
    assert zones.day(to_ms(at), zones.zone(name)) * 86_400_000 == to_ms(f"{date}T00:00:00.000Z")


@pytest.mark.parametrize(
    ("name", "at", "hour"),
    [
        ("UTC", LATE, 23),
        ("Europe/Berlin", LATE, 0),
        ("Asia/Kolkata", LATE, 5),
        ("Europe/Berlin", "2026-10-25T00:30:00.000Z", 2),
        ("Europe/Berlin", "2026-10-25T01:30:00.000Z", 2),
        ("America/Los_Angeles", "0001-01-01T05:00:00.000Z", 5),
    ],
)
def test_an_hour_is_that_of_the_zone(name, at, hour):
    assert zones.hour(to_ms(at), zones.zone(name)) == hour


@pytest.mark.parametrize("name", ["", "Berlin", "../etc/passwd", "Europe", "CET+1", "Europe/Berlin\0"])
def test_what_names_no_zone_is_refused(name):
    with pytest.raises(zones.UnknownZone):
        zones.zone(name)


def test_the_zone_of_everybody_costs_no_look_at_a_table():
    assert zones.zone("UTC") is UTC
