"""A look at all customers where there is time for it, and else at slices of the table that are drawn at random.

A slice of so many holds each customer with the same chance, because customers are spread over slices by a hash of their
ids. So those of a few slices stand for all.
"""

from collections.abc import Callable
from random import Random
from typing import NamedTuple, Protocol, TypeVar

from shopkeeper.customer.document import Stored

SLICES = (1, 32, 1_024, 32_768, 1_000_000)
"""How finely the table is cut: finer where a slice is longer than a few pages. DynamoDB takes a million at most."""
_PAGES_OF_ALL, _PAGES_OF_SLICE = 8, 2
_MOST_SLICES = 2_000


class Pages(Protocol):
    def page(
        self, segment: int, segments: int, after: str = "", *, is_consistent: bool
    ) -> tuple[list[Stored], str]: ...


class Tally(Protocol):
    def take(self, stored: Stored) -> None: ...


Tallied = TypeVar("Tallied", bound=Tally)


class Share(NamedTuple):
    """So many slices of so many were looked at."""

    looked_at: int
    slices: int

    @property
    def is_all(self) -> bool:
        return self.looked_at == self.slices

    @property
    def fraction(self) -> float:
        return self.looked_at / self.slices


def look(
    table: Pages, begin: Callable[[], Tallied], draw: Random, is_spent: Callable[[], bool]
) -> tuple[Tallied, Share]:
    """What was tallied, and of which share of the table. `is_spent` says that it is time to come to an end.

    A tally is begun anew wherever the table is cut finer.
    """
    for slices in SLICES[:-1]:
        tally = begin()
        if (done := _drawn(table, slices, tally, draw, is_spent)) is not None:
            return tally, Share(done, slices)
    tally = begin()
    return tally, Share(_drawn(table, SLICES[-1], tally, draw, is_spent, of_slice=10**9) or 0, SLICES[-1])


def _drawn(
    table: Pages, slices: int, tally: Tally, draw: Random, is_spent: Callable[[], bool], of_slice: int = _PAGES_OF_SLICE
) -> int | None:
    """How many slices were looked at; None where one is too long."""
    most = _PAGES_OF_ALL if slices == 1 else of_slice
    for done, place in enumerate(draw.sample(range(slices), min(slices, _MOST_SLICES)), start=1):
        if not _read(table, place, slices, tally, most):
            return None
        if is_spent():
            return done
    return min(slices, _MOST_SLICES)


def _read(table: Pages, place: int, slices: int, tally: Tally, most: int) -> bool:
    """Whether the slice ends within so many pages."""
    after = ""
    for _ in range(most):
        found, after = table.page(place, slices, after, is_consistent=False)
        for stored in found:
            tally.take(stored)
        if not after:
            return True
    return False
