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


def launched_under(most, by="ann", at="", **said):
    """A policy that wants a second person for launches to more than so many."""
    world = World(CUSTOMERS)
    definitions = Definitions(CAMPAIGN | said, said={"approval_over": most})
    world.launcher.launch("spring", 1, definitions, Wish(at=at, by=by))
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


def test_one_to_more_than_the_policy_says_waits_when_that_is_known_and_then_all_get_it():
    world = launched_under(len(LOYAL) - 1)
    world.run(world.deliver)
    assert (world.launch.awaits_approval, world.launch.status, world.launch.due_at) == (True, "paused", "")
    assert (len(world.sends), world.queue, world.mails) == (len(LOYAL), [], {})
    with pytest.raises(OwnLaunch):
        world.launcher.approve("spring", "ann")

    world.pass_time(3 * 24 * 3600)
    world.launcher.approve("spring", "bob")
    to_the_end(world)

    assert (world.mails, world.launch.approved_by) == (dict.fromkeys(LOYAL, 1), "bob")


def test_one_to_as_many_as_the_policy_says_goes_out_and_has_nothing_to_approve():
    world = launched_under(len(LOYAL))
    to_the_end(world)

    assert world.mails == dict.fromkeys(LOYAL, 1)
    with pytest.raises(Over, match="done"):
        world.launcher.approve("spring", "bob")


def test_the_policy_may_want_it_of_every_launch():
    world = launched_under(0, at=later(5))
    assert world.launch.state == "awaiting_approval"
    assert world.launcher.approve("spring", "bob").state == "scheduled"
    world.pass_time(5 * 3600)
    world.wake()
    to_the_end(world)
    assert world.mails == dict.fromkeys(LOYAL, 1)


def test_what_may_turn_out_to_be_large_is_approved_ahead_and_then_does_not_wait():
    world = launched_under(1, at=later(5))
    with pytest.raises(OwnLaunch):
        world.launcher.approve("spring", "ann")
    world.launcher.approve("spring", "bob")
    world.pass_time(5 * 3600)
    world.wake()
    to_the_end(world)
    assert world.mails == dict.fromkeys(LOYAL, 1)


def test_what_waits_for_approval_may_be_paused_called_off_and_expire():
    paused = launched_under(1)
    paused.run(paused.deliver)
    paused.launcher.pause("spring")
    paused.launcher.approve("spring", "bob")
    to_the_end_of_executions(paused)
    assert paused.mails == {}
    paused.launcher.resume("spring")
    to_the_end(paused)
    assert paused.mails == dict.fromkeys(LOYAL, 1)

    called_off = launched_under(1)
    called_off.run(called_off.deliver)
    called_off.launcher.cancel("spring")
    to_the_end(called_off)
    assert (called_off.mails, set(called_off.states())) == ({}, {"not_sent"})

    expiring = launched_under(1, expires_after=6)
    to_the_end(expiring)
    assert {row.reason for row in expiring.sends.values()} == {"other:expired"}


def to_the_end_of_executions(world):
    world.pass_time(7 * 3600)
    world.wake()
    world.run(world.deliver)


@pytest.mark.parametrize(("paused", "ends_after"), [(False, 60 + 60), (True, 10 + 60)])
def test_a_trial_is_as_long_as_was_said_however_long_the_approval_took(paused, ends_after):
    variants = [{"id": "a", "template": "hello", "share": 50}, {"id": "b", "template": "hello", "share": 50}]
    trial = {"winner": {"by": "human_clicks", "after_minutes": 60, "test_percent": 20, "least": 1}}
    said = {name: value for name, value in CAMPAIGN.items() if name != "template"} | {"variants": variants} | trial
    world = World(CUSTOMERS)
    definitions = Definitions(said, said={"approval_over": 1})
    world.launcher.launch("spring", 1, definitions, Wish(by="ann"))
    world.run(world.deliver)
    frozen_at = clock.from_text(world.launch.frozen_at)
    world.now = frozen_at + timedelta(minutes=10)
    if paused:
        world.launcher.pause("spring")
    world.now = frozen_at + timedelta(minutes=60)
    world.launcher.approve("spring", "bob")

    assert world.launch.decides_at == clock.to_text(frozen_at + timedelta(minutes=ends_after))


def test_approving_twice_is_approving_once():
    world = asked_for(later(5))
    assert world.launcher.approve("spring", "bob") == world.launcher.approve("spring", "bob")
    with pytest.raises(Over, match="scheduled"):
        world.launcher.approve("spring", "eve")
