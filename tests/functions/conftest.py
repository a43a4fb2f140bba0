"""What the tests of several functions begin with."""

from datetime import UTC, datetime

import pytest
import time_machine
from moto import mock_aws

from shopkeeper.customer.backfilling import WAIT
from tests.interactions import ordered
from tests.publishing_shop import PublishingShop
from tests.rules import count


@pytest.fixture
def shop(monkeypatch):
    """Nobody has said anything yet, on the first of March 2026 at noon."""
    with mock_aws(), time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False) as now:
        yield PublishingShop(monkeypatch, now)


@pytest.fixture
def ordering_shop(monkeypatch):
    """On the second of March at noon jo has ordered, and the segment of all who did was published."""
    with mock_aws(), time_machine.travel(datetime(2026, 3, 2, 12, tzinfo=UTC), tick=False) as now:
        shop = PublishingShop(monkeypatch, now)
        shop.tell(ordered("user:jo", "m1"))
        shop.put_segment(rule=count(1))
        yield shop


@pytest.fixture
def begun(ordering_shop):
    """The first attempt of the run that builds it."""
    ordering_shop.pass_time(seconds=WAIT.total_seconds())
    ordering_shop.wake()
    assert ordering_shop.recomputes.desk().execution == "2026-03-02-2-1"
    return ordering_shop
