"""A campaign, its customers, the ledger, a queue and the machine, in memory, with true conditions.

Every call is counted and can crash before or after it is done. The index of the ledger is as late as a test wants it.
"""

import json
from collections import Counter
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shopkeeper.campaign.enqueue import Enqueuer, Shard
from shopkeeper.campaign.freeze import Freezer, Slice
from shopkeeper.campaign.launching import Launcher
from shopkeeper.campaign.ports import Overtaken
from shopkeeper.campaign.settle import Settler, Watch
from shopkeeper.campaign.visits import Visits
from shopkeeper.clock import Clock
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer
from shopkeeper.customer.measures import Measure
from shopkeeper.mail import ledger
from shopkeeper.mail.ledger import Refused
from tests.asl import Machine
from tests.store_fakes import Wire

ASL = json.loads((Path(__file__).parents[1] / "functions/campaign_plan/campaign_launch.asl.json").read_text())
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LOYAL = {"op": "count", "measure": {"event": "Order Completed"}, "window": "ever", "cmp": "ge", "n": 3}
CAMPAIGN = {"audience": LOYAL, "template": "hello", "brand": "shop", "topic": "news", "class": "marketing"}


class Died(Exception):
    """As Step Functions sees the crash of a function."""


def customer(name, orders):
    measures = {"Order Completed": Measure(orders, 5, 6)} if orders else {}
    return document.store(Customer(name, 1, measures=measures))


class Definitions:
    def __init__(self, campaign=CAMPAIGN, **numbers):
        self.campaign, self.numbers = campaign, {"template": 3, "brand": 2} | numbers

    def number(self, kind, definition_id):
        return self.numbers[kind]

    def version(self, kind, definition_id, number):
        return self.campaign if number == 1 else None


