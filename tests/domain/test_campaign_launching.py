"""Launching, launching again, and what the clock does about a launch that is due."""

import json
from datetime import timedelta

import pytest

from shopkeeper import clock, ids
from shopkeeper.campaign.pinning import Wish
from shopkeeper.customer.requests import BadRequest
from shopkeeper.mail import ledger
from shopkeeper.mail.utm import Utm
from tests.launch_fakes import CAMPAIGN, HOME, Definitions
from tests.launch_story import CUSTOMERS, LOYAL, launched, to_the_end
from tests.launch_world import NOON, World
from tests.store_fakes import Crash


def at(minutes):
    return CAMPAIGN | {"schedule": {"at": clock.to_text(NOON + timedelta(minutes=minutes))}}


def scheduled(minutes=60):
    world = World(CUSTOMERS)
    world.launcher.launch("spring", 1, Definitions(at(minutes)))
    return world


def test_a_launch_is_pinned_to_the_versions_that_count_now():
    world = launched()

    pins = world.launch.pins

    assert (pins.version, pins.template, pins.brand) == (1, "hello#3", "shop#2")
    assert (pins.topic, pins.mail_class, json.loads(pins.audience)) == ("news", "marketing", CAMPAIGN["audience"])
    assert pins.letters[0].content_ref == ids.content_ref("hello", 3).hex()
    assert (pins.home, pins.fallback) == (HOME, "")


@pytest.mark.parametrize("fallback", ["", "https://shop.example/over"])
def test_before_anybody_is_written_down_it_is_said_where_ended_links_lead(fallback):
    world = World(CUSTOMERS)
    world.launcher.launch("spring", 1, Definitions(CAMPAIGN | ({"fallback": fallback} if fallback else {})))
    to_the_end(world)

    assert world.led == [("campaign:spring/spring-1", world.launch.pins.letters[0].content_ref, HOME, fallback)]
    assert world.wire.trace.index("after links.lead_home") < world.wire.trace.index("before sends.plan")


def test_a_campaign_with_utm_has_link_tables_of_its_own_before_anybody_is_written_down():
    world = World(CUSTOMERS)
    world.launcher.launch("spring", 1, Definitions(CAMPAIGN | {"utm": {"source": "mail"}}))
    to_the_end(world)
    (letter,) = world.launch.pins.letters

    assert letter.utm == Utm(source="mail", campaign="spring")
    assert world.tagged == [(ids.content_ref("hello", 3).hex(), letter.content_ref, letter.utm)]
    assert {row.content_ref for row in world.sends.values()} == {letter.content_ref} != {letter.template_ref}
    assert world.wire.trace.index("after links.tag") < world.wire.trace.index("before sends.plan")


def test_each_row_says_what_is_to_be_sent_whatever_becomes_of_the_campaign():
    world = launched()
    to_the_end(world)

    row = next(iter(world.sends.values()))

    assert row.send_id == str(ids.send_id("campaign:spring", "letter", row.customer_id, "spring-1"))
    assert (row.template, row.brand, row.topic, row.mail_class) == ("hello#3", "shop#2", "news", "marketing")
    assert row.content_ref == world.launch.pins.letters[0].content_ref
    assert row.activity_shard in ledger.activity_shards("campaign:spring", "spring-1")


CHANGED = Definitions(CAMPAIGN, CAMPAIGN | {"topic": "other"}, template=4)


@pytest.mark.parametrize("wish", [Wish(), Wish(1), Wish(1, clock.to_text(NOON))])
@pytest.mark.parametrize("when", ["at once", "while it runs", "when it is done"])
def test_launching_again_answers_the_same_launch_and_mails_nobody_twice(when, wish):
    world = launched()
    answers = []

    def again():
        answers.append(world.launcher.launch("spring", 2, CHANGED, wish))
        world.deliver()

    if when == "at once":
        again()
    to_the_end(world, again if when == "while it runs" else None)
    if when == "when it is done":
        again()
    to_the_end(world)

    assert {(answer.id, answer.pins) for answer in answers} == {(world.launch.id, world.launch.pins)}
    assert world.mails == dict.fromkeys(LOYAL, 1)
    assert list(world.executions) == ["spring-1-1"]


@pytest.mark.parametrize(
    ("definitions", "version", "field"),
    [
        (Definitions(template=0), 1, "template"),
        (Definitions(brand=0), 1, "brand"),
        (Definitions(), 7, "version"),
        (Definitions(at(-61)), 1, "schedule.at"),
    ],
)
def test_what_cannot_be_launched_names_the_field_and_leaves_nothing(definitions, version, field):
    world = World()

    with pytest.raises(BadRequest) as refused:
        world.launcher.launch("spring", version, definitions)

    assert [name for name, _ in refused.value.findings] == [field]
    assert (world.launches, world.executions) == ({}, {})


def test_a_scheduled_launch_waits_for_its_time_and_then_goes_out():
    world = scheduled()
    world.pass_time(3599)
    world.wake()
    assert (world.launch.state, world.executions) == ("scheduled", {})

    world.pass_time(1)
    world.wake()
    to_the_end(world)

    assert world.mails == dict.fromkeys(LOYAL, 1)


@pytest.mark.parametrize(("late_s", "state"), [(3600, "starting"), (3601, "missed")])
def test_a_launch_that_is_found_late_still_runs_within_the_hour_and_else_is_missed(late_s, state):
    world = scheduled()
    world.pass_time(3600 + late_s)

    world.wake()

    assert world.launch.state == state
    assert bool(world.executions) == (state == "starting")
    assert bool(world.launch.finished_at) == (state == "missed")


def test_a_missed_launch_can_be_launched_afresh_with_the_campaign_as_it_is_now():
    world = scheduled()
    world.pass_time(4 * 3600)
    world.wake()

    world.launcher.launch("spring", 1, Definitions(CAMPAIGN | {"topic": "late"}))
    to_the_end(world)

    assert (world.launch.pins.topic, world.launch.attempt) == ("late", 2)
    assert world.mails == dict.fromkeys(LOYAL, 1)


def test_where_the_start_fails_the_clock_makes_up_for_it():
    world = World(CUSTOMERS)
    world.wire.crash_at = 4  # Before the machine is started.
    with pytest.raises(Crash):
        world.launcher.launch("spring", 1, Definitions())
    assert (world.launch.state, world.executions) == ("starting", {})

    world.pass_time(120)
    world.wake()
    to_the_end(world)

    assert world.mails == dict.fromkeys(LOYAL, 1)


def test_waking_a_launch_that_is_not_due_any_more_changes_nothing():
    world = launched()

    world.launcher.visit("spring-1")
    world.launcher.visit("gone-1")

    assert (world.launch.attempt, len(world.executions)) == (1, 1)


def test_an_attempt_that_was_overtaken_does_nothing():
    world = launched()
    world.pass_time(121)
    world.wake()
    assert list(world.executions) == ["spring-1-1", "spring-1-2"]

    to_the_end(world)

    assert world.mails == dict.fromkeys(LOYAL, 1)
    assert world.launch.attempt == 2
    assert world.execute({"launch": "spring-1", "attempt": 1})["next"] == "stop"
