"""Some are left out of a campaign by lot: always the same ones, who are never written to and stand in a row of their
own."""

import pytest

from shopkeeper.campaign import hold_outs, outcomes
from shopkeeper.campaign.hold_outs import HoldOut
from shopkeeper.mail import ledger, unsent
from tests.launch_fakes import CAMPAIGN, Definitions
from tests.launch_story import launched, to_the_end
from tests.launch_world import customer

PEOPLE = [f"c{number:04}" for number in range(4_000)]
SHOP = [customer(name, 3) for name in PEOPLE[:60]]


def left_out(hold_out, activity="campaign:spring"):
    return {each: why for each in PEOPLE if (why := hold_outs.by_which(hold_out, activity, each))}


@pytest.mark.parametrize("percent", [1, 10, 99])
def test_about_as_many_are_left_out_as_was_said(percent):
    found = left_out(HoldOut(campaign=percent))

    assert set(found.values()) == {hold_outs.CAMPAIGN}
    assert len(found) / len(PEOPLE) == pytest.approx(percent / 100, abs=0.02)


def test_whoever_is_left_out_of_a_share_is_left_out_of_a_larger_one():
    few, many = left_out(HoldOut(campaign=5)), left_out(HoldOut(campaign=20))

    assert few.items() < many.items()
    assert left_out(HoldOut()) == {}


def test_the_policy_leaves_the_same_people_out_of_all_campaigns_and_each_campaign_others():
    both = HoldOut(campaign=10, policy=10)
    spring, autumn = left_out(both), left_out(both, "campaign:autumn")
    by_policy = {each for each, why in spring.items() if why == hold_outs.POLICY}

    assert by_policy == {each for each, why in autumn.items() if why == hold_outs.POLICY}
    assert 0.8 < len(spring) / (0.19 * len(PEOPLE)) < 1.2
    assert len((spring.keys() & autumn.keys()) - by_policy) < 0.02 * len(PEOPLE)


def held_out(world):
    return {row.customer_id: row for row in world.sends.values() if row.state == ledger.HELD_OUT}


def spring(**more):
    return launched(SHOP, definitions=Definitions(CAMPAIGN | {"hold_out": 20}, said={"hold_out": 10}), **more)


def test_who_is_held_out_has_a_row_is_not_written_to_and_is_told_so_once_it_counts():
    world = spring()
    to_the_end(world)
    told = {each.properties["send_id"]: each for each in world.told}

    rows, wanted = held_out(world), HoldOut(campaign=20, policy=10)
    assert {name: row.reason for name, row in rows.items()} == {
        name: f"held_out:{why}" for name, why in left_out(wanted).items() if name in PEOPLE[:60]
    }
    assert world.mails == dict.fromkeys(set(PEOPLE[:60]) - rows.keys(), 1)
    assert told.keys() == {row.send_id for row in rows.values()}
    assert {(each.name, each.properties["reason"]) for each in world.told} == {(unsent.NAME, ledger.HELD_OUT)}


def test_hold_outs_are_no_targets_and_the_report_says_by_what():
    world = spring()
    to_the_end(world)
    counts, rows = world.launch.outcomes, held_out(world)

    assert (counts["held_out"], counts["targeted"]) == (len(rows), 60 - len(rows))
    assert outcomes.reasons(counts)["held_out"].keys() == {"campaign", "policy"}
    assert outcomes.violations(counts) == []


@pytest.mark.parametrize("at", range(0, 260, 13))
def test_whatever_call_it_dies_at_the_same_ones_are_left_out_and_told_so(at):
    calm, world = spring(), spring(crash_at=at)
    to_the_end(calm)
    to_the_end(world)

    assert held_out(world).keys() == held_out(calm).keys()
    assert {each.key for each in world.told} == {each.key for each in calm.told}


def test_another_launch_of_the_campaign_leaves_the_same_ones_out_though_the_audience_is_another():
    """By digest alone: neither when it is launched matters, nor who else is in the audience."""
    first, other = spring(), launched(SHOP[20:50], definitions=Definitions(CAMPAIGN | {"hold_out": 20}))
    to_the_end(first)
    to_the_end(other)

    by_campaign = left_out(HoldOut(campaign=20)).keys()
    assert held_out(other).keys() == by_campaign & set(PEOPLE[20:50])
    assert by_campaign & set(PEOPLE[:60]) <= held_out(first).keys()


def test_a_policy_that_comes_later_leaves_the_launch_as_it_is():
    world = spring()

    assert world.launch.pins.hold_out == HoldOut(campaign=20, policy=10)
    assert launched(SHOP).launch.pins.hold_out == HoldOut()


def test_the_policy_holds_nobody_out_of_service_mail_and_its_campaign_may():
    service = CAMPAIGN | {"class": "service", "hold_out": 20}

    assert launched(SHOP, definitions=Definitions(service, said={"hold_out": 10})).launch.pins.hold_out == HoldOut(
        campaign=20
    )
