"""Leaves about how often something happened, what it came to, and when first: told from the measures they ask."""

from collections.abc import Callable, Iterator, Mapping
from datetime import tzinfo
from functools import partial
from typing import Any

from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.measures import Measure
from shopkeeper.customer.measures.measure import PROMISED, Tile
from shopkeeper.customer.measures.registered import Registered
from shopkeeper.customer.orders import COMPLETED
from shopkeeper.segment import calendar, leaves, spans
from shopkeeper.segment.explaining import happenings, times, wording
from shopkeeper.segment.explaining.happenings import Happening
from shopkeeper.segment.explaining.telling import Sight, Told
from shopkeeper.segment.explaining.times import Stay
from shopkeeper.segment.leaves import windows

LIMITS: Mapping[str, str] = {
    "ge": "at least {}",
    "gt": "more than {}",
    "le": "at most {}",
    "lt": "less than {}",
    "eq": "exactly {}",
}
NEEDS: Mapping[str, str] = {
    "ge": "{} {is} needed",
    "gt": "more than {} {is} needed",
    "le": "at most {} {is} allowed",
    "lt": "less than {} {is} asked for",
    "eq": "exactly {} {is} asked for",
}


def kept(sight: Sight, measure: leaves.values.Measure, registered: Registered | None) -> Measure | None:
    customer = sight.customer
    return customer.registered.get(registered.id) if registered else customer.measures.get(measure.event)


def needed(cmp: str, what: str, n: int = 2) -> str:
    if n == 0 and cmp in ("le", "eq"):
        return "none is allowed"
    return NEEDS[cmp].format(what, **{"is": "is" if n == 1 else "are"})


def seen(event: str, **found: Any) -> dict[str, Any]:
    return {"event": event, **{name: each for name, each in found.items() if each not in (None, "", [])}}


def count(sight: Sight, leaf: leaves.Count) -> Told:
    its, what = kept(sight, leaf.measure, leaf.registered), happenings.of(leaf.measure)
    number, newest = _counted(sight, leaf, its)
    within = times.within(leaf.window, sight.zone)
    is_never = leaf.n == 0 and leaf.cmp in ("le", "eq")
    often = LIMITS[leaf.cmp].format(wording.times(leaf.n))
    return Told(
        asks=f"{what.did_not}{what.narrowed}{within}" if is_never else f"{what.did}{what.narrowed} {often}{within}",
        says=_often(what, number, within) + (f", newest on {sight.day(newest[0])}" if newest else ""),
        seen=seen(leaf.measure.event, count=number, newest=[wording.text(at) for at in newest[:PROMISED]]),
        needs=needed(leaf.cmp, str(leaf.n), leaf.n),
        news=_more(what, leaf.n - number) if leaf.cmp != "le" else "",
        ends=_more(what, leaf.n - number + 1) if leaf.cmp != "ge" else taken_back(leaf.measure),
        why=lambda shift: times.why(_stays(sight, leaf, its, what), shift.at, leaf.window, sight.zone),
    )


def _more(what: Happening, count: int) -> str:
    """Nothing where there are too many already."""
    if count <= 0:
        return ""
    return f"one more {what.one}" if count == 1 else f"{count} more {what.more}"


def taken_back(measure: leaves.values.Measure) -> str:
    return "cancelled orders" if measure.event == COMPLETED else ""


def _often(what: Happening, number: int, within: str) -> str:
    if not number:
        return f"{what.did_not}{what.narrowed}{within}"
    return f"{what.did}{what.narrowed} {wording.times(number)}{within}"


def engaged(sight: Sight, leaf: leaves.Engaged) -> Told:
    return count(sight, leaf.count)


def _counted(sight: Sight, leaf: leaves.Count, its: Measure | None) -> tuple[int, list[int]]:
    """How often in the window, and the newest instants of these; of whole days, the beginnings of the newest ones."""
    if its is None or not its.count:
        return 0, []
    if isinstance(leaf.window, str):
        return its.count, list(its.tail[:PROMISED])
    if leaf.by_days:
        found = days_in(sight, leaf.window, its)
        newest = sorted(found, reverse=True)
        return sum(found[each].count for each in newest), [calendar.start(each, sight.zone) for each in newest]
    low, high = spans.span(leaf.window, sight.zone).bounds(sight.now)
    within = [at for at in its.tail if low <= at < high]
    return len(within), within


