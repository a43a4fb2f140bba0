"""Recency, frequency and monetary value: by each of the three, who ordered stands in one fifth of all who did.

Where the fifths part depends on everybody, so each night a walk counts how values are spread, and another one scores
customers by it. 5 is best: bought recently, often, for much. Values are counted to about a tenth of themselves.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from msgspec.structs import replace

from shopkeeper.clock import Clock
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Scores, Stored
from shopkeeper.customer.instants import ms_of, to_ms
from shopkeeper.customer.orders import COMPLETED
from shopkeeper.customer.standing import Stand
from shopkeeper.customer.store.ports import Conflict, Refused
from shopkeeper.customer.walks import Gathered

COUNTING, SCORING = "rfm", "scores"
FIFTHS = 5
_DAY_MS = 24 * 60 * 60 * 1000

Cuts = tuple[int, ...]
"""Four values: as many of them as are smaller say in which fifth a value is."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """`day` is the UTC day of the count; money is in minor units of `currency`, in which most customers ordered."""

    day: str
    currency: str
    days: Cuts
    orders: Cuts
    money: Cuts


class Kept(Protocol):
    def keep(self, thresholds: Thresholds) -> None: ...

    def load(self, day: str) -> Thresholds | None: ...


class Customers(Protocol):
    def load(self, customer_ids: Sequence[str]) -> dict[str, Stored]: ...

    def save(self, stored: Stored) -> None:
        """In the place of the version before. Raises Conflict, Refused."""


class Values(NamedTuple):
    """Whole days since the last order, how many orders, and what they came to by currency."""

    days: int
    orders: int
    money: Mapping[str, int]


def values(customer: Customer, midnight_ms: int) -> Values | None:
    """None for who never ordered, and for who was merged into somebody else."""
    orders = customer.measures.get(COMPLETED)
    if orders is None or orders.count <= 0:
        return None
    return Values(max(0, midnight_ms - orders.last) // _DAY_MS, orders.count, orders.totals)


def coarse(value: int) -> int:
    """To four binary digits, so that a histogram of any values stays small."""
    shift = max(0, value.bit_length() - 4)
    return value >> shift << shift


class Counting:
    """The work of a walk, whose name is the day. `then` starts the scoring of that day."""

    limit = 500

    def __init__(self, kept: Kept, then: Callable[[str], None]) -> None:
        self._kept, self._then = kept, then

    def see(self, name: str, page: Sequence[Stored], gathered: Gathered) -> Gathered:
        midnight = _midnight(name)
        spread: dict[str, Counter[str]] = {key: Counter(held) for key, held in gathered.items()}
        for customer in document.living(page):
            if found := values(customer, midnight):
                _count(spread, "days", found.days)
                _count(spread, "orders", found.orders)
                for currency, units in found.money.items():
                    _count(spread, f"money {currency}", max(0, units))
        return {key: dict(held) for key, held in spread.items()}

    def finish(self, name: str, gathered: Sequence[Gathered]) -> bool:
        self._kept.keep(thresholds(name, gathered))
        self._then(name)
        return True


class Scoring:
    """The work of the walk behind it. Who was written by somebody else meanwhile is scored the night after."""

    limit = 100

    def __init__(self, kept: Kept, customers: Customers, stand: Stand, now: Clock) -> None:
        self._kept, self._customers, self._stand, self._clock = kept, customers, stand, now

    def see(self, name: str, page: Sequence[Stored], gathered: Gathered) -> Gathered:
        found = self._kept.load(name)
        if found is None:
            return gathered
        scored = ((each, _scores(each, found)) for each in document.living(page))
        wanted = {each.customer_id: new for each, new in scored if _cell(new) != _cell(each.document.scores)}
        for stored in self._customers.load(sorted(wanted)).values():
            customer = document.load(stored)
            if not customer.document.merged_into:
                self._score(customer, wanted[stored.customer_id])
        return {"scored": gathered.get("scored", 0) + len(wanted)}

    def finish(self, _name: str, _gathered: Sequence[Gathered]) -> bool:
        return True

    def _score(self, customer: Customer, scores: Scores | None) -> None:
        """Nothing happened to the customer: the news is of segments alone."""
        whole = replace(customer.document, scores=scores)
        scored = replace(customer, version=customer.version + 1, document=whole)
        now = ms_of(self._clock.now())
        try:
            self._customers.save(document.store(self._stand(customer, scored, now, "scores")))
        except (Conflict, Refused):
            return


def thresholds(day: str, gathered: Iterable[Gathered]) -> Thresholds:
    spread: dict[str, Counter[str]] = {}
    for part in gathered:
        for key, held in part.items():
            spread.setdefault(key, Counter()).update(held)
    moneys = [key for key in spread if key.startswith("money ")]
    money = max(moneys, key=lambda key: (spread[key].total(), key), default="money ")
    currency = money.removeprefix("money ")
    return Thresholds(day, currency, *(_cuts(spread.get(key, Counter())) for key in ("days", "orders", money)))


def score(found: Values, by: Thresholds) -> Scores:
    """Who pays in other currencies alone is in no fifth of money: nobody knows whether that is much."""
    money = found.money.get(by.currency)
    return Scores(
        r=FIFTHS - _passed(found.days, by.days),
        f=1 + _passed(found.orders, by.orders),
        m=document.NO_FIFTH if money is None else 1 + _passed(max(0, money), by.money),
        day=by.day,
    )


def _scores(customer: Customer, by: Thresholds) -> Scores | None:
    """None also for whose orders have all been taken back."""
    found = values(customer, _midnight(by.day))
    return score(found, by) if found else None


def _cell(scores: Scores | None) -> str:
    """A new day alone is not worth a write."""
    return scores.cell if scores else ""


def _cuts(spread: Counter[str]) -> Cuts:
    """The values at which a fifth, two, three and four fifths of all have been passed."""
    total, passed = spread.total(), 0
    cuts: list[int] = []
    for value, count in sorted((int(text), count) for text, count in spread.items()):
        passed += count
        while len(cuts) < FIFTHS - 1 and passed * FIFTHS >= total * (len(cuts) + 1):
            cuts.append(value)
    return tuple(cuts)


def _passed(value: int, cuts: Cuts) -> int:
    return sum(coarse(value) > cut for cut in cuts)


def _count(spread: dict[str, Counter[str]], key: str, value: int) -> None:
    spread.setdefault(key, Counter())[str(coarse(value))] += 1


def _midnight(day: str) -> int:
    return to_ms(f"{day}T00:00:00.000Z")
