"""What is kept of a customer is what the rows make of it, to the byte, whatever was taken back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.customer import measures
from shopkeeper.customer.measures import Rules
from shopkeeper.customer.rebuilding import rebuilt
from shopkeeper.customer.store.own_rows import OwnRows
from tests.domain.test_store_property import turns
from tests.interactions import about_order, ordered, retracted, said
from tests.picture_world import folded, small_measures
from tests.store_fakes import Wire
from tests.store_world import World

JO = "user:jo"


@pytest.fixture(autouse=True)
def _of_small_measures():
    with small_measures():
        yield


def differences(world):
    living = {id_: each for id_, each in world.documents().items() if not each.document.merged_into}
    _, interactions, identities, _, _, orders = (fake(world.tables, Wire()) for fake in world.fakes)
    for id_, kept in living.items():
        own = OwnRows(interactions, orders, identities).of(kept)
        made = rebuilt(kept, own.rows, own.known, Rules())
        if folded(made) != folded(kept) or packed(made) != packed(kept):
            yield f"{id_} is {folded(kept)} instead of {folded(made)}"


def packed(customer):
    return measures.pack(dict(customer.measures), {})


INSTANTS = [f"2026-02-{day:02}T10:00:00.000Z" for day in range(1, 10)]
speakers = st.sampled_from([JO, JO, "anon:phone"])
order_ids = st.sampled_from(["1", "2", "3", "4", "5", "6"])
totals = st.sampled_from([10, 29.33, None])


@st.composite
def interactions(draw, of=15):
    who, message, at = draw(speakers), f"m{draw(st.integers(0, of))}", draw(st.sampled_from(INSTANTS))
    ids = {"user": "jo"} if who == JO or draw(st.booleans()) else {}
    more = {"at": at, "ids": {"anon": "phone", **ids} if who != JO else ids}
    return draw(
        st.sampled_from(
            [
                said(who, message, **more),
                said(who, message, **more),
                ordered(who, message, draw(st.none() | order_ids), draw(totals), **more),
                about_order(draw(revisions), who, message, draw(order_ids), draw(totals), **more),
                retracted(who, message, f"m{draw(st.integers(0, of))}", **more),
            ]
        )
    )


revisions = st.sampled_from(["Updated", "Refunded", "Cancelled"])
histories = st.lists(interactions(), min_size=8, max_size=24, unique_by=lambda each: each.key)


@given(histories, turns)
def test_what_is_kept_is_what_the_rows_make_of_it(history, turns):
    lived(history, turns)


@pytest.mark.prove
@settings(max_examples=600)
@given(
    st.lists(interactions(of=40), min_size=15, max_size=60, unique_by=lambda each: each.key),
    turns,
)
def test_so_it_is_in_long_histories(history, turns):
    lived(history, turns)


def lived(history, turns):
    world, waiting, received = World(), list(history), []
    for size, crash_at, overtaken_at, random in turns:
        received += [world.received(waiting.pop(0)) for _ in range(min(size, len(waiting)))]
        batch, other = ([random.choice(received) for _ in range(size)] if received else [] for _ in range(2))
        world.deliver(batch, crash_at=crash_at, overtaken_at=overtaken_at, by=[other])
    received += [world.received(each) for each in waiting]
    world.deliver(received)
    assert list(differences(world)) == []
