"""What leaves about what happened ask of a customer's measures, as lines of the function that all rules become.

How often, how much and on how many days is told by one instant or by one sum where nothing is ahead of the clock; what
is takes the long way through `counts`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from shopkeeper.customer.measures import Days
from shopkeeper.customer.measures.registered import Registered
from shopkeeper.segment import calendar, counts
from shopkeeper.segment.leaves import Abandoned, Count, First, Regular, Sequence, Total
from shopkeeper.segment.leaves.values import Measure
from shopkeeper.segment.spans import Back, Fixed, Periods, days, reaching, span

if TYPE_CHECKING:
    from shopkeeper.segment.terms import Term
    from shopkeeper.segment.writing import Writer

_SIGNS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<", "eq": "=="}


def call(w: "Writer", function: Callable[..., Any], *names: str) -> str:
    return f"{w.bind(function)}({', '.join(names)})"


def measure(w: "Writer", its: Measure, registered: Registered | None = None) -> str:
    if registered is not None:
        w.reads.registered[registered.id] = registered
        return w.name(
            f"registered {registered.id}", lambda: f"customer.registered.get({w.bind(registered.id)}, NOTHING)"
        )
    w.reads.events.add(its.event)
    all_of_them = w.name("measures", lambda: "customer.measures")
    return w.name(f"measure {its.event}", lambda: f"{all_of_them}.get({w.bind(its.event)}, NOTHING)")


def _tail(w: "Writer", of: Measure) -> str:
    its = measure(w, of, of.registered())
    return w.name(f"tail {its}", lambda: f"{its}.tail")


def count(w: "Writer", leaf: Count) -> "Term":
    its = measure(w, leaf.measure, leaf.registered)
    if isinstance(leaf.window, str):
        return w.lasting(f"{its}.count {_SIGNS[leaf.cmp]} {leaf.n}")
    if leaf.by_days:
        return _by_days(w, its, leaf.window, (leaf.cmp, leaf.n), _TIMES)
    return _by_tail(w, _tail(w, leaf.measure), leaf, reaching(leaf.window, w.zone))


def _by_tail(w: "Writer", tail: str, leaf: Count, its: Back | Fixed | Periods) -> "Term":
    """One instant says whether it was so often. What is ahead of the clock takes another look."""
    n = leaf.n
    is_in, leaves = its.written(w)
    is_ahead = w.name(f"ahead {tail}", lambda: f"{tail} and {tail}[0] > now")

    def once(n: int, truth: bool) -> str:  # noqa: FBT001 - a truth of the rule.
        at, is_so_often = f"{tail}[{n - 1}]", f"len({tail}) >= {n}" if n > 1 else tail
        return f"({truth}, {leaves.format(at)}) if {is_so_often} and {is_in.format(at)} else"

    found = {
        "ge": f"{once(n, truth=True)} NO" if n else "YES",
        "le": f"{once(n + 1, truth=False)} YES",
        "eq": f"{once(n + 1, truth=False)} {f'{once(n, truth=True)} NO' if n else 'YES'}",
    }[leaf.cmp]
    return w.timed(f"{call(w, counts.counted(its, leaf.cmp, n), tail, 'now')} if {is_ahead} else {found}")


class _Weight(NamedTuple):
    """What is summed up of days."""

    name: str
    of_days: counts.Column


_TIMES = _Weight("times", counts.counts_of)
_DAYS = _Weight("days", counts.ones_of)


def _by_days(w: "Writer", its: str, window: Any, asked: tuple[str, int], weight: _Weight) -> "Term":
    """Whether it is so much or more is asked, or its contrary. What does not fit this takes another look."""
    its_days, (cmp, bound) = days(window, w.zone), asked
    least = bound + 1 if cmp in ("gt", "le") else bound
    reached = _reached(w, its, its_days, least, weight) if cmp != "eq" and its_days.is_since else ""
    if not reached:
        return w.timed(call(w, counts.summed(its_days, w.zone, cmp, bound, weight.of_days), its, "now"))
    slow = call(w, counts.summed(its_days, w.zone, "ge", least, weight.of_days), its, "now")
    sums = _sums(w, its, weight)
    term = w.timed(f"{slow} if {sums} is None else {reached}")
    return term if cmp in ("ge", "gt") else term.contrary


def _sums(w: "Writer", its: str, weight: _Weight) -> str:
    by_day = _by_day(w, its)
    today = w.daily("today", lambda now: calendar.day(now, w.zone))
    return w.name(f"sums of {weight.name} {its}", lambda: call(w, counts.sums, by_day, today, w.bind(weight.of_days)))


def _by_day(w: "Writer", its: str) -> str:
    return w.name(f"tiles {its}", lambda: f"{w.bind(Days.of)}({its}.tiles)")


def _reached(w: "Writer", its: str, window: Fixed | Periods, least: int, weight: _Weight) -> str:
    """With sums over the newest days, so many that they reach it: until the last of these days leaves the window."""
    sums, back = _sums(w, its, weight), w.name(f"back {its}", lambda: f"{_by_day(w, its)}.back")
    if least <= 0:
        return "YES"
    if isinstance(window, Fixed):
        low, high = window.days(w.zone)
        return f"({sums}[right({back}, {-low})] - {sums}[right({back}, {-high})] >= {least}, NEVER)"
    oldest, ends = window.days(w)
    held = w.name(f"in {oldest} {its}", lambda: f"right({back}, -{oldest})")
    return f"(True, {ends}[-{back}[reached - 1] - {oldest}]) if (reached := left({sums}, {least})) <= {held} else NO"


def total(w: "Writer", leaf: Total) -> "Term":
    its, currency = measure(w, leaf.measure, leaf.registered), leaf.currency or ""
    if leaf.fn == "avg":
        return w.lasting(call(w, counts.averaged(currency, leaf.cmp, leaf.bound), its))
    if isinstance(leaf.window, str):
        units = w.name(f"total {currency} {its}", lambda: f"{its}.totals.get({w.bind(currency)}, 0)")
        return w.lasting(f"{units} {_SIGNS[leaf.cmp]} {leaf.bound}")
    weight = _Weight(currency, counts.units_of(currency)) if leaf.fn == "sum" else _DAYS
    return _by_days(w, its, leaf.window, (leaf.cmp, leaf.bound), weight)


def first(w: "Writer", leaf: First) -> "Term":
    its = measure(w, leaf.measure, leaf.registered)
    return w.timed(call(w, counts.first(span(leaf.window, w.zone)), its, "now"))


def sequence(w: "Writer", leaf: Sequence) -> "Term":
    test = counts.followed(span(leaf.window, w.zone), leaf.within.milliseconds)
    return w.timed(call(w, test, _tail(w, leaf.a), _tail(w, leaf.b), "now"))


def abandoned(w: "Writer", leaf: Abandoned) -> "Term":
    test = counts.abandoned(leaf.grace.milliseconds)
    return w.timed(call(w, test, _tail(w, leaf.did), _tail(w, leaf.without), "now"))


def regular(w: "Writer", leaf: Regular) -> "Term":
    its = measure(w, leaf.measure, leaf.registered)
    of, window = calendar.UNITS[leaf.unit].of, Periods(leaf.unit, 0, leaf.of_last - 1, w.zone)
    slow = call(w, counts.regular(leaf.unit, leaf.of_last, leaf.at_least, w.zone), its, "now")
    by_day = _by_day(w, its)
    found = w.name(f"active {leaf.unit} {its}", lambda: call(w, counts.periods, by_day, w.bind(of)))
    oldest, ends = window.periods(w)
    newest, last = f"{found}[0]", f"{found}[{leaf.at_least - 1}]"
    holds = f"(True, {ends}[{last} - {oldest}]) if len({found}) >= {leaf.at_least} and {last} >= {oldest} else NO"
    return w.timed(f"{slow} if {found} and {newest} >= {oldest} + {leaf.of_last} else {holds}")
