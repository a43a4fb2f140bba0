"""What a row leaves beside itself, so that it can be found by other things than its key.

A fact of an order is found by the customer whose order it is; what was retracted, by its own key. Both are there before
the row is: whoever finds the row can rely on them.
"""

from typing import NamedTuple

from shopkeeper.customer import orders, retractions, rows
from shopkeeper.customer.orders import Fact
from shopkeeper.customer.rows import Key, Row


class OrderTrace(NamedTuple):
    """`owner` is the customer whose order it is, as it was before any merge."""

    owner: str
    order: str
    fact: Fact


def of_order(row: Row) -> OrderTrace | None:
    if not row.order_owner:
        return None
    target, interaction = retractions.target_in(row), rows.interaction_of(row)
    fact = orders.withdrawal(target[1], interaction) if target else orders.fact_of(interaction)
    return OrderTrace(row.order_owner, row.order, fact) if fact else None


def retracted_by(row: Row) -> Key | None:
    return retractions.target_in(row) if row.customer_id and not row.unfolded else None
