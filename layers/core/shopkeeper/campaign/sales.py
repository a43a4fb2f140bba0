"""Orders, pieces and money behind the letters of a launch, and behind what people were held out from.

Numbers by name, as those of the ladder, and counted along with them: `sale@<whose>@<currency>@<what>`. Like these they
are a pure function of the rows, and counts of parts add up to those of the whole.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from typing_extensions import TypedDict

from shopkeeper.customer.amounts import Amount, amounts
from shopkeeper.mail import ledger
from shopkeeper.mail.credited import Credit
from shopkeeper.mail.ledger import Send

LEAST = 100
"""Of fewer people no share is told: what a handful did says nothing of the others."""
SENT, HELD_OUT = "sent", "held_out"
_UNPRICED = "-"

Counts = Mapping[str, int]


class Sales(TypedDict):
    """So many `orders` within the window, less those that were cancelled; the `units` of them that count and were
    kept; and the `revenue` by currency, less refunds. `unpriced` ones state no usable amount."""

    orders: int
    unpriced: int
    units: int
    revenue: dict[str, Amount]


class Lift(TypedDict):
    """How many percent of those ordered who got a letter, and of those who were held out; null of fewer than `least`.
    `difference` is the one less the other, null if either is."""

    least: int
    sent_percent: float | None
    held_out_percent: float | None
    difference: float | None


def standing(send: Send) -> list[Credit]:
    return [each for each in send.orders if each.stands]


def counted(send: Send) -> Counter[str]:
    """Of one that was sent, or held out."""
    counts: Counter[str] = Counter()
    for each in standing(send):
        for whose in _whose(send):
            start = f"sale@{whose}@{each.currency or _UNPRICED}@"
            counts.update({f"{start}orders": 1, f"{start}units": each.units, f"{start}minor": each.minor_units})
    return counts


def _whose(send: Send) -> Iterator[str]:
    if send.state == ledger.HELD_OUT:
        yield HELD_OUT
        return
    yield SENT
    if send.variant:
        yield _of(send.variant)


def _of(variant: str) -> str:
    return f"{SENT}.{variant}" if variant else SENT


def sales(counts: Counts, variant: str = "") -> Sales:
    return _sales(counts, _of(variant))


def held_out(counts: Counts) -> Sales:
    return _sales(counts, HELD_OUT)


def _sales(counts: Counts, whose: str) -> Sales:
    orders, units, minor = (_by_currency(counts, whose, what) for what in ("orders", "units", "minor"))
    unpriced = orders.get(_UNPRICED, 0)
    minor.pop(_UNPRICED, None)
    return {
        "orders": sum(orders.values()),
        "unpriced": unpriced,
        "units": sum(units.values()),
        "revenue": amounts(minor),
    }


def _by_currency(counts: Counts, whose: str, what: str) -> dict[str, int]:
    start, end = f"sale@{whose}@", f"@{what}"
    told = (name for name in counts if name.startswith(start) and name.endswith(end))
    return {name.removeprefix(start).removesuffix(end): counts[name] for name in told}


def lift(counts: Counts) -> Lift | None:
    """None where nobody was held out."""
    if not counts.get("held_out", 0):
        return None
    sent, out = (_share(counts, *names) for names in (("ordered", "sent"), ("held_out_ordered", "held_out")))
    difference = None if sent is None or out is None else round(sent - out, 2)
    return {"least": LEAST, "sent_percent": sent, "held_out_percent": out, "difference": difference}


def _share(counts: Counts, part: str, whole: str) -> float | None:
    people = counts.get(whole, 0)
    return round(100 * counts.get(part, 0) / people, 2) if people >= LEAST else None
