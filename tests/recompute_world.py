"""A shop whose segments are published while customers are written: the desk, slices, editions and customers in memory,
with true conditions, and the machine as Step Functions runs it.

Every call goes over the wire, and can crash there before or after it is done, or be overtaken by somebody else.
"""

import json
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec.structs import replace

from local.machines.failure import Failed
from local.machines.states import Run, block
from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer
from shopkeeper.customer.instants import ms_of
from shopkeeper.customer.measures import Measure
from shopkeeper.customer.store.looking import Look
from shopkeeper.customer.store.ports import Conflict
from shopkeeper.segment import edition as editions
from shopkeeper.segment import publishing, recompute, rule, runs
from shopkeeper.segment.columnar.screening import Screen
from shopkeeper.segment.edition import Edition, ref
from shopkeeper.segment.planning import Planner, Step
from shopkeeper.segment.publishing import Wanted
from shopkeeper.segment.recompute import Recomputing
from shopkeeper.segment.scanning import Part, Scanner, Telling
from shopkeeper.segment.standing import Standings
from shopkeeper.segment.switching import Switcher
from tests.recompute_fakes import ASL, NOON, Caching, Measures, Slices
from tests.store_fakes import Crash, FakeCustomers, FakeInteractions, Tables, Wire


class Shop:
    def __init__(self, crash_at=None, page=2):
        self.now, self.wire, self.tables = NOON, Wire(crash_at), Tables()
        self.clock = Clock(lambda: self.now.timestamp())
        self.edition, self.written = Edition(), {}
        self.at_desk, self.runs, self.slices = runs.Desk(), {}, {}
        self.executions, self.waiting = {}, []
        self.measures, self.sizes, self.members, self.retired_at = set(), {}, Counter(), []
        self.told, self.unasked, self.mistaken, self.page_size, self.has_time = [], [], [], page, True
        self.meanwhile, self.stale = None, {}
        self.customers, self.interactions = (kind(self.tables, self.wire) for kind in (FakeCustomers, FakeInteractions))
        self.writers = [Caching(self), Caching(self)]
        self.recomputing = Recomputing(self, self.as_slices, self, self.as_measures, self, self.clock)
        stand = Standings(Caching(self)).stand
        look = Look(self.customers, self.interactions, stand, self.clock, lambda conflicts: None)
        heard = self.told, self.unasked, self.mistaken
        telling = Telling(*(lambda *said, its=its: its.append(said) for its in heard))
        self.scanner = Scanner(self, self.as_slices, self, Caching(self), Screen(), look.at, telling, self.clock)
        self.planner = Planner(self, self.clock)
        self.switcher = Switcher(self, self.as_slices, self, self, self, self.as_measures, self.clock)
        self.functions = {
            "${SegmentPlanFunctionArn}": lambda event: asdict(self.planner.plan(Step(**event["run"]))),
            "${SegmentScanFunctionArn}": lambda event: asdict(self.scanner.scan(Part(**event), lambda: self.has_time)),
            "${SegmentSwitchFunctionArn}": self._switch,
        }

    def _switch(self, event):
        step = Step(**event["run"])
        if event["step"] == "fail":
            return asdict(self.switcher.fail(step, event["error"]))
        if event["step"] == "clear":
            return asdict(self.switcher.clear(step, lambda: self.has_time))
        return asdict(self.switcher.switch(step))

    # The desk, and its runs.

    def desk(self):
        return self.wire.call("desk.load", lambda: self.at_desk)

    def save(self, desk):
        def work():
            if self.at_desk.revision != desk.revision - 1:
                raise runs.Overtaken
            self.at_desk = desk

        self.wire.call("desk.save", work)

    def run(self, run_id):
        return self.wire.call("runs.load", lambda: self.runs.get(run_id))

    def save_run(self, run):
        self.wire.call("runs.save", lambda: self.runs.update({run.id: msgspec.convert(asdict(run), runs.Run)}))

    @property
    def as_slices(self):
        return Slices(self)

    @property
    def as_measures(self):
        return Measures(self)

    def start(self, name, said):
        def work():
            if name not in self.executions:
                self.executions[name] = said
                self.waiting.append(name)

        self.wire.call("machine.start", work)

    # Editions, customers, members and sizes.

    def fresh(self):
        return self.wire.call("editions.fresh", lambda: self.edition)

    def rules(self, edition):
        return {each.rule: self.written[each.rule] for each in edition.slots}

    def replace(self, after):
        def work():
            if self.edition.number != after.number - 1:
                raise editions.Overtaken
            self.edition = after

        self.wire.call("editions.replace", work)

    def load(self, customer_ids):
        return self.customers.load(customer_ids)

    def page(self, segment, segments, after, limit, *, is_consistent):
        names = sorted(self.tables.customers)
        own = [name for place, name in enumerate(names) if place % segments == segment and name > after]
        page = [self.stale.get(name, self.tables.customers[name]) for name in own[: self.page_size]]
        page = [replace(each, pending="[]") for each in page]
        if self.meanwhile:
            self.meanwhile()
        return page, page[-1].customer_id if len(page) == self.page_size else ""

    def clear(self, part, has_time):
        self.wire.call("members.clear", lambda: self.members.update([part]))
        return has_time()

    def note(self, names, at):
        self.wire.call("sizes.note", lambda: self.sizes.update({(name, at): said for name, said in names.items()}))

    # What people do.

    def publish(self, version=1, gone=(), **said):
        """By name; `vip__a` is a part."""
        desk_after = runs.awaited(self.at_desk, self.now + recompute.WAIT, gone)
        self.at_desk = desk_after
        rules = {name.replace("__", "/"): rule.read(each) for name, each in said.items()}
        self.written |= {ref(each): each for each in rules.values()}
        wanted = [Wanted(name, version, ref(each)) for name, each in rules.items()]
        self.edition = publishing.published(self.edition, wanted, clock.to_text(self.now))

    def delete(self, name):
        gone = [each.part for each in self.edition.slots if publishing.family(each.segment) == name]
        self.at_desk = runs.leaving(self.at_desk, gone)
        self.edition = publishing.retired(self.edition, name)

    def order(self, customer_id, times=1, writer=0, before_saving=lambda: None):
        """As the store does it: read, fold, stand, save if nobody else did."""
        for _ in range(9):
            stored = self.tables.customers.get(customer_id)
            before = document.load(stored) if stored else Customer(customer_id)
            now_ms = ms_of(self.now)
            had = before.measures.get("Order Completed", Measure())
            tail = ((now_ms,) * times + had.tail)[:24]
            counted = Measure(had.count + times, had.first or now_ms, tail)
            after = replace(
                before,
                version=before.version + 1,
                measures={"Order Completed": counted} if counted.count else {},
                pending=(),
                document=replace(before.document, updated_at=now_ms),
            )
            after = Standings(self.writers[writer]).stand(before, after, now_ms, "interaction")
            before_saving()
            try:
                self.customers.save(document.store(after))
            except Conflict:
                continue
            self.tables.rows |= {row.key: row for row in after.pending}
            return
        raise AssertionError("never saved")

    def pass_time(self, **span):
        self.now += timedelta(**span)

    def wake(self):
        """The clock, which finds what is due."""
        while runs.is_due(self.at_desk, self.now):
            before = self.at_desk
            self.recomputing.visit("segments")
            assert self.at_desk != before
            if self.at_desk.run:
                return

    def execute(self):
        """Every execution that was started, to its end. What an execution gives up over is returned."""
        problems = []
        while self.waiting:
            said = self.executions[self.waiting.pop(0)]
            machine = Run(self._invoke, lambda: self.now.timestamp(), {})
            steps = block(machine, ASL, said, {})
            try:
                for due in steps:
                    self.now = max(self.now, datetime.fromtimestamp(due, UTC)) if due else self.now
            except Failed as failed:
                problems.append(failed)
        return problems

    def _invoke(self, name, payload):
        """As Step Functions sees it: JSON in and out, and a crash of the function is an error like others."""
        try:
            return json.loads(json.dumps(self.functions[name](json.loads(json.dumps(payload)))))
        except (Crash, Exception) as problem:
            raise Failed(type(problem).__name__, str(problem)) from problem

    def build(self):
        """Until nothing is to be built or looked through any more."""
        for _ in range(40):
            if not self.at_desk.due_at:
                return
            self.now = max(self.now, clock.from_text(self.at_desk.due_at))
            self.wake()
            self.execute()
        raise AssertionError("it never ends")

    # What is true in the end.

    def states(self):
        return {(each.segment, each.version, each.phase) for each in self.edition.slots}

    def inside(self, name):
        """Who is in what counts, by what stands in the documents."""
        slot = publishing.slot(self.edition, name, "ready")
        held = {id_: document.load(each).document.standing for id_, each in self.tables.customers.items()}
        return {id_ for id_, standing in held.items() if slot and standing and slot.number in standing.slots}

    def belong(self, name):
        """Who should be, by the rule that counts."""
        slot = publishing.slot(self.edition, name, "ready")
        current = editions.current(self.edition, self.rules(self.edition), UTC)
        now_ms = ms_of(self.now)
        customers = [document.load(each) for each in self.tables.customers.values()]
        return {each.customer_id for each in customers if slot and slot.number in current.slots(each, now_ms)[0]}

    def news(self):
        return Counter(row.name for row in self.tables.rows.values())

    @property
    def last(self):
        return self.runs[self.at_desk.runs[0]]
