"""What orders leave on the rows of sends and beside them, on moto."""

from dataclasses import replace

from moto import mock_aws

from shopkeeper.aws.credited import Credited
from shopkeeper.aws.sends import Sends
from shopkeeper.mail.credited import Credit
from tests import tables
from tests.outcome_oracle import PLANNED

TWO = Credit(order="a", facts=2, at="2026-11-21T12:00:00.000Z", currency="USD", minor_units=-5, units=3)
GONE = Credit(order="b", facts=1)


def test_whoever_knew_more_facts_of_an_order_has_the_last_word_and_rows_that_are_not_there_stay_so():
    with mock_aws():
        sends = Sends(tables.create("SendsTable"), "SendsTable")
        sends.plan(PLANNED)
        for each in (GONE, TWO, replace(TWO, facts=1, units=99), replace(TWO, units=4)):
            sends.credit(PLANNED.send_id, each)
        sends.credit("nobody", TWO)

        assert sends.load(PLANNED.send_id) == replace(PLANNED, orders=(replace(TWO, units=4), GONE))
        assert sends.load("nobody") is None


def test_the_sends_of_an_order_are_kept_together_whoever_adds_them():
    with mock_aws():
        kept = Credited(tables.create("RecordsTable"), "RecordsTable")
        for each in (["s-1"], ["s-2", "s-1"]):
            kept.add("a", each)

        assert (kept.of("a"), kept.of("b")) == ({"s-1", "s-2"}, frozenset())
