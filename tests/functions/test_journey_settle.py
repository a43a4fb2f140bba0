"""Settle over a table: runs are let go, unless more was heard of them, or something was not taken."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from moto import mock_aws

from functions.journey_settle import app
from shopkeeper import clock
from shopkeeper.aws.runs import Runs
from shopkeeper.journey import effects
from shopkeeper.journey.beginning import begin
from shopkeeper.journey.rows import Row, RunKey
from shopkeeper.journey.run import Cause
from tests import tables
from tests.campaign_world import context
from tests.journey_graphs import cart
from tests.journey_world import NOON

NOW = datetime.fromtimestamp(NOON / 1000, UTC)
LATER = clock.to_text(NOW + timedelta(hours=4))
JO, KIM = RunKey("jo", "cart#"), RunKey("kim", "cart#")


@pytest.fixture
def runs(monkeypatch):
    monkeypatch.setenv("RUNS_TABLE", "RunsTable")
    monkeypatch.setenv("DUE_SHARDS", "1")
    app.settler.cache_clear()
    with mock_aws():
        runs = Runs(tables.create("RunsTable"), "RunsTable")
        for key in (JO, KIM):
            runs.open(held(key.customer_id), None)
        yield runs
    app.settler.cache_clear()


def held(customer):
    cause = Cause(id="entry", kind="entry", at=NOON, received_at=NOON)
    run = begin(cart(), cause, customer, "", UTC, NOON)
    row = Row(customer_id=customer, run=run, inbox=(cause,), causes=1, due_at=clock.to_text(NOW))
    return replace(row.taken(run, [effects.Audience(run=run.id, node="on_1", visit=1, name="a:b")], LATER, NOW))


def sample():
    return json.loads((Path(__file__).parents[2] / "events/journey_settle.handed_over.json").read_text())


def test_what_was_taken_is_let_go_and_what_was_not_stays_due(runs):
    assert app.handler(sample(), context()) == {"runs": [], "round": 1, "any": False}

    jo, kim = runs.load(JO), runs.load(KIM)
    assert (jo.pending, jo.lease_until, jo.due_at) == ((), "", LATER)
    assert (len(kim.pending), kim.failures, kim.due_at) == (1, 1, clock.to_text(NOW))


def test_a_run_of_which_more_was_heard_goes_another_round_with_the_same_leg(runs):
    runs.tell(JO, Cause(id="order", kind="signal", name="Order Completed", at=NOON, received_at=NOON), NOW)

    answer = app.handler(sample(), context())

    assert answer == {"runs": [{"customer_id": "jo", "name": "cart#", "fence": 1}], "round": 1, "any": True}


def test_after_many_rounds_the_rest_is_left_to_the_clock(runs):
    runs.tell(JO, Cause(id="order", kind="signal", name="Order Completed", at=NOON, received_at=NOON), NOW)

    assert app.handler({**sample(), "round": app.MOST_ROUNDS - 1}, context())["any"] is False
