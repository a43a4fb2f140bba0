"""Whose a row is: whose its subject was when it was received, whoever that customer was merged into since.

Rows never change, so what one says of its customer is which document it was folded into, and no more than that.
"""

from collections.abc import Callable, Iterable, Mapping

from shopkeeper.customer import identity
from shopkeeper.customer.document import Customer
from shopkeeper.customer.identity import Known, kind_of
from shopkeeper.customer.rows import Row


def owner(row: Row, known: Mapping[str, Known]) -> str:
    """As it was before any merge; NOBODY where the subject was in quarantine."""
    if kind_of(row.subject) == "customer":
        return row.subject.partition(":")[2]
    held = known.get(identity.identity_of(row.subject))
    return identity.resolve(held, row.received_at) if held else row.customer_id


def folded_for(row: Row, known: Mapping[str, Known]) -> str:
    """The same, but that what is said of an order is folded for whose the order is."""
    return row.order_owner or owner(row, known)


def belongs_to(customer: Customer, known: Mapping[str, Known]) -> Callable[[Row], bool]:
    """`known` holds what is stored of the subjects."""
    family = customer.family
    return lambda row: owner(row, known) in family


def subjects_of(customer: Customer) -> list[str]:
    """Where the rows of a customer may be. `customer:<id>` holds what we found out ourselves."""
    return [*(f"customer:{id_}" for id_ in sorted(customer.family)), *customer.document.identities]


def identities_of(subjects: Iterable[str]) -> set[str]:
    """Of which it must be known whose they were, and when."""
    return {identity.identity_of(each) for each in subjects if kind_of(each) != "customer"}
