"""Launches in the Records table, and their status as mail_send asks for it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from shopkeeper.aws.launches import Launches, Recounts
from shopkeeper.campaign import by_hand
from shopkeeper.campaign.flow import First, Flow, Ramp
from shopkeeper.campaign.gate import Gate
from shopkeeper.campaign.hold_outs import HoldOut
from shopkeeper.campaign.launch import Launch
from shopkeeper.campaign.pins import Pins
from shopkeeper.campaign.ports import Overtaken
from shopkeeper.campaign.recount import Recount
from shopkeeper.campaign.tally import Tally
from shopkeeper.campaign.trial import Score, Trial, Winner
from shopkeeper.clock import Clock
from shopkeeper.mail.terms import Letter, Terms
from shopkeeper.mail.variants import Variant
from tests import tables

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PINS = Pins(version=1, audience="{}", template="hello#3", brand="shop#2", topic="news", mail_class="marketing")


BOTH = tuple(Variant(id=name, template="hello#3", share=50) for name in ("a", "b"))
WON = Winner(variant="b", why="most_clicks", as_of="2026-03-02T13:00:00.000Z", scores={"a": Score(9, 1)})


def planned(**changes) -> Launch:
    return replace(by_hand.planned("spring", PINS, NOON, NOON), **changes)


@pytest.fixture
def time():
    return [NOON]


@pytest.fixture
def dynamodb():
    with mock_aws():
        yield tables.create("RecordsTable")


@pytest.fixture
def store(dynamodb, time):
    return Launches(dynamodb, "RecordsTable", Clock(lambda: time[0].timestamp()), shards=4)


def test_a_launch_comes_back_as_it_was_put(store):
    flow = Flow(rate=60, ramp=Ramp(first_day=5, factor=1.5), first=First(count=3))
    pins = replace(PINS, terms=Terms(priority=8, when_capped="wait"), flow=flow)
    gate = Gate(until="3/00", opened_at="2026-03-02T12:00:00.000Z", lasts=900, ahead=tuple(range(8)), day=2, of_day=4)
    pins = replace(pins, variants=BOTH, trial=Trial(after_minutes=60, test_percent=10), hold_out=HoldOut(policy=5))
    told = {"counts": {"ready": 2}, "begun_at": "2026-03-02T12:00:00.000Z", "error": "odd", "winner": WON}
    launch = planned(pins=pins, gate=gate, **told)

    store.put(launch)

    assert store.get("spring-1") == launch
    assert store.get("autumn-1") is None


def test_a_launch_is_put_in_the_place_of_the_revision_before_only(store):
    first = planned()
    store.put(first)
    for other in (first, replace(first, revision=3)):
        with pytest.raises(Overtaken):
            store.put(other)

    store.put(replace(first, revision=2, state="freezing"))

    assert store.get("spring-1").state == "freezing"


def due_items(dynamodb):
    shards = [
        dynamodb.query(
            TableName="RecordsTable",
            IndexName="by_due",
            KeyConditionExpression="due_shard = :shard",
            ExpressionAttributeValues={":shard": {"S": str(shard)}},
        )["Items"]
        for shard in range(4)
    ]
    return [item for items in shards for item in items]


def test_a_launch_stands_in_the_due_index_until_it_is_over(store, dynamodb):
    first = planned()
    store.put(first)
    assert [item["due_at"]["S"] for item in due_items(dynamodb)] == [first.due_at]

    store.put(by_hand.cancelled(first, NOON))

    assert due_items(dynamodb) == []
    assert store.get("spring-1").due_at == ""


def test_what_a_later_version_of_the_code_wrote_can_still_be_read(store, dynamodb):
    store.put(planned())
    item = dynamodb.get_item(TableName="RecordsTable", Key={"record": {"S": "launch#spring-1"}})["Item"]
    item["launch"]["S"] = item["launch"]["S"].replace("{", '{"later": 1, ', 1)
    dynamodb.put_item(TableName="RecordsTable", Item=item)

    assert store.get("spring-1") == planned()


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("scheduled", "paused"),
        ("starting", "paused"),
        ("freezing", "paused"),
        ("failed", "paused"),
        ("running", "running"),
        ("done", "done"),
        ("cancelled", "cancelled"),
        ("missed", "cancelled"),
    ],
)
def test_each_state_says_what_may_become_of_a_send(store, state, status):
    store.put(planned(state=state))

    assert store.status("campaign:spring", "spring-1") == status


def test_what_was_left_open_is_told_once_it_is_decided(store, time):
    running = planned(pins=replace(PINS, variants=BOTH), state="running")
    store.put(running)
    assert store.letter("campaign:spring", "spring-1") == Letter()
    assert store.letter("campaign:autumn", "spring-1") == Letter()

    store.put(replace(running, revision=2, winner=WON))
    time[0] += timedelta(seconds=2)

    assert store.letter("campaign:spring", "spring-1") == Letter(template="hello#3", variant="b")


def test_sends_of_what_nobody_knows_stay_as_they_are(store):
    store.put(planned(state="running"))

    assert store.status("campaign:spring", "spring-2") == "paused"
    assert store.status("journey:spring", "spring-1") == "paused"


def test_of_what_has_no_launch_nothing_is_read(store, monkeypatch):
    monkeypatch.setattr(store, "get", None)

    assert store.conversion("journey:spring", "run-1/1") is None
    assert store.conversion("message:receipt", "spring-1") is None


def test_an_order_to_stop_is_heeded_within_two_seconds_and_not_asked_for_before(store, time):
    running = planned(state="running", begun_at="2026-03-02T12:00:00.000Z")
    store.put(running)
    store.status("campaign:spring", "spring-1")
    store.put(by_hand.cancelled(running, NOON))

    time[0] += timedelta(seconds=1.9)
    assert store.status("campaign:spring", "spring-1") == "running"
    time[0] += timedelta(seconds=0.1)
    assert store.status("campaign:spring", "spring-1") == "cancelled"


@pytest.fixture
def recounts(dynamodb):
    return Recounts(dynamodb, "RecordsTable", shards=4)


def test_a_recount_comes_back_as_it_was_put_and_in_the_place_of_the_revision_before_only(recounts):
    tally = Tally(
        as_of="2026-03-02T12:00:00.000Z", shard=3, after="s-1", rows=7, counts={"ready": 7}, outcomes={"x": 1}
    )
    first = Recount(launch="spring-1", due_at="2026-03-02T13:00:00.000Z")
    later = Recount(launch="spring-1", due_at="", asked=True, tally=tally, revision=2)

    recounts.put(first)
    assert (recounts.get("spring-1"), recounts.get("autumn-1")) == (first, None)
    recounts.put(later)
    assert recounts.get("spring-1") == later
    for other in (first, later):
        with pytest.raises(Overtaken):
            recounts.put(other)


def test_a_recount_stands_in_the_due_index_beside_its_launch(store, recounts, dynamodb):
    store.put(planned())
    recounts.put(Recount(launch="spring-1", due_at="2026-03-02T13:00:00.000Z"))

    assert sorted(item["record"]["S"] for item in due_items(dynamodb)) == ["launch#spring-1", "recount#spring-1"]
