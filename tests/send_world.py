"""Sends on their way in a world where everything may happen at any call, and the clock and the queue go on.

What must hold is said in `faults`, from what SES took, what was acknowledged and what the tables hold at the end.
"""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shopkeeper import clock, keyring
from shopkeeper.clock import Clock
from shopkeeper.consent.contact import OUT, Contact, Word
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from shopkeeper.mail import content, feedback, ledger, moves, ses_events, vetoes
from shopkeeper.mail.content import Source
from shopkeeper.mail.letters import Letters
from shopkeeper.mail.sending import Ports, Sender, Settings
from tests import ses_reports
from tests.send_fakes import FakeContacts, FakeCustomers, FakeSends, FakeSes, Worker, units_of_plan

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEASE = timedelta(seconds=120)
RECEIVED_AT_MOST = 3
RING = keyring.parse('{"mint": "1", "1": "0123456789abcdef0123456789abcdef"}')
BRAND = {
    "name": "The Shop",
    "sender": {"email": "news@shop.example", "name": "Shop"},
    "reply_to": "hello@shop.example",
    "footer_address": "1 High Street",
    "tracking_url": "https://t.shop.example",
}
SOURCE = Source("Hello {{ customer.first_name }}", '<p>Hi <a href="{{ unsubscribe_url }}">leave</a></p>')
PUBLISHED = content.publish(SOURCE, ["customer.first_name"], tracking_host="t.shop.example")


class FakeDefinitions:
    def __init__(self, opt_in="assumed"):
        self.opt_in = opt_in

    def version(self, kind, definition_id, number):
        return BRAND if kind == "brand" else {"published": json.dumps(PUBLISHED.to_json())}

    def current(self, kind, definition_id):
        return 1, {"name": "Spring news", "opt_in": self.opt_in}


class FakeKeys:
    def get(self, now):
        return RING


LETTERS = Letters(FakeDefinitions(), "https://t.shop.example")


