"""What people say to a campaign that goes out again and again: to all of it, or to its newest occurrence."""

import pytest

from shopkeeper.campaign.by_hand import OwnLaunch, TooSoon
from shopkeeper.campaign.pinning import Wish
from tests.launch_fakes import Definitions
from tests.launch_story import CUSTOMERS, LOYAL
from tests.launch_world import World
from tests.occurrence_world import DAY, FIRST, SECOND, launched, pass_to, recurring, series, states


def test_it_is_approved_once_and_its_times_go_out_without_being_approved_again():
    world = World(CUSTOMERS)
    world.launcher.launch("spring", 1, Definitions(recurring({"needs_approval": True})), Wish(by="ann"))
    pass_to(world, 3600)
    assert states(world) == {}

    world.launcher.approve("spring", "bob")
    pass_to(world, 3660)

    assert states(world) == {FIRST: "done"}
    assert (world.launches[FIRST].launched_by, world.launches[FIRST].approved_by) == ("ann", "bob")


def test_one_whose_audience_turns_out_to_be_large_is_approved_with_all_that_come_after_it():
    world = World(CUSTOMERS)
    world.launcher.launch("spring", 1, Definitions(recurring(), said={"approval_over": 2}), Wish(by="ann"))
    pass_to(world, 3600)
    assert (world.launches[FIRST].awaits_approval, dict(world.mails)) == (True, {})

    world.launcher.approve("spring", "bob")
    pass_to(world, 3660)
    pass_to(world, 3600 + DAY)

    assert states(world) == {FIRST: "done", SECOND: "done"}


def test_all_others_of_the_newest_are_let_go_once_its_first_have_gone():
    world = launched({"first": {"count": 2}})
    with pytest.raises(TooSoon):
        world.launcher.go_on("spring")
    pass_to(world, 3600)
    assert sum(world.mails.values()) == 2

    world.launcher.go_on("spring")
    pass_to(world, 3660)

    assert (states(world), dict(world.mails)) == ({FIRST: "done"}, dict.fromkeys(LOYAL, 1))


def test_whoever_may_not_approve_one_of_its_launches_still_approves_the_others():
    world, policy = World(CUSTOMERS), {"approval_over": 2}
    versions = Definitions(recurring(), recurring(at="15:00"), said=policy)
    world.launcher.launch("spring", 1, versions, Wish(by="ann"))
    with pytest.raises(OwnLaunch):
        world.launcher.approve("spring", "ann")
    pass_to(world, 3600)
    world.launcher.launch("spring", 2, versions, Wish(2, by="bob"))

    world.launcher.approve("spring", "bob")

    assert (world.launches[FIRST].approved_by, series(world).approved_by) == ("bob", "")
    assert world.launcher.approve("spring", "ann").approved_by == "ann"
