import time
from datetime import UTC, datetime, timedelta

import pytest

from local.clock import ClockError, VirtualClock


@pytest.fixture
def clock():
    clock = VirtualClock()
    yield clock
    clock.close()


def test_it_starts_at_the_real_time_and_runs_on(clock):
    first, real = clock.now(), time.monotonic()
    time.sleep(0.02)
    assert timedelta(seconds=0.02) <= clock.now() - first < timedelta(seconds=time.monotonic() - real + 1)


def test_it_moves_the_time_of_the_whole_process(clock):
    clock.advance(timedelta(days=400))
    clock.move_to(datetime(2200, 1, 1, tzinfo=UTC))
    assert datetime.now(UTC).year == time.gmtime().tm_year == 2200


def test_it_never_goes_back(clock):
    with pytest.raises(ClockError, match="back"):
        clock.advance(timedelta(seconds=-1))
    with pytest.raises(ClockError, match="back"):
        clock.move_to(datetime(2020, 1, 1, tzinfo=UTC))


def test_afterwards_the_time_is_real_again():
    before, real = time.time(), time.monotonic()
    clock = VirtualClock()
    clock.advance(timedelta(days=1))
    clock.close()
    assert time.time() - before < time.monotonic() - real + 1
