"""A campaign, its customers, the ledger, a queue and the machine, in memory, with true conditions.

Every call is counted and can crash before or after it is done. The index of the ledger is as late as a test wants it,
for all rows or for those of the customers that are `hidden` from it.
"""

import json
from bisect import bisect
from collections import Counter, defaultdict
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from local.machines.failure import Failed
from local.machines.states import Run, block
from shopkeeper.campaign.enqueue import Enqueuer, Lanes, Shard
from shopkeeper.campaign.freeze import Freezer, Slice
from shopkeeper.campaign.launching import Launcher
from shopkeeper.campaign.ports import Overtaken
from shopkeeper.campaign.recount import Recounter
from shopkeeper.campaign.settle import Settler, Watch
from shopkeeper.campaign.tally import Teller
from shopkeeper.campaign.visits import Visits
from shopkeeper.clock import Clock
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer
from shopkeeper.mail import ledger, moves
from shopkeeper.mail.ledger import Refused
from tests.hold_fakes import FakeHolds
from tests.launch_fakes import Customers, Links, Machine, Memory, Queue, Recounts, Rows, with_letter
from tests.measured import measured
from tests.store_fakes import Crash, Wire

ASL = json.loads((Path(__file__).parents[1] / "functions/campaign_plan/campaign_launch.asl.json").read_text())
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class LeftAlone:
    """What is unknown stays so."""

    def settle(self, row, now):
        return moves.visited(row)


class Counted(Run):
    transitions = 1  # The start is billed too, as the most expensive reading of the price list has it.

    def enter(self, name, state):
        self.transitions += 1
        return super().enter(name, state)


def customer(name, orders):
    measures = {"Order Completed": measured(orders, 5, 6)} if orders else {}
    return document.store(Customer(name, 1, measures=measures))


