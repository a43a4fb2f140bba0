"""Where a customer is now who may have been merged into another one, going by documents as they were read."""

from collections.abc import Collection, Mapping
from typing import Protocol

from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Stored

_TRIES = 5


class InMotion(Exception):
    """Somebody merged or parted the customer between two reads, again and again. The same can be asked again."""


class Customers(Protocol):
    def load(self, customer_ids: Collection[str]) -> dict[str, Stored]:
        """Read consistently; those of whom nothing is stored are left out."""


def find(customer_id: str, customers: Customers) -> Customer | None:
    """The living customer; None where nothing is stored. Raises InMotion, Unreadable."""
    for _ in range(_TRIES):
        loaded: dict[str, Customer] = {}
        wanted = {customer_id}
        while wanted:
            stored = customers.load(wanted)
            loaded |= {id_: document.load(each) for id_, each in stored.items()}
            wanted = onward(loaded) if stored else set()
        if customer_id not in loaded:
            return None
        if living := home(customer_id, loaded):
            return living
    raise InMotion(customer_id)


def path(customer_id: str, loaded: Mapping[str, Customer]) -> list[str]:
    """The customer, whoever it was merged into, and so on; the last one may not have been read."""
    followed = [customer_id]
    while (seen := loaded.get(followed[-1])) and seen.document.merged_into not in ("", *followed):
        followed.append(seen.document.merged_into)
    return followed


def home(customer_id: str, loaded: Mapping[str, Customer]) -> Customer | None:
    """The living customer, who must say so, too. None where somebody merged or parted them between two reads."""
    last = loaded.get(path(customer_id, loaded)[-1])
    return last if last and not last.document.merged_into and customer_id in last.family else None


def onward(loaded: Mapping[str, Customer]) -> set[str]:
    """Who must be read as well."""
    return {each.document.merged_into for each in loaded.values()} - {"", *loaded}
