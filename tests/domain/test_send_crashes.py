"""One delivery, and what can go wrong with it, at every half call."""

import pytest

from shopkeeper.mail import ledger
from tests.send_fakes import ANSWERS
from tests.send_ways import HALF_CALLS, JUMPS, WAYS, faults
from tests.send_world import KINDS, World

LONG = JUMPS[-1:]


def alone(said="accept"):
    world = World()
    world.answers = [said]
    world.worker = world.deliver(world.ids()[0]).finish()
    (world.row,) = world.sends.values()
    return world


@pytest.mark.parametrize("said", ANSWERS)
def test_every_half_call_is_tried(said):
    assert 28 <= len(alone(said).worker.trace) < HALF_CALLS


def test_every_read_and_write_of_a_send_is_among_them():
    assert set(alone().worker.calls) == {
        "sends.load",
        "launches.get",
        "holds.get",
        "mail.get",
        "customers.load",
        "contacts.load",
        "definitions.topic",
        "contacts.reserve",
        "secrets.get",
        "definitions.brand",
        "definitions.template",
        "sends.apply",
        "ses.send",
    }


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_whatever_happens_at_any_call_there_is_one_mail_at_most_and_none_is_lost(way):
    """Of what is not the common case only that so much time passes that a caller is taken for dead; the rest is in
    the proofs."""
    assert list(faults([way], ["accept"], ["consented"])) == []
    assert list(faults([way], ["throttle", "accept_and_fail", "doubtful"], ["consented"], LONG)) == []
    assert list(faults([way], ["accept"], KINDS.keys() - {"consented"}, LONG)) == []


@pytest.mark.prove
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("said", ANSWERS)
def test_the_same_holds_for_every_answer_of_ses(said, kind):
    assert list(faults(WAYS, [said], [kind])) == []


@pytest.mark.parametrize(
    ("said", "state", "reason", "is_reserved"),
    [
        ("accept", ledger.ACCEPTED, "", True),
        ("throttle", ledger.READY, "", False),
        ("unreachable", ledger.READY, "", False),
        ("bad_address", ledger.NOT_SENT, "malformed:refused", False),
        ("doubtful", ledger.READY, "", False),
        ("unverified", ledger.READY, "", False),
        ("accept_and_fail", ledger.UNKNOWN, "", True),
        ("fail", ledger.UNKNOWN, "", True),
    ],
)
def test_an_answer_of_ses_moves_the_row_and_keeps_the_reservation_unless_it_is_a_definite_no(
    said, state, reason, is_reserved
):
    world = alone(said)

    assert (world.row.state, world.row.reason) == (state, reason)
    assert bool(world.contacts["jo"].reservations) == is_reserved
    assert bool(world.row.due_at) == (state in (ledger.READY, ledger.UNKNOWN))


def test_a_mail_that_arrives_costs_nine_write_units_over_its_whole_life():
    """Plan, claim, record and delivery pay for the copy in the index as well; one is the reservation."""
    world, paid = alone(), []
    assert world.row.state == ledger.ACCEPTED
    assert world.units == {"sends": 6, "contacts": 1}
    assert world.worker.calls["ses.send"] == 1

    for happens in (world.hear_ses, world.arrive, world.arrive):
        happens()
        paid.append(sum(world.units.values()))

    assert paid == [7, 9, 9]
    assert [row.state for row in world.sends.values()] == [ledger.DELIVERED]


def test_a_mail_that_ses_refuses_for_good_costs_eight_with_its_reservation_given_back():
    world = alone("bad_address")

    assert world.row.state == ledger.NOT_SENT
    assert world.units == {"sends": 6, "contacts": 2}
    assert [each.properties["reason"] for each in world.told] == ["malformed:refused"]


def test_a_second_delivery_of_what_is_settled_costs_no_write():
    world = alone()
    before = sum(world.units.values())
    world.messages[world.row.send_id] = 0

    world.deliver(world.row.send_id).finish()

    assert sum(world.units.values()) == before


def test_who_is_not_to_be_written_to_costs_four_and_is_told_once_more_when_delivered_again():
    world = World(opt_in="required")
    paid = []
    for _ in range(2):
        world.messages[world.ids()[0]] = 0
        world.deliver(world.ids()[0]).finish()
        paid.append(dict(world.units))

    assert paid[0] == {"sends": 4}
    assert paid[1]["sends"] == 4
    first, second = world.told
    assert first == second
    assert (first.name, first.source, first.trusted) == ("Not Sent", "mail", True)


def test_a_paused_activity_leaves_its_sends_ready_until_it_goes_on():
    world = World()
    world.pause()
    world.deliver(world.ids()[0]).finish()
    assert (world.called, [row.state for row in world.sends.values()]) == ([], [ledger.READY])

    world.settle()

    assert [row.state for row in world.sends.values()] == [ledger.ACCEPTED]