class World:
    def __init__(self, customers=(), now=NOON, crash_at=None):
        self.now, self.wire = now, Wire(crash_at)
        self.customers = sorted(customers, key=lambda stored: stored.customer_id)
        self.launches, self.sends, self.shown = {}, {}, []
        self.recounts, self.led, self.tagged, self._index = {}, [], [], (0, 0)
        self.queue, self.delays, self.requests = [], [], 0
        self.executions, self.waiting = {}, []
        self.unread, self.page_size, self.has_time = [], 2, True
        self.late_index, self.mails = 0, Counter()
        self.hidden, self.hidden_until = set(), now
        clock = Clock(lambda: self.now.timestamp())
        self.freezer = Freezer(self, Customers(self), self, clock, self.unread.append)
        self.holds = FakeHolds({}, self.wire.call)
        self.enqueuer = Enqueuer(self, self, Queue(self), self.holds, clock)
        self.recounting = Recounts(self)
        self.doubts, self.told = [], []
        teller = Teller(self, Memory(self), clock, lambda *told: self.doubts.append(told))
        self.settler = Settler(self, teller, Queue(self), Links(self), self.recounting, clock)
        self.launcher = Launcher(self, Machine(self), clock, grace=timedelta())
        self.recounter = Recounter(self, self.recounting, teller, clock)
        self.visits = Visits(
            {"launch": self.launcher.visit, "recount": self.recounter.visit},
            Rows(self),
            Lanes(Queue(self), Queue(self)),
            LeftAlone(),
            Queue(self),
            1,
            clock,
        )
        self.functions = {
            "${CampaignPlanFunctionArn}": self._plan,
            "${CampaignBatchFunctionArn}": self._batch,
            "${CampaignSettleFunctionArn}": self._settle,
        }
        self.transitions = self.history = 0

    # The functions, without their wiring.

    def _plan(self, event):
        return asdict(self.freezer.freeze(Slice(**event), self._has_time))

    def _batch(self, event):
        return asdict(self.enqueuer.enqueue(Shard(**event), self._has_time))

    def _settle(self, event):
        watch = msgspec.convert(event["watch"], Watch)
        if event["step"] == "settle":
            return asdict(self.settler.settle(watch, self._has_time))
        if event["step"] == "frozen":
            return asdict(self.settler.frozen(watch, [Slice(**part) for part in event["parts"]]))
        begins = event["step"] == "begin"
        return asdict(self.settler.begin(watch) if begins else self.settler.fail(watch, event["error"]))

    def _has_time(self):
        return self.has_time

    def _invoke(self, name, payload):
        """As Step Functions sees it: JSON in and out, and a crash of the function is an error like others."""
        try:
            return json.loads(json.dumps(self.functions[name](payload)))
        except (Crash, Exception) as problem:
            raise Failed(type(problem).__name__, str(problem)) from problem

    # The tables: launches, and the ledger.

    def get(self, launch_id):
        return self.wire.call("launches.get", lambda: self.launches.get(launch_id))

    def put(self, launch):
        self.put_revision("launches.put", self.launches, launch.id, launch)

    def put_revision(self, name, table, key, row):
        def work():
            before = table.get(key)
            if (before.revision if before else 0) != row.revision - 1:
                raise Overtaken(key)
            table[key] = row

        self.wire.call(name, work)

    def plan(self, send):
        return self.wire.call("sends.plan", lambda: self.sends.setdefault(send.send_id, send) is send)

    def plan_all(self, sends):
        for send in sends:
            self.plan(send)

    def of_shard(self, activity_shard, after=""):
        def work():
            held = self._late() if self.late_index else self.sends
            names = self._shards(held)[activity_shard]
            names = names[bisect(names, after) :]
            page = names[: self.page_size]
            rows = [held[name] for name in page if self._is_shown(held[name])]
            return rows, page[-1] if len(names) > self.page_size else ""

        return self.wire.call("sends.of_shard", work)

    def _shards(self, held):
        """The names of the rows by shard, in order; rows come, and never go or change their shard."""
        if self._index[:2] != (id(held), len(held)):
            names = defaultdict(list)
            for name in sorted(held):
                names[held[name].activity_shard].append(name)
            self._index = id(held), len(held), names, held
        return self._index[2]

    def _is_shown(self, row):
        return row.customer_id not in self.hidden or self.now >= self.hidden_until

    def _late(self):
        return self.shown[0] if len(self.shown) == self.late_index else {}

    def of_activity(self, activity, occurrence):
        for shard in ledger.activity_shards(activity, occurrence):
            yield from (row for row in self.sends.values() if row.activity_shard == shard)

    def apply(self, change):
        def work():
            row = self.sends.get(change.send_id)
            if not change.fits(row):
                raise Refused(row)
            self.sends[change.send_id] = change.applied(row)
            return self.sends[change.send_id]

        return self.wire.call("sends.apply", work)

    # What goes on around the launch.

    def pass_time(self, seconds):
        """A late index shows what the ledger held when time passed, that many times ago."""
        self.now += timedelta(seconds=seconds)
        self.shown = [*self.shown, dict(self.sends)][-max(self.late_index, 1) :]

    def deliver(self, lose=lambda message: False):
        """Mail_send, as far as a launch can tell: what is ready and may go is accepted, what is stopped is not sent."""
        messages, self.queue = self.queue, []
        for message in messages:
            if lose(message):
                continue
            for send_id in json.loads(message)["send_ids"]:
                self._send(self.sends[send_id])

    def _send(self, row):
        launch = self.launches[row.occurrence]
        state = {"running": ledger.ACCEPTED, "cancelled": ledger.NOT_SENT}.get(launch.status)
        if row.state == ledger.READY and state and (row := with_letter(row, launch)):
            self.mails[row.customer_id] += state == ledger.ACCEPTED
            self.sends[row.send_id] = replace(row, state=state, rank=ledger.RANKS[state])

    def wake(self):
        """The clock, which finds what is due."""
        for kind, table in (("launch", self.launches), ("recount", self.recounts)):
            for key in [key for key, row in table.items() if row.due_at]:
                while self.visits.record(f"{kind}#{key}"):
                    pass

    def run(self, during=lambda: None):
        """Every execution that was started, to its end; `during` goes on whenever one of them watches."""
        while self.waiting:
            self.execute(self.executions[self.waiting.pop(0)], during)

    def execute(self, said, during=lambda: None, looks=60):
        run = Counted(self._invoke, lambda: self.now.timestamp(), {})
        steps = block(run, ASL, said, {})
        while True:
            try:
                due = next(steps)
            except StopIteration as done:
                return done.value
            finally:
                self.transitions, self.history = self.transitions + run.transitions, max(self.history, run.history)
                run.transitions = 0
            if due > self.now.timestamp():
                looks -= run.at == "Watch"
                assert looks, "it never ends"
                if run.at == "Watch":
                    during()
                self.pass_time(due - self.now.timestamp())

    def rows(self):
        return Counter(row.customer_id for row in self.sends.values())

    def states(self):
        return Counter(row.state for row in self.sends.values())

    @property
    def launch(self):
        (launch,) = self.launches.values()
        return launch
