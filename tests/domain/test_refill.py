"""Something is taken back whose successor only the rows know: what they tell is in the document with the same write."""

import pytest

from shopkeeper import ids
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.store import own_rows, refill
from tests.interactions import about_order, ordered, retracted, said
from tests.store_world import World

JO = "user:jo"


def day(number):
    return f"2026-{1 + number // 28:02}-{1 + number % 28:02}T10:00:00.000Z"


def viewed(number, who=JO):
    return said(who, f"v{number}", at=day(number), ids={who.split(":")[0]: who.split(":")[1]})


def bought(number, who=JO, total=10):
    return ordered(who, f"o{number}", str(number), total, at=day(number))


def lived(*batches):
    world = World()
    for batch in batches:
        assert world.deliver([world.received(each) for each in batch])
    return world


def kept(world, name="Product Viewed"):
    return world.documents()[ids.customer_id(JO)].measures[name]


def days(instants):
    return [from_ms(at) for at in instants]


READS = ("interactions.under", "orders.all_facts")


def reads(world):
    return [world.calls[name] for name in READS]


def test_the_successor_of_what_is_taken_back_is_found():
    world = lived(map(viewed, range(30)), [retracted(JO, "r", "v29")])

    measure = kept(world)
    assert (measure.count, days(measure.tail)) == (29, [day(number) for number in range(28, 4, -1)])
    assert world.calls["interactions.under"] > 0


def test_the_second_is_the_first_when_the_first_is_taken_back():
    world = lived(map(viewed, range(30)), [retracted(JO, "r", "v0")])

    assert (from_ms(kept(world).first), len(kept(world).tail)) == (day(1), 24)


def test_of_orders_their_facts_are_read_and_no_row():
    world = lived(map(bought, range(30)), [about_order("Cancelled", JO, "no", "29", at=day(40))])

    measure = kept(world, "Order Completed")
    assert (measure.count, days(measure.tail)) == (29, [day(number) for number in range(28, 4, -1)])
    assert reads(world) == [0, 1]


@pytest.mark.parametrize(
    "more",
    [
        [viewed(31)],
        [retracted(JO, "r", "v2")],
        [about_order("Refunded", JO, "back", "3", 5)],
    ],
    ids=["nothing taken back", "one far back", "a refund"],
)
def test_nothing_is_read_where_nothing_is_lost(more):
    world = lived([*map(viewed, range(30)), *map(bought, range(5))], more)

    assert reads(world) == [0, 0]


def test_with_few_there_is_no_gap_and_nothing_to_read():
    assert reads(lived(map(viewed, range(24)), [retracted(JO, "r", "v23")])) == [0, 0]


def test_where_rows_are_gone_what_is_known_stays():
    world = lived(map(viewed, range(30)), [viewed(30)])  # Of its last write alone a document can tell the rows.
    del world.tables.rows[JO, "v1"]
    world.deliver([world.received(retracted(JO, "r", "v30"))])

    measure = kept(world)
    assert (measure.count, days(measure.tail)) == (30, [day(number) for number in range(29, 6, -1)])
    assert from_ms(measure.first) == day(0)


def test_only_the_measures_that_lost_something_are_taken_from_rows():
    """Rows of the others may be gone: their counts say more than the rows do."""
    world = lived([*map(viewed, range(30)), said(JO, "c", name="Cart Viewed", at=day(0))], [viewed(30)])
    del world.tables.rows[JO, "c"]
    world.deliver([world.received(retracted(JO, "r", "v29"))])

    assert (kept(world, "Cart Viewed").count, len(kept(world).tail)) == (1, 24)


@pytest.mark.parametrize("most", ["rows", "identities", "reach"])
def test_who_has_more_rows_than_are_read_keeps_what_is_known(monkeypatch, most):
    if most == "rows":
        monkeypatch.setattr("tests.store_wiring.MOST_ROWS", 20)
    elif most == "identities":
        monkeypatch.setattr(own_rows, "MOST_IDENTITIES", 1)
    else:
        monkeypatch.setattr(refill, "MOST_ROWS", 20)
    world = lived([*map(viewed, range(30)), *map(bought, range(30))], [retracted(JO, "r", "v29")])

    measure = kept(world)
    assert (measure.count, days(measure.tail)) == (29, [day(number) for number in range(28, 5, -1)])
    assert (world.calls["interactions.under"] > 0) == (most == "rows")


def test_more_orders_than_are_read_keep_what_is_known(monkeypatch):
    monkeypatch.setattr("tests.store_wiring.MOST_ROWS", 20)
    world = lived(map(bought, range(30)), [about_order("Cancelled", JO, "no", "29", at=day(40))])

    assert (kept(world, "Order Completed").count, len(kept(world, "Order Completed").tail)) == (29, 23)


def test_what_was_folded_just_now_is_among_what_is_told():
    world = lived(
        map(viewed, range(30)), [viewed(30), viewed(31), retracted(JO, "r", "v29"), retracted(JO, "s", "v28")]
    )

    assert days(kept(world).tail) == [day(31), day(30), *(day(number) for number in range(27, 5, -1))]


def test_who_was_merged_is_told_apart_again_though_something_was_taken_back_since():
    """What each piece lost is found in the rows of all its time, those from before the merge too."""
    world = lived(map(viewed, range(30)), [viewed(number, "anon:phone") for number in range(28, 58)])
    log = world.merge("anon:phone", JO)
    world.deliver([world.received(retracted(JO, "r", "v29"))])
    world.deliver([world.received(retracted("anon:phone", "r", "v57"))])

    assert world.unmerge(log), world.refused
    assert days(kept(world).tail) == [day(number) for number in range(28, 4, -1)]
    phone = world.documents()[ids.customer_id("anon:phone")].measures["Product Viewed"]
    assert days(phone.tail) == [day(number) for number in range(56, 32, -1)]


def test_what_takes_back_holds_even_if_somebody_had_taken_it_back_before():
    """Else it would tell which of the two came first."""
    late = lived([viewed(1)], [retracted(JO, "second", "first")], [retracted(JO, "first", "v1")])
    early = lived([viewed(1)], [retracted(JO, "first", "v1")], [retracted(JO, "second", "first")])

    for world in (late, early):
        assert world.documents()[ids.customer_id(JO)].measures == {}
