"""Who was still to get a letter when its campaign was called off: that is remembered, whoever dies over it."""

import pytest

from shopkeeper.campaign import tally
from shopkeeper.mail import ledger
from tests.launch_story import launched, to_the_end
from tests.launch_world import customer

CHANGES = ("sends.apply", "memory.send")


def called_off(crash_at=None):
    world = launched([customer(f"c{n:02}", 3) for n in range(12)])
    world.wire.crash_at = crash_at

    def cancelling():
        world.queue.clear()
        if world.launch.state == "running":
            world.launcher.cancel("spring")

    to_the_end(world, cancelling)
    return world


def wrongly_told(world):
    """Each of them, with the letter's own end; told again it is the same."""
    stopped = {row.send_id: row.not_sent_at for row in world.sends.values() if row.state == ledger.NOT_SENT}
    assert len(stopped) == 12
    told = {each.key: each for each in world.told}
    found = {each.properties["send_id"]: each.at for each in told.values()}
    return found != stopped or len(told) != 12 or any(told[each.key] != each for each in world.told)


def moments():
    """Before and after each call that changes something while sends are stopped."""
    trace = called_off().wire.trace
    return [place for place, half in enumerate(trace) if half.partition(" ")[2] in CHANGES]


def test_each_of_them_is_told_why():
    world = called_off()

    assert not wrongly_told(world)
    assert {each.properties["reason"] for each in world.told} == {"other:stopped"}


def test_whoever_dies_over_a_stopped_send_leaves_it_to_the_next_count():
    times = moments()

    assert len(times) > 24
    assert [at for at in times if wrongly_told(called_off(at))] == []


def nobody():
    return lambda row, launch: False


def whom_nobody_meant_to_tell_before():
    meant = set()
    return lambda row, launch: row.send_id not in meant and not meant.add(row.send_id)


@pytest.mark.parametrize("who", [nobody, whom_nobody_meant_to_tell_before])
def test_a_count_that_forgets_them_is_noticed(who, monkeypatch):
    for at in moments():
        monkeypatch.setattr(tally, "_is_news", who())
        if wrongly_told(called_off(at)):
            return
    pytest.fail("not noticed")


def test_a_count_that_came_to_its_end_is_not_told_again_and_again():
    world = called_off()
    before = len(world.told)

    for _ in range(30):
        world.pass_time(3600)
        world.wake()

    assert len(world.told) <= before + 12
