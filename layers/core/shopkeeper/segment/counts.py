"""What leaves about things that happened ask, with their constants bound.

What is dated ahead of the clock is waited for; days are counted whole, with what is dated later today.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import tzinfo
from itertools import accumulate

from shopkeeper.customer import comparing
from shopkeeper.customer.comparing import Comparable
from shopkeeper.customer.measures import Days
from shopkeeper.customer.measures.days import NO_DAYS
from shopkeeper.customer.measures.measure import PROMISED, Measure
from shopkeeper.segment import calendar, flips
from shopkeeper.segment.calendar import NEVER
from shopkeeper.segment.flips import Flip, Step
from shopkeeper.segment.spans import Daily, Periods, Span

Kept = Measure | None
Tail = tuple[int, ...]

# How often it must have happened for the comparison with n to come out otherwise once it is one time fewer.
_EDGES: Mapping[str, Callable[[int], tuple[int, ...]]] = {
    "ge": lambda n: (n,),
    "le": lambda n: (n + 1,),
    "eq": lambda n: (n + 1, n),
}


def counted(span: Span, cmp: str, n: int) -> Callable[[Tail, int], Flip]:
    """By the newest instants, in a window that reaches until now."""
    compare, edges = comparing.COMPARE[cmp], [edge for edge in _EDGES[cmp](n) if edge]

    def test(tail: Tail, now: int) -> Flip:
        low, high = span.bounds(now)
        within = [at for at in tail if low <= at < high]
        coming = min([span.stay(at)[0] for at in tail if at >= high], default=NEVER)
        leaving = next((span.stay(within[edge - 1])[1] for edge in edges if edge <= len(within)), NEVER)
        return compare(len(within), n), min(coming, leaving)

    return test


Column = Callable[[Days], Sequence[int]]


def counts_of(days: Days) -> Sequence[int]:
    return days.counts


def ones_of(days: Days) -> Sequence[int]:
    return [1] * len(days)


def units_of(currency: str) -> Column:
    return lambda days: days.units.get(currency) or [0] * len(days)


def sums(days: Days, today: int, column: Column) -> Sequence[int] | None:
    """What the newest day came to, the newest two, and so on, after 0; None where that does not only grow, or where a
    day is yet to come: then it takes `summed` to tell what changes when."""
    if not days.back:
        return _NOTHING
    weights = column(days)
    return None if -days.back[0] > today or min(weights) < 0 else list(accumulate(weights, initial=0))


_NOTHING = (0,)


def summed(span: Daily, zone: tzinfo, cmp: str, bound: int, column: Column) -> Callable[[Kept, int], Flip]:
    """By whole days: how often, on how many days, or what it came to in a currency."""
    compare = comparing.COMPARE[cmp]

    def steps(measure: Kept, now: int) -> Iterator[Step]:
        days = Days.of(measure.tiles) if measure else NO_DAYS
        for back, weight in zip(days.back, column(days), strict=True):
            enter, leave = span.day(-back, zone)
            if weight and now < leave != enter:
                yield enter, weight
                yield leave, -weight

    return lambda measure, now: flips.stepped(steps(measure, now), now, lambda value: compare(value, bound))


def averaged(currency: str, cmp: str, bound: int) -> Callable[[Kept], bool]:
    compare = comparing.COMPARE[cmp]

    def test(measure: Kept) -> bool:
        if measure is None or not (priced := measure.priced.get(currency, 0)):
            return False
        return compare(measure.totals.get(currency, 0), bound * priced)

    return test


def newest(measure: Kept) -> tuple[Comparable, ...]:
    """What the newest said of the property that the measure keeps."""
    said = measure.newest if measure else None
    return tuple(map(comparing.comparable, said.values)) if said else ()


def first(span: Span) -> Callable[[Kept, int], Flip]:
    def test(measure: Kept, now: int) -> Flip:
        if not measure or not measure.count:
            return False, NEVER
        enter, leave = span.stay(measure.first)
        return (False, enter) if now < enter else (now < leave, leave if now < leave else NEVER)

    return test


def followed(span: Span, within: int) -> Callable[[Tail, Tail, int], Flip]:
    """`within` is in milliseconds. Of each the newest that rules may ask for are looked at."""

    def test(before: Tail, after: Tail, now: int) -> Flip:
        earlier, entered = before[PROMISED - 1 :: -1], NEVER
        for at in after[:PROMISED]:
            place = bisect_left(earlier, at)
            if not place or at >= earlier[place - 1] + within:
                continue
            enter, leave = span.stay(at)
            # Of whole days, what is dated later today belongs to today: here it must have happened, too.
            if now < at or now < enter:
                entered = min(entered, max(at, enter))
            else:  # Those before it came in before it, and leave before it.
                return (True, leave) if now < leave else (False, entered)
        return False, entered

    return test


def abandoned(grace: int) -> Callable[[Tail, Tail, int], Flip]:
    """`grace` is in milliseconds."""

    def test(did: Tail, without: Tail, now: int) -> Flip:
        coming = min([at for at in did + without if at > now], default=NEVER)
        last = next((at for at in did if at <= now), None)
        if last is None or any(last <= at <= now for at in without):
            return False, coming
        due = last + grace
        return due <= now, min(coming, due if due > now else NEVER)

    return test


def periods(days: Days, of: Callable[[int], int]) -> tuple[int, ...]:
    """In which it happened, the newest first."""
    return tuple(dict.fromkeys(map(of, days)))


def regular(unit: str, of_last: int, at_least: int, zone: tzinfo) -> Callable[[Kept, int], Flip]:
    span, of = Periods(unit, 0, of_last - 1, zone), calendar.UNITS[unit].of

    def steps(measure: Kept) -> Iterator[Step]:
        newest = {of(day): day for day in (measure.tiles if measure else ())}
        for day in newest.values():
            enter, leave = span.day(day, zone)
            yield enter, 1
            yield leave, -1

    return lambda measure, now: flips.stepped(steps(measure), now, lambda periods: periods >= at_least)
