"""A launch from its start to its end, by the machine as deployed, with a crash before and after every call."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from shopkeeper import clock
from shopkeeper.campaign import recount, settle
from shopkeeper.mail import ledger
from tests.launch_story import LOYAL, launched, to_the_end
from tests.launch_world import World


def test_each_customer_of_the_audience_gets_one_row_and_the_launch_is_done():
    world = launched()

    to_the_end(world)

    assert world.rows() == dict.fromkeys(LOYAL, 1)
    assert world.states() == {ledger.ACCEPTED: len(LOYAL)}
    assert (world.launch.state, world.launch.found) == ("done", len(LOYAL))
    assert world.launch.counts == {ledger.ACCEPTED: len(LOYAL)}
    assert world.launch.outcomes == dict.fromkeys(("targeted", "sent", "waiting"), len(LOYAL))
    assert world.launch.attempt == 1


def half_calls():
    world = launched()
    to_the_end(world)
    return world.wire.halves


@pytest.mark.parametrize("has_time", [True, False])
def test_whatever_call_it_dies_at_nobody_is_lost_and_nobody_is_there_twice(has_time):
    assert half_calls() > 100
    for at in range(half_calls() + 1):
        world = launched(crash_at=at)
        world.has_time = has_time
        to_the_end(world)
        assert world.rows() == dict.fromkeys(LOYAL, 1), at
        assert world.states() == {ledger.ACCEPTED: len(LOYAL)}, at
        assert world.launch.state == "done", at


def test_it_looks_after_one_two_five_and_then_every_fifteen_minutes():
    world = launched()
    waits = []

    def look():
        waits.append(world.now)
        if len(waits) == 7:
            world.deliver()

    to_the_end(world, look)

    minutes = [round((later - earlier) / timedelta(minutes=1)) for earlier, later in pairwise(waits)]
    assert minutes == [1, 2, 5, 15, 15, 15]


def test_lost_messages_are_sent_again_once_the_queue_is_idle_and_nothing_moves():
    world = launched()
    rounds = []

    def lose_the_first_round():
        rounds.append(len(world.queue))
        world.deliver(lambda message: len(rounds) == 1)

    to_the_end(world, lose_the_first_round)

    assert world.states() == {ledger.ACCEPTED: len(LOYAL)}
    assert rounds[:2] == [rounds[0], rounds[0]]


def test_what_still_waits_in_the_queue_is_not_queued_again_until_many_looks_saw_no_movement():
    world = launched()
    depths = []

    def nobody_sends():
        depths.append(len(world.queue))
        if len(depths) == settle.MOST_STILL + 1:
            world.deliver()

    to_the_end(world, nobody_sends)

    assert depths == [depths[0]] * settle.MOST_STILL + [2 * depths[0]]
    assert world.mails == dict.fromkeys(LOYAL, 1)


def test_rows_that_the_index_does_not_show_yet_are_waited_for():
    world = launched(late_index=2)
    depths = []

    def deliver():
        depths.append(len(world.queue))
        world.deliver()

    to_the_end(world, deliver)

    assert depths[0] == 0
    assert world.states() == {ledger.ACCEPTED: len(LOYAL)}


def test_an_unknown_outcome_holds_up_nothing_and_a_call_under_way_does():
    world = launched()
    looks = []

    def one_of_each():
        looks.append(world.launch.state)
        world.deliver()
        first, second, *_ = sorted(world.sends)
        state = ledger.CALLING if len(looks) < 4 else ledger.ACCEPTED
        later = "2030-01-01T00:00:00.000Z"
        set_state(world, first, ledger.UNKNOWN)
        set_state(world, second, state, lease_until=later)

    to_the_end(world, one_of_each)

    assert len(looks) == 4
    assert world.launch.counts[ledger.UNKNOWN] == 1


def test_what_stays_unknown_for_two_hours_is_told_at_each_count():
    world = launched()
    to_the_end(world)
    first, second, *_ = sorted(world.sends)
    for name, minutes in ((first, 0), (second, 30)):
        called = clock.to_text(world.now + timedelta(minutes=minutes))
        set_state(world, name, ledger.UNKNOWN, call_started_at=called)

    for minutes in (119, 1, 30, 30):
        world.pass_time(minutes * 60)
        recount.ask(world.recounting, "spring-1", world.now)
        world.wake()

    assert world.doubts == [("spring-1", 1), ("spring-1", 2), ("spring-1", 2)]


def set_state(world, send_id, state, **attributes):
    change = ledger.Change(send_id=send_id, puts={"state": state, "rank": ledger.RANKS[state], **attributes})
    world.sends[send_id] = change.applied(world.sends[send_id])


def overwrite(world, send):
    world.wire.call("sends.plan", lambda: world.sends.update({send.send_id: send}))


def never_queue_again(*watch, idle, _after=settle.after):
    return replace(_after(*watch, idle=idle), next="watch")


@pytest.mark.parametrize(
    ("owner", "name", "wrong"),
    [
        pytest.param(World, "plan", overwrite, id="rows are put whether they are there or not"),
        pytest.param(settle, "is_drained", lambda launch, tally: not tally.wants, id="ends while the index is late"),
        pytest.param(settle, "after", never_queue_again, id="never queues again"),
    ],
)
def test_a_launch_that_leaves_out_a_step_is_noticed(monkeypatch, owner, name, wrong):
    monkeypatch.setattr(owner, name, wrong)

    assert faults()


def faults():
    """Of a launch whose index is late, whose first message is lost, and which is frozen again when it is done."""
    world = launched(late_index=2)
    lost, wrong = [], []

    def look():
        as_planned = (world.mails, set(world.states())) == (dict.fromkeys(LOYAL, 1), {ledger.ACCEPTED})
        wrong.extend([] if as_planned else [(world.mails, world.states())])

    try:
        to_the_end(world, lambda: world.deliver(lambda message: not lost and not lost.append(message)))
        look()
        world.launches["spring-1"] = replace(world.launch, state="starting", attempt=2, finished_at="", due_at="x")
        world.waiting, world.executions = ["again"], {"again": {"launch": "spring-1", "attempt": 2}}
        to_the_end(world)
        look()
    except AssertionError as fault:
        wrong.append(str(fault))
    return wrong


def test_a_launch_that_does_all_its_steps_is_without_fault():
    assert not faults()
