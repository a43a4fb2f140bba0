"""One life in a drawn journey: legs die and meet each other, the clock jumps, and the run protocol is the one
that is deployed. Beside it walks the oracle, which is told of each decision as it is written down."""

from dataclasses import replace
from random import Random

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.customer.instants import to_ms
from shopkeeper.journey import effects
from shopkeeper.journey.legs.deciding import Decider, Wanted
from shopkeeper.journey.legs.settling import Settler, handed_over
from shopkeeper.journey.ports import Overtaken
from tests import journey_counted
from tests.journey_built import graph_of
from tests.journey_edits import editions
from tests.journey_facts import Facts
from tests.journey_fakes import Journeys, Runs
from tests.journey_happenings import CUSTOMER, KEY, Happenings
from tests.journey_lives import DAY, HOUR, MINUTE, START, drawn_journey
from tests.journey_oracle import Oracle

MOST_ROUNDS = 10
MOST_TURNS = 3_000


class Died(BaseException):
    """The process is gone: nothing catches that."""


class Wrong(BaseException):
    """Nor that: a run that could not be decided."""


class Life(Happenings):
    """`made` are all effects that were written down, by their keys, `handed` those that left."""

    def __init__(self, seed, crashes=True, edits=0):
        self.lot, self.crashes, self.depth = Random(seed), crashes, 0
        self.words = drawn_journey(self.lot)
        self.editions = editions(Random(f"{seed}/edit"), self.words, edits)
        graphs = [graph_of(each, version) for version, each in self.editions.items()]
        self.graph, self.oracle = graphs[0], Oracle(self.words, CUSTOMER)
        self.now, self.clock = START, Clock(lambda: self.now / 1000)
        self.ledger, self.made, self.handed, self.tasks = {}, {}, set(), []
        self.told, self.judged, self.heard, self.taken = {}, set(), [], []
        self.things, self.looks = {}, {}
        self.runs = Table(self)
        self.decider = Decider(self.runs, Journeys(*graphs), self, self, self.clock, wrong)
        self.settler = Settler(self.runs, self.clock, wrong)
        self.draw()
        if Random(f"{seed}/shift").random() < 0.3:
            self.resume = "shift"

    # What happens.

    def lives(self):
        for at, what in self.ahead:
            self._until(at)
            if what == "turn":
                self._wake()
            elif what == "edit":
                self.edited()
            else:
                self.hears(what)
            self._stir()
        self.crashes = False
        self._until(START + 200 * DAY)
        return self

    @property
    def row(self):
        return self.runs.rows.get(KEY)

    def _wake(self):
        """Of all runs, when a journey is paused, goes on or is stopped."""
        if self.row and self.row.is_open:
            self.runs.rows[KEY] = replace(self.row, due_at=clock.to_text(self.clock.now()))

    def _until(self, at):
        """The clock comes by each minute while something is due, or late, or much too late."""
        for _ in range(MOST_TURNS):
            due_at = to_ms(self.row.due_at) if self.row and self.row.due_at else None
            if due_at is None or max(due_at, self.now) > at:
                self.now = max(self.now, at)
                return
            self.now = max(self.now + MINUTE, due_at) if due_at <= self.now else due_at
            if self.crashes and self.lot.random() < 0.1:
                self.now += self.lot.choice([MINUTE, 5 * HOUR, 40 * HOUR])
            self._stir()
        raise AssertionError(f"stuck: {self.row}")

    def _stir(self):
        for _ in range(self.lot.choice([1, 1, 2])):
            self.leg()

    def leg(self):
        """As the machine of a leg does it."""
        wanted = [Wanted(KEY)]
        try:
            for _ in range(MOST_ROUNDS):
                done = [self._handed(each) for each in self.decider.decide(wanted, "leg")]
                wanted = self.settler.settle(done)
                self.moment()
        except Died:
            pass

    def _handed(self, leg):
        for each in leg["effects"]:
            self.moment()
            self._receive(each)
        return handed_over(leg)

    def moment(self):
        """Between two calls of a leg it may die; or sleep, while others hear, go on, and finish or die."""
        lot = self.lot
        if not self.crashes or self.depth > 2 or lot.random() > 0.09:
            return
        what = lot.choice(["die", "die", "hear", "leg", "hear and leg", "sleep and leg"])
        if what == "die":
            raise Died
        self.depth += 1
        if "sleep" in what:
            self.now += lot.choice([MINUTE, 2 * MINUTE, 3 * HOUR])
        if "hear" in what:
            self.hears("hear")
        if "leg" in what:
            self.leg()
        self.depth -= 1

    # What a leg asks of the world.

    def look(self, row, _graph, _leg):
        facts = Facts(self)
        self.looks[id(row)] = row, facts, self.now
        self.moment()
        return facts

    def plan(self, mails, _row, graph):
        self.moment()
        for each in mails:
            if not each.is_end and each.send_id not in self.ledger:
                delay, fate = self.fates[self.editions[graph.version]["nodes"][each.node]["letter"]]
                self.ledger[each.send_id] = (each.node, each.visit, self.now + delay, fate)
        self.moment()

    def wrote(self, after, before):
        """The oracle is told of what a leg has decided, when that was written."""
        if after.run is before.run:
            return  # It was taken over, or failed.
        _, facts, now = self.looks[id(before)]
        self.taken += [each.id for each in before.inbox]
        made = self.oracle.look(now, [self.told[each.id] for each in before.inbox], facts.told())
        assert list(map(named, after.pending)) == made
        assert not [each.key for each in after.pending if each.key in self.made]
        self.made |= {each.key: each for each in after.pending}
        self._agrees(after.run)
        journey_counted.agrees(after, self.oracle)

    def _agrees(self, run):
        oracle = self.oracle
        told = (run.status, run.version, run.node, run.visit, run.reason, run.goal_at)
        assert told == (oracle.status, oracle.version, oracle.node, oracle.visit, oracle.reason, oracle.goal_at)
        assert [(each.node, each.visit) for each in run.tasks] == oracle.open
        assert [(each.channel, each.name, each.node, each.visit, each.place) for each in run.on] == oracle.on

    def _receive(self, message):
        """At the other end: what was done under a key is not done again."""
        each = self.made[message["key"]]
        assert message["channel"] == effects.channel(each)
        if each.key in self.handed:
            return
        self.handed.add(each.key)
        if isinstance(each, effects.Task) and not each.is_end:
            self.tasks.append([each.node, each.visit])
        elif isinstance(each, effects.Audience | effects.Slot):
            self.things[effects.channel(each), each.name] = not each.is_end


