"""How likely the next order is, from the orders there were. A formula that can be checked by hand, and no more.

Somebody who buys at random moments at a steady pace (Ehrenberg, 1959) lets pass, from one order to the next, a mean
interval of m days, and orders within d days with the probability 1 - exp(-d / m).

Whether somebody still buys can only be told by the silence. While the pace lasts, each order after the first is as
likely at any moment of the time T from the first order until now; that all k of them lie before the last one, at t, has
the probability (t / T) ^ k. Schmittlein and Morrison ("Is the customer still active?", The American Statistician 39,
1985) read a small value as a sign of who has gone; Reinartz and Kumar (Journal of Marketing 64, 2000) and the textbooks
after them take it for the probability of being active. So do we, and the odds are the product of both.

Neither holds for what is ordered in pieces: the orders of one day are one occasion.
"""

from collections.abc import Sequence
from math import exp, inf

from typing_extensions import TypedDict

from shopkeeper.customer.measures import Measure
from shopkeeper.customer.orders import COMPLETED

WITHIN_DAYS = 30
DAY_MS = 24 * 60 * 60 * 1000


class NextEvent(TypedDict):
    """`odds` are from 0 to 1: 0.25 is one in four. They come to `active` times what the pace alone would say.

    They rest on so many `intervals` between orders, of `interval_days` in the mean; with one or two it is a guess.
    """

    event: str
    within_days: int
    odds: float
    active: float
    interval_days: float
    intervals: int


def next_order(orders: Measure | None, now_ms: int) -> NextEvent | None:
    """None of who has not ordered on two occasions yet: of one alone, nothing follows."""
    if orders is None or not (count := intervals(orders)):
        return None
    buying = orders.last - orders.first
    active = (buying / max(buying, now_ms - orders.first)) ** count
    interval = buying / count / DAY_MS
    return {
        "event": COMPLETED,
        "within_days": WITHIN_DAYS,
        "odds": round(active * (1 - exp(-WITHIN_DAYS / interval)), 3),
        "active": round(active, 3),
        "interval_days": round(interval, 1),
        "intervals": count,
    }


def intervals(orders: Measure) -> int:
    """How many there are between orders. Those of one day, from the first of them on, are one occasion.

    Of the newest orders it is known when each was; older ones are taken to lie as close together as these.
    """
    if orders.count < 2 or orders.last - orders.first < DAY_MS:
        return 0
    newest = _occasions(orders.tail)
    older = round((orders.count - len(orders.tail)) * newest / len(orders.tail))
    return max(1, newest + older - 1)


def _occasions(newest_first: Sequence[int]) -> int:
    count, begun = 0, -inf
    for at in reversed(newest_first):
        if at - begun >= DAY_MS:
            count, begun = count + 1, at
    return count