class World:
    def __init__(self, customers=(), now=NOON, crash_at=None):
        self.now, self.wire = now, Wire(crash_at)
        self.customers = sorted(customers, key=lambda stored: stored.customer_id)
        self.launches, self.sends, self.index = {}, {}, {}
        self.queue, self.requests = [], 0
        self.executions, self.waiting = {}, []
        self.unread, self.page_size, self.has_time = [], 2, True
        self.late_index, self.mails = False, Counter()
        clock = Clock(lambda: self.now.timestamp())
        self.freezer = Freezer(self, _Customers(self), self, clock, self.unread.append)
        self.enqueuer = Enqueuer(self, self, _Queue(self), clock)
        self.settler = Settler(self, self, _Queue(self), clock)
        self.launcher = Launcher(self, _Machine(self), clock)
        self.visits = Visits(self.launcher, _Rows(self), _Queue(self), clock)
        self.machine = Machine(
            ASL,
            {
                "CampaignPlanFunctionArn": self._plan,
                "CampaignBatchFunctionArn": self._batch,
                "CampaignSettleFunctionArn": self._settle,
            },
        )

    # The functions, without their wiring.

    def _plan(self, event):
        return self._alive(lambda: asdict(self.freezer.freeze(Slice(**event), self._has_time)))

    def _batch(self, event):
        return self._alive(lambda: asdict(self.enqueuer.enqueue(Shard(**event), self._has_time)))

    def _settle(self, event):
        def work():
            watch = Watch(**event["watch"])
            if event["step"] == "settle":
                return self.settler.settle(watch, self._has_time)
            if event["step"] == "frozen":
                parts = event["parts"]
                return self.settler.frozen(watch, *(sum(part[n] for part in parts) for n in ("found", "unreadable")))
            return self.settler.begin(watch) if event["step"] == "begin" else self.settler.fail(watch, event["error"])

        return self._alive(lambda: asdict(work()))

    def _has_time(self):
        return self.has_time

    def _alive(self, work):
        try:
            return work()
        except BaseException as crash:
            if type(crash).__name__ == "Crash":
                raise Died(str(crash)) from crash
            raise

    # The tables: launches, and the ledger.

    def get(self, launch_id):
        return self.wire.call("launches.get", lambda: self.launches.get(launch_id))

    def put(self, launch):
        def work():
            before = self.launches.get(launch.id)
            if (before.revision if before else 0) != launch.revision - 1:
                raise Overtaken(launch.id)
            self.launches[launch.id] = launch

        self.wire.call("launches.put", work)

    def plan(self, send):
        return self.wire.call("sends.plan", lambda: self.sends.setdefault(send.send_id, send) is send)

    def of_shard(self, activity_shard, after=""):
        def work():
            rows = [
                row
                for row in (self.index if self.late_index else self.sends).values()
                if row.activity_shard == activity_shard
            ]
            rows = sorted((row for row in rows if row.send_id > after), key=lambda row: row.send_id)
            return rows[: self.page_size], rows[self.page_size - 1].send_id if len(rows) > self.page_size else ""

        return self.wire.call("sends.of_shard", work)

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
        """A late index has caught up when time has passed."""
        self.now += timedelta(seconds=seconds)
        self.index = dict(self.sends)

    def deliver(self, lose=lambda message: False):
        """Mail_send, as far as a launch can tell: what is ready and may go is accepted, what is stopped is not sent."""
        messages, self.queue = self.queue, []
        for message in messages:
            if lose(message):
                continue
            for send_id in json.loads(message)["send_ids"]:
                self._send(self.sends[send_id])

    def _send(self, row):
        status = self.launches[row.occurrence].status
        state = {"running": ledger.ACCEPTED, "cancelled": ledger.NOT_SENT}.get(status)
        if row.state == ledger.READY and state:
            self.mails[row.customer_id] += state == ledger.ACCEPTED
            self.sends[row.send_id] = replace(row, state=state, rank=ledger.RANKS[state])

    def wake(self):
        """The clock, which finds what is due."""
        for launch in [each for each in self.launches.values() if each.due_at]:
            self._alive(lambda launch=launch: self.launcher.visit(launch.id))

    def run(self, during=lambda: None, looks=60):
        """Every execution that was started, to its end; `during` goes on whenever one of them waits."""
        while self.waiting:
            for seconds in self.machine.run(self.executions[self.waiting.pop(0)]):
                during()
                self.pass_time(seconds)
                looks -= 1
                assert looks, "it never ends"

    def rows(self):
        return Counter(row.customer_id for row in self.sends.values())

    def states(self):
        return Counter(row.state for row in self.sends.values())

    @property
    def launch(self):
        (launch,) = self.launches.values()
        return launch


class _Customers:
    def __init__(self, world):
        self.world = world

    def page(self, segment, segments, after):
        def work():
            size, all_of_them = self.world.page_size, self.world.customers
            part = [stored for place, stored in enumerate(all_of_them) if place % segments == segment]
            part = [stored for stored in part if stored.customer_id > after]
            return part[:size], part[size - 1].customer_id if len(part) > size else ""

        return self.world.wire.call("customers.page", work)


class _Queue:
    def __init__(self, world):
        self.world = world

    def send(self, messages):
        """Ten at a time, as SQS takes them: a crash may leave some of them out."""
        for first in range(0, len(messages), 10):
            self.world.wire.call(
                "queue.send", lambda first=first: self.world.queue.extend(messages[first : first + 10])
            )
            self.world.requests += 1

    def is_idle(self):
        return self.world.wire.call("queue.is_idle", lambda: not self.world.queue)


class _Machine:
    def __init__(self, world):
        self.world = world

    def start(self, name, said):
        def work():
            if name not in self.world.executions:
                self.world.executions[name] = said
                self.world.waiting.append(name)

        self.world.wire.call("machine.start", work)


class _Rows:
    def __init__(self, world):
        self.world = world

    def load(self, send_id):
        return self.world.wire.call("sends.load", lambda: self.world.sends.get(send_id))

    def apply(self, change):
        return self.world.apply(change)
