"""One measure of all customers of a page."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from shopkeeper.customer.measures.columns import days, sums
from shopkeeper.customer.measures.columns.days import DayColumns
from shopkeeper.customer.measures.columns.sums import Amounts, Sums
from shopkeeper.customer.measures.columns.tails import Tails
from shopkeeper.customer.measures.columns.words import Bools, Ints, Pieces
from shopkeeper.customer.measures.measure import Newest


class Column:
    """All but `instants` is by customer: whether it is kept of him at all, how often it happened, when first (0 where
    it never did), and where his tail lies in `instants`, all tails one behind the other, each the newest first.

    What has sums is decoded when it is first asked for. Who turns out damaged there is unusual from then on.
    """

    def __init__(self, pieces: Pieces, behind: Ints, told: Tails, its: slice, unusual: Bools) -> None:
        self.has: Bools = pieces.starts[its] < pieces.ends[its]
        self.count, self.first, self.length = told.count[its], told.first[its], told.length[its]
        self._packed, self._unusual = Pieces(pieces.buffer, behind[its], pieces.ends[its]), unusual
        self._starts, self._instants = told.starts[its], told.instants
        self._nths: dict[int, Ints] = {}

    @property
    def starts(self) -> Ints:
        return self._starts - self._begin

    @property
    def instants(self) -> Ints:
        return self._instants[self._begin : self._begin + int(self.length.sum())]

    @property
    def _begin(self) -> int:
        return int(self._starts[0]) if len(self._starts) else 0

    def nth(self, n: int) -> Ints:
        """The n-th newest instant, the newest being the first; NONE where it never happened so often, or that is
        further back than is known."""
        if n not in self._nths:
            self._nths[n] = self._instants[np.where(self.length >= n, self._starts + (n - 1), -1)]
        return self._nths[n]

    def totals(self, currency: str) -> Ints:
        """0 where there is none."""
        its = self._summed.amounts.get(currency)
        return self._of_all(its, its.total) if its else self._none()

    def priced(self, currency: str) -> Ints:
        """0 where there is none."""
        its = self._summed.amounts.get(currency)
        return self._of_all(its, its.priced) if its else self._none()

    @cached_property
    def newest(self) -> Sequence[Newest | None]:
        return sums.newest(self._summed, self._unusual)

    @cached_property
    def days(self) -> DayColumns:
        return days.read(self._summed, self._unusual)

    @cached_property
    def _summed(self) -> Sums:
        return sums.read(self._packed, self._unusual)

    def _of_all(self, its: Amounts, numbers: Ints) -> Ints:
        found = self._none()
        found[self._summed.customers[its.owners]] = numbers
        return found

    def _none(self) -> Ints:
        return np.zeros(len(self.count), np.int64)
