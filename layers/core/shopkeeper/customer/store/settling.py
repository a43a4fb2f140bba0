"""Read customers so that all that was folded into them has its row."""

from collections.abc import Iterable

from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Unreadable
from shopkeeper.customer.store.ports import Customers, Interactions, NotTaken, StoreError


class NotSettled(StoreError):
    """Something else must be mended first. The same can be asked again."""


def read(customers: Customers, *customer_ids: str) -> list[Customer]:
    """In their order, one of version 0 where nothing is stored. Raises NotSettled."""
    stored = customers.load(customer_ids)
    try:
        return [document.load(stored[id_]) if id_ in stored else Customer(id_) for id_ in customer_ids]
    except Unreadable as problem:
        raise NotSettled(f"unreadable: {problem}") from problem


def settle(interactions: Interactions, customers: Iterable[Customer]) -> None:
    """Put the rows that an interrupted write still owes. Raises NotSettled."""
    pending = {row.key: row for each in customers for row in each.pending}
    seen = interactions.existing(pending) if pending else set()
    try:
        if owed := [row for key, row in pending.items() if key not in seen]:
            interactions.put(owed)
    except NotTaken as problem:
        raise NotSettled("rows not taken") from problem
