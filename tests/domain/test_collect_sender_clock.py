from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper import clock
from shopkeeper.customer.collect.sender_clock import BEGINNING, instants, read_instant
from shopkeeper.customer.collect.strict_json import Flaw

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WILD = st.datetimes(min_value=BEGINNING.replace(tzinfo=None), timezones=st.just(UTC))


def test_a_clock_that_is_an_hour_fast_is_corrected():
    hour_fast = NOW + 60 * MINUTE
    times = instants(hour_fast - 2 * MINUTE, hour_fast, NOW, trusted=False)
    assert times.at == clock.to_text(NOW - 2 * MINUTE)
    assert times.said_at == clock.to_text(hour_fast - 2 * MINUTE)
    assert not times.ours


def test_without_sent_at_the_timestamp_stands():
    times = instants(NOW - DAY, None, NOW, trusted=False)
    assert (times.at, times.said_at, times.ours) == (clock.to_text(NOW - DAY), "", False)


def test_without_a_timestamp_it_happened_on_receipt():
    assert instants(None, NOW + DAY, NOW, trusted=False).at == clock.to_text(NOW)


@pytest.mark.parametrize(
    ("said", "trusted", "believed"),
    [
        (NOW - 30 * DAY, False, True),
        (NOW - 30 * DAY - MINUTE, False, False),
        (NOW - 30 * DAY - MINUTE, True, True),
        (NOW - 9000 * DAY, True, True),
        (NOW + 5 * MINUTE, False, True),
        (NOW + 5 * MINUTE, True, True),
        (NOW + 6 * MINUTE, False, False),
        (NOW + 6 * MINUTE, True, False),
    ],
)
def test_what_cannot_be_believed_gives_way_to_the_receipt_and_both_are_kept(said, trusted, believed):
    times = instants(said, None, NOW, trusted=trusted)
    assert times.ours is not believed
    if not believed:
        assert (times.at, times.said_at) == (clock.to_text(NOW), clock.to_text(said))


@given(
    WILD,
    st.none() | WILD,
    st.booleans(),
)
def test_no_pair_of_instants_is_too_wild(said, sent, trusted):
    times = instants(said, sent, NOW, trusted=trusted)
    assert clock.from_text(times.at) <= NOW + 5 * MINUTE
    assert len(times.at) == len(clock.to_text(NOW))


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T09:30:00.000Z",
        "2026-11-21T09:30:00+00:00",
        "2026-11-21T10:30:00+01:00",
        "2026-11-21T09:30:00.000000000Z",
        "2026-11-21T09:30:00",
    ],
)
def test_the_ways_sdks_write_an_instant_are_read(text):
    assert read_instant(text, "timestamp") == NOW


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_is_no_instant(nothing):
    assert read_instant(nothing, "timestamp") is None


@pytest.mark.parametrize(
    "value",
    [
        "yesterday",
        1700000000,
        True,
        {},
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-13-01",
    ],
)
def test_what_is_no_instant_is_refused_by_field(value):
    with pytest.raises(Flaw) as caught:
        read_instant(value, "timestamp")
    assert (caught.value.code, caught.value.field) == ("not_an_instant", "timestamp")
