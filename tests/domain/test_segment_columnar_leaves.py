"""What columns say of a leaf is what the letter says, and it stays so until it may flip."""

from json import dumps

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper.customer import document
from shopkeeper.segment import rule
from shopkeeper.segment.columnar import evaluate
from shopkeeper.zones import zone as zone_of
from tests.domain.test_segment_leaves import groups
from tests.segment_lives import KINDS, asked, lasts, lives, program
from tests.segment_worlds import customer_of

FEW = settings(max_examples=settings().max_examples // 6)
KEPT = {}


class Columns:
    """Has the shape of a program. Who is unusual has something ahead of the clock, and is asked by itself."""

    def __init__(self, said_rule, zone):
        self._alone = program(said_rule, zone)
        self.reads = self._alone.reads
        self._columns = evaluate.compile_all({"0": rule.read(said_rule)}, self.reads, zone_of(zone))

    def evaluate(self, customer, now):
        nobody = document.store(customer_of([]))
        said = self._columns.evaluate(self._columns.page([nobody, document.store(customer), nobody]), now)
        assert not said.unusual[0]
        if said.unusual[1]:
            assert any(each.last > now for its in (customer.measures, customer.registered) for each in its.values())
            return self._alone.evaluate(customer, now)
        return said.bits[1] == 1, said.flips_at[1]


def columns(said_rule, zone):
    key = dumps(said_rule), zone
    if key not in KEPT:
        KEPT[key] = Columns(said_rule, zone)
    return KEPT[key]


@pytest.mark.parametrize("op", KINDS)
@FEW
@given(lives(), st.data())
def test_a_leaf_is_what_it_says_and_lasts_until_it_may_flip(op, life, data):
    lasts(data.draw(st.sampled_from(asked(op, life.base))), life, by=columns)


@FEW
@given(lives(), st.data())
def test_so_does_a_rule_of_several(life, data):
    lasts(data.draw(groups(life.base)), life, by=columns)
