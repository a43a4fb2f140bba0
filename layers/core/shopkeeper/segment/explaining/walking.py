"""When the truth of a rule really changes by itself: the instants at which it may, walked until it does."""

from typing import NamedTuple

from shopkeeper.customer.document import Customer
from shopkeeper.segment.evaluate import Program

MOST_STEPS = 1_000
# The end of the calendar: what is later has no date that could be told.
_LAST = 253_402_300_799_999


class Turn(NamedTuple):
    """`at` is when it changes, None for never; where the walk gave up, `until` is how far it came."""

    at: int | None
    until: int | None = None


def turn(program: Program, customer: Customer, now: int, most: int = MOST_STEPS) -> Turn:
    truth, at = program.evaluate(customer, now)
    for _ in range(most):
        if at is None or at > _LAST:
            return Turn(None)
        then, following = program.evaluate(customer, at)
        if then != truth:
            return Turn(at)
        at = following
    return Turn(None, at)


def turns(program: Program, customer: Customer, now: int, end: int, most: int) -> tuple[int, int]:
    """How often one would look until `end`, at each instant at which the truth may change, and how often it does."""
    truth, at = program.evaluate(customer, now)
    looks = changes = 0
    while at is not None and at < end and looks < most:
        then, at = program.evaluate(customer, at)
        looks, changes, truth = looks + 1, changes + (then != truth), then
    return looks, changes
