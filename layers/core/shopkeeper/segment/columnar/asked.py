"""A page that is asked at an instant, which each customer may have one of: what its rules have come to so far."""

from collections.abc import Callable, Hashable

import numpy as np

from shopkeeper.customer.measures.columns import Column
from shopkeeper.segment.columnar.page import Page
from shopkeeper.segment.columnar.verdicts import Instants, Truths, Verdicts

Ask = Callable[["Asked"], Verdicts]


class Asked:
    """`now` holds an instant for each customer. Those turn `unusual` whom a leaf has no answer for."""

    def __init__(self, page: Page, now: Instants) -> None:
        self.page, self.now = page, now
        self.unusual: Truths = np.zeros(len(page), bool)
        self._said: dict[str, Verdicts] = {}
        self._heard: set[Column] = set()
        self._kept: dict[Hashable, Instants] = {}
        nows, self._places = np.unique(now, return_inverse=True)
        self._nows: list[int] = nows.tolist()

    def once(self, key: str, ask: Ask) -> Verdicts:
        found = self._said.get(key)
        if found is None:
            found = self._said[key] = ask(self)
        return found

    def heard(self, column: Column) -> Column:
        """The column, of which the newest instants are asked. Who has one ahead of the clock is unusual."""
        if column not in self._heard:
            self._heard.add(column)
            self.unusual |= column.nth(1) > self.now
        return column

    def each_now(self, key: Hashable, worked_out: Callable[[int], int]) -> Instants:
        """What follows from the instant alone, worked out once for those who share it."""
        return self.kept(key, lambda: np.array([worked_out(now) for now in self._nows], np.int64)[self._places])

    def kept(self, key: Hashable, make: Callable[[], Instants]) -> Instants:
        """What follows from the instant, and is asked for more than once."""
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = make()
        return found
