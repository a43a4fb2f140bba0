"""Leaves about what happened. Of whom something is dated ahead of the clock it is not told here."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from shopkeeper.customer import comparing
from shopkeeper.customer.measures.columns import Column
from shopkeeper.customer.measures.measure import PROMISED
from shopkeeper.customer.measures.registered import Registered
from shopkeeper.segment.calendar import NEVER, PAST
from shopkeeper.segment.columnar import known
from shopkeeper.segment.columnar.asked import Ask, Asked
from shopkeeper.segment.columnar.verdicts import (
    Instants,
    Truths,
    Verdicts,
    all_of,
    compared,
    contrary,
    lasting,
    until,
    while_in,
)
from shopkeeper.segment.columnar.windows import Reaching
from shopkeeper.segment.leaves import Abandoned, Count, First, Last, Sequence
from shopkeeper.segment.leaves.values import Measure
from shopkeeper.segment.spans import Always, Back, Fixed, Periods, reaching, span

if TYPE_CHECKING:
    from shopkeeper.segment.columnar.evaluate import Compiler

Its = Callable[[Asked], Column]


def measure(of: Measure, registered: Registered | None) -> Its:
    if registered is None:
        return lambda asked: asked.page.event(of.event)
    return lambda asked: asked.page.registered(registered.id)


def tail(of: Measure) -> Its:
    """What the newest instants are asked of; who has one ahead of the clock is unusual."""
    its = measure(of, of.registered())
    return lambda asked: asked.heard(its(asked))


def count(c: "Compiler", leaf: Count) -> Ask:
    """Of one that is told by the newest instants, or by the count of all."""
    its = measure(leaf.measure, leaf.registered)
    if isinstance(leaf.window, str):
        return lambda asked: lasting(compared(leaf.cmp, its(asked).count, leaf.n))
    return _by_tail(tail(leaf.measure), leaf, Reaching(reaching(leaf.window, c.zone), c.zone))


def _by_tail(its: Its, leaf: Count, window: Reaching) -> Ask:
    """One instant says whether it was so often."""

    def often(asked: Asked, n: int) -> Verdicts:
        at = its(asked).nth(n)
        return while_in(at >= window.began(asked), window.leaves(asked, at)) if n else always(asked)

    def ask(asked: Asked) -> Verdicts:
        if leaf.cmp == "ge":
            return often(asked, leaf.n)
        no_more = contrary(often(asked, leaf.n + 1))
        return no_more if leaf.cmp == "le" else all_of([often(asked, leaf.n), no_more])

    return ask


def always(asked: Asked) -> Verdicts:
    return np.full(len(asked.page), NEVER)


def last(_c: "Compiler", leaf: Last) -> Ask:
    its, fits = measure(leaf.measure, leaf.registered), known.fits(leaf.cmp, leaf.value, leaf.values)

    def holds(said: Any) -> bool:
        return fits(tuple(map(comparing.comparable, said.values)) if said else ())

    return lambda asked: lasting(np.array([holds(each) for each in its(asked).newest], bool))


def first(c: "Compiler", leaf: First) -> Ask:
    its, window = measure(leaf.measure, leaf.registered), span(leaf.window, c.zone)
    if isinstance(window, Periods):
        return c.by_row(leaf)
    low, high, width = _reach(window)

    def ask(asked: Asked) -> Verdicts:
        column = its(asked)
        at, has_been = column.first, column.count > 0
        asked.unusual |= has_been & (at > asked.now)
        return _while_in(asked, has_been & (at >= low) & (at < high), at, width)

    return ask


def _reach(window: Always | Back | Fixed) -> tuple[int, int, int]:
    """From when until before when it may have happened, and how long it stays; each without an end where there is
    none."""
    if isinstance(window, Back):
        return PAST, NEVER, window.stay(0)[1]
    return *window.bounds(NEVER - 1), NEVER


def _while_in(asked: Asked, truth: Truths, at: Instants, width: int) -> Verdicts:
    """Of what happened at these instants, where it did, in a window so wide."""
    if width == NEVER:
        return lasting(truth)
    return while_in(truth & (asked.now < at + width), at + width)


def sequence(c: "Compiler", leaf: Sequence) -> Ask:
    window = span(leaf.window, c.zone)
    if isinstance(window, Periods):
        return c.by_row(leaf)
    before, after, within = tail(leaf.a), tail(leaf.b), leaf.within.milliseconds
    low, high, width = _reach(window)

    def ask(asked: Asked) -> Verdicts:
        earlier, later = _newest(before(asked)), _newest(after(asked))
        follows = np.zeros(later.shape, bool)
        for each in earlier:
            follows |= (each < later) & (later < each + within)
        follows &= (later >= low) & (later < high)
        has_followed = np.any(follows, axis=0)
        at = later[follows.argmax(axis=0), np.arange(len(asked.page))]
        return _while_in(asked, has_followed, at, width)

    return ask


def _newest(column: Column) -> Instants:
    return np.array([column.nth(n) for n in range(1, PROMISED + 1)])


def abandoned(_c: "Compiler", leaf: Abandoned) -> Ask:
    did, without, grace = tail(leaf.did), tail(leaf.without), leaf.grace.milliseconds

    def ask(asked: Asked) -> Verdicts:
        column = did(asked)
        newest = column.nth(1)
        is_left = (column.count > 0) & (without(asked).nth(1) < newest)
        due = newest + grace
        return until(is_left & (due <= asked.now), np.where(is_left & (due > asked.now), due, NEVER))

    return ask
