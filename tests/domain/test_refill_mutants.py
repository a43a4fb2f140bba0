"""Small wrongs in making measures good from rows: the examples of `test_refill` show each of them."""

import inspect

import pytest

from shopkeeper.customer import rebuilding
from shopkeeper.customer.store import decide, own_rows, refill
from tests.domain import test_refill
from tests.mutants import swapped_into

MUTANTS = {
    "nothing is made good": (refill, "if customer is None or not write.lossy:", "if True:"),
    "everything is lost with every write": (decide, "counted.lossy", "frozenset(counted.events)"),
    "rows hold though some are gone": (
        rebuilding,
        "if whole[name].count == kept[name].count",
        "if whole[name].count",
    ),
    "what was folded just now is forgotten": (
        own_rows,
        "(*customer.pending, *self._under(subjects))",
        "self._under(subjects)",
    ),
    "the facts owed are forgotten": (
        own_rows,
        "told += [trace for row in customer.pending if",
        "told += [trace for row in () if",
    ),
}


def examples():
    """Those that need nothing of pytest."""
    found = inspect.getmembers(test_refill, inspect.isfunction)
    return [each for name, each in found if name.startswith("test_") and not inspect.signature(each).parameters]


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_small_wrong_is_shown(mutant):
    with swapped_into(*MUTANTS[mutant]):
        shown = 0
        for each in examples():
            try:
                each()
            except Exception:
                shown += 1
    assert shown


def test_without_a_wrong_nothing_is_shown():
    for each in examples():
        each()
