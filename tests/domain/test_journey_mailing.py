"""Mails of a journey as rows of the ledger."""

from datetime import UTC, datetime, timedelta

import msgspec

from shopkeeper.campaign.visits import Visits
from shopkeeper.clock import Clock
from shopkeeper.journey.effects import Mail
from shopkeeper.journey.mailing import Planner
from shopkeeper.mail import ledger, moves

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
