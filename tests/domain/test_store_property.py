"""Random interactions, in random batches, twice, out of order, with crashes and overtaking: each one counts once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.customer import identity
from tests.interactions import said
from tests.store_owners import living, owners
from tests.store_world import World, is_about_another

INSTANTS = [f"2026-02-0{day}T10:00:00.000Z" for day in range(1, 6)]
USERS, DEVICES, MAILS = (
    ["user:jo", "user:al"],
    ["anon:phone", "anon:tablet"],
    ["email:jo@example.com", "email:x@example.com"],
)

speakers = st.sampled_from([*USERS, *DEVICES, *MAILS])
stated = st.fixed_dictionaries(
    {}, optional={"user": st.sampled_from(["jo", "al"]), "anon": st.sampled_from(["phone", "tablet"])}
)
traits = st.dictionaries(st.sampled_from(["city", "name"]), st.sampled_from(["a", "b", 1, True, [1], None]), max_size=2)
orders = st.fixed_dictionaries(
    {},
    optional={
        "order_id": st.sampled_from(["17", "18"]),
        "total": st.sampled_from([10, 29.33, "5.00"]),
        "currency": st.sampled_from(["USD", "EUR"]),
    },
)
MESSAGES = [f"m{n}" for n in range(31)]
changes = st.fixed_dictionaries(
    {"order_id": st.sampled_from(["17", "18"])},
    optional={"total": st.sampled_from([10, 29.33, "5.00"]), "currency": st.sampled_from(["USD", "EUR"])},
)
kinds = st.one_of(
    st.fixed_dictionaries({"name": st.sampled_from(["Product Viewed", "Cart Viewed"])}),
    st.fixed_dictionaries({"name": st.just("Order Completed"), "properties": orders}),
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["Order Updated", "Order Refunded", "Order Cancelled"]),
            "properties": changes,
        }
    ),
    st.fixed_dictionaries(
        {
            "name": st.just("Interaction Retracted"),
            "properties": st.fixed_dictionaries({"message_id": st.sampled_from(MESSAGES)}),
        }
    ),
    st.fixed_dictionaries({"name": st.just(""), "type": st.just("identify"), "traits": traits}),
)


@st.composite
def interactions(draw):
    speaker, ids = draw(speakers), draw(stated)
    kind, _, text = speaker.partition(":")
    ids[kind] = text
    more = draw(kinds)
    more["trusted"] = draw(st.booleans())
    return said(speaker, draw(st.sampled_from(MESSAGES)), at=draw(st.sampled_from(INSTANTS)), ids=ids, **more)


histories = st.lists(interactions(), min_size=1, max_size=14, unique_by=lambda each: each.key)
places = st.none() | st.integers(0, 45)
turn = st.tuples(st.integers(1, 6), places, places, st.randoms(use_true_random=False))
turns = st.lists(turn, max_size=6)


@given(histories, turns)
def test_every_acknowledged_interaction_is_counted_once(history, turns):
    counted_once(history, turns)


@pytest.mark.prove
@settings(max_examples=600)
@given(st.lists(interactions(), min_size=15, max_size=60, unique_by=lambda each: each.key), st.lists(turn, max_size=20))
def test_so_it_is_in_long_histories(history, turns):
    counted_once(history, turns)


def counted_once(history, turns):
    world, waiting, received = World(), list(history), []
    for size, crash_at, overtaken_at, random in turns:
        received += [world.received(waiting.pop(0)) for _ in range(min(size, len(waiting)))]
        batch, other = ([random.choice(received) for _ in range(size)] if received else [] for _ in range(2))
        world.deliver(batch, crash_at=crash_at, overtaken_at=overtaken_at, by=[other])
    received += [world.received(each) for each in waiting]
    world.deliver(received)
    world.deliver([*reversed(received)])

    assert set(world.acknowledged) == {each.key for each in history}
    assert world.faults() == []


@given(histories)
def test_what_is_delivered_again_changes_no_document(history):
    world = World()
    batch = [world.received(each) for each in history]
    world.deliver(batch)
    before = dict(world.tables.customers)

    world.deliver([*reversed(batch)])

    assert world.tables.customers == before
    assert world.calls["customers.save"] == world.calls["interactions.put"] == 0


@pytest.mark.parametrize("most_moves", [identity.MOST_MOVES, 3])
@given(history=histories, crashes=st.lists(places, max_size=14))
def test_each_interaction_is_whose_the_statements_before_it_say(most_moves, history, crashes):
    """One after the other, each stored for good before the next is received, with a crash here and there."""
    world, received = World(), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identity, "MOST_MOVES", most_moves)
        for number, each in enumerate(history):
            received.append(world.received(each))
            world.deliver(received[-1:], crash_at=crashes[number] if number < len(crashes) else None)
            world.deliver(received[-1:])
        world.deliver(received)

    into = world.into()
    rows = {each.key: world.tables.rows[each.key] for each in received if not is_about_another(each)}
    whose = {key: customer for key, customer in owners(received, most_moves).items() if key in rows}
    assert {key: living(row.customer_id, into) for key, row in rows.items()} == whose
    assert {key for key, row in rows.items() if row.unfolded} == {key for key in rows if not whose[key]}
