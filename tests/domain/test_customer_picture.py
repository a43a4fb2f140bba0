"""Random lives of a shop's customers: the picture kept is the picture rebuilt is the picture worked out by itself.

What is said comes in any order, late by months, twice, again after days with another instant; people turn out to be
one, are made one by hand and parted again; and anything may die at any half call, and is then done again.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.interactions import said
from tests.picture_world import PictureWorld

INSTANTS = ["2025-09-01T10:00:00.000Z", *(f"2026-02-0{day}T10:00:00.000Z" for day in range(1, 5))]
NAMES = ["user:jo", "user:al", "anon:phone", "anon:tablet", "email:jo@example.com", "email:x@example.com"]
AMOUNTS = {"17": {"total": 7, "currency": "USD"}, "18": {"total": 29.33, "currency": "EUR"}, "19": {"total": "5.00"}}

names = st.sampled_from(NAMES)
together = st.fixed_dictionaries(
    {},
    optional={
        "user": st.sampled_from(["jo", "al"]),
        "anon": st.sampled_from(["phone", "tablet"]),
        "email": st.sampled_from(["JO@example.com", "x@example.com"]),
    },
)
places = st.none() | st.integers(0, 50)
told_traits = st.dictionaries(st.sampled_from(["city", "name"]), st.sampled_from(["a", "b", 1, True, [1]]), max_size=2)


def of(name, **more):
    return st.fixed_dictionaries({"name": st.just(name), **more})


kinds = st.one_of(
    st.fixed_dictionaries({"name": st.sampled_from(["Product Viewed", "Cart Viewed"])}),
    of("", type=st.just("identify"), traits=told_traits),
    of("Home", type=st.just("page")),
    of("Consent Changed", topic=st.sampled_from(["news", "offers"]), is_=st.sampled_from(["in", "out"])),
    st.fixed_dictionaries(
        {"name": st.sampled_from(["List Entered", "List Left"]), "list": st.sampled_from(["tea", "vip"])}
    ),
    of("Order Completed"),
    of("Order Completed", order_id=st.sampled_from(sorted(AMOUNTS))),
)
ABOUT = ("topic", "is_", "list", "order_id")


@st.composite
def interactions(draw):
    speaker, ids, more = draw(names), draw(together), draw(kinds)
    kind, _, text = speaker.partition(":")
    ids[kind] = text
    properties = {name.strip("_"): more.pop(name) for name in ABOUT if name in more}
    at = draw(st.sampled_from(INSTANTS))
    if order := properties.get("order_id"):
        properties |= AMOUNTS[order]
        at = INSTANTS[0]
    message = f"m{draw(st.integers(0, 12))}"
    return said(speaker, message, at=at, ids=ids, properties=properties, trusted=draw(st.booleans()), **more)


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
            world.tell(one_of_each_order(how[0]), crash_at)
        elif what == "again":
            world.again(how[0], crash_at)
        elif what == "resend" and world.received:
            first = world.received[how[0] % len(world.received)]
            at = first.at if "order_id" in first.properties else how[1]
            world.tell([changed(first, at=at)], crash_at)
        elif what == "merge":
            world.merge_names(*how, crash_at)
        elif what == "unmerge":
            world.unmerge_one(how[0], crash_at)
    world.again(range(len(world.received)))
    return world


def one_of_each_order(batch):
    """Of two that come together, nobody can say who spoke of an order first; nor which of one key is the first."""
    kept = {}
    for each in batch:
        order = each.properties.get("order_id")
        if not any(order and other.properties.get("order_id") == order for other in kept.values()):
            kept.setdefault(each.key, each)
    return list(kept.values())


def changed(interaction, **fields):
    return interaction.__class__(
        **{name: getattr(interaction, name) for name in interaction.__struct_fields__} | fields
    )


@settings(max_examples=300)
@given(st.lists(step, min_size=10, max_size=25))
def test_the_picture_kept_is_the_picture_rebuilt_is_the_picture_worked_out(steps):
    assert list(lived(steps).differences()) == []


@pytest.mark.prove
@settings(max_examples=3000)
@given(st.lists(step, min_size=20, max_size=60))
def test_so_it_is_in_long_lives(steps):
    assert list(lived(steps).differences()) == []
