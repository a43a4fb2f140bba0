"""A launch that goes out bit by bit: so many a minute, more each day, or a few first and then the rest."""

import json
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from shopkeeper import clock
from shopkeeper.campaign import by_hand, gate
from shopkeeper.campaign.flow import First, Flow, Ramp
from shopkeeper.campaign.freeze import row
from tests.launch_fakes import CAMPAIGN, Definitions
from tests.launch_story import to_the_end
from tests.launch_world import NOON, World, customer
from tests.store_fakes import Crash

MANY = [f"c{n:03}" for n in range(100)]


def launched_with(people=MANY, crash_at=None, late_index=0, **said):
    world = World([customer(name, 3) for name in people], crash_at=crash_at)
    world.late_index = late_index
    definitions = Definitions(CAMPAIGN | said)
    try:
        world.launcher.launch("spring", 1, definitions)
    except Crash:
        world.launcher.launch("spring", 1, definitions)
    return world


def sent(world):
    return sum(world.mails.values())


def test_no_more_than_its_rate_goes_out_and_in_the_end_everybody_has_it_once():
    world, seen = launched_with(rate=4), [(0, 0)]

    def look():
        world.deliver()
        seen.append(((world.now - NOON) / timedelta(minutes=1), sent(world)))

    to_the_end(world, look)

    assert world.mails == world.rows() == dict.fromkeys(MANY, 1)
    assert len(seen) > 4
    for (_, had), (_, has) in pairwise(seen):
        assert has - had <= 4 * 15
    for minutes, has in seen:
        assert has <= 4 * (minutes + 15), "what is queued is for a quarter of an hour ahead at most"


def test_messages_are_put_off_so_that_one_goes_after_another():
    world = launched_with(rate=12)
    to_the_end(world)

    assert len(world.delays) == 100, "a message is for five seconds at most"
    assert sorted(world.delays[:12]) == [5 * n for n in range(12)]
    assert max(world.delays) <= 900


def test_a_rate_that_is_lower_than_one_a_look_still_lets_everybody_go():
    world = launched_with(MANY[:9], rate=1)
    to_the_end(world)
    assert world.mails == dict.fromkeys(MANY[:9], 1)


def test_what_was_let_go_and_got_lost_counts_among_what_goes_next():
    world, rounds = launched_with(rate=2), []

    def lose_two_rounds():
        rounds.append(sum(len(json.loads(message)["send_ids"]) for message in world.queue))
        world.deliver(lambda message: len(rounds) <= 2)

    to_the_end(world, lose_two_rounds)
    assert rounds == [2 * 1, 2 * 2, 2 * 5, 30, 30, 30]
    assert world.mails == dict.fromkeys(MANY, 1)


def test_each_day_of_a_ramp_lets_go_so_many_more():
    world, by_day = launched_with(ramp={"first_day": 10, "factor": 2}), Counter()

    def look():
        before = sent(world)
        world.deliver()
        by_day[world.launch.gate.day] += sent(world) - before

    for _ in range(4):
        world.run(look)
        if not world.launch.finished_at:
            first_at = clock.from_text(world.launch.gate.first_at)
            assert world.launch.due_at == clock.to_text(first_at + timedelta(days=world.launch.gate.day))
            world.now = clock.from_text(world.launch.due_at)
            world.wake()

    assert by_day == {1: 10, 2: 20, 3: 40, 4: 30}
    assert world.mails == dict.fromkeys(MANY, 1)
    assert world.launch.state == "done"


def test_a_ramp_does_not_grow_beyond_all_bounds():
    assert [Ramp(first_day=500).of_day(day) for day in (1, 2, 5)] == [500, 1_000, 8_000]
    assert Ramp(first_day=500, factor=10).of_day(10_000) == 10**12
    assert Ramp(first_day=3, factor=1).of_day(9) == 3


def test_the_first_go_and_all_others_wait_until_somebody_says_so():
    world = launched_with(first={"count": 7})
    world.run(world.deliver)
    first = dict(world.mails)
    assert (len(first), world.launch.state, world.launch.due_at) == (7, "running", "")

    world.pass_time(30 * 24 * 3600)
    world.wake()
    assert (world.waiting, world.queue) == ([], [])
    world.launcher.hasten("spring")
    world.wake()
    world.run(world.deliver)
    assert dict(world.mails) == first, "they are the same whenever one looks"

    world.launcher.go_on("spring")
    to_the_end(world)
    assert world.mails == dict.fromkeys(MANY, 1)
    assert world.launch.state == "done"


