"""What is counted follows from what was said, in whatever order and batches, late, twice, revised or taken back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper import zones
from shopkeeper.customer.counting import Counting, counted_as
from shopkeeper.customer.measures import Registered, Rules, pack
from shopkeeper.customer.measures.registered import Test as Asked
from tests import measure_oracle
from tests.interactions import about_order, ordered, retracted, said
from tests.measures_shown import shown
from tests.picture import Picture

BERLIN = "Europe/Berlin"
DAYS = ["2024-02-29T22:59:59.999Z", "2026-03-29T00:30:00.000Z", "2026-10-24T22:00:00.000Z", "2026-10-25T22:59:59.999Z"]
SUBJECTS = ["user:jo", "anon:phone"]
MESSAGES = [f"m{n}" for n in range(12)]
ASKED = {
    "dear views": Registered(
        event="Product Viewed", where=(Asked(prop="price", cmp="ge", value=10),), sum="price", tiles=True
    ),
    "gifts": Registered(
        event="Order Completed", where=(Asked(prop="gift", cmp="eq", value=True),), sum="total", tiles=True
    ),
    "units not for shoes": Registered(
        event="Order Completed", where=(Asked(prop="kind", cmp="ne", value="shoes"),), sum="units"
    ),
    "refunds": Registered(event="Order Refunded"),
}
HOLDS = {
    "dear views": lambda said: said.get("price", 0) >= 10,
    "gifts": lambda said: said.get("gift") is True,
    "units not for shoes": lambda said: said.get("kind") != "shoes",
    "refunds": lambda said: True,
}
RULES = Rules(zones.zone(BERLIN), {each.id: each for each in ASKED.values()})

amounts = st.fixed_dictionaries(
    {},
    optional={
        "total": st.sampled_from([10, 29.33, "5.00", 0, -3, "much", None]),
        "revenue": st.just(7),
        "currency": st.sampled_from(["USD", "eur", "JPY", "$", None]),
        "gift": st.booleans(),
        "kind": st.sampled_from(["shoes", "hats", None]),
        "units": st.sampled_from([1, 2.5, "3", None]),
    },
)
order_ids = st.sampled_from([{"order_id": "17"}, {"order_id": 17}, {"order_id": "18"}, {}])
facts = st.tuples(st.sampled_from(measure_oracle.ABOUT_ORDERS), order_ids, amounts)
things = st.one_of(
    facts.map(lambda fact: {"name": fact[0], "properties": fact[1] | fact[2]}),
    st.sampled_from([5, 10, 12.5]).map(lambda price: {"name": "Product Viewed", "properties": {"price": price}}),
    st.sampled_from(MESSAGES).map(lambda id_: {"name": "Interaction Retracted", "properties": {"message_id": id_}}),
    st.just({"name": "", "type": "page"}),
)


@st.composite
def interactions(draw, subjects=tuple(SUBJECTS)):
    who, which, at = (draw(st.sampled_from(each)) for each in (subjects, MESSAGES, DAYS))
    return said(who, which, at=at, trusted=draw(st.sampled_from([True, True, True, False])), **draw(things))


histories = st.lists(interactions(), max_size=14, unique_by=lambda each: each.key)
randoms = st.randoms(use_true_random=False)


def batches(history, random):
    """In any order, some of them twice, cut anywhere."""
    arriving = random.sample(history, len(history)) + random.sample(history, random.randint(0, len(history)))
    while arriving:
        size = random.randint(1, len(arriving))
        yield arriving[:size]
        arriving = arriving[size:]


def pictured(history, random):
    picture = Picture(RULES)
    for batch in batches(history, random):
        picture.add(batch)
    return picture


@given(histories, randoms)
def test_measures_say_what_the_list_of_interactions_says(history, random):
    picture = pictured(history, random)

    assert shown(picture.events) == measure_oracle.expected(history, BERLIN)
    for name, asked in ASKED.items():
        zone = BERLIN if asked.tiles else None
        expected = measure_oracle.expected_of(history, asked.event, HOLDS[name], asked.sum, zone)
        assert shown(picture.registered)[asked.id] == expected, name


@given(histories, randoms)
def test_the_same_was_said_so_the_same_is_kept_to_the_byte(history, random):
    assert pictured(history, random).packed == Picture(RULES).add(history).packed


@given(*(st.lists(interactions([who]), max_size=10, unique_by=lambda each: each.key) for who in SUBJECTS))
def test_two_customers_who_become_one_are_counted_as_if_they_had_always_been(one, two):
    """An order is always one customer's, whoever speaks of it: here no two speak of the same."""
    two = [each for each in two if "order_id" not in each.properties]
    left, right = (Picture(RULES).add(history) for history in (one, two))
    both = Counting(left.events, left.registered, RULES)
    both.absorb(right.events, right.registered)
    counted = both.counted()

    assert pack(counted.events, counted.registered) == Picture(RULES).add(one + two).packed


def test_of_registered_measures_those_go_on_that_both_have():
    views = [said("user:jo", f"m{n}", properties={"price": 20}) for n in range(3)]
    left, right = Picture(RULES).add(views[:2]), Picture(RULES).add(views[2:])
    dear, gifts = ASKED["dear views"].id, ASKED["gifts"].id
    both = Counting(left.events, {id_: left.registered[id_] for id_ in (dear, gifts)}, RULES)
    both.absorb(right.events, {dear: right.registered[dear]})

    assert {id_: each.count for id_, each in both.counted().registered.items()} == {dear: 3}


def test_what_a_customer_does_not_have_yet_is_not_begun_in_the_middle():
    counting = Counting({}, {}, RULES)
    counting.add(said("user:jo", "m1", properties={"price": 20}))

    assert (counting.counted().events.keys(), counting.counted().registered) == ({"Product Viewed"}, {})


@pytest.mark.parametrize(
    ("interaction", "name"),
    [
        (said("user:jo", "m"), "Product Viewed"),
        (said("user:jo", "m", type="page", name="Home"), "Page Viewed"),
        (
            said("customer:c", "m", name="Email Opened", source="tracking", properties={"class": "unknown"}),
            "Email Opened",
        ),
        (said("customer:c", "m", name="Email Opened", source="tracking", properties={"class": "machine"}), ""),
        (said("user:jo", "m", type="identify", name=""), ""),
        (ordered("user:jo", "m", "17", 5), "Order Completed"),
        (ordered("anon:phone", "m", "17", 5, trusted=False), ""),
        (ordered("anon:phone", "m", None, 5, trusted=False), ""),
        (about_order("Cancelled", "anon:phone", "m", "17", trusted=False), ""),
        (retracted("user:jo", "m", "m2"), ""),
        (said("customer:c", "merge/1/news", name="Consent Changed", source="merge"), ""),
        (said("user:jo", "merge/1/news", name="Consent Changed"), "Consent Changed"),
    ],
)
def test_measures_are_about_what_customers_do(interaction, name):
    assert counted_as(interaction) == name
