"""Read all rows that may be a customer's own, and what must be known to tell which of them are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from itertools import islice
from typing import NamedTuple

from shopkeeper.customer import identity, rows, traces, whose
from shopkeeper.customer.document import Customer
from shopkeeper.customer.fold import MOST_IDENTITIES
from shopkeeper.customer.identity import Known
from shopkeeper.customer.orders import Fact
from shopkeeper.customer.rows import Key, Row
from shopkeeper.customer.store.ports import Identities, Interactions, Orders, StoreError

MOST_ROWS = 5_000
MOST_PAGES = 200


class TooMuch(StoreError):
    """More is remembered of a customer than is read in one call."""


class Own(NamedTuple):
    """`known` holds what is stored of the subjects of the rows, and of whoever they state."""

    rows: Sequence[Row]
    known: Mapping[str, Known]


class OwnRows:
    """Of what others said too, where it is about an order of the customer."""

    def __init__(
        self,
        interactions: Interactions,
        orders: Orders,
        identities: Identities,
        most_rows: int = MOST_ROWS,
        most_pages: int = MOST_PAGES,
    ) -> None:
        self._interactions = interactions
        self._orders = orders
        self._identities = identities
        self._most_rows = most_rows
        self._most_pages = most_pages

    def of(self, customer: Customer) -> Own:
        """Of a living customer; those that it still owes are among them. Raises TooMuch."""
        if len(customer.document.identities) >= MOST_IDENTITIES:
            raise TooMuch(customer.customer_id)  # There may be others, whose rows nobody would look for.
        subjects = whose.subjects_of(customer)
        found = {row.key: row for row in (*customer.pending, *self._under(subjects))}
        found |= {row.key: row for row in self._of_orders(customer.family, found.keys())}
        stated = {name for row in found.values() for name in _stated(row)}
        known = self._identities.load(whose.identities_of(subjects) | stated)
        return Own(tuple(found.values()), known)

    def _under(self, subjects: Iterable[str]) -> list[Row]:
        """Raises TooMuch."""
        pages = (page for subject in subjects for page in self._interactions.under(subject))
        found: list[Row] = []
        for page in islice(pages, self._most_pages):
            found += page
            if len(found) > self._most_rows:
                raise TooMuch
        if next(pages, None) is not None:
            raise TooMuch
        return found

    def facts(self, customer: Customer) -> Collection[Collection[Fact]]:
        """Of each of its orders, also those that it still owes the rows of. Raises TooMuch."""
        told = [(owner, *each) for owner in customer.family for each in self._facts_of(owner)]
        told += [trace for row in customer.pending if (trace := traces.of_order(row))]
        found: dict[tuple[str, str], dict[Key, Fact]] = defaultdict(dict)
        for owner, order, fact in told:
            found[owner, order][fact.key] = fact
        return [list(facts.values()) for facts in found.values()]

    def _facts_of(self, owner: str) -> list[tuple[str, Fact]]:
        """Raises TooMuch."""
        found = list(islice(self._orders.all_facts(owner), self._most_rows))
        if len(found) == self._most_rows:
            raise TooMuch
        return found

    def _of_orders(self, family: Iterable[str], found: Set[Key]) -> Iterable[Row]:
        """What others said of the orders of these customers. Raises TooMuch."""
        others = {fact.key for owner in family for _, fact in self._facts_of(owner)} - found
        return self._interactions.rows(sorted(others))


def _stated(row: Row) -> tuple[str, ...]:
    if identity.kind_of(row.subject) == "customer":
        return ()
    return identity.statement_of(rows.interaction_of(row)).identities
