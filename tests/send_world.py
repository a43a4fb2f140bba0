"""Sends on their way in a world where everything may happen at any call, and the clock and the queue go on.

What must hold is said in `send_rules`.
"""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.consent.contact import OUT, REQUIRED, Block, Word
from shopkeeper.mail import doubts, feedback, ledger, messages, moves, ses_events, unsent, vetoes
from shopkeeper.mail.holds import Hold
from shopkeeper.mail.sending import Sender
from shopkeeper.mail.state import MailState
from shopkeeper.mail.wiring import Ports, Settings
from tests import send_hours, send_rules, ses_reports
from tests.contact_fakes import FakeContacts
from tests.send_customer import Voice
from tests.send_fakes import FakeCustomers, FakeMemory, FakeSends, FakeSes, Worker, row_units, units_of_plan
from tests.send_rules import History, Will
from tests.send_sandbox import Sandbox

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEASE = timedelta(seconds=120)
RECEIVED_AT_MOST = 3
CAPPED_BY_NIGHT = {"caps": [{"most": 1, "days": 7}], "quiet": {"from": "11:00", "to": "10:00"}}
_ON_THE_WAY = {*ledger.PENDING, ledger.UNKNOWN}
KINDS = {
    "assumed": {},
    "consented": {"opt_in": REQUIRED, "consented": True},
    "agreed": {"opt_in": REQUIRED, "agreed": True},
    "silent": {"opt_in": REQUIRED},
    "undefined": {"opt_in": None},
}
"""Of worlds: what the topic asks for, and what the customer has said of it, to us or to a document alone."""
TIMED = {
    "before_quiet_hours": {"policy": {"quiet": {"from": "12:02", "to": "13:00"}}},
    "in_quiet_hours": {"policy": {"quiet": {"from": "11:00", "to": "13:00"}}},
    "expiring": {"expires_after": timedelta(minutes=2)},
    "expiring_in_quiet_hours": {
        "policy": {"quiet": {"from": "12:01", "to": "13:00"}},
        "expires_after": timedelta(minutes=30),
    },
}
"""And of what has its time; letters are planned at noon."""
MESSAGE = {"message": {"opt_in": REQUIRED, "policy": CAPPED_BY_NIGHT, "message": True}}
"""That neither topics nor caps nor hours keep from going."""


class AnyPace:
    """Each letter has its turn at once, unless `never`; see `test_pacing`."""

    def __init__(self):
        self.never, self.slowed = set(), 0

    def near(self, most):
        return "near" not in self.never

    def take(self, most):
        return "take" not in self.never

    def slow(self):
        self.slowed += 1


