"""A launch that needs approval waits for somebody else than who launched it."""

from datetime import timedelta

import pytest

from shopkeeper import clock
from shopkeeper.campaign.by_hand import OwnLaunch
from shopkeeper.campaign.launching import Over
from shopkeeper.campaign.pinning import Wish
from tests.launch_fakes import CAMPAIGN, Definitions
from tests.launch_story import CUSTOMERS, LOYAL, to_the_end
from tests.launch_world import NOON, World

SAID = CAMPAIGN | {"needs_approval": True}


def asked_for(at="", **said):
    world = World(CUSTOMERS)
    world.launcher.launch("spring", 1, Definitions(SAID | said, SAID | said), Wish(at=at, by="ann"))
    return world


def later(hours):
    return clock.to_text(NOON + timedelta(hours=hours))


def test_nothing_happens_before_it_is_approved_and_then_it_goes_out_however_long_that_took():
    world = asked_for()
    world.pass_time(7 * 24 * 3600)
    world.wake()
    assert (world.launch.state, world.executions, world.sends) == ("awaiting_approval", {}, {})

    world.launcher.approve("spring", "bob")
    to_the_end(world)

    assert world.mails == dict.fromkeys(LOYAL, 1)
    assert (world.launch.launched_by, world.launch.approved_by) == ("ann", "bob")


def test_nobody_approves_what_they_launched_or_changed_last():
    world = asked_for(later(5))
    with pytest.raises(OwnLaunch):
        world.launcher.approve("spring", "ann")

    world.launcher.launch("spring", 1, Definitions(SAID), Wish(at=later(6), by="bob"))
    with pytest.raises(OwnLaunch):
        world.launcher.approve("spring", "bob")
    assert world.launcher.approve("spring", "ann").due_at == later(6)


def test_what_is_changed_after_it_was_approved_awaits_approval_anew():
    world = asked_for(later(5))
    world.launcher.approve("spring", "bob")
    changed = world.launcher.launch("spring", 1, Definitions(SAID), Wish(at=later(7), by="bob"))

    assert (changed.state, changed.approved_by, changed.due_at) == ("awaiting_approval", "", "")


@pytest.mark.parametrize(("hours", "state"), [(1, "scheduled"), (2.5, "starting"), (4, "missed")])
def test_it_then_goes_out_at_its_time_or_is_missed(hours, state):
    world = asked_for(later(2))
    world.pass_time(hours * 3600)

    assert world.launcher.approve("spring", "bob").state == state


def test_what_is_paused_waits_on_and_what_was_called_off_awaits_nothing():
    world = asked_for()
    world.launcher.pause("spring")
    world.launcher.approve("spring", "bob")
    world.pass_time(60)
    world.wake()
    assert (world.launch.state, world.executions) == ("scheduled", {})
    world.launcher.resume("spring")
    to_the_end(world)
    assert world.mails == dict.fromkeys(LOYAL, 1)

    other = asked_for()
    other.launcher.cancel("spring")
    with pytest.raises(Over, match="cancelled"):
        other.launcher.approve("spring", "bob")


def test_approving_twice_is_approving_once():
    world = asked_for(later(5))
    assert world.launcher.approve("spring", "bob") == world.launcher.approve("spring", "bob")
    with pytest.raises(Over, match="scheduled"):
        world.launcher.approve("spring", "eve")
