"""Who is due is looked at once, written only then, and holds up nobody else."""

from msgspec.structs import replace

from shopkeeper.customer import document
from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.customer.standing import Standing
from shopkeeper.customer.store import looking
from shopkeeper.customer.store.ports import Conflict, NotTaken, Refused
from tests.waking_world import NOON_MS, World, lately, overtake

MINUTE_ON = to_ms("2026-11-22T12:01:00.000Z")


def woken(*named, **more):
    world = World(**more)
    world.add(3)
    return world, world.look().woken(named or ("c000000", "c000001", "c000002"))


def test_who_is_due_leaves_what_no_longer_holds_and_it_is_told_since_when():
    world, failed = woken()
    seen = world.loaded("c000001")

    assert (failed, world.due(), world.news()) == ({}, {}, dict.fromkeys(world.tables.customers, 1))
    assert (seen.version, seen.document.standing, seen.document.moved) == (
        2,
        Standing(1, ()),
        {"segment:lately@1": False},
    )
    assert seen.document.updated_at == MINUTE_ON
    (row,) = [row for row in world.tables.rows.values() if row.subject == "customer:c000001"]
    assert (row.at, row.received_at) == (from_ms(NOON_MS), from_ms(MINUTE_ON))


def test_who_is_not_due_any_more_is_neither_looked_at_nor_written():
    world, _ = woken()
    kept = dict(world.tables.customers)

    assert world.look().woken(list(kept)) == {}

    assert world.tables.customers == kept
    assert set(world.evaluated.values()) == {1}


def test_who_is_gone_or_was_never_there_is_passed_over():
    assert woken("nobody")[1] == {}


def test_whose_order_was_stored_meanwhile_is_not_looked_at_again():
    world = World()
    world.add(2)
    save, left = world.customers.save, [True]

    def saving(stored):
        if left.pop() if left else False:
            world.customers.save = save
            world.order("c000000")
        save(stored)

    world.customers.save = saving

    assert world.look().woken(["c000000"]) == {}
    assert world.evaluated == {"c000000": 1}
    assert world.loaded("c000000").document.standing == Standing(1, (1,))
    assert world.news() == {}
    assert world.due()["c000000"] == from_ms(MINUTE_ON + 3_600_000)


def test_a_conflict_is_read_again_and_not_for_ever():
    world = World()
    world.add(2)
    overtake(world, "c000000")
    assert world.look().woken(["c000000", "c000001"]) == {}
    assert world.news() == {"c000000": 1, "c000001": 1}

    world.add(2)
    overtake(world, "c000000", times=looking.MOST_CONFLICTS)
    failed = world.look().woken(["c000000", "c000001"])
    assert isinstance(failed["c000000"], Conflict)
    assert list(failed) == ["c000000"]


def test_a_customer_nothing_can_be_done_for_is_told_of_and_the_others_are_looked_at():
    world = World()
    world.add(4)
    world.tables.customers["c000000"] = replace(world.tables.customers["c000000"], document="{")
    save, stand = world.customers.save, world.stand

    def saving(stored):
        if stored.customer_id == "c000001":
            raise Refused("TooLarge")
        save(stored)

    def standing(before, *rest):
        if before.customer_id == "c000002":
            raise ZeroDivisionError
        return stand(before, *rest)

    world.customers.save, world.stand = saving, standing

    failed = world.look().woken([f"c{n:06}" for n in range(4)])

    assert {id_: type(problem).__name__ for id_, problem in failed.items()} == {
        "c000000": "Unreadable",
        "c000001": "Refused",
        "c000002": "ZeroDivisionError",
    }
    assert world.news() == {"c000003": 1}
    assert set(world.due()) == {"c000000", "c000001", "c000002"}


def test_rows_that_are_owed_are_put_first_and_who_cannot_get_them_is_not_written():
    world = World()
    world.add(2)
    world.order("c000000")
    owed = world.tables.customers["c000000"]
    world.tables.rows.clear()
    world.tables.customers["c000000"] = replace(owed, due_at=from_ms(NOON_MS))
    world.look().woken(["c000000"])
    assert [row.name for row in world.tables.rows.values()] == ["Order Completed"]
    assert world.loaded("c000000").pending == ()

    world.tables.rows.clear()
    world.tables.customers["c000000"] = replace(owed, due_at=from_ms(NOON_MS))
    put = world.interactions.put

    def putting(rows):
        if taken := [row for row in rows if row.name != "Order Completed"]:
            put(taken)
        if lost := {row.key for row in rows} - {row.key for row in taken}:
            raise NotTaken(lost)

    world.interactions.put = putting
    assert list(world.look().woken(["c000000", "c000001"])) == ["c000000"]
    assert world.loaded("c000000").pending
    assert world.news() == {"c000001": 1}


def test_news_whose_rows_are_not_taken_wait_in_the_document():
    world = World()
    world.add(1)

    def putting(rows):
        raise NotTaken({row.key for row in rows})

    world.interactions.put = putting

    assert world.look().woken(["c000000"]) == {}
    assert [row.name for row in world.loaded("c000000").pending] == ["Segment Left"]


def test_who_was_merged_into_another_is_due_no_more():
    world = World()
    gone = lately("c1", NOON_MS)
    gone = replace(gone, document=replace(gone.document, merged_into="c2"), measures={})
    world.tables.customers["c1"] = document.store(gone)

    assert world.look().woken(["c1"]) == {}

    assert (world.due(), world.news()) == ({}, {})
    assert world.loaded("c1").document.moved == {"segment:lately@1": False}
