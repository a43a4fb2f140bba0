"""A launch is counted again as long as something may come of its mails, and whenever somebody asks, in short visits."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from shopkeeper import clock
from shopkeeper.campaign import outcomes, recount
from shopkeeper.mail import ledger
from tests.launch_story import LOYAL, launched, to_the_end
from tests.store_fakes import Crash

MINUTE, HOUR, DAY = 60, 3600, 86400


def over():
    """A launch that is done: all its mails were accepted, just now."""
    world = launched()
    to_the_end(world)
    at = clock.to_text(world.now)
    world.sends = {name: replace(row, accepted_at=at) for name, row in world.sends.items()}
    return world


def tick(world, seconds=MINUTE):
    world.pass_time(seconds)
    world.wake()


def happens(world, number, **marks):
    name = sorted(world.sends)[number]
    world.sends[name] = replace(world.sends[name], **marks)


def test_it_is_renewed_every_hour_of_the_first_day_then_daily_until_a_day_after_the_window():
    world = over()
    ended, counted = world.now, []
    for _ in range(9 * 24 * 4):
        before = world.launch.as_of
        tick(world, 15 * MINUTE)
        if world.launch.as_of != before:
            counted.append(clock.from_text(world.launch.as_of) - ended)

    first_day = [each for each in counted if each <= timedelta(days=1)]
    later = [each for each in counted if each > timedelta(days=1)]
    assert len(first_day) >= 23
    assert all(after - before <= timedelta(days=1, minutes=30) for before, after in pairwise(later))
    assert later[-1] >= outcomes.WINDOW + timedelta(days=1)
    assert len(later) <= 7
    assert world.recounts["spring-1"].due_at == ""


def test_what_comes_of_mails_after_the_last_has_gone_shows_in_the_stored_count():
    world = over()
    assert world.launch.outcomes == dict.fromkeys(("targeted", "sent", "waiting"), len(LOYAL))

    happens(world, 0, opened_at=clock.to_text(world.now))
    happens(world, 1, state=ledger.HARD_BOUNCED, rank=8)
    tick(world, HOUR)
    assert (world.launch.outcomes["opened"], world.launch.outcomes["bounced"]) == (1, 1)
    assert world.launch.counts == {ledger.ACCEPTED: len(LOYAL) - 1, ledger.HARD_BOUNCED: 1}

    for _ in range(7):
        tick(world, DAY)
    assert world.launch.outcomes["unopened"] == len(LOYAL) - 2
    assert world.launch.outcomes.get("waiting", 0) == 0


def test_while_its_execution_looks_by_itself_it_only_waits():
    world = launched()
    looked = []

    def look():
        tick(world, HOUR)
        looked.append(world.wire.trace.count("after sends.of_shard"))
        if len(looked) == 3:
            world.deliver()

    to_the_end(world, look)

    assert world.recounts["spring-1"].due_at > world.launch.finished_at
    assert not any(row.tally.as_of for row in world.recounts.values())


def test_whoever_asks_gets_a_count_that_began_after_that_also_while_it_runs():
    world, seen = launched(), []

    def look():
        world.pass_time(MINUTE)
        asked_at = clock.to_text(world.now)
        recount.ask(world.recounting, "spring-1", world.now)
        world.wake()
        seen.append(world.launch.state == "running" and world.launch.as_of >= asked_at)
        world.deliver()

    to_the_end(world, look)
    assert seen
    assert all(seen)

    for _ in range(8):
        tick(world, DAY)
    assert world.recounts["spring-1"].due_at == ""
    asked_at = clock.to_text(world.now)
    recount.ask(world.recounting, "spring-1", world.now)
    world.wake()
    assert world.launch.as_of >= asked_at


def test_whoever_asks_during_a_count_gets_another_one_and_asking_twice_is_asking_once(monkeypatch):
    monkeypatch.setattr(recount, "MOST_ROWS", 2)
    world = over()
    world.pass_time(HOUR)
    assert world.recounter.visit("spring-1"), "there is more to be counted"

    world.pass_time(MINUTE)
    asked_at = clock.to_text(world.now)
    for _ in range(3):
        recount.ask(world.recounting, "spring-1", world.now)
    revision = world.recounts["spring-1"].revision
    recount.ask(world.recounting, "spring-1", world.now)
    assert world.recounts["spring-1"].revision == revision
    happens(world, 0, opened_at=asked_at)
    world.wake()

    assert world.launch.as_of >= asked_at
    assert world.launch.outcomes["opened"] == 1


def test_a_launch_that_failed_and_goes_on_after_its_last_count_is_counted_again():
    world = over()
    for _ in range(8):
        tick(world, DAY)
    world.launches["spring-1"] = replace(world.launch, state="failed", finished_at="")

    world.launcher.launch("spring", 1, None)
    to_the_end(world)

    assert world.recounts["spring-1"].due_at > world.launch.finished_at


def test_whatever_call_a_visit_dies_at_the_next_ones_count_to_the_end(monkeypatch):
    monkeypatch.setattr(recount, "MOST_ROWS", 3)
    for at in range(200):
        world = over()
        happens(world, 0, opened_at=clock.to_text(world.now))
        world.pass_time(HOUR)
        world.wire.crash_at = world.wire.halves + at
        with suppress(Crash):
            world.wake()
        died, world.wire.crash_at = world.wire.halves > world.wire.crash_at, None
        tick(world)
        rest = len(LOYAL) - 1
        numbers = {"targeted": rest + 1, "sent": rest + 1, "opened": 1, "opened_any": 1, "waiting": rest}
        hours = {"hour@2026-03-02T12@opened": 1}
        assert world.launch.outcomes == numbers | hours, at
        if not died:
            break
    assert at > 20


def test_a_visit_is_bounded_in_rows_and_in_time_and_the_next_goes_on(monkeypatch):
    monkeypatch.setattr(recount, "MOST_ROWS", 4)
    world = over()
    world.pass_time(HOUR)
    told = []
    while more := world.recounter.visit("spring-1"):
        told.append(world.recounts["spring-1"].tally.rows)
    assert more is False
    assert told
    assert all(after - before <= 4 + world.page_size for before, after in pairwise([0, *told]))

    monkeypatch.setattr(recount, "MOST_ROWS", 1000)
    of_shard, pages = world.of_shard, []

    def slow(*asked):
        world.now += recount.LONGEST / 2
        pages.append(asked)
        return of_shard(*asked)

    monkeypatch.setattr(world, "of_shard", slow)
    world.pass_time(HOUR)
    assert world.recounter.visit("spring-1")
    assert len(pages) == 2


def test_a_count_that_a_later_look_has_overtaken_is_not_written_down():
    world = over()
    later = clock.to_text(world.now + timedelta(days=1))
    world.launches["spring-1"] = replace(world.launch, as_of=later, outcomes={"targeted": 3})

    tick(world, HOUR)

    assert (world.launch.as_of, world.launch.outcomes) == (later, {"targeted": 3})


def test_a_launch_that_is_gone_is_not_counted_any_more():
    world = over()
    world.launches.clear()

    tick(world, HOUR)

    assert world.recounts["spring-1"].due_at == ""
