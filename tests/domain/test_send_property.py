"""Whatever happens to deliveries, tables, SES and the clock, in whatever order: no second mail, no mail too late, no
send lost, and reservations that fit."""

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shopkeeper.mail import ledger
from tests.send_fakes import ANSWERS
from tests.send_happenings import SECONDS, happen
from tests.send_world import KINDS, World

steps = st.tuples(st.just("step"), st.integers(0, 40))
happenings = st.one_of(
    steps,
    steps,
    steps,
    st.tuples(st.just("deliver"), st.integers(0, 1)),
    st.tuples(st.sampled_from(["kill", "lose", "outage"]), st.integers(0, 3)),
    st.tuples(st.just("time"), st.integers(0, len(SECONDS) - 1)),
    st.tuples(st.sampled_from(["tick", "watch", "cancel", "pause", "resume", "stop_all", "let_go"]), st.just(0)),
    st.tuples(
        st.sampled_from(["consent", "opt_out", "leave_as_another", "hear_ses", "canary", "see", "bounce", "complain"]),
        st.just(0),
    ),
    st.tuples(st.sampled_from(["agree", "renounce", "carry", "correct"]), st.just(0)),
)
scripts = st.lists(happenings, max_size=45)
answers = st.lists(st.sampled_from(ANSWERS), max_size=4)
kinds = st.sampled_from(sorted(KINDS))
QUIET_SOON = {"quiet": {"from": "12:01", "to": "13:00"}}
policies = st.sampled_from([None, {"caps": [{"most": 1, "days": 7}]}, QUIET_SOON])
ends = st.fixed_dictionaries(
    {"expires_after": st.sampled_from([None, timedelta(minutes=2), timedelta(minutes=90)]), "message": st.booleans()}
)


def play(script, said, kind, sends=2, *, together=False, policy=None, **how):
    """With a message among them it is the last one."""
    world = World(sends, together=together, policy=policy, **how, **KINDS[kind])
    world.answers = list(said)
    for send_id in world.ids():
        world.deliver(send_id)
    for what, number in script:
        happen(world, what, number)
    return world.settle()


@given(scripts, answers, kinds, st.booleans(), policies, ends)
def test_a_send_is_mailed_once_at_most_in_time_within_the_caps_and_never_lost(
    script, said, kind, together, policy, ends
):
    assert play(script, said, kind, together=together, policy=policy, **ends).faults() == []


@given(scripts, kinds)
@example([("step", 13), ("cancel", 0), ("step", 32), ("step", 0), ("step", 8), ("kill", 0)], "assumed")
def test_two_deliveries_at_once_make_one_mail(script, kind):
    world = World(**KINDS[kind])
    (send_id,) = world.ids()
    for _ in range(2):
        world.deliver(send_id)
    for what, number in script:
        happen(world, what, number)
    world.settle()

    assert world.faults() == []


@pytest.mark.prove
@given(scripts, answers, kinds, st.booleans(), policies, ends)
def test_three_sends_to_one_customer_keep_their_own_reservations(script, said, kind, together, policy, ends):
    assert play(script, said, kind, sends=3, together=together, policy=policy, **ends).faults() == []


def test_the_send_event_settles_a_call_whose_answer_was_lost():
    world = World()
    world.answers = ["accept_and_fail"]
    world.deliver(world.ids()[0]).finish()
    assert [row.state for row in world.sends.values()] == [ledger.UNKNOWN]

    world.hear_ses()

    assert [row.state for row in world.settle().sends.values()] == [ledger.ACCEPTED]
    assert world.faults() == []
