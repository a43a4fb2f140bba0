"""Pausing a launch at any moment: nothing goes out, nobody is lost, and it goes on from its rows."""

from datetime import timedelta

import pytest

from shopkeeper import clock
from shopkeeper.campaign.launching import NoLaunch, Over
from shopkeeper.campaign.pinning import Wish
from shopkeeper.mail import ledger
from tests.domain.test_campaign_launching import scheduled
from tests.launch_fakes import CAMPAIGN, Definitions
from tests.launch_story import CUSTOMERS, LOYAL, launched, to_the_end
from tests.launch_world import NOON, World, customer


def launched_with(**said):
    world = World(CUSTOMERS)
    world.launcher.launch("spring", 1, Definitions(CAMPAIGN | said))
    return world


def half_way():
    """Paused when some have got it; what else was queued has been delivered, and came to nothing."""
    world = launched([customer(f"c{n:02}", 3) for n in range(40)])

    def some_go():
        if not world.launch.paused_at:
            del world.queue[4:]
            world.deliver()
            world.launcher.pause("spring")

    world.run(some_go)
    return world


def test_what_is_paused_half_way_rests_and_then_goes_to_all_others_once():
    world = half_way()
    went = sum(world.mails.values())
    assert 0 < went < 40
    assert (world.launch.state, world.launch.status, world.launch.due_at) == ("running", "paused", "")

    world.pass_time(7 * 24 * 3600)
    world.wake()
    assert (world.waiting, world.queue, sum(world.mails.values())) == ([], [], went)

    world.launcher.resume("spring")
    to_the_end(world)

    assert world.launch.state == "done"
    assert world.mails == dict.fromkeys((f"c{n:02}" for n in range(40)), 1)
    assert world.rows() == world.mails


def test_going_on_queues_what_waits_at_once_also_behind_the_mails_of_others():
    world = half_way()
    world.queue.append(b'{"send_ids": []}')
    world.launcher.resume("spring")
    before = world.now
    seen = []

    to_the_end(world, lambda: seen.append((world.now, len(world.queue))) or world.deliver())

    at, queued = seen[0]
    assert at == before
    assert queued > 1
    assert sum(world.mails.values()) == 40


@pytest.mark.parametrize("at_call", range(0, 120, 5))
@pytest.mark.parametrize("for_s", [0, 30, 4 * 3600])
def test_pausing_at_any_moment_loses_nobody_and_writes_to_nobody_twice(at_call, for_s):
    world = launched([customer(f"c{n:02}", 3) for n in range(20)])
    call = world.wire.call

    def pausing(name, work):
        if sum(world.wire.calls.values()) == at_call:
            world.wire.calls["the pausing itself"] += 1
            world.launcher.pause("spring")
        return call(name, work)

    world.wire.call = pausing
    world.run(world.deliver)
    went = dict(world.mails)
    if world.launch.paused_at:
        world.pass_time(for_s)
        world.wake()
        world.run(world.deliver)
        assert dict(world.mails) == went
        assert world.launch.frozen_at, "the audience is frozen all the same"
        world.launcher.resume("spring")
    to_the_end(world)

    assert world.launch.state == "done"
    assert world.mails == world.rows() == dict.fromkeys((f"c{n:02}" for n in range(20)), 1)


def test_what_expires_while_it_is_paused_is_not_sent_and_says_so():
    world = launched_with(expires_after=2)
    world.run(lambda: world.launcher.pause("spring"))
    world.queue.clear()
    assert world.launch.due_at == world.launch.expires_at == clock.to_text(NOON + timedelta(hours=2))

    world.pass_time(2 * 3600)
    world.wake()
    world.run(lambda: None)

    assert world.states() == {ledger.NOT_SENT: len(LOYAL)}
    assert {row.reason for row in world.sends.values()} == {"other:expired"}
    assert {row.evidence for row in world.sends.values()} == {f'{{"expires_at": "{world.launch.expires_at}"}}'}
    assert (world.launch.state, world.launch.is_over) == ("done", True)


def test_rows_expire_so_many_hours_behind_the_time_of_the_launch():
    world = launched_with(expires_after=2)
    to_the_end(world)
    assert {row.expires_at for row in world.sends.values()} == {clock.to_text(NOON + timedelta(hours=2))}

    other = launched()
    to_the_end(other)
    assert {row.expires_at for row in other.sends.values()} == {""}


def test_what_waits_for_its_time_lets_it_pass_and_then_begins_or_is_missed():
    for late_s, state in ((-600, "scheduled"), (600, "starting"), (4 * 3600, "missed")):
        world = scheduled()
        world.launcher.pause("spring")
        world.pass_time(3600 + late_s)
        world.wake()
        assert (world.launch.state, world.executions) == ("scheduled", {})

        assert world.launcher.resume("spring").state == state
        assert bool(world.executions) == (state == "starting")


def test_what_is_found_late_goes_out_if_its_campaign_says_so_and_unless_it_has_expired():
    in_an_hour = clock.to_text(NOON + timedelta(hours=1))
    for said, state in (
        ({}, "missed"),
        ({"past_due": "send"}, "starting"),
        ({"past_due": "send", "expires_after": 9}, "missed"),
    ):
        world = launched_with(schedule={"at": in_an_hour}, **said)
        world.pass_time(10 * 3600)
        world.wake()
        assert world.launch.state == state


def test_a_launch_waits_for_its_grace_to_be_over_and_called_off_before_leaves_no_row():
    world = World(CUSTOMERS)
    minute = Wish(grace=timedelta(minutes=1))
    world.launcher.launch("spring", 1, Definitions(), minute)
    assert world.launch.state == "scheduled"
    world.pass_time(59)
    world.wake()
    assert world.executions == {}

    world.launcher.cancel("spring")
    world.pass_time(3600)
    world.wake()
    assert (world.sends, world.executions, world.launch.state) == ({}, {}, "cancelled")

    world.launcher.launch("spring", 1, Definitions(), minute)
    world.pass_time(60)
    world.wake()
    to_the_end(world)
    assert world.mails == dict.fromkeys(LOYAL, 1)


def test_a_grace_is_only_ever_made_shorter_and_a_time_ahead_stays():
    world = World(CUSTOMERS)
    world.launcher.launch("spring", 1, Definitions(), Wish(grace=timedelta(minutes=1)))
    before = world.launch
    assert world.launcher.launch("spring", 1, Definitions(), Wish(grace=timedelta(minutes=5))) == before
    assert world.launcher.launch("spring", 1, Definitions()) == before
    assert world.launcher.launch("spring", 1, Definitions(), Wish(grace=timedelta())).state == "starting"

    later = scheduled()
    before = later.launch
    assert later.launcher.launch("spring", 1, Definitions(), Wish(grace=timedelta())) == before


def test_what_is_over_or_was_never_launched_cannot_be_paused():
    world = launched()
    to_the_end(world)
    with pytest.raises(Over, match="done"):
        world.launcher.pause("spring")
    with pytest.raises(NoLaunch):
        world.launcher.pause("autumn")
    assert world.launcher.resume("spring") == world.launch


def test_what_is_paused_may_be_called_off():
    world = half_way()
    world.launcher.cancel("spring")
    to_the_end(world)

    assert world.launch.state == "cancelled"
    assert world.states().keys() == {ledger.ACCEPTED, ledger.NOT_SENT}
    assert world.launch.finished_at
