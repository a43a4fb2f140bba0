"""Mails of a journey as rows of the ledger."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from shopkeeper.campaign.visits import Visits
from shopkeeper.clock import Clock
from shopkeeper.journey.effects import Mail
from shopkeeper.journey.legs.mailing import NoLetter, Planner
from shopkeeper.journey.nodes import Message
from shopkeeper.journey.rows import Row
from shopkeeper.journey.run import Run
from shopkeeper.mail import ledger, moves, offers
from shopkeeper.mail.offers import Offered
from shopkeeper.mail.variants import Variant

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CLOCK = Clock(NOON.timestamp)


class Ledger:
    def __init__(self, row):
        self.row = row

    def load(self, _):
        return self.row

    def apply(self, change):
        assert change.fits(self.row)
        self.row = change.applied(self.row)
        return self.row


class Definitions:
    """The newest version of each is what is given."""

    def __init__(self, **newest):
        self.newest = newest

    def current(self, kind, named):
        return (self.newest[named], {}) if named in self.newest else None


def planned(message, customer="jo", visit=1, n=1, **newest):
    """The row of a mail that the node `hello` sends."""
    newest = {"shop": 3, "short": 4, "long": 5, "ten": 6} | newest
    run = Run(id=f"run-{n}", customer=customer, journey="welcome", version=1, entered_at=0, node_at=0)
    planner = Planner(None, Definitions(**newest), CLOCK, 1)
    return planner.drafted(message, Row(customer_id=customer, run=run), "hello", f"{run.id}/{visit}", NOON)


def message(**said):
    return Message(next="exit", brand="shop", topic="news", **said)


TWO = tuple(Variant(id=name, template=name, share=share) for name, share in (("short", 30), ("long", 70)))


def test_each_customer_gets_the_same_variant_in_all_runs_and_about_as_many_get_each_as_its_share_says():
    rows = [planned(message(variants=TWO), f"c{number}") for number in range(1_000)]
    got = Counter(row.variant for row in rows)

    assert got["hello#short"] == pytest.approx(300, abs=45)
    assert got.total() == 1_000
    assert {(row.variant, row.template) for row in rows} == {("hello#short", "short#4"), ("hello#long", "long#5")}
    assert len({row.content_ref for row in rows}) == 2
    again = [planned(message(variants=TWO), "c7", visit, n).variant for visit in (1, 2) for n in (1, 2)]
    assert set(again) == {rows[7].variant}


def test_the_row_of_a_mail_says_what_it_offers_in_the_version_that_counts_then():
    row = planned(message(template="short#2", offer=Offered(name="ten", when_out="without")))

    assert (row.template, row.brand, row.variant) == ("short#2", "shop#3", "")
    assert offers.of_send(row) == Offered(name="ten#6", when_out="without")
    assert offers.of_send(planned(message(template="short"))) is None
    with pytest.raises(NoLetter, match="there is no offer nine"):
        planned(message(template="short", offer=Offered(name="nine")))


class Memory(list):
    send = list.extend


def test_the_clock_tells_at_once_of_a_mail_that_was_called_off_while_it_waited():
    planned = ledger.planned(
        customer_id="jo", activity="journey:welcome", step="hello", occurrence="run-1/1", planned_at=NOON
    )
    sends, memory = Ledger(moves.defer(planned, NOON + timedelta(hours=9), 1).applied(planned)), Memory()

    end = Mail(run="run-1", node="hello", visit=1, send_id=planned.send_id, is_end=True)
    Planner(sends, None, CLOCK, 1).plan([end], None, None)
    Visits({}, sends, None, None, memory, 1, CLOCK).send(planned.send_id)

    (told,) = map(msgspec.json.decode, memory)
    assert (told["name"], told["properties"]["reason"]) == ("Not Sent", "other:run_closed")
    assert (sends.row.state, sends.row.due_at) == ("not_sent", "")
