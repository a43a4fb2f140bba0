"""Random lives of a shop's customers: the picture kept is the picture rebuilt is the picture worked out by itself.

What is said comes in any order, late by months, twice, again after days with another instant; people turn out to be
one, are made one by hand and parted again; orders are changed, paid back and called off by whoever; what was said is
taken back, before it comes or after; and anything may die at any half call, and is then done again. Half the lives keep
so little of what was counted that rows must tell the rest.
"""

from contextlib import nullcontext
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.interactions import ordered, retracted, said
from tests.measure_oracle import ABOUT_ORDERS
from tests.picture_world import PictureWorld, small_measures

INSTANTS = ["2025-09-01T10:00:00.000Z", *(f"2026-02-0{day}T10:00:00.000Z" for day in range(1, 5))]
NAMES = ["user:jo", "user:al", "anon:phone", "anon:tablet", "email:jo@example.com", "email:x@example.com"]
ORDERS = ["17", 17, "18"]  # The first two are one.

names = st.sampled_from(NAMES)
together = st.fixed_dictionaries(
    {},
    optional={
        "user": st.sampled_from(["jo", "al"]),
        "anon": st.sampled_from(["phone", "tablet"]),
        "email": st.sampled_from(["JO@example.com", "x@example.com"]),
    },
)
messages = st.integers(0, 7).map("m{}".format)
places = st.none() | st.integers(0, 50)
told_traits = st.dictionaries(
    st.sampled_from(["city", "name"]), st.sampled_from(["a", "b", 1, True, [1], None]), max_size=2
)


def of(name, **more):
    return st.fixed_dictionaries({"name": st.just(name), **more})


def about_orders(*said, **more):
    amounts, currencies = (
        st.sampled_from([7, 29.33, "5.00", 0, -3, "much"]),
        st.sampled_from(["USD", "eur", "JPY", "?"]),
    )
    stated = {"total": amounts, "currency": currencies}
    return st.fixed_dictionaries({"name": st.sampled_from(said), **more}, optional=stated)


kinds = st.one_of(
    st.fixed_dictionaries({"name": st.sampled_from(["Product Viewed", "Cart Viewed"])}),
    of("", type=st.just("identify"), traits=told_traits),
    of("Home", type=st.just("page")),
    of("Consent Changed", topic=st.sampled_from(["news", "offers"]), is_=st.sampled_from(["in", "out"])),
    st.fixed_dictionaries(
        {"name": st.sampled_from(["List Entered", "List Left"]), "list": st.sampled_from(["tea", "vip"])}
    ),
    about_orders("Order Completed", "Order Refunded"),
    *[about_orders("Order Completed", *ABOUT_ORDERS, order_id=st.sampled_from(ORDERS))] * 2,
    of("Interaction Retracted", message_id=messages),
    of("Interaction Retracted", message_id=messages, subject=names),
)
SAID = ("topic", "is_", "list", "order_id", "total", "currency", "message_id", "subject")


@st.composite
def interactions(draw):
    speaker, ids, more = draw(names), draw(together), draw(kinds)
    kind, _, text = speaker.partition(":")
    ids[kind] = text
    properties = {name.strip("_"): more.pop(name) for name in SAID if name in more}
    at, message, trusted = (
        draw(st.sampled_from(INSTANTS)),
        draw(messages),
        draw(st.sampled_from([True, True, True, False])),
    )
    return said(speaker, message, at=at, ids=ids, properties=properties, trusted=trusted, **more)


step = st.one_of(
    st.tuples(st.just("tell"), st.lists(interactions(), min_size=1, max_size=3), places),
    st.tuples(st.just("tell"), st.lists(interactions(), min_size=1, max_size=3), places),
    st.tuples(st.just("again"), st.lists(st.integers(0, 30), min_size=1, max_size=4), places),
    st.tuples(st.just("resend"), st.integers(0, 30), st.sampled_from(INSTANTS), places),
    st.tuples(st.just("merge"), names, names, places),
    st.tuples(st.just("unmerge"), st.integers(0, 5), places),
)


def lived(steps, world=None):
    world = world or PictureWorld()
    for what, *how, crash_at in steps:
        if what == "tell":
            world.tell(clear(how[0], world.expected.orders), crash_at)
        elif what == "again":
            world.again(how[0], crash_at)
        elif what == "resend" and world.received:
            first = world.received[how[0] % len(world.received)]
            world.tell([changed(first, at=how[1])], crash_at)
        elif what == "merge":
            world.merge_names(*how, crash_at)
        elif what == "unmerge":
            world.unmerge_one(how[0], crash_at)
    world.again(range(len(world.received)))
    return world


def clear(batch, claimed):
    """Of two that come together, nobody can say who spoke of an order first; nor which of one key is the first."""
    kept, spoke = {}, dict.fromkeys(claimed)
    for each in batch:
        order = str(each.properties.get("order_id", each.key))
        if order in claimed or spoke.setdefault(order, each.subject) == each.subject:
            kept.setdefault(each.key, each)
    return list(kept.values())


def changed(interaction, **fields):
    return interaction.__class__(
        **{name: getattr(interaction, name) for name in interaction.__struct_fields__} | fields
    )


measured = st.sampled_from([nullcontext, small_measures])


@settings(max_examples=150)
@given(st.lists(step, min_size=10, max_size=25), measured)
def test_the_picture_kept_is_the_picture_rebuilt_is_the_picture_worked_out(steps, measured):
    with measured():
        assert list(lived(steps).differences()) == []


@pytest.mark.prove
@settings(max_examples=2500)
@given(st.lists(step, min_size=20, max_size=60), measured)
def test_so_it_is_in_long_lives_and_when_all_merges_are_undone(steps, measured):
    with measured():
        world = lived(steps)
        assert list(world.differences()) == []
        while world.standing():
            world.unmerge_one(0)
            assert list(world.differences()) == []


ODD = {
    "a retraction is retracted": (
        said("user:jo", "m1"),
        retracted("user:jo", "m2", "m1"),
        retracted("user:jo", "m3", "m2"),
    ),
    "two retract each other": (
        retracted("user:jo", "m1", "m2"),
        retracted("user:jo", "m2", "m1"),
        said("user:jo", "m3"),
    ),
    "an order is retracted by one of two who tell it": (
        ordered("user:jo", "m1", "17", 7),
        retracted("user:jo", "m2", "m1"),
        ordered("anon:phone", "m1", "17", 5),
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_the_sequence_makes_no_difference_where(name):
    for told in permutations(ODD[name]):
        assert list(lived([("tell", [each], None) for each in told]).differences()) == []
