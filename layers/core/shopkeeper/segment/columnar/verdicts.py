"""Which customers a rule holds for, and until when, as one number each: the instant at which that may change by itself,
in milliseconds since 1970, below zero where the rule does not hold.

So groups are as plain as can be. All hold until the first that holds falls, and otherwise wait for the last that is
missing: the least of their numbers. Any is the largest, so many of some the so-manieth largest, and not the contrary.
What changes with news alone changes NEVER, and settles a group for good: nothing is larger, or smaller on the other
side. Nothing changes before now, so no instant is below zero itself.
"""

from collections.abc import Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from shopkeeper.customer import comparing
from shopkeeper.segment.calendar import NEVER

Truths = NDArray[np.bool_]
Instants = NDArray[np.int64]
Verdicts = NDArray[np.int64]

_LASTING = np.array([-NEVER, NEVER])


def compared(cmp: str, numbers: Instants, bound: int) -> Truths:
    return np.asarray(comparing.COMPARE[cmp](numbers, bound))


def lasting(truth: Truths) -> Verdicts:
    """As long as there is no news."""
    found: Verdicts = _LASTING[truth.view(np.int8)]
    return found


def until(truth: Truths, flips_at: Instants) -> Verdicts:
    return np.where(truth, flips_at, -flips_at)


def while_in(truth: Truths, leaves: Instants) -> Verdicts:
    """Where it does not hold, news alone change that."""
    return np.where(truth, leaves, -NEVER)


def one(flips_at: int | None, *, truth: bool) -> int:
    """Of one customer, as the evaluator says it: None is never, and so is what is further out."""
    at = NEVER if flips_at is None else min(flips_at, NEVER)
    return at if truth else -at


def all_of(children: Sequence[Verdicts]) -> Verdicts:
    return reduce(np.minimum, children)


def any_of(children: Sequence[Verdicts]) -> Verdicts:
    return reduce(np.maximum, children)


def contrary(its: Verdicts) -> Verdicts:
    return np.negative(its)


def at_least(k: int, children: Sequence[Verdicts]) -> Verdicts:
    found: Verdicts = np.sort(np.array(children), axis=0)[-k]
    return found
