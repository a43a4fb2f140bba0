"""Whoever dies over a recomputation, and whoever writes customers meanwhile: after the switch nobody stands wrong."""

import pytest
from msgspec import structs

from shopkeeper.customer import rows
from shopkeeper.customer.store.ports import NotTaken
from shopkeeper.segment.recompute import WAIT
from shopkeeper.segment.standing import MOST_CHANGES
from tests.interactions import said
from tests.recompute_fakes import BUYERS, REGULARS
from tests.recompute_world import Shop
from tests.rules import negated
from tests.store_fakes import Crash


def shop_of(customers, **more):
    shop = Shop(**more)
    for n in range(customers):
        shop.order(f"c{n:02}", n % 3)
    return shop


def built(crash_at):
    """A first version, then a second with a dependant; whoever dies at that half call is started again."""
    shop = shop_of(9)
    shop.publish(buyers=BUYERS, others=negated(BUYERS))
    shop.build()
    shop.publish(2, buyers=REGULARS)
    shop.publish(1, others=negated(REGULARS))
    shop.wire.halves, shop.wire.crash_at = 0, crash_at
    for _ in range(9):
        try:
            shop.build()
        except Crash:
            shop.pass_time(minutes=5)
        else:
            return shop
    raise AssertionError("it never ends")


def halves():
    return built(None).wire.halves


@pytest.mark.parametrize("part", range(8))
def test_whoever_dies_anywhere_leaves_nothing_wrong(part):
    for crash_at in range(part, halves(), 8):
        shop = built(crash_at)
        assert shop.states() == {("buyers", 2, "ready"), ("others", 1, "ready")}, crash_at
        assert shop.inside("buyers") == shop.belong("buyers") == {"c02", "c05", "c08"}
        assert shop.inside("others") == shop.belong("others")
        assert shop.last.found.differences == 0
        assert shop.last.found.customers == 9
        assert {"segment:buyers@1", "segment:others@2"} <= set(shop.members)
        assert not shop.news()


class Broken(Exception):
    pass


@pytest.mark.parametrize("milliseconds", [0, 250])
def test_more_segments_than_one_write_has_room_for_are_built_by_one_run(milliseconds):
    shop = shop_of(3)
    shop.pass_time(milliseconds=milliseconds)
    names = [f"s{n:03}" for n in range(MOST_CHANGES + 20)]
    shop.publish(**dict.fromkeys(names, BUYERS))
    shop.build()
    assert {name for name in names if shop.inside(name) != {"c01", "c02"}} == set()
    assert set(shop.last.found.sizes.values()) == {2}


def test_a_run_whose_slice_fails_shows_it_and_later_goes_on_where_it_stopped():
    shop = shop_of(40)
    shop.publish(buyers=BUYERS)
    page, broken = shop.page, True

    def breaking(segment, segments, after, limit, **how):
        if segment == 3 and after and broken:
            raise Broken
        return page(segment, segments, after, limit, **how)

    shop.page = breaking
    shop.pass_time(seconds=WAIT.total_seconds())
    shop.wake()
    [problem] = shop.execute()
    assert problem.error == "RecomputationFailed"
    assert (shop.last.state, shop.last.error) == ("failed", "SliceNotSeen")
    assert shop.states() == {("buyers", 1, "building")}
    ended = {number for (_, number), part in shop.slices.items() if part.ended}
    assert ended == {0, 1, 2, 4, 5, 6, 7}

    broken, loads = False, []
    shop.page = lambda *said, **how: loads.append(said[0]) or page(*said, **how)
    shop.build()
    assert set(loads) == {3}
    assert shop.states() == {("buyers", 1, "ready")}
    assert shop.inside("buyers") == shop.belong("buyers")
    assert (shop.last.state, shop.last.error, shop.last.attempt, shop.last.found.customers) == ("done", "", 2, 40)
    assert len(shop.runs) == 1


def test_a_page_whose_rows_the_table_does_not_take_is_seen_again():
    shop = shop_of(9)
    shop.publish(buyers=BUYERS)
    stored = shop.tables.customers["c01"]
    row = rows.row_of(said("user:jo", "m1"), customer_id="c01")
    shop.tables.customers["c01"] = structs.replace(stored, pending=rows.to_json([row]))
    put, refusals = shop.interactions.put, []

    def refusing(put_rows):
        if len(refusals) < 3:
            refusals.append(put_rows)
            raise NotTaken({each.key for each in put_rows})
        put(put_rows)

    shop.interactions.put = refusing
    shop.build()
    assert len(refusals) == 3
    assert row.key in shop.tables.rows
    assert shop.inside("buyers") == shop.belong("buyers")
    assert (shop.last.found.unclear, shop.last.found.customers) == (0, 9)


def test_a_run_that_died_without_a_word_is_taken_up_again():
    shop = shop_of(5)
    shop.publish(buyers=BUYERS)
    shop.pass_time(seconds=WAIT.total_seconds())
    shop.wake()
    shop.waiting.clear()
    shop.build()
    assert shop.states() == {("buyers", 1, "ready")}
    assert list(shop.executions) == [f"{shop.last.id}-1", f"{shop.last.id}-2"]


def test_an_execution_that_was_thought_dead_changes_nothing_any_more():
    shop = shop_of(5)
    shop.publish(buyers=BUYERS)
    shop.pass_time(seconds=WAIT.total_seconds())
    shop.wake()
    late, shop.waiting = shop.waiting, []
    shop.build()
    shop.waiting = late
    before = shop.edition, shop.at_desk, dict(shop.runs)
    assert shop.execute() == []
    assert (shop.edition, shop.at_desk, shop.runs) == before
