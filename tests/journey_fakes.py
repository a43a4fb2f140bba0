"""The run protocol without AWS: rows in memory that mind their conditions, and a process that may die at any call."""

from dataclasses import dataclass, field, replace

from shopkeeper import clock, ids
from shopkeeper.aws.due import JOINT
from shopkeeper.journey import effects, run
from shopkeeper.journey.legs.deciding import Decider
from shopkeeper.journey.legs.settling import Settler, handed_over
from shopkeeper.journey.ports import Overtaken
from tests.journey_world import Known


class Died(BaseException):
    """The process is gone: nothing catches that."""


@dataclass
class Deaths:
    """`at` counts calls from 1; the process dies before or after its effect."""

    at: int = 0
    when: str = "after"
    calls: int = 0

    def around(self, call):
        self.calls += 1
        if self.calls == self.at and self.when == "before":
            raise Died
        answer = call()
        if self.calls == self.at:
            raise Died
        return answer


class Runs:
    def __init__(self, deaths=None):
        self.rows, self.moved_to, self._deaths = {}, {}, deaths or Deaths()

    def load(self, key):
        return self._deaths.around(lambda: self.rows.get(key))

    def keys_of(self, customer_id):
        return [key for key in self.rows if key.customer_id == customer_id]

    def page(self, segment, segments, after, limit, journey):
        own = sorted(key for key in self.rows if ids.place(key.customer_id, segments) == segment)
        rest = [key for key in own if JOINT.join(key) > after]
        found = [self.rows[key] for key in rest[:limit] if self.rows[key].run.journey == journey]
        return found, JOINT.join(rest[limit - 1]) if len(rest) >= limit else ""

    def settle(self, held):
        return self._deaths.around(lambda: self._settle(held))

    def tell_all(self, keys, cause, now):
        for key in keys:
            self.tell(key, cause, now)

    def open(self, row, before):
        self._deaths.around(lambda: self._put(row, before))

    def write(self, after, before):
        self._deaths.around(lambda: self._put(after, before))

    def tell(self, key, cause, now):
        return self._deaths.around(lambda: self._append(key, cause, now))

    def of_customer(self, customer_id):
        return [row for key, row in self.rows.items() if key.customer_id == customer_id]

    def move(self, after, before, there):
        if self.rows.get(before.key) != before or self.rows.get(after.key) != there:
            raise Overtaken(before.key)
        self.moved_to[before.key] = after.key
        self.rows[after.key] = after
        del self.rows[before.key]

    def forget(self, customer_id):
        for row in self.of_customer(customer_id):
            if not row.is_open:
                del self.rows[row.key]

    def unstick(self, key, now):
        row = self.rows.get(key)
        if row is None or not row.is_stuck:
            return False
        self.rows[key] = replace(row, failures=0, due_at=clock.to_text(now))
        return True

    def _put(self, row, before):
        held = self.rows.get(row.key)
        if (held and (held.fence, held.causes)) != (before and (before.fence, before.causes)):
            raise Overtaken(row.key)
        # As the table keeps it: what is not in the text is not there.
        kept = [run.cause_from_json(run.to_json(each)) for each in row.inbox]
        pending = effects.from_json(effects.to_json(row.pending))
        self.rows[row.key] = replace(
            row, run=run.from_json(run.to_json(row.run)), inbox=tuple(kept), pending=tuple(pending)
        )

    def _settle(self, held):
        row = self.rows.get(held.key)
        if row is None or row.fence != held.fence or not row.pending:
            return True
        if row.inbox or row.causes != held.causes:
            return False
        assert held == row.held
        self.rows[held.key] = row.settled()
        return True

    def _append(self, key, cause, now):
        key = self.moved_to.get(key, key)
        row = self.rows.get(key)
        if row is None or not row.is_open or cause in row.inbox:
            return False
        self.rows[key] = replace(row, inbox=(*row.inbox, cause), causes=row.causes + 1, due_at=clock.to_text(now))
        return True


class Journeys:
    def __init__(self, *graphs):
        self._graphs = {(each.journey, each.version): each for each in graphs}

    def graph(self, journey, version):
        return self._graphs[journey, version]


@dataclass
class Eyes:
    facts: Known = field(default_factory=Known)
    broken: set = field(default_factory=set)

    def look(self, row, graph, leg):
        if row.customer_id in self.broken:
            raise ValueError("nobody can read this customer")
        self.facts.leg = leg
        return self.facts


class Mails:
    """`planned` counts how often a row is asked for; the ledger puts it once."""

    def __init__(self, deaths=None):
        self.planned, self._deaths = [], deaths or Deaths()

    def plan(self, mails, row, graph):
        self._deaths.around(lambda: self.planned.extend(each.send_id for each in mails if not each.is_end))


class Desk:
    """One machine of legs: `handed` are the messages that left, in order, with their keys."""

    def __init__(self, runs, *graphs, now, eyes=None, deaths=None):
        self.runs, self.clock, self.eyes = runs, now, eyes or Eyes()
        self.deaths = deaths or Deaths()
        self.mails = Mails(self.deaths)
        self.handed, self.problems = [], []
        failed = lambda key, problem: self.problems.append((key, type(problem).__name__))  # noqa: E731
        self.decider = Decider(runs, Journeys(*graphs), self.eyes, self.mails, now, failed)
        self.settler = Settler(runs, now, failed)

    def leg(self, wanted, name="leg", between=lambda: None):
        """As the machine does it, round by round; `between` happens after each Decide."""
        while wanted:
            legs = self.decider.decide(wanted, name)
            between()
            done = []
            for each in legs:
                for message in each["effects"]:
                    self.deaths.around(lambda message=message: self.handed.append(message))
                done.append(handed_over(each))
            wanted = self.settler.settle(done)
