"""Executions die, the audience changes between two of them, and the index is late; all who have a row get one mail."""

from contextlib import suppress
from datetime import timedelta
from itertools import zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.machines.failure import Failed
from shopkeeper.campaign import launch, recount, settle
from shopkeeper.mail import ledger
from tests.launch_story import die_after, launched, to_the_end
from tests.launch_world import customer
from tests.mutants import put_into
from tests.store_fakes import Crash


@given(
    orders=st.lists(st.integers(0, 4), max_size=30),
    deaths=st.lists(st.integers(0, 60), max_size=3),
    crash_at=st.integers(0, 400),
    lost=st.sets(st.integers(0, 12)),
    late_index=st.integers(0, 3),
    audiences=st.lists(st.lists(st.integers(0, 4), max_size=30), max_size=3),
    hidden=st.sets(st.integers(0, 29)),
    hidden_for=st.integers(0, 7200),
)
def test_dead_executions_lost_messages_and_a_crash_still_leave_each_with_one_mail(
    orders, deaths, crash_at, lost, late_index, audiences, hidden, hidden_for
):
    """Also where the audience is another one for each attempt, and the index shows some rows late."""
    audiences = [orders, *[[*others, *orders[len(others) :]] for others in audiences[: len(deaths)]]]
    world = launched(of(orders), crash_at, late_index=late_index)
    sent = []

    def deliver():
        def lose(message):
            sent.append(message)
            return len(sent) - 1 in lost

        world.deliver(lose)

    for death, audience in zip_longest(deaths, audiences[1:]):
        die_after(world, death, deliver)
        world.customers = of(audience) if audience is not None else world.customers
    world.hidden = {f"c{n:02}" for n in hidden}
    world.hidden_until = world.now + timedelta(seconds=hidden_for)
    to_the_end(world, deliver)
    recounted_for_a_day(world, deliver)

    assert set.intersection(*map(loyal, audiences)) <= set(world.rows()) <= set.union(*map(loyal, audiences))
    assert set(world.rows().values()) <= {1}
    assert world.launch.state == "done"
    assert world.mails == world.rows()


def of(orders):
    return [customer(f"c{n:02}", count) for n, count in enumerate(orders)]


def loyal(orders):
    return {f"c{n:02}" for n, count in enumerate(orders) if count >= 3}


def recounted_for_a_day(world, deliver):
    for _ in range(25):
        world.pass_time(3600)
        with suppress(Crash, Failed):
            world.wake()
            world.run(deliver)


def three_leave_between_two_attempts(hidden_for):
    """The first puts a row for all twelve and dies; later the index hides the rows of others for a while."""
    world = launched(of([3] * 12))
    die_after(world, 1 + settle.SLICES, world.deliver)
    assert len(world.sends) == 12
    world.customers = of([0] * 3 + [3] * 9)
    world.hidden, world.hidden_until = {"c09", "c10", "c11"}, world.now + hidden_for
    to_the_end(world)
    return world


def test_rows_of_an_attempt_before_are_waited_for_also_when_the_audience_is_smaller_now():
    world = three_leave_between_two_attempts(settle.STRAGGLERS)

    assert world.states() == {ledger.ACCEPTED: 12}
    assert (world.launch.state, world.launch.found) == ("done", 9)


def test_a_launch_that_is_done_too_soon_goes_on_when_a_count_sees_what_is_ready():
    world = three_leave_between_two_attempts(timedelta(minutes=50))
    assert world.states() == {ledger.ACCEPTED: 9, ledger.READY: 3}
    assert world.launch.state == "done"

    for _ in range(70):
        world.pass_time(60)
        world.wake()
        if world.launch.state != "done":
            break
    assert (world.launch.state, world.launch.finished_at) == ("running", "")
    assert world.launch.counts == {ledger.ACCEPTED: 9, ledger.READY: 3}

    to_the_end(world)
    assert world.states() == world.launch.counts == {ledger.ACCEPTED: 12}
    assert world.mails == {f"c{n:02}": 1 for n in range(12)}


waits = test_rows_of_an_attempt_before_are_waited_for_also_when_the_audience_is_smaller_now
heals = test_a_launch_that_is_done_too_soon_goes_on_when_a_count_sees_what_is_ready
MUTANTS = {
    "another attempt is like the first": (waits, settle, 'launch.frozen_at if launch.attempt > 1 else ""', '""'),
    "what is done stays done": (heals, recount, 'launch.state == "done"', "False"),
    "what goes on is done all the same": (heals, launch, '"running" if launch.state == "done" else', ""),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_it_is_noticed_that(name):
    notices, module, right, wrong = MUTANTS[name]
    with put_into(module, right, wrong), pytest.raises((Exception, pytest.fail.Exception)):
        notices()
