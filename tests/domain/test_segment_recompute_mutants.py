"""Wrongs planted into publishing and recomputation are found by one life of a shop."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from shopkeeper import clock
from shopkeeper.customer import document
from shopkeeper.customer.standing import Standing
from shopkeeper.segment import evidence, placing, publishing, runs
from tests.mutants import put_into
from tests.recompute_fakes import BUYERS, LATELY, REGULARS
from tests.recompute_world import Shop
from tests.rules import negated

TODAY = BUYERS | {"window": {"days": {"n": 1}}}
PRINTED = BUYERS | {"measure": {"event": "Order Completed", "where": [{"prop": "kind", "cmp": "eq", "value": "x"}]}}


def right(shop, *names):
    for name in names:
        assert shop.inside(name) == shop.belong(name) != set(), name
    assert not shop.told
    assert not any(run.found.differences for run in shop.runs.values())


def recompute(shop):
    shop.planner.ask("request")
    shop.build()
    return shop.last.found


def build_for(shop, **span):
    until = shop.now + timedelta(**span)
    while shop.at_desk.due_at and shop.at_desk.due_at <= clock.to_text(until):
        shop.now = max(shop.now, clock.from_text(shop.at_desk.due_at))
        shop.wake()
        shop.execute()


def versions(shop):
    shop.publish(buyers=BUYERS, buyers__often=REGULARS, others=negated(BUYERS))
    shop.build()
    right(shop, "buyers", "buyers/often", "others")
    numbers = {each.number for each in shop.edition.slots}
    shop.publish(2, buyers=REGULARS, buyers__printed=PRINTED)
    build_for(shop, minutes=30)
    assert ("buyers", 1, "ready") in shop.states()
    shop.measures = {next(iter(shop.recomputing._measures.wanted))}
    shop.build()
    right(shop, "buyers", "others")
    assert {each[:2] for each in shop.states()} == {("buyers", 2), ("buyers/printed", 2), ("others", 1)}
    assert not numbers & {each.number for each in shop.edition.slots if each.version == 2}
    assert set(shop.members) == {"segment:buyers@1", "segment:buyers/often@2"}


def meanwhile(shop):
    shop.publish(buyers=BUYERS)
    shop.pass_time(minutes=5)
    shop.wake()
    shop.publish(regulars=REGULARS)
    shop.execute()
    assert shop.states() == {("buyers", 1, "ready"), ("regulars", 1, "building")}
    shop.build()
    right(shop, "buyers", "regulars")


def passing(shop):
    """Nobody wakes those whose time has come; half of them have not even had their turn."""
    shop.publish(today=TODAY, lately=LATELY)
    shop.build()
    right(shop, "today", "lately")
    shop.now = datetime(2026, 3, 3, 0, 40, tzinfo=UTC)
    due = {each.due_at for each in shop.tables.customers.values() if each.due_at}
    assert min(due) < "2026-03-03T00:40" < max(due)
    assert recompute(shop).differences == 0
    assert shop.inside("today") == set()
    shop.pass_time(days=2)
    assert (recompute(shop).differences, shop.inside("lately")) == (0, set())


def mending(shop):
    shop.publish(buyers=BUYERS)
    shop.build()
    stored = document.load(shop.tables.customers["c01"])
    wrong = replace(stored.document, standing=Standing(shop.edition.number, ()))
    shop.tables.customers["c01"] = document.store(replace(stored, document=wrong))
    found = recompute(shop)
    assert (found.missing, found.wrong, len(found.examples), len(shop.told)) == ({"1": 1}, {}, 1, 1)
    assert shop.inside("buyers") == shop.belong("buyers")
    assert (recompute(shop).differences, found.customers) == (0, 12)


def live():
    for story in (versions, meanwhile, passing, mending):
        shop = Shop()
        for n in range(12):
            shop.order(f"c{n:02}", n % 3)
        story(shop)


def test_all_is_right_in_the_life_of_a_shop():
    live()


MUTANTS = {
    "the version of before stays": (
        publishing,
        'if each.phase == "building" or family(each.segment) not in anew',
        "if True",
    ),
    "whatever is being built counts with the first run": (publishing, "each.number in built and ", ""),
    "parts are built one by one": (
        publishing,
        "for slots in building.values() if all(map(is_known, slots)) for each in slots",
        "for slots in building.values() for each in slots if is_known(each)",
    ),
    "a number is given twice": (publishing, "before.next_slot + len(slots))", "before.next_slot)"),
    "time explains all": (placing, "if 0 < customer.due_at <= now_ms:\n        return True", "return True"),
    "who is overdue is evidence": (placing, "if 0 < customer.due_at <= now_ms:\n", "if False:\n"),
    "who waits for a turn after midnight is evidence": (
        placing,
        "return held == ready & set(before)",
        "return False",
    ),
    "who stands wrong is passed by": (
        placing,
        "its == belongs and _is_awaited(current, customer, flips_at)",
        "_is_awaited(current, customer, flips_at)",
    ),
    "who is missing is told to be wrong": (evidence, "if not each.is_in)", "if each.is_in)"),
    "nothing follows a run": (
        runs,
        'run="", attempt=0, failures=0, due_at=clock.to_text(now)',
        'run="", attempt=0, failures=0, due_at=""',
    ),
    "what was asked is asked for ever": (runs, 'at_work = _next(desk, asked=""', "at_work = _next(desk"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_planted_wrong_shows(name):
    with put_into(*MUTANTS[name]):
        assert shows()


def shows():
    """However it does."""
    try:
        live()
    except Exception:
        return True
    return False
