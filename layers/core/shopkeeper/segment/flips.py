"""Truth with the instant at which it may change by itself: of several at once, and of sums of what comes and goes."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from shopkeeper.segment.calendar import NEVER

Flip = tuple[bool, int]
Step = tuple[int, int]
"""From this instant on it is so much more."""


def one_of(verdicts: Sequence[Flip]) -> Flip:
    """Of some, it holds until the last that holds falls."""
    lasting = [flips_at for truth, flips_at in verdicts if truth]
    return (True, max(lasting)) if lasting else (False, min([flips_at for _, flips_at in verdicts]))


def stepped(steps: Iterable[Step], now: int, holds: Callable[[int], bool]) -> Flip:
    """Whether the sum of all steps until now is as it should be, and the first instant at which that is otherwise."""
    value = 0
    later: list[Step] = []
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