class Table(Runs):
    """Between its calls anything may happen."""

    def __init__(self, life):
        super().__init__()
        self._life = life

    def load(self, key):
        """A row of each leg's own, by which it is known again."""
        self._life.moment()
        row = super().load(key)
        return row and replace(row)

    def settle(self, held):
        self._life.moment()
        is_done = super().settle(held)
        self._life.moment()
        return is_done

    def write(self, after, before):
        self._life.moment()
        super().write(after, before)
        row = self.rows[after.key]
        assert not row.inbox or "" < row.due_at <= clock.to_text(self._life.clock.now()), "heard, and not due"
        self._life.wrote(after, before)
        self._life.moment()


def named(each):
    """As the oracle calls it."""
    return type(each).__name__, each.node, each.visit, each.place, getattr(each, "is_end", False)


def wrong(_key, problem):
    if not isinstance(problem, Overtaken):
        raise Wrong from problem


def lived(seed, edits=0):
    """A whole life, and all that has to hold at its end."""
    life = Life(seed, edits=edits).lives()
    row, run = life.row, life.row.run
    late = [each.id for each in row.inbox]
    assert {*life.taken, *late} == set(life.heard), "a cause was lost"
    assert (run.status, row.pending) == ("over", ()), "the run is stuck"
    called_off = {key for key, each in life.made.items() if isinstance(each, effects.Mail) and each.is_end}
    assert life.handed == life.made.keys() - called_off, "something was not handed over"
    assert not [name for name, is_on in life.things.items() if is_on], "something stayed on"
    return life
