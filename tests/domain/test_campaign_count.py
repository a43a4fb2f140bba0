"""The stored count of a launch is what a plain count over its rows gives, in however many parts it was made."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper import clock
from shopkeeper.campaign import outcomes, recount, report
from shopkeeper.mail import ledger
from tests.domain.test_campaign_outcomes import moved, steps
from tests.domain.test_campaign_recount import MINUTE, over
from tests.launch_story import LOYAL, launched
from tests.launch_world import World
from tests.outcome_oracle import NOW, any_row, expected
from tests.store_fakes import Crash


def plainly(world):
    """By the definitions of the oracle, row by row; its window ends as of NOW."""
    return Counter(name for row in world.sends.values() for name in expected(row))


def stored(world):
    return Counter({name: world.launch.outcomes.get(name, 0) for name in outcomes.NAMES}) + Counter()


@given(
    rows=st.lists(st.one_of(any_row, steps), max_size=30),
    page_size=st.integers(1, 7),
    most_rows=st.integers(1, 12),
    crashes=st.lists(st.integers(0, 40), max_size=4),
    asked=st.booleans(),
)
def test_it_equals_a_plain_count_over_random_histories_in_parts_of_any_size(rows, page_size, most_rows, crashes, asked):
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(recount, "MOST_ROWS", most_rows)
        world = over_at_now(rows)
        world.page_size = page_size
        if asked:
            recount.ask(world.recounting, "spring-1", world.now)
        count_on(world, crashes)

    assert stored(world) == plainly(world)
    assert world.launch.as_of == clock.to_text(NOW)
    assert outcomes.violations(world.launch.outcomes) == []
    assert Counter(world.launch.counts) == world.states()
    as_reported(world)


def no_links(_):
    return ()


def over_at_now(rows):
    """A launch that ended an hour before NOW, with rows as any history may leave them, spread over all shards."""
    world = World(now=NOW)
    ended = replace(launched().launch, state="done", due_at="", finished_at=clock.to_text(NOW - timedelta(hours=1)))
    world.launches["spring-1"] = ended
    recount.keep(world.recounting, "spring-1", NOW - timedelta(hours=1))
    for number, row in enumerate(rows):
        row = after(*row) if isinstance(row, list) else row
        shard = ledger.activity_shard("campaign:spring", "spring-1", number % ledger.ACTIVITY_SHARDS)
        world.sends[f"s{number:02}"] = replace(row, send_id=f"s{number:02}", activity_shard=shard)
    return world


def after(*happened):
    row = ledger.planned(
        customer_id="c", activity="campaign:spring", step="letter", occurrence="spring-1", planned_at=NOW
    )
    for step in happened:
        row = moved(row, step)
    return row


def count_on(world, crashes=()):
    """Visits of a clock that dies now and then, until the launch is counted."""
    for crash in [*crashes, None]:
        world.wire.crash_at = None if crash is None else world.wire.halves + crash
        with suppress(Crash):
            world.wake()


def as_reported(world):
    """The report of a large launch is the stored count, that of a small one is made now: they say the same."""
    made = {}
    for most in (0, 1000):
        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setattr(report, "MOST_AT_ONCE", most)
            launch = replace(world.launch, found=len(world.sends))
            made[most] = report.shown(report.report(launch, world, NOW), no_links)
    assert made[0] == made[1000]
    assert made[0]["as_of"] == clock.to_text(NOW)


def test_all_parts_are_judged_as_of_the_instant_at_which_the_count_began(monkeypatch):
    monkeypatch.setattr(recount, "MOST_ROWS", 1)
    world = over()
    began = clock.from_text(next(iter(world.sends.values())).accepted_at) + outcomes.WINDOW - timedelta(seconds=1)
    world.now = began
    recount.ask(world.recounting, "spring-1", world.now)
    while world.recounter.visit("spring-1"):
        world.pass_time(MINUTE)

    assert world.launch.as_of == clock.to_text(began)
    assert world.launch.outcomes == dict.fromkeys(("targeted", "sent", "waiting"), len(LOYAL))


def test_until_it_is_counted_a_large_launch_is_still_to_be_sent():
    """Its report never goes backwards to nobody, nor in time."""
    frozen = replace(launched().launch, as_of="", outcomes={}, found=6_000, frozen_at=clock.to_text(NOW))

    shown = report.shown(report.report(frozen, World(now=NOW), NOW), no_links)

    assert (shown["targeted"], shown["pending"], shown["sent"]) == (6_000, 6_000, 0)
    assert (shown["as_of"], shown["broken"]) == (clock.to_text(NOW), [])
