"""What arrives at the door is shown to whoever works here, with whom it reached and how fast."""

from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from functions.api_read import app
from shopkeeper.aws.live import LiveCalls
from shopkeeper.clock import Clock, to_text
from shopkeeper.customer.live import LiveCall, Part
from shopkeeper.customer.rows import row_of
from tests.api_world import World, refusal
from tests.interactions import said

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
AT = to_text(NOW)


@pytest.fixture(autouse=True)
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        door = LiveCalls(world.dynamodb, "RecordsTable", Clock(NOW.timestamp))
        rows = world.adapters["interactions"]
        for name, adapter in (("live", door), ("interactions", rows)):
            monkeypatch.setitem(world.adapters, name, adapter)
            monkeypatch.setitem(vars(app.adapters), name, adapter)
        yield world


def folded(message_id, **how):
    told = said("user:jo", message_id, received_at=how.pop("received_at", AT))
    return row_of(told, customer_id="c1", version=1, folded_at="2026-11-21T09:30:00.750Z", **how)


def test_each_call_is_shown_with_what_became_of_its_items(world):
    world.adapters["interactions"].put([folded("m1"), folded("m2", received_at="2026-11-20T09:30:00.000Z")])
    parts = (
        Part(index=3, message_id="m4", code="missing", field="userId"),
        *(Part(index=n, subject="user:jo", message_id=f"m{n + 1}") for n in range(3)),
    )
    world.adapters["live"].note(
        LiveCall(at=AT, call="batch", key="key:5e5e", accepted=3, refused={"missing": 1}, parts=parts)
    )

    status, body, _ = world.get("/v1/live", group="viewer")
    assert status == 200
    (call,) = body["items"]
    assert {name: call[name] for name in ("at", "call", "key", "status", "code", "accepted", "refused")} == {
        "at": AT,
        "call": "batch",
        "key": "key:5e5e",
        "status": 200,
        "code": None,
        "accepted": 3,
        "refused": {"missing": 1},
    }
    assert [
        (each["index"], each["became"], each["customer_id"], each["seconds_to_land"]) for each in call["items"]
    ] == [
        (3, "refused", None, None),
        (0, "landed", "c1", 0.75),
        (1, "repeated", "c1", None),
        (2, "on_its_way", None, None),
    ]
    assert (call["items"][0]["code"], call["items"][0]["field"]) == ("missing", "userId")


def test_calls_come_newest_first_and_as_many_as_asked_for(world):
    for seconds in (1, 3, 2):
        world.adapters["live"].note(LiveCall(at=to_text(NOW + timedelta(seconds=seconds)), call=f"call-{seconds}"))

    assert [call["call"] for call in world.get("/v1/live")[1]["items"]] == ["call-3", "call-2", "call-1"]
    assert [call["call"] for call in world.get("/v1/live", query="limit=1")[1]["items"]] == ["call-3"]


def test_of_a_busy_door_one_key_or_one_visitor_is_looked_at(world):
    for key, subject in (("key:a", "anon:1"), ("key:b", "anon:2"), ("key:b", "anon:1")):
        part = Part(index=0, subject=subject, message_id="m")
        world.adapters["live"].note(LiveCall(at=AT, call="p", key=key, accepted=1, parts=(part,)))

    def shown(query):
        items = world.get("/v1/live", query=query)[1]["items"]
        return sorted((each["key"], each["items"][0]["subject"]) for each in items)

    assert shown("key=key:b") == [("key:b", "anon:1"), ("key:b", "anon:2")]
    assert shown("subject=anon:1") == [("key:a", "anon:1"), ("key:b", "anon:1")]
    assert shown("key=key:b&subject=anon:2&limit=1") == [("key:b", "anon:2")]


def test_it_is_empty_at_first_and_for_people_who_work_here(world):
    assert world.get("/v1/live")[:2] == (200, {"items": []})
    assert refusal(world.get("/v1/live", group=""))[0] == 403
    for limit in (0, 201):
        status, problem, _ = world.get("/v1/live", query=f"limit={limit}")
        assert (status, problem["errors"]) == (
            400,
            [{"field": "limit", "reason": "is a whole number from 1 to 200"}],
        )
