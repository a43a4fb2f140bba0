"""What each leaf asks of a customer, as a function with the leaf's constants bound."""

from collections.abc import Callable

from shopkeeper.customer import comparing
from shopkeeper.customer.document import Customer
from shopkeeper.segment.leaves import Count, InList, Leaf, Total, Trait

Condition = Callable[[Customer], bool]


def condition(leaf: Leaf) -> Condition:
    if isinstance(leaf, Count):
        return _count(leaf.measure.event, leaf.cmp, leaf.n)
    if isinstance(leaf, Total):
        return _total(leaf.measure.event, leaf.currency, leaf.cmp, leaf.minor_units)
    if isinstance(leaf, InList):
        return _in_list(leaf.id)
    return _trait(leaf)


def _count(event: str, cmp: str, n: int) -> Condition:
    compare = comparing.COMPARE[cmp]

    def holds(customer: Customer) -> bool:
        measure = customer.measures.get(event)
        return compare(measure.count if measure else 0, n)

    return holds


def _total(event: str, currency: str, cmp: str, units: int) -> Condition:
    compare = comparing.COMPARE[cmp]

    def holds(customer: Customer) -> bool:
        measure = customer.measures.get(event)
        return compare(measure.totals.get(currency, 0) if measure else 0, units)

    return holds


def _in_list(list_id: str) -> Condition:
    def holds(customer: Customer) -> bool:
        stay = customer.document.lists.get(list_id)
        return stay is not None and stay.is_on

    return holds


def _trait(leaf: Trait) -> Condition:
    fits = comparing.test(leaf.path, leaf.cmp, leaf.value, leaf.values or ())
    return lambda customer: fits(customer.document.traits)
