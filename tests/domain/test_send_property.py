"""Whatever happens to deliveries, tables, SES and the clock, in whatever order: no second mail, no mail too late, no
send lost, and reservations that fit."""

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shopkeeper.mail import ledger
from tests.send_fakes import ANSWERS
from tests.send_world import World

SECONDS = (0.5, 2, 4, 70, 130, 4000)
steps = st.tuples(st.just("step"), st.integers(0, 40))
happenings = st.one_of(
    steps,
    steps,
    steps,
    st.tuples(st.just("deliver"), st.integers(0, 1)),
    st.tuples(st.sampled_from(["kill", "lose"]), st.integers(0, 3)),
    st.tuples(st.just("time"), st.integers(0, len(SECONDS) - 1)),
    st.tuples(st.sampled_from(["tick", "watch", "hear_ses", "opt_out", "cancel", "pause", "resume"]), st.just(0)),
)
scripts = st.lists(happenings, max_size=45)
answers = st.lists(st.sampled_from(ANSWERS), max_size=4)


def happen(world, what, number):
    """`number` picks the send, the worker, the time, or a worker and how far it goes."""
    living = [worker for worker in world.workers if not worker.done]
    if what == "deliver":
        world.deliver(world.ids()[number % len(world.ids())])
    elif what == "time":
        world.time += timedelta(seconds=SECONDS[number])
    elif what in ("kill", "lose", "step") and living:
        worker = living[number % len(living)]
        if what == "kill":
            worker.kill()
        elif what == "lose":
            worker.fault = "lost"
            worker.step()
        for _ in range(1 + number // 4 if what == "step" else 0):
            worker.step()
    elif what not in ("kill", "lose", "step"):
        getattr(world, what)()


def play(script, said, sends=2):
    world = World(sends)
    world.answers = list(said)
    for send_id in world.ids():
        world.deliver(send_id)
    for what, number in script:
        happen(world, what, number)
    return world.settle()


@given(scripts, answers)
def test_a_send_is_mailed_once_at_most_in_time_and_never_lost(script, said):
    assert play(script, said).faults() == []


@given(scripts)
@example([("step", 13), ("cancel", 0), ("step", 32), ("step", 0), ("step", 8), ("kill", 0)])
def test_two_deliveries_at_once_make_one_mail(script):
    world = World()
    (send_id,) = world.ids()
    for _ in range(2):
        world.deliver(send_id)
    for what, number in script:
        happen(world, what, number)
    world.settle()

    assert world.faults() == []


@pytest.mark.prove
@given(scripts, answers)
def test_three_sends_to_one_customer_keep_their_own_reservations(script, said):
    assert play(script, said, sends=3).faults() == []


def test_the_send_event_settles_a_call_whose_answer_was_lost():
    world = World()
    world.answers = ["accept_and_fail"]
    world.deliver(world.ids()[0]).finish()
    assert [row.state for row in world.sends.values()] == [ledger.UNKNOWN]

    world.hear_ses()

    assert [row.state for row in world.settle().sends.values()] == [ledger.ACCEPTED]
    assert world.faults() == []
