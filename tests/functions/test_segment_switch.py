"""What was built counts when all were seen; and what fails shows it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from moto import mock_aws

from functions.segment_switch import app as switch
from shopkeeper import clock
from shopkeeper.customer.backfilling import WAIT
from shopkeeper.segment import runs
from shopkeeper.segment.switching import NotWalked
from tests.campaign_world import context
from tests.interactions import ordered
from tests.publishing_shop import PublishingShop
from tests.rules import count

EVENTS = Path(__file__).parents[2] / "events"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def event(name, **changes):
    said = json.loads((EVENTS / f"segment_{name}.json").read_text())
    return said | changes


@pytest.fixture
def shop(monkeypatch):
    with mock_aws(), time_machine.travel(NOON, tick=False) as now:
        shop = PublishingShop(monkeypatch, now)
        shop.tell(ordered("user:jo", "m1"))
        shop.put_segment(rule=count(1))
        yield shop


@pytest.fixture
def begun(shop):
    shop.pass_time(seconds=WAIT.total_seconds())
    shop.wake()
    assert shop.recomputes.desk().execution == "2026-03-02-2-1"
    return shop


def phases(shop):
    return [each.phase for each in shop.editions.fresh().slots]


def test_nothing_counts_before_all_were_seen(begun):
    with pytest.raises(NotWalked):
        switch.handler(event("switch.switch"), context())
    assert phases(begun) == ["building"]


def test_what_failed_shows_it_and_goes_on_later(begun):
    assert switch.handler(event("switch.failed"), context())["next"] == "over"
    run, desk = begun.recomputes.run("2026-03-02-2"), begun.recomputes.desk()
    assert (run.state, run.error) == ("failed", "SliceNotSeen")
    assert desk.due_at == clock.to_text(NOON + WAIT + runs.PAUSES[0])
    shown = begun.get("/v1/recomputes")[1]["items"][0]
    assert (shown["state"], shown["error"], shown["slices_done"]) == ("failed", "SliceNotSeen", 0)
    begun.build()
    assert phases(begun) == ["ready"]
    assert begun.recomputes.run("2026-03-02-2").attempt == 2


def test_what_is_remembered_of_a_run_goes_after_a_while(begun):
    rows = begun.dynamodb.scan(TableName="RecordsTable")["Items"]
    kept = {row["record"]["S"]: int(row["expires_at"]["N"]) for row in rows if "expires_at" in row}
    assert {name.partition("#")[0] for name in kept} >= {"recomputed", "walk"}
    until = (NOON + WAIT + timedelta(days=90)).timestamp()
    assert {at for name, at in kept.items() if name.startswith(("recomputed#", "walk#"))} == {until}
