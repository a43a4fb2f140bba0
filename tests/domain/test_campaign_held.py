"""A launch that SES refuses: its rows are not queued in vain, and it may be let go on before its next look."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shopkeeper import clock
from shopkeeper.campaign.launching import NoLaunch
from shopkeeper.mail.holds import Hold
from tests.launch_story import launched, to_the_end
from tests.launch_world import NOON

SPRING = ("campaign:spring", "spring-1")


def held(world, minutes):
    now = world.now
    until = clock.to_text(now + timedelta(minutes=minutes))
    world.holds.hold(*SPRING, Hold(why="configuration", since=clock.to_text(now), until=until))


def test_while_it_is_held_nothing_is_queued_and_afterwards_everybody_is_once():
    world = launched()
    held(world, 60)
    seen = []

    def goes_on():
        seen.append((world.now < NOON + timedelta(minutes=60), len(world.queue)))
        world.deliver()

    to_the_end(world, goes_on)

    assert {queued for is_held, queued in seen if is_held} == {0}
    assert any(is_held for is_held, _ in seen)
    assert set(world.mails.values()) == {1}


def test_what_is_hastened_is_looked_at_by_another_attempt_within_a_minute():
    world = launched()
    waiting = replace(world.launch, state="running", due_at=clock.to_text(NOON + timedelta(hours=1)))
    world.launches["spring-1"] = waiting

    world.launcher.hasten("spring")
    world.pass_time(60)
    world.wake()

    assert (world.launch.attempt, list(world.executions)) == (2, ["spring-1-1", "spring-1-2"])


@pytest.mark.parametrize("state", ["scheduled", "starting", "freezing", "done", "failed", "cancelled"])
def test_what_does_not_run_is_not_hastened(state):
    world = launched()
    world.launches["spring-1"] = stands = replace(world.launch, state=state)

    assert world.launcher.hasten("spring") == stands == world.launch
    with pytest.raises(NoLaunch):
        world.launcher.hasten("autumn")