class World:
    """`fakes` may be fakes that misbehave. All sends go to the same customer, each from an activity of its own."""

    def __init__(self, sends=1, sender=Sender, traits=None):
        self.sender = sender
        self.time = START
        self.units = Counter()
        self.answers, self.accepted, self.called = [], [], []
        self.status = {}
        self.opted_out_at = self.cancelled_at = None
        self.contacts, self.sends, self.messages = {}, {}, {}
        traits = {"email": "jo@example.com", "first_name": "Jo"} if traits is None else traits
        self.documents = {
            "jo": document.store(Customer("jo", 1, Document(traits=traits, told=dict.fromkeys(traits, (0, "m")))))
        }
        self.workers, self.deliveries = [], 0
        for number in range(sends):
            self._plan(f"campaign:{number}")

    def _plan(self, activity):
        row = ledger.planned(
            customer_id="jo",
            activity=activity,
            step="letter",
            occurrence="1",
            planned_at=self.time,
            template="spring#1",
            content_ref="00112233445566aa",
            brand="shop#1",
            topic="news",
        )
        self.sends[row.send_id] = row
        self.units["sends"] += units_of_plan(row)
        self.messages[row.send_id] = 0
        self.status[activity] = vetoes.RUNNING

    def now(self):
        """Time passes with every look at the clock, so no two instants are the same."""
        self.time += timedelta(milliseconds=1)
        return self.time

    def ids(self):
        return sorted(self.sends)

    # What may happen -----------------------------------------------------------------------------------------

    def deliver(self, send_id):
        """A worker that is about to begin, if there is a message; one that is not acknowledged stays in the queue,
        until it has been received too often."""
        if self.messages.get(send_id, RECEIVED_AT_MOST) >= RECEIVED_AT_MOST:
            self.messages.pop(send_id, None)
            return None
        self.messages[send_id] += 1
        self.deliveries += 1
        worker = Worker(lambda worker, claim=f"claim-{self.deliveries}": self._work(worker, send_id, claim))
        worker.send_id = send_id
        copies = [other for other in self.workers if other.send_id == send_id and not other.done]
        worker.is_last = self.messages[send_id] == RECEIVED_AT_MOST
        for each in (worker, *copies):
            each.has_copies = each.has_copies or bool(copies)
        self.workers.append(worker)
        return worker

    def _work(self, worker, send_id, claim):
        ports = Ports(
            sends=FakeSends(self, worker),
            contacts=FakeContacts(self, worker),
            customers=FakeCustomers(self, worker),
            activities=self._activities(),
            letters=LETTERS,
            keys=FakeKeys(),
            post=FakeSes(self, worker),
            clock=Clock(lambda: self.now().timestamp()),
        )
        settings = Settings(LEASE, 1, spread=lambda low, high: low, pause=lambda tried: None)
        result = self.sender(ports, settings).deliver(send_id, claim)
        self.messages.pop(send_id, None)
        return result

    def _activities(self):
        world = self

        class Activities:
            def status(self, activity, occurrence):
                return world.status[activity]

        return Activities()

    def opt_out(self):
        held = self.contacts.get("jo", Contact("jo"))
        word = Word(OUT, self.now().isoformat(), "unsubscribe")
        self.contacts["jo"] = replace(held, topics={**held.topics, "news": word})
        self.opted_out_at = self.opted_out_at or self.time

    def cancel(self):
        self.status = dict.fromkeys(self.status, vetoes.CANCELLED)
        self.cancelled_at = self.cancelled_at or self.time

    def pause(self):
        self.status = {each: vetoes.PAUSED if was == vetoes.RUNNING else was for each, was in self.status.items()}

    def resume(self):
        self.status = {each: vetoes.RUNNING if was == vetoes.PAUSED else was for each, was in self.status.items()}

    def tick(self):
        """The clock's visit of all rows that are due."""
        for row in list(self.sends.values()):
            if row.due_at:
                visit = moves.visit(row, self.now())
                if visit.queue:
                    self.messages[row.send_id] = 0
                self._apply(visit.then)

    def watch(self):
        """The launch's look at its rows."""
        for row in list(self.sends.values()):
            if moves.wants_delivery(row, self.now()):
                self.messages[row.send_id] = 0

    def hear_ses(self):
        """Send events, for all that has been accepted."""
        for mail in self.accepted:
            at = clock.to_text(self.now())
            event = ses_events.read(ses_reports.sent(tags={"send_id": [mail.send_id]}, messageId="from-event"), at)
            self._apply(feedback.hear(self.sends[mail.send_id], event, feedback.judge(event)))

    def _apply(self, change):
        if change and change.fits(self.sends[change.send_id]):
            self.sends[change.send_id] = change.applied(self.sends[change.send_id])

    def settle(self):
        """Nothing goes wrong any more; deliveries, the clock and the watch of the launch go on."""
        self.resume()
        for worker in self.workers:
            worker.finish()
        for _ in range(12):
            self.time += timedelta(hours=2)
            self.tick()
            self.watch()
            for send_id in list(self.messages):
                if worker := self.deliver(send_id):
                    worker.finish()
            if not self.messages and not any(row.state in ledger.PENDING or row.due_at for row in self.sends.values()):
                break
        return self

    # What must hold ------------------------------------------------------------------------------------------

    def faults(self):
        return [*self._twice(), *self._too_late(), *self._lost(), *self._wrong_states(), *self._wrong_reservations()]

    def _twice(self):
        taken = Counter(mail.send_id for mail in self.accepted)
        yield from (f"{count} mails of one send" for count in taken.values() if count > 1)

    def _too_late(self):
        for _, at in self.called:
            if self.opted_out_at and at > self.opted_out_at + timedelta(seconds=5):
                yield f"called {at - self.opted_out_at} after the opt-out"
            if self.cancelled_at and at > self.cancelled_at + timedelta(seconds=5):
                yield f"called {at - self.cancelled_at} after it was cancelled"

    def _lost(self):
        yield from (f"a send is {row.state} for ever" for row in self.sends.values() if row.state in ledger.PENDING)
        yield from (f"gave up: {worker.error!r}" for worker in self.workers if _unexpected(worker.error))

    def _wrong_states(self):
        taken = {mail.send_id for mail in self.accepted}
        for row in self.sends.values():
            if row.state == ledger.ACCEPTED and row.send_id not in taken:
                yield "accepted, says the row, and SES never took it"
            if row.state == ledger.NOT_SENT and row.send_id in taken:
                yield f"not sent, says the row ({row.reason}), and SES took it"
            if row.due_at:
                yield f"due for ever, {row.state}"

    def _wrong_reservations(self):
        held = self.contacts.get("jo", Contact("jo")).reservations
        for row in self.sends.values():
            if row.state in (ledger.ACCEPTED, ledger.UNKNOWN) and row.send_id not in held:
                yield f"{row.state} without a reservation"
            if row.state == ledger.NOT_SENT and row.send_id in held and not self._was_missed(row.send_id):
                yield f"reserved for ever by what was not sent ({row.reason})"

    def _was_missed(self, send_id):
        """One of several copies, or the last try of all, may fail unmissed: what it has reserved for a mail that is not
        sent stays until reservations grow old."""
        failed = [worker for worker in self.workers if worker.send_id == send_id and (worker.killed or worker.error)]
        return any(worker.has_copies or worker.is_last for worker in failed)


def _unexpected(error):
    return error is not None and type(error).__name__ not in ("Outage", "Unsure", "Contended")
