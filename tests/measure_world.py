"""A shop that begins to count something new while its store is at work: what is asked for, who has heard of it, the
walk over all customers, and who is owed a measure since. Whatever is done can crash at any half call, or something else
is done there.

What must hold in the end is said in `missing`, by an oracle that knows only what was said.
"""

import json
from collections import defaultdict
from datetime import UTC, timedelta
from types import SimpleNamespace

from shopkeeper.aws.measure_rules import MeasureRules
from shopkeeper.clock import Clock
from shopkeeper.customer import backfilling, walks
from shopkeeper.customer.backfilling import WAIT, Filling, Settling
from shopkeeper.customer.measures.registered import registered
from shopkeeper.customer.store.backfill import Backfill
from tests import measure_oracle
from tests.measures_shown import shown
from tests.standing_world import nowhere
from tests.store_expected import Told, is_undone
from tests.store_fakes import Crash, Wire
from tests.store_owners import living
from tests.store_world import World, _Overtaken

ASKED = {
    "dear": {
        "event": "Product Viewed",
        "where": [{"prop": "price", "cmp": "ge", "value": 10}],
        "sum": "price",
        "last": "price",
    },
    "gifts": {"event": "Order Completed", "where": [{"prop": "gift", "cmp": "eq", "value": True}], "sum": "total"},
}
HOLDS = {"dear": lambda said: said.get("price", 0) >= 10, "gifts": lambda said: said.get("gift") is True}


class MeasureWorld(World):
    """`writers` remember what is counted, each for itself, as processes do."""

    def __init__(self, writers=2):
        super().__init__()
        self.asked, self.walks, self.slices = {}, 0, {}
        self.clock = Clock(lambda: self.now().timestamp())
        self.writers = [MeasureRules(self, UTC, self.clock) for _ in range(writers)]
        self.writer, self.again = 0, []

    def wait(self, seconds):
        self._elapsed += timedelta(seconds=seconds)

    def listed(self, kind, limit, after=""):
        """The definitions, as their adapter lists them."""
        entries = [SimpleNamespace(id=name, shown=text) for name, text in self.asked.items()]
        return entries, ""

    def define(self, name):
        self.asked[name] = json.dumps({"tiles": False, "retired": False} | ASKED[name])
        self.walks += 1
        walks.start(self, f"{backfilling.KIND}/{name}/{self.walks}", self.clock.now() + backfilling.WAIT)

    def retire(self, name):
        self.asked.pop(name, None)

    def rules(self, now):
        return self.writers[self.writer].knowing

    def say(self, writer, batch, crash_at=None, overtaken_at=None, by=()):
        self.writer = writer
        batch = [self.received(each) for each in batch]
        if not self.deliver(batch, crash_at, overtaken_at, by):
            self.again.append(batch)

    def add(self, part):
        self.slices.setdefault((part.walk, part.number), part)

    def load(self, walk, numbers):
        return [self.slices[walk, number] for number in numbers if (walk, number) in self.slices]

    def save(self, part):
        if self.slices[part.walk, part.number].revision != part.revision - 1:
            raise walks.Overtaken(part.walk)
        self.slices[part.walk, part.number] = part

    def page(self, segment, segments, after, limit):
        own = sorted(id_ for id_ in self.tables.customers if int(id_[:8], 16) % segments == segment and id_ > after)
        page = [self.tables.customers[id_] for id_ in own[:limit]]
        return page, page[-1].customer_id if len(page) == limit else ""

    def due(self):
        now = walks.clock.to_text(self.clock.now())
        return [key for key, part in sorted(self.slices.items()) if part.due_at and part.due_at <= now]

    def visit(self, which, crash_at=None, overtaken_at=None, by=()):
        """One of the slices that are due, or one customer who is owed something."""
        due, owed = self.due(), sorted(self.tables.owed)
        wire = _Overtaken(crash_at, overtaken_at, lambda: [each() for each in by])
        backfill, fresh = self._backfill(wire), MeasureRules(self, UTC, self.clock).fresh
        try:
            if which < len(owed):
                Settling(_Owed(self.tables.owed, wire), fresh, backfill, self.problems.append).visit(owed[which])
            elif due:
                walk, number = due[which % len(due)]
                work = Filling(fresh, backfill, self.clock)
                work.limit = 2
                walks.Walks(self, walks.over(self, {backfilling.KIND: work}), self.clock).visit(f"{walk}#{number}")
        except Crash:
            pass

    def _backfill(self, wire):
        customers, interactions, identities, _, _, orders = (fake(self.tables, wire) for fake in self.fakes)
        return Backfill(customers, interactions, orders, identities, nowhere, self.clock, lambda conflicts: None)

    def finish(self):
        """Whoever died is started again until all is done."""
        self.wait(WAIT.total_seconds())
        for batch in self.again:
            self.deliver(batch)
        for _ in range(500):
            if not self.due() and not self.tables.owed:
                return
            self.visit(0)
        raise AssertionError("it never ends")

    def missing(self):
        """What is not counted in the end, or otherwise than it was said."""
        counted = self._counted()
        for id_, customer in self.documents().items():
            for name in self.asked if not customer.document.merged_into else ():
                asked = registered({"tiles": False} | ASKED[name])
                held = shown(customer.registered).get(asked.id)
                expected = measure_oracle.expected_of(counted[id_], asked.event, HOLDS[name], asked.sum)
                if held != expected:
                    yield f"{name} of {id_} is {held} instead of {expected}"
                if asked.last and held and customer.registered[asked.id].count:
                    newest = customer.registered[asked.id].newest
                    said = measure_oracle.newest_of(counted[id_], asked.event, HOLDS[name], asked.last)
                    if newest is None or newest.values != (said,):
                        yield f"the newest {name} of {id_} said {newest} instead of {said}"

    def _counted(self):
        into, counted = self.into(), defaultdict(list)
        merges = {merge for each in self.documents().values() for merge in each.document.merged.values()}
        rows = [Told(row) for row in self.tables.rows.values() if row.customer_id and not is_undone(row, merges)]
        taken_back = measure_oracle.retracted(rows)
        for row in rows:
            if row.name != "Interaction Retracted" and (row.subject, row.message_id) not in taken_back:
                counted[living(self.owner(row), into)].append(row)
        return counted


class _Owed:
    def __init__(self, held, wire=None):
        self.held, self.wire = held, wire or Wire()

    def load(self, customer_id):
        return self.wire.call("owed.load", lambda: self.held.get(customer_id, ""))

    def settle(self, customer_id, by):
        def work():
            if self.held.get(customer_id) == by:
                del self.held[customer_id]

        self.wire.call("owed.settle", work)
