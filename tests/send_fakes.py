"""The tables and SES in memory, with true conditions. Every call stops before and after it is done, for a scheduler.

There it can be left waiting while others go on, lose its answer, or die. What it costs is counted as DynamoDB does.
"""

import sys
import threading
from collections import Counter
from dataclasses import asdict

from shopkeeper.customer import interaction
from shopkeeper.mail import answers
from shopkeeper.mail.answers import Answer
from shopkeeper.mail.ledger import Refused, Unsure

FOR_EVER = sys.maxsize


class Crash(BaseException):
    """The process dies: nothing in the code under test may catch this."""


class Outage(Exception):
    """A table did not answer."""


class Worker:
    """One delivery, on a thread of its own that runs only when it is told to, from one half call to the next."""

    def __init__(self, work):
        self._go, self._halted = threading.Lock(), threading.Lock()
        self._go.acquire()
        self._halted.acquire()
        self._way_to_go = 0
        self.done = self.killed = self.has_copies = self.is_last = False
        self.fault = ""
        self.out_of_order = set()
        self.result = None
        self.error = None
        self.trace = []
        self.calls = Counter()
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def _run(self, work):
        self._go.acquire()
        try:
            self.result = work(self)
        except Crash:
            pass
        except Exception as problem:
            self.error = problem
        self.done = True
        self._halted.release()

    def step(self, times=1):
        """To the next half call, or to as many further on, or to the end."""
        if not self.done:
            self._way_to_go = times
            self._go.release()
            self._halted.acquire()

    def finish(self):
        self.step(FOR_EVER)
        return self

    def kill(self):
        """At the half call where it waits; one that has not begun never will."""
        self.killed = True
        self.finish()

    @property
    def waits_at(self):
        """The name of the call, before or after it."""
        return self.trace[-1].partition(" ")[2] if self.trace else ""

    def call(self, name, work):
        if self._half(f"before {name}") or name in self.out_of_order:
            raise _Lost(name)
        result = work()
        self.calls[name] += 1
        if self._half(f"after {name}") or name in self.out_of_order:
            raise _Lost(name)
        return result

    def _half(self, where):
        self.trace.append(where)
        self._way_to_go -= 1
        if not self._way_to_go:
            self._halted.release()
            self._go.acquire()
        if self.killed:
            raise Crash(where)
        fault, self.fault = self.fault, ""
        return bool(fault)


class _Lost(Exception):
    pass


class FakeSends:
    def __init__(self, world, worker):
        self.world, self.worker = world, worker

    def load(self, send_id):
        return asked(self.worker, "sends.load", lambda: self.world.sends.get(send_id))

    def apply(self, change):
        def work():
            held = self.world.sends.get(change.send_id)
            self.world.units["sends"] += row_units(held, change.applied(held) if change.fits(held) else held)
            if not change.fits(held):
                raise Refused(held)
            return self.world.put(change.applied(held))

        try:
            return self.worker.call("sends.apply", work)
        except _Lost as lost:
            raise Unsure from lost


class FakeCustomers:
    def __init__(self, world, worker):
        self.world, self.worker = world, worker

    def load(self, customer_ids):
        stored = self.world.documents
        return asked(
            self.worker, "customers.load", lambda: {each: stored[each] for each in customer_ids if each in stored}
        )


class FakeMemory:
    def __init__(self, world, worker):
        self.world, self.worker = world, worker

    def send(self, messages):
        asked(self.worker, "memory.send", lambda: self.world.told.extend(map(interaction.decode, messages)))


class FakeSes:
    """What it answers to everybody is `world.always`, else the next of `world.answers`; without any it accepts."""

    def __init__(self, world, worker):
        self.world, self.worker = world, worker

    def send(self, mail):
        self.world.called.append((mail.send_id, at := self.world.now()))
        self.world.posted.append((mail.recipient, at))

        def work():
            how = self.world.always or (self.world.answers.pop(0) if self.world.answers else "accept")
            self.world.answered.append((mail.send_id, how))
            if how in ("accept", "accept_and_fail"):
                self.world.accepted.append(mail)
            return _ANSWERS.get(how) or Answer(message_id=f"ses-{len(self.world.accepted)}")

        try:
            return self.worker.call("ses.send", work)
        except _Lost:
            return Answer(code=answers.NO_ANSWER)


_ANSWERS = {
    "throttle": Answer(code="TooManyRequestsException", says="Maximum sending rate exceeded.", status=429),
    "unreachable": Answer(code=answers.NO_CONNECTION),
    "bad_address": Answer(code="BadRequestException", says="Missing final '@domain'", status=400),
    "doubtful": Answer(code="BadRequestException", says="Header of jo@example.com is odd.", status=400),
    "unverified": Answer(code="MessageRejected", says="Email address is not verified: news@shop.example", status=400),
    "accept_and_fail": Answer(code="InternalServiceErrorException", status=500),
    "fail": Answer(code="ServiceUnavailable", status=503),
}
ANSWERS = ("accept", *_ANSWERS)


def asked(worker, name, work):
    try:
        return worker.call(name, work)
    except _Lost as lost:
        raise Outage(name) from lost


def units_of_plan(row):
    return row_units(None, row)


def row_units(before, after):
    """Write units: the row, its copy in `by_activity`, and its entry in `by_due` where that comes, goes or moves."""
    if after is None:
        return 1
    size = sum(len(name) + len(str(value)) for name, value in asdict(after).items() if value != "")
    row = -(-size // 1024)
    due = [(each.due_shard, each.due_at) for each in (before, after) if each is not None and each.due_at]
    moved = 0 if before == after or len(set(due)) < len(due) else len(due)
    return row * (1 if before == after else 2) + moved
