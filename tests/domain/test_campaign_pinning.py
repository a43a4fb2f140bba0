"""Launching again otherwise: a launch that waits for its time takes over what is named, any other one refuses it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shopkeeper import clock
from shopkeeper.campaign.pinning import Pinned, Wish
from shopkeeper.customer.requests import BadRequest
from shopkeeper.mail.terms import Terms
from tests.domain.test_campaign_launching import CHANGED, at, scheduled
from tests.launch_fakes import CAMPAIGN, Definitions
from tests.launch_story import LOYAL, launched, to_the_end
from tests.launch_world import NOON


def later(minutes):
    return clock.to_text(NOON + timedelta(minutes=minutes))


def wished(world, wish, definitions=CHANGED, counts=2):
    return world.launcher.launch("spring", counts, definitions, wish)


def test_a_launch_that_waits_takes_over_a_version_and_an_instant_that_are_named():
    world = scheduled()
    before = world.launch

    moved = wished(world, Wish(at=later(120)))
    assert (moved.run_at, moved.due_at, moved.pins) == (later(120), later(120), before.pins)

    changed = wished(world, Wish(version=2))
    assert (changed.pins.version, changed.pins.topic, changed.pins.template) == (2, "other", "hello#4")
    assert (changed.run_at, changed.state, changed.created_at) == (later(120), "scheduled", before.created_at)

    world.pass_time(3600)
    world.wake()
    assert world.executions == {}
    world.pass_time(3600)
    world.wake()
    to_the_end(world)
    assert (world.launch.pins.topic, world.mails) == ("other", dict.fromkeys(LOYAL, 1))


def test_another_version_brings_the_instant_of_its_own_schedule_unless_one_is_named():
    definitions = Definitions(at(60), at(180))

    assert wished(scheduled(), Wish(version=2), definitions).run_at == later(180)
    assert wished(scheduled(), Wish(2, later(90)), definitions).run_at == later(90)


def test_a_launch_holds_on_to_the_terms_of_its_version_and_to_the_usual_ones_where_that_says_nothing():
    definitions = Definitions(CAMPAIGN, CAMPAIGN | {"priority": 8, "when_capped": "wait"})

    assert scheduled().launch.pins.terms == Terms() == Terms(priority=5, when_capped="skip")
    assert wished(scheduled(), Wish(version=2), definitions).pins.terms == Terms(priority=8, when_capped="wait")


def test_a_launch_that_waits_may_be_wished_for_now():
    world = scheduled()

    assert wished(world, Wish(at=later(0))).state == "starting"
    to_the_end(world)

    assert world.mails == dict.fromkeys(LOYAL, 1)
    assert len(world.executions) == 1


@pytest.mark.parametrize(
    ("wish", "field"), [(Wish(version=3), "version"), (Wish(at=later(-61)), "at"), (Wish(2, later(-61)), "at")]
)
def test_what_cannot_be_taken_over_is_refused_by_name_and_changes_nothing(wish, field):
    world = scheduled()
    before = world.launch

    with pytest.raises(BadRequest) as refused:
        wished(world, wish)

    assert [name for name, _ in refused.value.findings] == [field]
    assert world.launch == before


@pytest.mark.parametrize("state", ["starting", "freezing", "running", "done", "failed"])
def test_a_launch_that_waits_no_more_says_what_it_is_pinned_to_and_goes_on_as_it_was(state):
    world = launched()
    world.launches["spring-1"] = before = replace(world.launch, state=state, begun_at=later(0))

    with pytest.raises(Pinned) as pinned:
        wished(world, Wish(2, later(60)))

    assert pinned.value.findings == [
        ("version", f"the launch is {state} and pinned to 1"),
        ("at", f"the launch is {state} and pinned to {later(0)}"),
    ]
    assert world.launch == before


def test_a_wish_that_comes_while_the_clock_begins_the_launch_is_refused_or_heard_whole():
    """Whoever is first: what goes out is what was answered."""
    for half in range(12):
        world = scheduled()
        world.pass_time(3600)
        call = world.wire.call

        def meanwhile(name, work, world=world, call=call, half=half):
            if world.wire.halves == 2 * half:
                world.wire.call = call
                world.wake()
            return call(name, work)

        world.wire.halves, world.wire.call = 0, meanwhile
        try:
            answered = wished(world, Wish(2, later(61))).pins.topic
        except Pinned:
            answered = "news"
        world.wire.call = call
        world.pass_time(60)
        world.wake()
        to_the_end(world)
        assert {row.topic for row in world.sends.values()} == {answered}, half