def days_in(sight: Sight, window: windows.Span, its: Measure | None) -> dict[int, Tile]:
    span, found = spans.days(window, sight.zone), dict[int, Tile]()
    for each, tile in its.tiles.items() if its else ():
        enter, leave = span.day(each, sight.zone)
        if enter <= sight.now < leave:
            found[each] = tile
    return found


def _stays(sight: Sight, leaf: leaves.Count, its: Measure | None, what: Happening) -> Iterator[Stay]:
    if its is None or isinstance(leaf.window, str):
        return
    if leaf.by_days:
        yield from stays_of_days(sight, leaf.window, its, partial(_so_many, what))
        return
    span = spans.span(leaf.window, sight.zone)
    yield from (
        Stay(f"the {what.one} of {times.dated(at, leaf.window, sight.zone)}", *span.stay(at)) for at in its.tail
    )


Named = Callable[[str, Tile], tuple[str, bool]]
"""What is of a day, and whether it is several things; nothing where it does not count."""


def _so_many(what: Happening, of: str, tile: Tile) -> tuple[str, bool]:
    if tile.count == 1:
        return f"the {what.one} of {of}", False
    return f"the {tile.count} {what.more} of {of}", True


def stays_of_days(sight: Sight, window: windows.Span, its: Measure, named: Named) -> Iterator[Stay]:
    span = spans.days(window, sight.zone)
    for each, tile in its.tiles.items():
        told, is_several = named(wording.day(each), tile)
        if told:
            yield Stay(told, *span.day(each, sight.zone), is_several)


def first(sight: Sight, leaf: leaves.First) -> Told:
    its, what = kept(sight, leaf.measure, leaf.registered), happenings.of(leaf.measure)
    ever = f"{what.did}{what.narrowed} for the first time"
    has = its is not None and its.count > 0
    at_first = its.first if its and has else 0
    span = spans.span(leaf.window, sight.zone)
    stays = (
        [Stay(f"the first {what.one}, of {times.dated(at_first, leaf.window, sight.zone)},", *span.stay(at_first))]
        if has
        else []
    )
    return Told(
        asks=f"{ever}{times.within(leaf.window, sight.zone)}",
        says=f"{ever} on {sight.day(at_first)}" if has else f"{what.did_not}{what.narrowed} so far",
        seen=seen(leaf.measure.event, first=from_ms(at_first) if has else None),
        needs=f"the first time has to fall{times.within(leaf.window, sight.zone) or ' before now'}",
        news="" if has else f"a first {what.one}",
        ends="",
        why=lambda shift: times.why(stays, shift.at, leaf.window, sight.zone),
    )


def regular(sight: Sight, leaf: leaves.Regular) -> Told:
    its, what = kept(sight, leaf.measure, leaf.registered), happenings.of(leaf.measure)
    stays = list(_periods(leaf, its, sight.zone))
    found = [each for each in stays if each.enter <= sight.now < each.leave]
    did, last = f"{what.did}{what.narrowed}", f"of {_last(leaf)}"
    return Told(
        asks=f"{did} in at least {leaf.at_least} {last}",
        says=f"{did} in {len(found)} {last}" if found else f"{what.did_not}{what.narrowed} in any {last}",
        seen=seen(leaf.measure.event, periods=len(found), newest=[wording.text(each.enter) for each in found]),
        needs=needed("ge", str(leaf.at_least), leaf.at_least),
        news=f"{wording.a(what.one)} in another {leaf.unit[:-1]}",
        ends="",
        why=lambda shift: times.moved(stays, shift.at, _last(leaf)),
    )


def _last(leaf: leaves.Regular) -> str:
    return f"the last {leaf.of_last} {leaf.unit}" if leaf.of_last > 1 else f"this {leaf.unit[:-1]}"


def _periods(leaf: leaves.Regular, its: Measure | None, zone: tzinfo) -> Iterator[Stay]:
    """Newest first."""
    span, unit = spans.Periods(leaf.unit, 0, leaf.of_last - 1, zone), calendar.UNITS[leaf.unit]
    for period in sorted({unit.of(each) for each in (its.tiles if its else ())}, reverse=True):
        begin = unit.first(period)
        yield Stay(_period(leaf.unit, begin), *span.day(begin, zone))


def _period(unit: str, begin: int) -> str:
    if unit == "months":
        return wording.month(begin)
    return wording.day(begin) if unit == "days" else f"the week from {wording.day(begin)} on"


def itself(day: str, _tile: Tile) -> tuple[str, bool]:
    return day, False
