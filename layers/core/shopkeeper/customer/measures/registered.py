"""Measures of our own choosing: how often something happened of which certain things were said.

What is measured by event name alone is there from the first interaction; these are there once somebody asks for them.
"""

import json
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field
from datetime import UTC, tzinfo
from functools import cached_property
from itertools import islice
from typing import Any

from shopkeeper import ids, money, zones
from shopkeeper.customer import comparing
from shopkeeper.customer.measures.measure import Newest
from shopkeeper.customer.measures.tally import Mark
from shopkeeper.customer.words import LONGEST_TEXT, teller

MOST_VALUES = 20
"""Of a list that the newest said at a property, so many elements are kept, and of a text LONGEST_TEXT letters."""
_LARGEST = 2**63
_APART = 8
NO_CURRENCY = "XXX"
"""ISO 4217 for where there is none: numbers that are no money are summed under it, in hundredths."""


@dataclass(frozen=True, kw_only=True)
class Test:
    """Of the properties of an interaction, as a rule asks a trait."""

    prop: str
    cmp: str
    value: comparing.Scalar | None = None
    values: tuple[comparing.Scalar, ...] = ()

    @cached_property
    def holds(self) -> Callable[[Any], bool]:
        return comparing.test(self.prop, self.cmp, self.value, self.values)


@dataclass(frozen=True, kw_only=True)
class Amount:
    """Of what a property came to, in minor units of one currency."""

    prop: str
    currency: str
    cmp: str
    units: int

    def holds(self, said: Mapping[str, Any]) -> bool:
        units = _units(said.get(self.prop), self.currency) if _currency(said) == self.currency else None
        return units is not None and self.fits(units)

    def fits(self, units: int) -> bool:
        return comparing.COMPARE[self.cmp](units, self.units)


@dataclass(frozen=True, kw_only=True)
class Registered:
    """Counts the events of which all tests hold. `sum` is the property that is summed, if any; `tiles` keeps days;
    `last` is a property of which it is kept what the newest said."""

    event: str
    where: tuple[Test, ...] = ()
    amount: Amount | None = None
    sum: str = ""
    tiles: bool = False
    last: str = ""

    @cached_property
    def id(self) -> str:
        """16 hex digits, the same for the same measure however it is written, and whatever it is called."""
        tests = sorted(_text([test.prop, test.cmp, test.value, sorted(test.values, key=_text)]) for test in self.where)
        more = [_text(list(asdict(self.amount).values()))] if self.amount else []
        more += ["last", self.last] if self.last else []
        return ids.digest("measure", self.event, _text(sorted(set(tests))), self.sum, _text(self.tiles), *more)[:16]

    def fits(self, said: Mapping[str, Any], order: Mark | None = None) -> bool:
        """`order` is what an order came to, where the amount is one of an order: else what is said counts."""
        return all(test.holds(said) for test in self.where) and self._is_so_much(said, order)

    def _is_so_much(self, said: Mapping[str, Any], order: Mark | None) -> bool:
        if self.amount is None:
            return True
        if order is None:
            return self.amount.holds(said)
        return order.currency == self.amount.currency and self.amount.fits(order.units)

    def mark(self, at: int, said: Mapping[str, Any], zone: tzinfo, by: Sequence[str]) -> Mark:
        """`by` is the key of the interaction, or the name of the order."""
        day, newest = zones.day(at, zone) if self.tiles else None, self.newest(said, by)
        if not self.sum:
            return Mark(at, day, newest=newest)
        units = _units(said.get(self.sum), currency := _currency(said))
        priced = Mark(at, day, unpriced=True) if units is None else Mark(at, day, currency, units)
        return priced._replace(newest=newest)

    def newest(self, said: Mapping[str, Any], by: Sequence[str]) -> Newest | None:
        if not self.last:
            return None
        values = islice(comparing.reached(dict(said), self.last.split(".")), MOST_VALUES)
        return Newest(f"{teller(by[-1])}\t{ids.digest('newest', *by)[:_APART]}", tuple(map(_short, values)))

    @property
    def is_its_events(self) -> bool:
        """It says no more than what is counted of each event anyway."""
        return not any((self.where, self.amount, self.sum, self.tiles, self.last))


def _test(said: Mapping[str, Any]) -> Test:
    values = tuple(said.get("values") or ())
    return Test(prop=said["prop"], cmp=said["cmp"], value=said.get("value"), values=values)


def registered(said: Mapping[str, Any]) -> Registered:
    """As a definition says it, once it has been checked."""
    where = (_test(each) for each in said["where"])
    amount = _amount(said["amount"]) if said.get("amount") else None
    return Registered(
        event=said["event"],
        where=tuple(where),
        amount=amount,
        sum=said.get("sum") or "",
        tiles=said["tiles"],
        last=said.get("last") or "",
    )


def _amount(said: Mapping[str, Any]) -> Amount:
    units = money.minor_units(said["x"], said["currency"])
    return Amount(prop=said["prop"], currency=said["currency"], cmp=said["cmp"], units=units)


def definition(its: Registered) -> dict[str, Any]:
    """As a definition says it, without what is not asked for."""
    where = [{name: said for name, said in asdict(test).items() if said not in (None, ())} for test in its.where]
    said = {"event": its.event, "where": where, "sum": its.sum, "tiles": its.tiles, "last": its.last}
    if its.amount:
        x = f"{money.major_units(its.amount.units, its.amount.currency):f}"
        said["amount"] = {"prop": its.amount.prop, "currency": its.amount.currency, "cmp": its.amount.cmp, "x": x}
    return {name: value for name, value in said.items() if value}


@dataclass(frozen=True)
class Rules:
    """What is counted: in which zone a day begins, and the registered measures by their ids."""

    zone: tzinfo = UTC
    registered: Mapping[str, Registered] = field(default_factory=dict)

    @cached_property
    def by_event(self) -> Mapping[str, Sequence[tuple[str, Registered]]]:
        found: dict[str, list[tuple[str, Registered]]] = {}
        for measure_id, each in self.registered.items():
            found.setdefault(each.event, []).append((measure_id, each))
        return found

    def only(self, measure_ids: Set[str]) -> "Rules":
        return Rules(self.zone, {id_: each for id_, each in self.registered.items() if id_ in measure_ids})


def _currency(said: Mapping[str, Any]) -> str:
    currency = said.get("currency")
    return currency.strip().upper() if isinstance(currency, str) else NO_CURRENCY


def _units(amount: Any, currency: str) -> int | None:
    if isinstance(amount, bool) or not isinstance(amount, int | float | str):
        return None
    try:
        return money.minor_units(amount, currency)
    except ValueError:
        return None


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return value[:LONGEST_TEXT]
    if isinstance(value, dict):
        return {}
    return float(value) if isinstance(value, int) and abs(value) >= _LARGEST else value


def _text(said: Any) -> str:
    return json.dumps(said, separators=(",", ":"))
