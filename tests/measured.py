"""Measures for tests that are about something else."""

from shopkeeper.customer.measures import Measure


def measured(count, first, last, totals=None, unpriced=0):
    """Something that happened once at the end and, of more than once, as often as needed at the beginning. What was
    priced was so in one currency."""
    priced = dict.fromkeys(totals or {}, count - unpriced)
    tail = [last, *[first] * (count - 1)][:24]
    return Measure(count, first, tuple(tail), totals or {}, priced, unpriced)
