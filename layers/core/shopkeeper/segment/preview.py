"""A look at a rule before it is kept: for how many it holds, for whom, and what it would cost to keep that true."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import NamedTuple

from typing_extensions import TypedDict

from shopkeeper import prices
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Stored
from shopkeeper.customer.instants import to_ms
from shopkeeper.segment import estimates, sampling
from shopkeeper.segment.estimates import Size
from shopkeeper.segment.explaining import Explainer
from shopkeeper.segment.sampling import Pages, Share

MOST_SHOWN = 20
_MOST_WALKED = 2_000
_MONTH_MS = 30 * 24 * 3_600 * 1_000
_MOST_WAKES = 60
_KEYS = 120
"""Bytes of an item beside the texts: names of attributes, the id, numbers."""
_NEWS, _MEMBER, _DUE = 2, 1, 2
"""Write units: a row with its index; a row of Members; an entry of the due index that goes and one that comes."""


class Cost(TypedDict):
    """Units of DynamoDB, and what they cost in US dollars, as decimal text."""

    read_units: int
    write_units: int
    dollars: str


class Month(Cost):
    """`wakes` are how often somebody is looked at again because time has come, and `changes` how often that moves
    somebody in or out."""

    wakes: int
    changes: int


class Price(TypedDict):
    """`build` is publishing it: all customers are read, and those whom it concerns are written. `month` is keeping it
    true for 30 days, while customers do nothing: what they do is written anyway.

    Prices are those of DynamoDB on demand in us-east-1. Segments are kept together, so a month costs less where others
    change at the same instants.
    """

    build: Cost
    month: Month


class Looked(NamedTuple):
    size: Size
    sample: list[Customer]
    price: Price


@dataclass
class Tally:
    """Of the customers that were looked at; `walked` of them had their next month walked through."""

    explainer: Explainer
    now: int
    draw: Random
    living: int = 0
    found: int = 0
    read_bytes: int = 0
    build_writes: int = 0
    walked: int = 0
    wakes: int = 0
    changes: int = 0
    month_reads: int = 0
    month_writes: int = 0
    sample: list[Customer] = field(default_factory=list)

    def take(self, stored: Stored) -> None:
        self.read_bytes += stored.size + _KEYS
        for customer in document.living([stored]):
            self.living += 1
            holds, flips_at = self.explainer.verdict(customer, self.now)
            self._weigh(stored, holds, flips_at)
            if holds:
                self.found += 1
                self._show(customer)
            if self.walked < _MOST_WALKED:
                self._walk(customer, stored)

    def _weigh(self, stored: Stored, holds: bool, flips_at: int | None) -> None:  # noqa: FBT001
        """What building writes: the document where the customer is in it, or has to be woken earlier."""
        is_woken = flips_at is not None and (not stored.due_at or flips_at < to_ms(stored.due_at))
        if holds or is_woken:
            self.build_writes += prices.write_units(stored.size + _KEYS) + _MEMBER * holds + _DUE * is_woken

    def _walk(self, customer: Customer, stored: Stored) -> None:
        wakes, changes = self.explainer.turns(customer, self.now, self.now + _MONTH_MS, _MOST_WAKES)
        self.walked, self.wakes, self.changes = self.walked + 1, self.wakes + wakes, self.changes + changes
        self.month_reads += wakes * prices.read_units(stored.size + _KEYS)
        self.month_writes += wakes * (prices.write_units(stored.size + _KEYS) + _DUE) + changes * (_MEMBER + _NEWS)

    def _show(self, customer: Customer) -> None:
        """Each one who was found is among those shown with the same chance."""
        if len(self.sample) < MOST_SHOWN:
            self.sample.append(customer)
        elif (place := self.draw.randrange(self.found)) < MOST_SHOWN:
            self.sample[place] = customer


def look(table: Pages, explainer: Explainer, now: int, draw: Random, is_spent: Callable[[], bool]) -> Looked:
    """`now` is in milliseconds since 1970."""
    tally, share = sampling.look(table, lambda: Tally(explainer, now, draw), draw, is_spent)
    return Looked(estimates.size(tally.found, tally.living, share.fraction), tally.sample, _price(tally, share))


def _price(tally: Tally, share: Share) -> Price:
    per_walked = tally.living / tally.walked / share.fraction if tally.walked else 0
    reads, writes = tally.month_reads * per_walked, tally.month_writes * per_walked
    wakes, changes = round(tally.wakes * per_walked), round(tally.changes * per_walked)
    built = _cost(tally.read_bytes / prices.LATELY_BYTES / share.fraction, tally.build_writes / share.fraction)
    return {"build": built, "month": {**_cost(reads, writes), "wakes": wakes, "changes": changes}}


def _cost(reads: float, writes: float) -> Cost:
    dollars = prices.dollars(reads, writes).quantize(Decimal("0.000001"))
    return {"read_units": round(reads), "write_units": round(writes), "dollars": f"{dollars:f}"}
