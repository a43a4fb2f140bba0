"""Caps on the way of a send: who is left out, who is waited for, and what a place is given back for."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from shopkeeper import clock
from shopkeeper.mail import ledger
from shopkeeper.mail.look import Look
from shopkeeper.mail.terms import Terms
from tests.send_world import START, World

ONE_A_WEEK = {"caps": [{"most": 1, "days": 7}]}
CAPPED = {"cap": "1 in 7 days", "had": "1"}


def delivered(world, *numbers):
    """In this order, each to its end; gives the rows."""
    ids = list(world.sends)
    for number in numbers:
        if worker := world.deliver(ids[number]):
            worker.finish()
    return [world.sends[ids[number]] for number in numbers]


def waiting(world, *activities):
    world.terms = dict.fromkeys(activities, Terms(when_capped="wait"))
    return world


def test_whoever_has_had_as_many_as_the_cap_allows_is_left_out_and_the_row_says_why():
    world = World(2, policy=ONE_A_WEEK)

    first, second = delivered(world, 0, 1)

    assert (first.state, second.reason, len(world.accepted)) == (ledger.ACCEPTED, "other:capped", 1)
    opens_at = clock.to_text(clock.from_text(world.contacts["jo"].reservations[first.send_id]) + timedelta(days=7))
    assert json.loads(second.evidence) == CAPPED | {"opens_at": opens_at}
    assert list(world.contacts["jo"].reservations) == [first.send_id]
    assert world.settle().faults() == []


def test_without_a_policy_nobody_is_left_out():
    world = World(3)

    assert [row.state for row in delivered(world, 0, 1, 2)] == [ledger.ACCEPTED] * 3


def test_a_campaign_that_waits_sends_when_the_window_opens_and_not_before():
    world = waiting(World(2, policy={"caps": [{"most": 1, "hours": 20}]}), "campaign:1")
    _, second = delivered(world, 0, 1)
    assert (second.state, json.loads(second.evidence)["waits"]) == (ledger.READY, "capped")
    assert second.due_at == clock.to_text(
        clock.from_text(next(iter(world.contacts["jo"].reservations.values()))) + timedelta(hours=20)
    )

    world.time = START + timedelta(hours=19, minutes=59)
    world.tick()
    assert delivered(world, 1)[0].state == ledger.READY
    world.time = START + timedelta(hours=20, minutes=1)
    world.tick()

    assert delivered(world, 1)[0].state == ledger.ACCEPTED
    assert len(world.accepted) == 2


def test_what_waits_looks_again_after_a_day_so_it_notices_that_the_policy_was_relaxed():
    world = waiting(World(2, policy={"caps": [{"most": 1, "days": 6}]}), "campaign:1")
    _, second = delivered(world, 0, 1)
    looked_at = clock.from_text(second.due_at) - timedelta(days=1)
    assert START <= looked_at < START + timedelta(minutes=1)
    assert clock.from_text(json.loads(second.evidence)["opens_at"]) > START + timedelta(days=6) - timedelta(minutes=1)

    world.time = START + timedelta(days=1, minutes=1)
    world.tick()
    assert delivered(world, 1)[0].state == ledger.READY
    world.policy, world.sandboxes = {"caps": [{"most": 2, "days": 6}]}, []
    world.time = START + timedelta(days=2, minutes=2)
    world.tick()

    assert delivered(world, 1)[0].state == ledger.ACCEPTED


@pytest.mark.parametrize(("hours", "expires_after", "waits"), [(20, 19, False), (20, 21, True), (200, None, False)])
def test_nobody_is_waited_for_past_the_expiry_or_for_longer_than_a_week(hours, expires_after, waits):
    world = waiting(World(2, policy={"caps": [{"most": 1, "hours": hours}]}), "campaign:1")
    expires_at = clock.to_text(START + timedelta(hours=expires_after)) if expires_after else ""
    for row in world.sends.values():
        object.__setattr__(row, "expires_at", expires_at)

    _, second = delivered(world, 0, 1)

    assert (second.state == ledger.READY) == waits
    assert second.reason == ("" if waits else "other:capped")


def test_a_place_is_given_back_on_a_definite_no_alone():
    refused, unclear = World(2, policy=ONE_A_WEEK), World(2, policy=ONE_A_WEEK)
    refused.answers, unclear.answers = ["bad_address"], ["accept_and_fail"]

    assert [row.reason or row.state for row in delivered(refused, 0, 1)] == ["malformed:refused", ledger.ACCEPTED]
    assert [row.reason or row.state for row in delivered(unclear, 0, 1)] == [ledger.UNKNOWN, "other:capped"]


def test_a_throttled_mail_leaves_its_place_to_others_and_asks_again():
    world = World(2, policy=ONE_A_WEEK)
    world.answers = ["throttle"]
    delivered(world, 0, 1)
    world.time += timedelta(minutes=2)
    world.tick()

    assert [row.reason or row.state for row in delivered(world, 0, 1)] == ["other:capped", ledger.ACCEPTED]


def test_places_are_kept_for_what_has_the_priority():
    world = World(3, policy={"caps": [{"most": 2, "days": 7}], "kept_for": {"priority": 8, "places": 1}})
    world.terms = {"campaign:2": Terms(priority=8)}

    assert [row.reason or row.state for row in delivered(world, 0, 1, 2)] == [
        ledger.ACCEPTED,
        "other:capped",
        ledger.ACCEPTED,
    ]


@pytest.mark.parametrize("mail_class", ["service", "transactional"])
def test_service_mail_and_receipts_are_neither_capped_nor_counted(mail_class):
    world = World(3, policy=ONE_A_WEEK)
    ids = list(world.sends)
    for send_id in (ids[0], ids[2]):
        object.__setattr__(world.sends[send_id], "mail_class", mail_class)

    assert [row.state for row in delivered(world, 0, 1, 2)] == [ledger.ACCEPTED] * 3


def test_a_policy_counts_within_a_minute():
    world = World(2)
    delivered(world, 0)
    world.policy = ONE_A_WEEK
    for sandbox in world.sandboxes:
        sandbox.policies._definitions._stored.policy = ONE_A_WEEK
    world.time += timedelta(minutes=1)

    assert delivered(world, 1)[0].reason == "other:capped"


def side_by_side(most, stride=1):
    """Two campaigns of 25 letters each to one customer; every one is as far as the others at each call."""
    world = World(50, policy={"caps": [{"most": most, "days": 7}]})
    workers = [world.deliver(send_id) for send_id in world.ids()]
    while any(not worker.done for worker in workers):
        for worker in workers:
            worker.step(stride)
    return world.settle()


def test_without_asking_whether_the_count_still_holds_all_stand_in_each_others_way(monkeypatch):
    """Each finds the others at its last look, and not one mail goes."""
    asked = Look.request.fget
    monkeypatch.setattr(Look, "request", property(lambda self: replace(asked(self), capped=False)))

    assert side_by_side(1).accepted == []


@pytest.mark.parametrize(("most", "stride"), [(1, 1), (1, 2), (3, 1), (3, 3)])
def test_of_fifty_senders_side_by_side_as_many_mail_as_there_are_places(most, stride):
    world = side_by_side(most, stride)

    assert len(world.accepted) == most
    assert {row.reason for row in world.sends.values() if row.state == ledger.NOT_SENT} == {"other:capped"}
    assert len([row for row in world.sends.values() if row.state == ledger.ACCEPTED]) == most
