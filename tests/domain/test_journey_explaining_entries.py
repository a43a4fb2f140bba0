"""Each way into a journey: what was seen of it, and why that brought nobody in."""

import json
from dataclasses import replace

import pytest
from msgspec import structs

from shopkeeper.customer.instants import from_ms
from shopkeeper.journey.doors import times
from shopkeeper.journey.doors.business import BusinessEvent, entry
from shopkeeper.journey.explaining.entries import TELLERS
from shopkeeper.journey.explaining.seen import Business
from shopkeeper.journey.graph import Source
from shopkeeper.journey.state import State
from tests.explained_journeys import HOUR, START, World, compiled
from tests.journey_definitions import VIP, short


def by(entry, **said):
    return compiled(json.dumps(short(entry=[entry], **said)), "it")


def against(found):
    return [each["says"] for one in found["happened"] for each in one["against"]]


BIRTHDAY = {"on": "date", "trait": "birthday", "before": "P7D", "yearly": True}


def test_a_date_that_nobody_told_says_so():
    (source,) = World(by(BIRTHDAY)).why()["entries"]
    assert source["says"] == (
        "Comes to 7 days before birthday, at 09:00 of their own clock, each year: birthday is not known of them."
    )
    (source,) = World(by(BIRTHDAY), traits={"birthday": "soon"}).why()["entries"]
    assert source["says"].endswith('that has not come of late; birthday is "soon", if that is a date.')


def test_a_date_brings_in_when_it_comes_and_is_looked_for_again():
    world = World(by(BIRTHDAY), traits={"birthday": "1990-11-30"})
    (source,) = world.why()["entries"]
    assert source["next_at"] == "2027-11-23T09:00:00.000Z"
    assert [(each["at"], each["counts"]) for each in source["happened"]] == [
        ("2026-11-23T09:00:00.000Z", False),
        ("2025-11-23T09:00:00.000Z", False),
    ]
    (come,) = times.come(world.graph, world.shop.customer.document, world.seen().zone, START - HOUR, START)
    assert world.shop._door.let_in(times.entry(world.graph, come, START), world.shop.customer, START)
    (source,) = world.why()["entries"]
    assert (source["happened"][0]["counts"], source["happened"][0]["against"]) == (True, [])
    assert source["says"].endswith("it brought them in. It comes next on 23 November 2027, 09:00.")


def test_a_date_that_was_told_when_its_day_had_passed_is_missed():
    world = World(by({"on": "date", "trait": "birthday"}), traits={"birthday": "2026-11-20"})
    customer = world.shop.customer
    told = structs.replace(customer.document, told={"birthday": (START, "m")})
    world.shop.customer = structs.replace(customer, document=told)
    (source,) = world.why()["entries"]
    assert source["asks"] == "Comes to the day that birthday holds, at 09:00 of their own clock"
    assert against(source)[:1] == ["birthday was told on 23 November 2026, 10:00, when that day had passed"]
    assert source["next_at"] is None


def test_what_recurs_for_everybody_or_by_their_own_trait_says_what_came_last_and_comes_next():
    weekly = {"frequency": "weekly", "weekdays": ["mon"], "at": "09:30"}
    mondays = {"on": "recurrence", **weekly}
    (source,) = World(by(mondays), zone="Europe/Berlin").why()["entries"]
    assert source["asks"] == "Comes to a time that recurs for everybody, every week on mon at 09:30"
    assert (source["happened"][0]["at"], source["next_at"]) == ("2026-11-23T08:30:00.000Z", "2026-11-30T08:30:00.000Z")
    own = {"on": "recurrence", "trait": "supplies_due"}
    (source,) = World(by(own), traits={"supplies_due": weekly}).why()["entries"]
    assert source["next_at"] == "2026-11-30T09:30:00.000Z"
    (source,) = World(by(own)).why()["entries"]
    assert source["says"].endswith("by the recurrence that supplies_due holds: supplies_due is not known of them.")


def test_a_business_event_that_is_named_says_why_it_brought_nobody_in_or_that_it_did():
    said = short(entry=[{"on": "business_event", "business_event": "fair"}], audience=VIP)
    world = World(compiled(json.dumps(said), "fair"))
    event = BusinessEvent(
        id="f-1", name="fair", at=from_ms(START), told_at=from_ms(START), told_by="ann", props={}, journeys=()
    )
    (source,) = world.why()["entries"]
    assert source["says"].endswith("which one is meant has to be said, by `business_event`.")
    (source,) = world.why(business=Business(replace(event, name="sale"), is_going=False))["entries"]
    assert source["says"].endswith("and not “sale”.")
    (source,) = world.why(business=Business(event, is_going=True))["entries"]
    assert against(source)[0] == "the journey did not listen to it when it was told"
    (source,) = world.why(business=Business(replace(event, journeys=("fair",)), is_going=True))["entries"]
    assert against(source) == [
        "customers are still being looked at, page by page",
        "they were not of the audience then, by what is known today: vip is not known (asked for: vip is true)",
    ]
    entered = entry(event, world.graph, "jo")
    assert world.shop._door._enter(entered, world.shop.customer, world.now)
    (source,) = world.why(business=Business(event, is_going=True))["entries"]
    assert (source["happened"][0]["counts"], against(source)) == (True, [])


@pytest.mark.parametrize(
    ("going", "change"), [("live", "last published or went on"), ("paused", "paused"), ("stopped", "stopped")]
)
def test_an_audience_a_key_and_a_later_change_speak_against_it_too(going, change):
    said = short(key="order_id", audience=VIP, entry=[{"on": "event", "event": "Order Completed"}])
    world = World(compiled(json.dumps(said), "short")).does("Order Completed", total=3)
    found = world.why(state=State(journey="short", live=1, going=going, changed_at=from_ms(START + HOUR)))
    assert against(found["entries"][0]) == [
        "order_id is not said, and the journey has a run for each value of it",
        f"it came before the journey was {change}, on 23 November 2026, 11:00: it may have let nobody in then",
        "they were not of the audience then, by what is known today: vip is not known (asked for: vip is true)",
    ]
    assert found["audience"]["holds"] is False
    assert found["why"][-1].startswith("Not of the audience: vip is not known")


@pytest.mark.parametrize(
    ("entry", "event", "props", "asks", "never"),
    [
        ({"on": "list.added", "list": "fair"}, "List Entered", {"list": "fair"}, "Is put on the list fair", "not on"),
        (
            {"on": "segment.left", "segment": "x"},
            "Segment Left",
            {"segment": "x"},
            "Leaves the segment x",
            "no segment x",
        ),
        ({"on": "api"}, "Journey Asked For", {"journey": "it"}, "Is let in by hand", "nobody has asked for that"),
    ],
)
def test_every_other_way_in_is_told_too(entry, event, props, asks, never):
    world = World(compiled(json.dumps(short(entry=[entry])), "it"))
    (source,) = world.why()["entries"]
    assert source["asks"].startswith(asks)
    assert never in source["says"]
    world.does(event, source="api" if entry["on"] == "api" else None, **props)
    (source,) = world.why()["entries"]
    assert source["says"].endswith("on 23 November 2026, 10:00 it brought them in.")


def test_every_kind_of_source_is_told():
    assert set(TELLERS) == set(Source.__args__)
