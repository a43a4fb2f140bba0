"""Measures as they were packed first: without tails and days, not knowing how many orders were in each currency."""

from shopkeeper.customer.measures.measure import Measure
from shopkeeper.customer.measures.varints import Reader, unfolded


def read(packed: bytes) -> tuple[dict[str, Measure], dict[str, Measure]]:
    """By event name; there were no registered ones. Raises UnknownFormat."""
    reader = Reader(packed)
    found = {reader.text(): _measure(reader) for _ in range(reader.number())}
    reader.end()
    return found, {}


def _measure(reader: Reader) -> Measure:
    count, first, length, unpriced = reader.number(), unfolded(reader.number()), reader.number(), reader.number()
    totals = {reader.text(): unfolded(reader.number()) for _ in range(reader.number())}
    tail = (first + length, first) if count == 2 else (first + length,)
    priced = dict.fromkeys(totals, 1)
    if totals:  # Exact where there is one currency, as nearly always.
        priced[min(totals)] += max(0, count - unpriced - len(totals))
    return Measure(count, first, tail, totals, priced, unpriced)
