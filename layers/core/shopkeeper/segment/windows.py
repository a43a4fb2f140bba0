"""Leaves that change by themselves: what happened within a window falls out of it as time goes by.

A rolling window is half open: what happened at t is in it while t <= now < t + W.
"""

from collections.abc import Callable, Mapping

from shopkeeper.customer import comparing
from shopkeeper.customer.document import Customer

# Inside, "never" is the last instant of all, so that instants can be compared.
NEVER = 2**63 - 1
Flip = tuple[bool, int]
Test = Callable[[Customer, int], Flip]

# How often it must have happened for the comparison with n to come out otherwise once it is one time fewer.
_EDGES: Mapping[str, Callable[[int], tuple[int, ...]]] = {
    "ge": lambda n: (n,),
    "le": lambda n: (n + 1,),
    "eq": lambda n: (n + 1, n),
}


def counted_within(event: str, cmp: str, n: int, width: int) -> Test:
    """`width` is in milliseconds. What is dated ahead of the clock is waited for."""
    compare, edges = comparing.COMPARE[cmp], _EDGES[cmp](n)

    def test(customer: Customer, now: int) -> Flip:
        measure = customer.measures.get(event)
        tail = measure.tail if measure else ()
        within = [at for at in tail if at <= now < at + width]
        coming = min((at for at in tail if at > now), default=NEVER)
        leaving = next((within[edge - 1] + width for edge in edges if 0 < edge <= len(within)), NEVER)
        return compare(len(within), n), min(coming, leaving)

    return test
