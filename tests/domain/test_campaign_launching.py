"""Launching, cancelling, and what the clock does about a launch that is due."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from shopkeeper import clock, ids
from shopkeeper.campaign import launch as launches
from shopkeeper.campaign.launching import NoLaunch
from shopkeeper.customer.requests import BadRequest
from shopkeeper.mail import ledger
from tests.launch_fakes import CAMPAIGN, Definitions
from tests.launch_story import CUSTOMERS, LOYAL, launched, to_the_end
from tests.launch_world import NOON, World, customer
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
    assert pins.content_ref == ids.content_ref("hello", 3).hex()


def test_each_row_says_what_is_to_be_sent_whatever_becomes_of_the_campaign():
    world = launched()
    to_the_end(world)

    row = next(iter(world.sends.values()))

    assert row.send_id == str(ids.send_id("campaign:spring", "letter", row.customer_id, "spring-1"))
    assert (row.template, row.brand, row.topic, row.mail_class) == ("hello#3", "shop#2", "news", "marketing")
    assert row.content_ref == world.launch.pins.content_ref
    assert row.activity_shard in ledger.activity_shards("campaign:spring", "spring-1")


@pytest.mark.parametrize("when", ["at once", "while it runs", "when it is done"])
def test_launching_again_answers_the_same_launch_and_mails_nobody_twice(when):
    world = launched()
    answers = []

    def again():
        answers.append(world.launcher.launch("spring", 2, Definitions(CAMPAIGN | {"topic": "other"}, template=4)))
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


def test_a_step_that_gives_up_leaves_a_launch_that_says_so_and_goes_on_when_launched_again():
    world = launched()
    whole = world.functions
    world.functions = whole | {"${CampaignBatchFunctionArn}": lambda event: 1 / 0}

    with pytest.raises(AssertionError, match="not over"):
        to_the_end(world, rounds=1)
    assert (world.launch.state, world.launch.error) == ("failed", "ShardNotQueued")
    assert world.launch.status == "paused"

    world.functions = whole
    world.launcher.launch("spring", 1, Definitions())
    to_the_end(world)

    assert world.launch.state == "done"
    assert world.mails == dict.fromkeys(LOYAL, 1)


def test_cancelling_stops_what_is_still_to_go_and_leaves_what_is_done():
    world = launched([customer(f"c{n:02}", 3) for n in range(40)])

    def some_go():
        if world.launch.state == "running":
            del world.queue[4:]
            world.deliver()
            world.launcher.cancel("spring")

    to_the_end(world, some_go)

    states = world.states()
    assert world.launch.state == "cancelled"
    assert states.keys() == {ledger.ACCEPTED, ledger.NOT_SENT}
    assert sum(states.values()) == 40
    assert world.launch.counts == states
    assert {row.reason for row in world.sends.values() if row.state == ledger.NOT_SENT} == {"other:stopped"}


@pytest.mark.parametrize("at_call", range(0, 120, 7))
def test_cancelling_at_any_moment_leaves_no_send_waiting(at_call):
    world = launched([customer(f"c{n:02}", 3) for n in range(20)])
    call = world.wire.call

    def cancelling(name, work):
        if sum(world.wire.calls.values()) == at_call:
            world.wire.calls["the cancelling itself"] += 1
            world.launcher.cancel("spring")
        return call(name, work)

    world.wire.call = cancelling
    to_the_end(world)

    assert world.launch.finished_at
    assert ledger.READY not in world.states()
    assert max(world.mails.values(), default=0) <= 1


def test_a_launch_that_was_not_begun_is_cancelled_at_once_and_its_execution_does_nothing():
    world = launched()

    world.launcher.cancel("spring")
    world.run()

    assert (world.launch.state, world.sends) == ("cancelled", {})
    assert world.launch.finished_at


def test_cancelling_what_is_over_changes_nothing():
    world = launched()
    to_the_end(world)

    assert world.launcher.cancel("spring") == world.launch
    assert world.launch.state == "done"
    with pytest.raises(NoLaunch):
        world.launcher.cancel("autumn")


def test_to_cancel_does_not_fail_for_good():
    begun = launches.begun(launched().launch, NOON)
    cancelled = launches.cancelled(begun, NOON)

    failed = launches.failed(cancelled, "Unavailable", NOON)

    assert (failed.state, failed.error) == ("cancelled", "Unavailable")
    woken = launches.woken(failed, NOON + timedelta(hours=1))
    assert woken.attempt == cancelled.attempt + 1
    assert launches.failed(replace(cancelled, due_at=""), "Late", NOON).error == ""
