"""A launch outlives what goes wrong: it goes on by itself after a failure, and may take as long as it takes."""

from contextlib import suppress
from datetime import timedelta
from itertools import count

import pytest

from local.machines.failure import Failed
from shopkeeper import clock
from shopkeeper.campaign import failing, settle
from shopkeeper.campaign import launch as launches
from shopkeeper.mail import ledger
from tests.launch_fakes import Definitions
from tests.launch_story import LOYAL, launched, to_the_end
from tests.launch_world import NOON, customer

STEPS = ["${CampaignPlanFunctionArn}", "${CampaignBatchFunctionArn}", "${CampaignSettleFunctionArn}"]


def broken(event):
    raise RuntimeError("as a fault that does not pass")


def breaks_down(world, step=STEPS[1]):
    """An execution that gives up; whoever notes that still can."""
    whole = world.functions
    noting = whole[STEPS[2]]
    world.functions = whole | {step: lambda event: noting(event) if event.get("step") == "fail" else broken(event)}
    with suppress(Failed):
        world.run(world.deliver)
    world.functions = whole


@pytest.mark.parametrize("step", STEPS)
def test_a_launch_that_failed_goes_on_by_itself_where_it_stopped(step):
    world = launched()
    breaks_down(world, step)
    assert (world.launch.state, world.launch.status, world.launch.finished_at) == ("failed", "paused", "")
    assert world.launch.error

    world.pass_time(15 * 60 - 1)
    world.wake()
    assert world.launch.state == "failed"
    world.pass_time(1)
    world.wake()
    to_the_end(world)

    assert (world.launch.state, world.launch.error) == ("done", "")
    assert world.mails == dict.fromkeys(LOYAL, 1)


def test_one_that_fails_again_and_again_waits_for_somebody_to_look_at_it():
    world = launched()
    for pause in failing.PAUSES:
        breaks_down(world)
        assert clock.from_text(world.launch.due_at) == world.now + pause
        world.pass_time(pause.total_seconds())
        world.wake()
    breaks_down(world)
    assert (world.launch.state, world.launch.due_at) == ("failed", "")
    world.pass_time(30 * 24 * 3600)
    world.wake()
    assert world.launch.state == "failed"

    world.launcher.launch("spring", 1, Definitions())
    assert world.launch.failures == 0
    to_the_end(world)

    assert world.launch.state == "done"
    assert world.mails == dict.fromkeys(LOYAL, 1)


def test_a_failure_that_is_noted_twice_counts_once():
    begun = launches.begun(launched().launch, NOON)

    once = failing.failed(begun, "Odd", NOON)

    assert failing.failed(once, "Odd", NOON + timedelta(minutes=1)) == once


def test_a_freeze_may_take_as_long_as_it_takes_while_somebody_is_at_work_at_it():
    """Each page takes ten minutes, and the clock looks at the launch between any two of them."""
    world = launched([customer(f"c{n:03}", 3) for n in range(200)])
    world.has_time = False
    plan_all, began = world.plan_all, world.now

    def slowly(sends):
        assert world.now - began < timedelta(days=4)
        world.pass_time(600)
        world.wake()
        plan_all(sends)

    world.plan_all = slowly
    world.run(world.deliver)

    assert world.now - began > timedelta(hours=12)
    assert (world.launch.attempt, world.launch.state) == (1, "done")
    assert len(world.mails) == 200


def test_a_look_and_the_queueing_may_take_as_long_as_they_take():
    world = launched([customer(f"c{n:03}", 3) for n in range(60)])
    world.has_time = False
    of_shard, began = world.of_shard, world.now

    def slowly(*asked):
        world.pass_time(600)
        if world.launch.state == "running":
            world.launcher.visit("spring-1")
        return of_shard(*asked)

    world.of_shard = slowly
    world.run(world.deliver)

    assert world.now - began > timedelta(hours=6)
    assert (world.launch.attempt, world.launch.state) == (1, "done")


def test_an_execution_that_died_is_noticed_within_the_hour():
    world = launched()
    begun = launches.begun(world.launch, NOON)

    assert launches.woken(begun, NOON + timedelta(minutes=59)) == begun
    assert launches.woken(begun, NOON + timedelta(minutes=60)).attempt == begun.attempt + 1


def test_an_execution_hands_over_to_another_long_before_its_history_is_full():
    world = launched()
    looks = []

    def patience():
        looks.append(world.launch.attempt)
        if len(looks) == 24:
            world.deliver()

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(settle, "MOST_TURNS", 24)
        to_the_end(world, patience)

    assert world.launch.state == "done"
    assert len(set(looks)) > 2
    assert world.mails == dict.fromkeys(LOYAL, 1)


def test_ten_million_recipients_leave_room_in_the_history_of_each_execution(monkeypatch):
    """At a five thousandth: of the customers, of a page of them, and of what one invocation does.

    A look at them takes sixteen invocations, and mail is slow, so there are many looks.
    """
    for module in ("freeze", "enqueue"):
        monkeypatch.setattr(f"shopkeeper.campaign.{module}.MOST_ROWS", 5)
    world = launched([customer(f"c{n:05}", 3) for n in range(2_000)])
    world.page_size, pages, looks = 5, count(1), []
    world._has_time = lambda: next(pages) % 25 != 0

    def slow_mail():
        looks.append(world.launch.attempt)
        if len(looks) > 30:
            world.deliver()

    to_the_end(world, slow_mail)

    assert world.states() == {ledger.ACCEPTED: 2_000}
    assert len(set(looks)) > 1, "one execution could not hold all of it"
    assert 10_000 < world.history < 20_000, "five thousand events are left for what has to be tried again"
