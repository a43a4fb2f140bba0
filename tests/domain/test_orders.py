"""What an order comes to, in the cases that matter. That sequence makes no difference is proved for all measures."""

from itertools import permutations

import pytest
from msgspec.structs import replace

from shopkeeper.customer import orders
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.interaction import raw
from shopkeeper.customer.orders import Order
from tests.interactions import about_order, ordered, retracted, said

DAYS = [f"2026-03-{day:02}T12:00:00.000Z" for day in range(1, 10)]
BOUGHT = ordered("user:jo", "m1", "17", 30, at=DAYS[1])
OWING = ordered("user:jo", "m1", "17", -30, at=DAYS[1])  # Nothing was paid, so nothing can be paid back.


def comes_to(*told):
    """In whatever sequence the facts come."""
    facts = [fact for each in told if (fact := orders.fact_of(each))]
    facts += [
        orders.withdrawal(each.properties["message_id"], each) for each in told if each.name.endswith("Retracted")
    ]
    (found,) = {orders.order_of(some) for some in permutations(facts)}
    return found


def changed(what, total=None, day=2, message_id="m2", subject="user:jo", **stated):
    more = about_order(what, subject, message_id, "17", total, at=DAYS[day])
    return replace(more, raw_properties=raw(more.properties | stated))


@pytest.mark.parametrize(
    ("told", "order"),
    [
        ([BOUGHT], ("USD", 3000)),
        ([BOUGHT, ordered("anon:phone", "server", "17", 30, at=DAYS[1])], ("USD", 3000)),
        ([BOUGHT, changed("Updated", 20)], ("USD", 2000)),
        ([BOUGHT, changed("Updated", 20, day=0)], ("USD", 3000)),
        ([BOUGHT, changed("Updated", currency="EUR")], ("EUR", 3000)),
        ([BOUGHT, changed("Updated", "soon")], ("USD", 3000)),
        ([BOUGHT, changed("Refunded", 12.5)], ("USD", 1750)),
        ([BOUGHT, changed("Refunded", -12.5)], ("USD", 1750)),
        ([BOUGHT, changed("Refunded", 12.5), changed("Refunded", 20, message_id="m3")], ("USD", 0)),
        ([BOUGHT, changed("Refunded")], ("USD", 0)),
        ([BOUGHT, changed("Refunded", 10, currency="EUR")], ("USD", 3000)),
        ([BOUGHT, changed("Refunded", 10, day=0), changed("Updated", 20, message_id="m3")], ("USD", 1000)),
        ([OWING, changed("Refunded", 5)], ("USD", -3000)),
        ([OWING, changed("Refunded")], ("USD", -3000)),
        ([OWING, changed("Refunded"), changed("Refunded", 5, message_id="m3")], ("USD", -3000)),
        ([ordered("user:jo", "m1", "17", at=DAYS[1])], ("", 0)),
        ([ordered("user:jo", "m1", "17", 30, None, at=DAYS[1])], ("", 0)),
        ([ordered("user:jo", "m1", "17", 30, "dollars", at=DAYS[1])], ("", 0)),
        ([ordered("user:jo", "m1", "17", 30, None, at=DAYS[1]), changed("Updated", currency=" usd ")], ("USD", 3000)),
        ([ordered("user:jo", "m1", "17", 3 * 10**14, at=DAYS[1])], ("", 0)),
        ([BOUGHT, ordered("user:jo", "m3", "17", 50, at=DAYS[1])], ("USD", 5000)),
        ([BOUGHT, changed("Updated", 20), retracted("user:jo", "back", "m2")], ("USD", 3000)),
        ([BOUGHT, changed("Updated", 20), retracted("anon:phone", "back", "m2")], ("USD", 2000)),
    ],
)
def test_an_order_comes_to_what_was_said_last_less_what_was_given_back(told, order):
    assert comes_to(*told) == Order(to_ms(DAYS[1]), *order)


@pytest.mark.parametrize(
    "told",
    [
        [changed("Updated", 20)],
        [changed("Refunded", 20)],
        [BOUGHT, changed("Cancelled")],
        [BOUGHT, changed("Cancelled", day=1)],
        [BOUGHT, retracted("user:jo", "back", "m1")],
        [BOUGHT, ordered("user:jo", "m3", "17", 30, at=DAYS[3]), changed("Cancelled", day=4)],
    ],
)
def test_it_does_not_count_before_it_is_completed_nor_once_it_is_cancelled(told):
    assert comes_to(*told) is None


def test_completed_again_after_it_was_cancelled_it_counts_from_the_first_time_on():
    again = ordered("user:jo", "m3", "17", 25, at=DAYS[3])

    assert comes_to(BOUGHT, changed("Cancelled"), again) == Order(to_ms(DAYS[1]), "USD", 2500)
    assert comes_to(BOUGHT, changed("Cancelled"), again, retracted("user:jo", "back", "m3")) is None


@pytest.mark.parametrize(
    ("order_id", "name"),
    [("17", "17"), (17, "17"), (" 17 ", "17"), (True, ""), (1.5, "1.5"), (None, ""), ("", ""), ([], "")],
)
def test_an_order_is_known_by_its_id(order_id, name):
    assert orders.id_of(ordered("user:jo", "m1", order_id, 5)) == name


def test_an_id_too_long_for_a_key_is_known_by_its_digest():
    assert len(orders.id_of(ordered("user:jo", "m1", "é" * 251))) == 32
    assert orders.id_of(ordered("user:jo", "m1", "é" * 250)) == "é" * 250


@pytest.mark.parametrize(
    "told",
    [
        ordered("user:jo", "m1", "17", 5, trusted=False),
        said("user:jo", "m1", name="Order Shipped", properties={"order_id": "17"}),
        said("user:jo", "m1", name="Order Updated", properties={"total": 5}),
        said("user:jo", "m1", name="Order Completed", type="page", properties={"order_id": "17"}),
    ],
)
def test_what_says_nothing_of_an_order_is_no_fact(told):
    assert orders.fact_of(told) is None


def test_without_an_id_an_order_goes_by_who_said_it():
    assert orders.name_of(ordered("user:jo", "m1", None, 5)) == "/user:jo/m1"


@pytest.mark.parametrize("order_id", ["undefined", "N/A", "null", "0", 0, " ", None, True, {}, []])
def test_what_programs_write_without_an_id_makes_no_order_of_many(order_id):
    assert orders.id_of(ordered("user:jo", "m1", order_id)) == ""


@pytest.mark.parametrize("order_id", ["17", 17, 17.0, " 17 "])
def test_one_number_however_written_is_one_order(order_id):
    assert orders.id_of(ordered("user:jo", "m1", order_id)) == "17"


def test_of_two_words_of_one_instant_the_one_received_later_holds():
    """A file that is corrected and imported again says the right amount at the wrong one's instant."""
    said = {
        received: ordered("user:jo", message, "17", total, received_at=received)
        for received, message, total in (
            ("2026-03-01T10:00:00.000Z", "z", 2933),
            ("2026-03-02T10:00:00.000Z", "a", 29.33),
        )
    }
    facts = [orders.fact_of(each) for each in said.values()]

    assert orders.order_of(facts).units == orders.order_of(facts[::-1]).units == 2933