def test_the_others_go_so_many_minutes_later_by_themselves():
    world = launched_with(first={"count": 7, "then": 120})
    world.run(world.deliver)
    in_two_hours = clock.to_text(clock.from_text(world.launch.gate.first_at) + timedelta(minutes=120))
    assert (world.launch.due_at, len(world.mails)) == (in_two_hours, 7)

    world.now = clock.from_text(in_two_hours)
    world.wake()
    to_the_end(world)

    assert world.mails == dict.fromkeys(MANY, 1)
    assert world.launch.gate.went_on_at == in_two_hours


def test_nobody_is_among_the_first_before_the_index_shows_all():
    world = launched_with(first={"count": 7})
    by_place = sorted(MANY, key=lambda name: gate.place(row(world.launch, name, NOON)))
    world.hidden, world.hidden_until = set(by_place[:20:2]), NOON + timedelta(minutes=2)

    world.run(world.deliver)

    assert sorted(world.mails) == sorted(by_place[:7])


def test_fewer_than_the_first_are_all():
    world = launched_with(MANY[:5], first={"count": 7})
    to_the_end(world)
    assert world.mails == dict.fromkeys(MANY[:5], 1)


def test_what_is_paused_does_not_go_on_by_that_and_who_has_no_first_ones_cannot():
    world = launched_with(first={"count": 7})
    world.run(world.deliver)
    world.launcher.pause("spring")
    world.launcher.go_on("spring")
    world.run(world.deliver)
    assert sent(world) == 7
    world.launcher.resume("spring")
    to_the_end(world)
    assert world.mails == dict.fromkeys(MANY, 1)

    free = launched_with()
    assert free.launcher.go_on("spring") == free.launch


def is_refused(world):
    with pytest.raises(by_hand.TooSoon):
        world.launcher.go_on("spring")
    return True


def test_the_others_cannot_be_let_go_before_the_first_have_gone():
    world, states = launched_with(first={"count": 7}, ramp={"first_day": 5}), Counter()
    begin, plan_all = world.settler.begin, world.plan_all

    def tried(work, *said):
        assert is_refused(world)
        states[world.launch.state] += 1
        return work(*said)

    world.settler.begin = lambda watch: tried(begin, watch)
    world.plan_all = lambda sends: tried(plan_all, sends)
    world.run(lambda: tried(world.deliver))
    assert (sent(world), is_refused(world)) == (5, True), "a ramp has let some of the first go"
    assert states.keys() == {"starting", "freezing", "running"}

    world.now = clock.from_text(world.launch.due_at)
    world.wake()
    world.run(world.deliver)

    assert (sent(world), world.launch.gate.first_gone_at > world.launch.gate.first_at) == (7, True)
    assert world.launch.due_at == "", "the next day of the ramp lets nobody go"
    world.launcher.go_on("spring")
    assert world.launch.gate.went_on_at


@pytest.mark.parametrize(("under_way", "have_gone"), [(0, True), (6, True), (7, False)])
def test_who_waits_for_the_morning_holds_up_the_others_only_while_nobody_was_written_to(under_way, have_gone):
    flow, nobody = Flow(first=First(count=7)), (0,) * len(gate.SHUT.ahead)

    def seen(rows=7, wants=nobody):
        on = gate.Opening(most=9, most_fresh=9, most_rows=7, most_taken=9, since="", rows=rows, wants=wants, taken=rows)
        return bool(gate.moved(flow, gate.SHUT, on, under_way, 60, NOON).first_gone_at)

    assert seen() == have_gone
    assert not seen(rows=6)
    assert not seen(wants=(1, *nobody[1:]))


@pytest.mark.parametrize("said", [{"rate": 30}, {"first": {"count": 5, "then": 30}}])
def test_whatever_call_it_dies_at_nobody_is_lost_and_nobody_gets_it_twice(said):
    people = MANY[:12]
    for at in range(0, 300, 11):
        world = launched_with(people, crash_at=at, **said)
        to_the_end(world)
        assert world.mails == world.rows() == dict.fromkeys(people, 1), at
