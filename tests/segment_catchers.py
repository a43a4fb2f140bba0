"""What catches small wrongs in leaves: the search of a kind of leaf, stopping at the first thing that it finds."""

from json import dumps

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shopkeeper.customer import habits
from shopkeeper.segment import calendar, dates
from tests import segment_lives
from tests.mutants import put_into, swapped_into
from tests.segment_lives import LETTERS, asked, lasts, lives

QUICKLY = settings(
    phases=[Phase.explicit, Phase.generate], max_examples=400, database=None, suppress_health_check=list(HealthCheck)
)

OF_CLASSES = ("shopkeeper.segment.leaves.", "shopkeeper.customer.")


def life(leaves):
    """The search of this kind of leaf, or of those with something in them."""
    op, _, part = leaves.partition(" ")

    @QUICKLY
    @given(lives([LETTERS]) if op in ("outcome", "engaged") else lives(), st.data())
    def search(its, data):
        lasts(data.draw(st.sampled_from([each for each in asked(op, its.base) if part in dumps(each)])), its)

    return search


def catch(module, right, wrong, catcher):
    """`catcher` is a test, or names leaves to search in. Of a module of classes the code changes, the classes stay."""
    put = swapped_into if module.__name__.startswith(OF_CLASSES) else put_into
    _forget()
    try:
        with put(module, right, wrong), pytest.raises((Exception, pytest.fail.Exception)):
            (life(catcher) if isinstance(catcher, str) else catcher)()
    finally:
        _forget()


def _forget():
    """What was worked out before, right or wrong."""
    segment_lives.forget()
    for module in (calendar, dates, habits):
        for each in vars(module).values():
            if hasattr(each, "cache_clear"):
                each.cache_clear()


def named(mutants):
    """For `parametrize`. Of those that are searched for, the first of each kind of leaf is caught in every run, and all
    are when it is to be proved."""
    found, seen = [], set()
    for name, (*_, catcher) in mutants.items():
        op = catcher.partition(" ")[0] if isinstance(catcher, str) else ""
        found.append(pytest.param(name, marks=[pytest.mark.prove] if op in seen else []))
        seen |= {op} - {""}
    return found


def searched(mutants):
    """The kinds of leaves that are searched in for them."""
    return {catcher.partition(" ")[0] for *_, catcher in mutants.values() if isinstance(catcher, str)}
