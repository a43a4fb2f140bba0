"""Calling a launch off: what is still to go is stopped, whenever it was planned, and what is done stays done."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shopkeeper import clock
from shopkeeper.campaign import by_hand, failing, settle
from shopkeeper.campaign import launch as launches
from shopkeeper.campaign.launching import NoLaunch, Over
from shopkeeper.mail import ledger
from tests.launch_story import launched, to_the_end
from tests.launch_world import NOON, customer


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


def test_calling_off_what_has_gone_unseen_leaves_nobody_out_and_is_cancelled_all_the_same():
    world = launched([customer(f"c{n:02}", 3) for n in range(20)])

    def all_go():
        world.deliver()
        if world.launch.state == "running":
            world.launcher.cancel("spring")

    to_the_end(world, all_go)

    assert (world.launch.state, world.launch.counts) == ("cancelled", {ledger.ACCEPTED: 20})
    assert world.launch.counts == world.states()


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


def test_what_is_over_cannot_be_called_off():
    world = launched()
    to_the_end(world)
    done = world.launch

    with pytest.raises(Over, match="done"):
        world.launcher.cancel("spring")
    assert world.launch == done
    with pytest.raises(NoLaunch):
        world.launcher.cancel("autumn")


def a_slow_slice(world, seconds):
    """The first page of the audience is read before the launch is called off, and its rows are put that much later."""
    late = []

    def plan_all(sends):
        if world.launch.state == "freezing" and not late:
            late.append((world.now + timedelta(seconds=seconds), sends))
            world.launcher.cancel("spring")
        else:
            for send in sends:
                world.plan(send)

    pass_time = world.pass_time

    def passing(seconds):
        pass_time(seconds)
        for at, sends in late[:]:
            if at <= world.now:
                late.remove((at, sends))
                for send in sends:
                    world.plan(send)

    world.plan_all, world.pass_time = plan_all, passing
    return late


@pytest.mark.parametrize("seconds", [1, 59, 61, 200, 300])
def test_rows_that_are_put_after_a_launch_was_called_off_are_stopped_as_well(seconds):
    world = launched([customer(f"c{n:02}", 3) for n in range(20)])
    late = a_slow_slice(world, seconds)

    to_the_end(world)

    assert late == []
    assert world.states() == {ledger.NOT_SENT: 2}
    assert {row.reason for row in world.sends.values()} == {"other:stopped"}
    assert world.launch.counts == world.states()


def test_a_row_that_shows_even_later_is_stopped_when_the_launch_is_counted_again():
    world = launched([customer(f"c{n:02}", 3) for n in range(20)])
    late = a_slow_slice(world, 24 * 3600)
    to_the_end(world)
    assert (world.launch.state, world.states()) == ("cancelled", {})

    while late:
        world.pass_time(3600)
    world.wake()

    assert world.states() == world.launch.counts == {ledger.NOT_SENT: 2}
    assert world.launch.outcomes["other_failures"] == 2


def test_a_launch_that_was_called_off_is_over_once_no_slice_can_be_at_work_any_more():
    world = launched()
    begun = launches.begun(world.launch, NOON)
    cancelled = by_hand.cancelled(begun, NOON)

    def is_over_after(seconds):
        as_of = clock.to_text(NOON + timedelta(seconds=seconds))
        return settle.is_drained(cancelled, settle.Tally(as_of=as_of))

    assert not is_over_after(settle.STRAGGLERS.total_seconds() - 0.001)
    assert is_over_after(settle.STRAGGLERS.total_seconds())


def test_to_cancel_does_not_fail_for_good():
    begun = launches.begun(launched().launch, NOON)
    cancelled = by_hand.cancelled(begun, NOON)

    failed = failing.failed(cancelled, "Unavailable", NOON)

    assert (failed.state, failed.error) == ("cancelled", "Unavailable")
    woken = launches.woken(failed, NOON + timedelta(hours=1))
    assert woken.attempt == cancelled.attempt + 1
    assert failing.failed(replace(cancelled, due_at=""), "Late", NOON).error == ""
