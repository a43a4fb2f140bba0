"""Leaves about what a property came to, and on how many days something happened."""

from collections.abc import Callable, Mapping
from functools import partial

from shopkeeper.customer.amounts import amounts
from shopkeeper.customer.measures import Measure
from shopkeeper.customer.measures.measure import PROMISED, Tile
from shopkeeper.segment import calendar, leaves
from shopkeeper.segment.explaining import counted, happenings, made, times, wording
from shopkeeper.segment.explaining.counted import LIMITS, Named, days_in, kept, needed, seen, stays_of_days
from shopkeeper.segment.explaining.happenings import Happening
from shopkeeper.segment.explaining.telling import Shift, Sight, Told


def total(sight: Sight, leaf: leaves.Total) -> Told:
    return _TELLERS[leaf.fn](sight, leaf)


def _summed(leaf: leaves.Total, what: Happening) -> str:
    of = "" if leaf.prop == "total" else f"{leaf.prop} of "
    return f"{of}{what.more}{what.narrowed} came to"


def _sum(sight: Sight, leaf: leaves.Total) -> Told:
    its, what = kept(sight, leaf.measure, leaf.registered), happenings.of(leaf.measure)
    currency, units = leaf.currency or "", _units(sight, leaf, its)
    within, wanted = times.within(leaf.window, sight.zone), wording.amount(leaf.bound, currency)
    return Told(
        asks=f"{_summed(leaf, what)} {LIMITS[leaf.cmp].format(wanted)}{within}",
        says=f"{_summed(leaf, what)} {wording.amount(units, currency)}{within}",
        seen=seen(leaf.measure.event, currency=currency, sum=amounts({currency: units})[currency]),
        needs=needed(leaf.cmp, wanted),
        news=_back(leaf) if leaf.cmp in ("le", "lt") else f"more {what.more}",
        ends=_back(leaf) if leaf.cmp in ("ge", "gt") else f"more {what.more}",
        why=partial(_why, sight, leaf, its, partial(_so_much, currency)),
    )


def _back(leaf: leaves.Total) -> str:
    return "refunded or cancelled orders" if counted.taken_back(leaf.measure) else ""


def _units(sight: Sight, leaf: leaves.Total, its: Measure | None) -> int:
    currency = leaf.currency or ""
    if isinstance(leaf.window, str):
        return its.totals.get(currency, 0) if its else 0
    return sum(tile.totals.get(currency, 0) for tile in days_in(sight, leaf.window, its).values())


def _so_much(currency: str, of: str, tile: Tile) -> tuple[str, bool]:
    units = tile.totals.get(currency, 0)
    return (f"the {wording.amount(units, currency)} of {of}" if units else ""), True


def _why(sight: Sight, leaf: leaves.Total, its: Measure | None, named: Named, shift: Shift) -> str:
    if its is None or isinstance(leaf.window, str):
        return ""
    return times.why(stays_of_days(sight, leaf.window, its, named), shift.at, leaf.window, sight.zone)


def _average(sight: Sight, leaf: leaves.Total) -> Told:
    its, what = kept(sight, leaf.measure, leaf.registered), happenings.of(leaf.measure)
    currency = leaf.currency or ""
    priced, units = (its.priced.get(currency, 0), its.totals.get(currency, 0)) if its else (0, 0)
    wanted, average = wording.amount(leaf.bound, currency), amounts({currency: round(units / max(priced, 1))})[currency]
    came = f"{_summed(leaf, what)} {wording.amount(average['minor_units'], currency)} on average (of {priced})"
    return Told(
        asks=f"{_summed(leaf, what)} {LIMITS[leaf.cmp].format(wanted)} on average",
        says=came if priced else f"there is no {what.one} with an amount in {currency}",
        seen=seen(leaf.measure.event, currency=currency, of=priced, average=average if priced else None),
        needs=needed(leaf.cmp, wanted),
        news=f"one more {what.one}",
    )


def _extreme(sight: Sight, leaf: leaves.Total) -> Told:
    """The largest is so much where one of them is, and none is larger: what there is of both is told."""
    what, which = happenings.of(leaf.measure), {"min": "smallest", "max": "largest"}[leaf.fn]
    of = "" if leaf.prop == "total" else f"{leaf.prop} of "
    wanted = LIMITS[leaf.cmp].format(wording.amount(leaf.bound, leaf.currency or ""))
    asks = f"the {which} {of}{what.one}{what.narrowed} is {wanted}{times.within(leaf.window, sight.zone)}"
    return made.told(sight, leaf, asks, f"one more {what.one}")


def _active_days(sight: Sight, leaf: leaves.Total) -> Told:
    its, what = kept(sight, leaf.measure, leaf.registered), happenings.of(leaf.measure)
    found = [] if isinstance(leaf.window, str) else sorted(days_in(sight, leaf.window, its), reverse=True)
    within, wanted = times.within(leaf.window, sight.zone), wording.several(leaf.bound, "day")
    newest = [calendar.to_date(each).isoformat() for each in found[:PROMISED]]
    return Told(
        asks=f"{what.did}{what.narrowed} on {LIMITS[leaf.cmp].format(wanted)}{within}",
        says=_on_days(what, found, within),
        seen=seen(leaf.measure.event, days=len(found), newest=newest),
        needs=needed(leaf.cmp, wanted, leaf.bound),
        news=f"{wording.a(what.one)} on another day" if leaf.cmp not in ("le", "lt") else "",
        ends=f"{wording.a(what.one)} on another day" if leaf.cmp not in ("ge", "gt") else "",
        why=partial(_why, sight, leaf, its, counted.itself),
    )


def _on_days(what: Happening, found: list[int], within: str) -> str:
    if not found:
        return f"{what.did_not}{what.narrowed}{within}"
    days = wording.several(len(found), "day")
    return f"{what.did}{what.narrowed} on {days}{within}, newest on {wording.day(found[0])}"


_TELLERS: Mapping[str, Callable[[Sight, leaves.Total], Told]] = {
    "sum": _sum,
    "avg": _average,
    "active_days": _active_days,
    "min": _extreme,
    "max": _extreme,
}