class World(Voice):
    """All sends go to the same customer, each from an activity of its own, or `together` from one; or with a `message`
    the last one is that, and no launch looks after it."""

    def __init__(
        self,
        sends=1,
        *,
        opt_in="assumed",
        consented=False,
        agreed=False,
        together=False,
        policy=None,
        expires_after=None,
        message=False,
    ):
        self.time, self.opt_in, self.policy, self.terms = START, opt_in, policy, {}
        self.units = Counter()
        self.answers, self.answered, self.accepted, self.always = [], [], [], ""
        self.called, self.posted, self.addresses = [], [], History([(START, "jo@example.com")])
        self.contacts, self.suppressions, self.sends, self.messages, self.holds = {}, {}, {}, {}, {}
        self.planned, self.miscounts, self.held, self.told = 0, [], {}, []
        self.mail = History([(START, MailState())])
        self.places = History([(START, {})])
        self.statuses, self.wills, self.known = {}, History([(START, Will())]), History([(START, "")])
        self.documents, self.canary_back, self.pace = {}, "", AnyPace()
        self._document({})
        self.workers, self.sandboxes, self.deliveries = [], [], 0
        expires_at = clock.to_text(START + expires_after) if expires_after else ""
        for number in range(sends - message):
            self._plan(self._letter(f"campaign:{0 if together else number}", f"letter-{number}", expires_at))
        if message:
            self._plan(self._receipt())
        if consented:
            self.consent()
        if agreed:
            self.agree()

    def _letter(self, activity, step, expires_at):
        return ledger.planned(
            customer_id="jo",
            activity=activity,
            step=step,
            occurrence="1",
            planned_at=self.time,
            template="spring#1",
            content_ref="00112233445566aa",
            brand="shop#1",
            topic="news",
            expires_at=expires_at,
        )

    def _receipt(self):
        return messages.planned(
            customer_id="jo", template="spring#1", brand="shop#1", occurrence="1", now=self.time, hours=72, shards=1
        )

    def _plan(self, row):
        self.planned += 1
        self.put(row)
        self.units["sends"] += units_of_plan(row)
        self.messages[row.send_id] = 0
        self.statuses[row.activity] = History([(self.time, vetoes.RUNNING)])
        self.held[row.activity] = History([(self.time, Hold())])

    def put(self, row):
        """Every row passes here, so that the ladder is added up at every step of every send."""
        self.sends[row.send_id] = row
        self.miscounts += [*send_rules.miscounts(self, self.time), *send_hours.wrong_waits(self, row)]
        return row

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
        self._end_those_before(self.sends[send_id].attempt, send_id)
        self.messages[send_id] += 1
        self.deliveries += 1
        sandbox = self._sandbox()
        claim = f"claim-{self.deliveries}"
        sandbox.worker = worker = Worker(lambda worker: self._work(worker, sandbox, send_id, claim))
        worker.send_id, worker.attempt, worker.since = send_id, self.sends[send_id].attempt, self.time
        copies = [other for other in self.workers if other.send_id == send_id and not other.done]
        worker.is_last = self.messages[send_id] == RECEIVED_AT_MOST
        for each in (worker, *copies):
            each.has_copies = each.has_copies or bool(copies)
        self.workers.append(worker)
        return worker

    def _end_those_before(self, attempt, send_id):
        """Of the attempts before: Lambda lets nobody live for longer than a lease."""
        for each in self.workers:
            is_of_it = each.send_id == send_id and each.attempt < attempt
            if is_of_it and not each.done and self.time - each.since >= LEASE:
                each.kill()

    def _sandbox(self):
        """One that is warm, if there is any."""
        free = next((sandbox for sandbox in self.sandboxes if sandbox.is_free), None)
        if free is None:
            self.sandboxes.append(free := Sandbox(self))
        return free

    def _work(self, worker, sandbox, send_id, claim):
        ports = Ports(
            sends=FakeSends(self, worker),
            contacts=FakeContacts(self, worker),
            customers=FakeCustomers(self, worker),
            activities=sandbox.activities,
            letters=sandbox.letters,
            policies=sandbox.policies,
            keys=sandbox.keys,
            pace=self.pace,
            post=FakeSes(self, worker),
            memory=FakeMemory(self, worker),
            clock=Clock(lambda: self.now().timestamp()),
            offers=None,
        )
        settings = Settings(LEASE, 1, spread=lambda low, high: low, pause=lambda tried: None)
        result = Sender(ports, settings).deliver(send_id, claim)
        self.messages.pop(send_id, None)
        return result

    def see(self):
        """Jo opens whatever mail there is."""
        self._mark("opened_at")

    def _mark(self, what):
        for send_id in {mail.send_id for mail in self.accepted}:
            row = self.sends[send_id]
            self.put(replace(row, **{what: getattr(row, what) or clock.to_text(self.now())}))

    def note_places(self, reservations):
        self.places.append((self.time, dict(reservations)))

    def note_hold(self, activity, hold):
        self.held[activity].append((self.time, hold))

    def status(self, activity):
        return self.statuses[activity][-1][1]

    def cancel(self):
        self._turn({vetoes.RUNNING, vetoes.PAUSED}, vetoes.CANCELLED)

    def pause(self):
        self._turn({vetoes.RUNNING}, vetoes.PAUSED)

    def resume(self):
        self._turn({vetoes.PAUSED}, vetoes.RUNNING)

    def _turn(self, before, after):
        for activity, history in self.statuses.items():
            if history[-1][1] in before and not activity.startswith(ledger.MESSAGE):
                history.append((self.now(), after))

    def stop_all(self):
        self.mail.append((self.now(), MailState(stopped=True)))

    def let_go(self):
        self.mail.append((self.now(), MailState()))

    def test(self, *only_to):
        self.mail.append((self.now(), MailState(only_to=only_to)))

    def tick(self):
        """The clock's visit of all rows that are due."""
        for row in list(self.sends.values()):
            if row.due_at:
                self._apply(self._doubt(row) if row.state == ledger.UNKNOWN else self._visit(row))
                self.told.extend(unsent.facts(self.sends[row.send_id]))

    def _visit(self, row):
        visit = moves.visit(row, self.now(), 1)
        if visit.queue:
            self.messages[row.send_id] = 0
        return visit.then

    def _doubt(self, row):
        now = self.now()
        is_due = row.due_at <= clock.to_text(now)
        if not any(row.send_id in held.reservations for held in self.contacts.values()):
            self.miscounts.append("unknown without a reservation")
        return doubts.settle(row, self.canary_back, "retry_once", now, 1).change if is_due else None

    def canary(self):
        """SES tells of it, and with it of all that it has taken before."""
        self.hear_ses()
        self.canary_back = clock.to_text(self.now())

    def watch(self):
        """The launch's look at its rows."""
        for row in list(self.sends.values()):
            if not row.is_alone and moves.wants_delivery(row, self.now()):
                self.messages[row.send_id] = 0

    def hear_ses(self):
        self._report(ses_reports.sent)

    def arrive(self):
        self._report(ses_reports.delivered)

    def bounce(self):
        if self.accepted:
            self._report(ses_reports.bounced)
            address = self.accepted[-1].recipient
            self._suppress(address, block=Block(OUT, clock.to_text(self.now()), "hard_bounce"))
            self._want(self._contact(), bounced=self.wills[-1][1].bounced or address == self.address)

    def complain(self):
        if self.accepted:
            self._report(ses_reports.complained)
            word = Word(OUT, clock.to_text(self.now()), "complaint")
            self._want(replace(self._contact(), marketing=word), complained=True)

    def _report(self, report):
        """Events of this kind, for all that has been accepted; paid for by mail_feedback."""
        for number, mail in enumerate(self.accepted, 1):
            body = report(tags={"send_id": [mail.send_id]}, messageId=f"ses-{number}")
            event = ses_events.read(body, clock.to_text(self.now()))
            self._apply(feedback.hear(self.sends[mail.send_id], event, feedback.judge(event)))

    def _apply(self, change):
        held = self.sends[change.send_id] if change else None
        if change and change.fits(held):
            self.units["sends"] += row_units(held, change.applied(held))
            self.put(change.applied(held))

    def settle(self):
        """Nothing goes wrong any more; deliveries, the clock and the watch of the launch go on."""
        self.resume()
        self.let_go()
        self.carry()
        self.always = ""
        for worker in self.workers:
            worker.out_of_order.clear()
            worker.finish()
        for turn in range(12):
            self.time += timedelta(hours=2)
            self.tick()
            self.watch()
            for send_id in list(self.messages):
                if worker := self.deliver(send_id):
                    worker.finish()
            if turn % 2:  # SES takes its time, too.
                self.canary()
            if not self.messages and not any(row.state in _ON_THE_WAY or row.due_at for row in self.sends.values()):
                break
        return self

    def faults(self):
        return send_rules.faults(self)
