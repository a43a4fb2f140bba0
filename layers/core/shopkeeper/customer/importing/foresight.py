"""What a dry run foresees: who would be new, who is known, which orders would be counted and what they come to.

It asks and writes nothing. Who stands in the file twice is counted once: by user id, or else by address.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from shopkeeper import money
from shopkeeper.customer.importing.notes import Notes
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.orders import COMPLETED, id_of

Key = tuple[str, str]
_CLAIM = "claim"


class Memory(Protocol):
    """What is remembered already."""

    def known(self, identities: Collection[str]) -> set[str]:
        """Those that belong to somebody."""

    def existing(self, keys: Collection[Key]) -> set[Key]:
        """Those that have a row."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """`would` counts customers_new, customers_known, orders_new and orders_known; `amounts` are of new orders."""

    would: Counter[str] = field(default_factory=Counter)
    amounts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Chunk:
    people: list[list[str]]
    orders: dict[Key, Interaction]


class Foresight:
    def __init__(self, memory: Memory, notes: Notes) -> None:
        self._memory, self._notes = memory, notes

    def pass_by(self, told: Iterable[Interaction]) -> None:
        """Rows that an earlier run has counted."""
        self._first(told)

    def look(self, told: Iterable[Interaction]) -> Foreseen:
        found = self._first(told)
        foreseen = Foreseen()
        known = self._memory.known({each for person in found.people for each in person})
        for person in found.people:
            foreseen.would["customers_known" if known.intersection(person) else "customers_new"] += 1
        counted = self._memory.existing(found.orders.keys())
        foreseen.would["orders_known"] += len(counted)
        foreseen.would["orders_new"] += len(found.orders) - len(counted)
        for key in found.orders.keys() - counted:
            for currency, units in _amount(found.orders[key]):
                foreseen.amounts[currency] += units
        return foreseen

    def _first(self, told: Iterable[Interaction]) -> _Chunk:
        """Those that the file speaks of for the first time."""
        people: list[list[str]] = []
        orders: dict[Key, Interaction] = {}
        for each in told:
            identities = [f"{kind}:{name}" for kind, name in each.ids.items()]
            times = [self._notes.times(f"who {identity}") for identity in identities]
            if max(times) == 1:
                people.append(identities)
            if each.name == COMPLETED and self._notes.times(f"order {_order(each)}") == 1:
                orders[_order(each)] = each
        return _Chunk(people, orders)


def _order(told: Interaction) -> Key:
    """The row that stands once the order is counted, whoever told of it."""
    claimed = id_of(told)
    return (f"order:{claimed}", _CLAIM) if claimed else told.key


def _amount(order: Interaction) -> Iterator[tuple[str, int]]:
    said = order.properties
    if "total" in said:
        yield said["currency"], money.minor_units(said["total"], said["currency"])
