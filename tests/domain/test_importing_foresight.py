"""A dry run says who would be new, who is known, and which orders would count; and asks, but writes nothing."""

from contextlib import closing

import pytest

from shopkeeper.customer.importing.foresight import Foresight
from shopkeeper.customer.importing.notes import Notes
from shopkeeper.customer.interaction import Interaction, raw


class Memory:
    def __init__(self, *identities, orders=()):
        self.identities, self.orders = set(identities), set(orders)

    def known(self, identities):
        return self.identities & set(identities)

    def existing(self, keys):
        return self.orders & set(keys)


def told(name="", total=None, order_id="", **ids):
    kind, who = next(iter(ids.items()))
    said = {"total": total, "currency": "EUR", "order_id": order_id or None}
    return Interaction(
        subject=f"{kind}:{who}",
        message_id=f"import/{who}/{total}",
        type="track" if name else "identify",
        name=name,
        at="2024-05-01T00:00:00.000Z",
        received_at="2024-05-01T00:00:00.000Z",
        source="import",
        trusted=True,
        ids=ids,
        raw_properties=raw({field: value for field, value in said.items() if value is not None}),
    )


@pytest.fixture
def notes():
    with closing(Notes()) as notes:
        yield notes


def test_people_are_new_or_known_and_counted_once_each(notes):
    foresight = Foresight(Memory("user:1", "email:b@x.example"), notes)

    first = foresight.look([told(user="1"), told(user="2", email="b@x.example"), told(user="3"), told(user="3")])
    second = foresight.look([told(user="3"), told(email="b@x.example"), told(user="4")])

    assert dict(first.would) == {"customers_known": 2, "customers_new": 1, "orders_known": 0, "orders_new": 0}
    assert (second.would["customers_known"], second.would["customers_new"]) == (0, 1)


def test_orders_are_counted_by_their_id_or_else_by_their_row_and_what_is_new_is_summed(notes):
    completed = "Order Completed"
    known = [("order:A-1", "claim"), ("user:7", "import/7/5")]
    foresight = Foresight(Memory(orders=known), notes)

    found = foresight.look(
        [
            told(completed, 1, "A-1", user="7"),
            told(completed, 2.5, "A-2", user="7"),
            told(completed, 2.5, "A-2", user="7"),
            told(completed, 5, user="7"),
            told(completed, 19.99, user="8"),
            told(completed, user="9"),
        ]
    )

    assert (found.would["orders_known"], found.would["orders_new"]) == (2, 3)
    assert dict(found.amounts) == {"EUR": 2249}


def test_what_an_earlier_run_has_counted_is_not_counted_again(notes):
    foresight = Foresight(Memory(), notes)
    rows = [told("Order Completed", 5, user="7"), told("Order Completed", 6, user="7")]

    foresight.pass_by(rows)

    assert not any(foresight.look(rows).would.values())
