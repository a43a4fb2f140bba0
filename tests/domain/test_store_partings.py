"""As long as every row is there, a merge can be undone, whatever has happened since."""

from shopkeeper.customer.parting import INCOMPLETE
from tests.interactions import retracted, said
from tests.picture_world import PictureWorld
from tests.store_world import World


def undo(world, founder):
    """Of somebody who went straight into a living customer."""
    founders = [log.founders[0] for log in world.standing()]
    world.unmerge_one(founders.index(founder))


def test_what_a_device_said_before_it_changed_hands_is_still_found():
    world = PictureWorld()
    world.tell([said("user:jo", "m1"), said("anon:tablet", "m1")])
    world.merge_names("anon:tablet", "user:jo")
    world.tell([said("anon:phone", "m1", ids={"user": "jo", "anon": "phone"})])
    world.tell([said("user:al", "m1", ids={"user": "al", "anon": "phone"})])

    undo(world, "anon:tablet")

    assert list(world.differences()) == []


def test_one_after_the_other_leaves_though_all_were_part_of_somebody_else():
    world = PictureWorld()
    world.tell([said(f"anon:{name}", "m1") for name in "abcd"])
    for gone, into in ("dc", "cb", "ba"):
        world.merge_names(f"anon:{gone}", f"anon:{into}")
    world.tell([said("anon:d", "m2"), said("anon:c", "m2"), said("anon:b", "m2")])

    for gone in "bcd":
        undo(world, f"anon:{gone}")
        assert list(world.differences()) == []


def test_who_came_may_have_been_written_oftener_than_the_one_who_stayed():
    world = PictureWorld()
    for number in range(26):
        world.tell([said("anon:phone", f"m{number}")])
    world.tell([said("user:jo", "m1")])
    world.merge_names("anon:phone", "user:jo")
    world.tell([retracted("anon:phone", "r1", "m25"), retracted("anon:phone", "r2", "m24")])

    undo(world, "anon:phone")

    assert list(world.differences()) == []


def test_it_is_read_again_if_something_is_taken_back_meanwhile():
    for place in range(30):
        world = World()
        world.deliver([world.received(said(name, "m1")) for name in ("user:jo", "anon:phone")])
        log = world.merge("anon:phone", "user:jo")
        world.deliver([world.received(said("anon:phone", "m2"))])
        taken_back = [world.received(retracted("anon:phone", "r1", "m2"))]
        assert world.unmerge(log, overtaken_at=place, by=[taken_back]), (place, world.refused)
        world.deliver(taken_back)
        assert world.faults() == []


def test_it_is_refused_where_a_row_is_gone():
    world = World()
    world.deliver([world.received(said(name, "m1")) for name in ("user:jo", "anon:phone")])
    log = world.merge("anon:phone", "user:jo")
    world.deliver([world.received(said("anon:phone", "m2"))])
    world.deliver([world.received(said("user:jo", "m3"))])  # Of its last write alone a document can tell the rows.
    del world.tables.rows["anon:phone", "m2"]

    assert world.unmerge(log) is None
    assert world.refused == [INCOMPLETE]
