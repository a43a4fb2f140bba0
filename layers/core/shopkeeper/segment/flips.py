"""Truth with the instant at which it may change by itself: for groups of rules, and for sums of what comes and goes."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from shopkeeper.segment.calendar import NEVER, PAST

Flip = tuple[bool, int]
Step = tuple[int, int]
"""From this instant on it is so much more."""


def at_least(k: int, verdicts: Sequence[Flip]) -> Flip:
    """Of `m` rules, t true: it changes when enough of the true ones, or of the false ones, may have changed."""
    holding = [truth for truth, _ in verdicts].count(True)
    truth = holding >= k
    flips = sorted([flips_at for its, flips_at in verdicts if its == truth])
    return truth, flips[holding - k if truth else k - holding - 1]


def one_of(verdicts: Sequence[Flip]) -> Flip:
    """Of none of them nothing holds."""
    return at_least(1, verdicts) if verdicts else (False, NEVER)


def stepped(steps: Iterable[Step], now: int, holds: Callable[[int], bool]) -> Flip:
    """Whether the sum of all steps until now is as it should be, and the first instant at which that is otherwise."""
    value, later = 0, list[Step]()
    for step in steps:
        if step[0] <= now:
            value += step[1]
        else:
            later.append(step)
    truth = holds(value)
    later.sort()
    for at, its in groupby(later, lambda step: step[0]):
        value += sum(by for _, by in its)
        if holds(value) != truth:
            return truth, at
    return truth, NEVER


def stayed(stays: Iterable[tuple[int, int]], now: int) -> Flip:
    """Whether any of these stays lasts now: from the one instant until before the other."""
    left, entered = PAST, NEVER
    for enter, leave in stays:
        if now < enter:
            entered = min(entered, enter)
        elif now < leave:
            left = max(left, leave)
    return (True, left) if left != PAST else (False, entered)
