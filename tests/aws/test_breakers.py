"""What is counted of a node, and that it is broken, as the tables keep it."""

from datetime import timedelta

import pytest
import time_machine
from moto import mock_aws

from shopkeeper.aws.breakers import Breakers
from shopkeeper.clock import Clock
from shopkeeper.journey.breaking import DONE, Broken, Node, Tried
from tests import tables
from tests.connect_fakes import NOW

NODE, OTHER = Node("cart", "email_1"), Node("cart-2", "email_1")


@pytest.fixture
def breakers():
    with mock_aws(), time_machine.travel(NOW, tick=False):
        tables.create("RecordsTable")
        yield Breakers(tables.create("DefinitionsTable"), "DefinitionsTable", "RecordsTable", Clock())


def broken(node):
    return Broken(journey=node.journey, node=node.node, since="", why="failures", tried=DONE)


def test_failures_are_counted_by_the_hour_and_complaints_by_the_day(breakers):
    breakers.add(OTHER, Tried(9, 9, 9, 9), NOW)
    assert breakers.add(NODE, Tried(attempted=3, failed=1, delivered=5), NOW) == Tried(3, 1, 5, 0)
    assert breakers.add(NODE, Tried(attempted=2, complained=1), NOW) == Tried(5, 1, 5, 1)
    assert breakers.add(NODE, DONE, NOW + timedelta(hours=1)) == Tried(1, 0, 5, 1)
    assert breakers.add(NODE, DONE, NOW + timedelta(days=1)) == DONE


def test_a_node_breaks_once_until_it_is_mended_and_then_begins_anew(breakers):
    breakers.add(NODE, Tried(60, 60), NOW)
    assert (breakers.put(broken(NODE)), breakers.put(broken(NODE)), breakers.put(broken(OTHER))) == (True, False, True)
    assert ([each.node for each in breakers.of("cart")], breakers.nodes("cart")) == (["email_1"], {"email_1"})
    assert (breakers.mend(NODE, NOW), breakers.mend(NODE, NOW)) == (True, False)
    assert (breakers.of("cart"), breakers.nodes("cart"), len(breakers.of("cart-2"))) == ([], {"email_1"}, 1)
    assert breakers.add(NODE, DONE, NOW) == DONE
