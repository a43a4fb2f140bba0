"""A shop with segments, whose clock is moved by hand: what is kept of whom, however it came to be kept."""

from datetime import UTC, datetime, timedelta

from shopkeeper.clock import Clock
from shopkeeper.customer import document
from shopkeeper.customer.instants import ms_of
from shopkeeper.customer.measures import Rules
from shopkeeper.customer.store.looking import Look
from shopkeeper.segment.placing import right
from shopkeeper.segment.standing import Standings
from tests.store_fakes import Crash
from tests.store_world import FAKES, World

_TICK = timedelta(microseconds=1)


class SegmentShop(World):
    """`editions` give those who write what counts; `registered` are measures of the shop's own, counted of everybody.

    `woken` counts whom the clock looked at, and when.
    """

    def __init__(self, editions, start, zone=UTC, registered=(), fakes=FAKES):
        super().__init__(fakes)
        self.editions = editions
        self.stand = Standings(editions).stand
        self.counted = Rules(zone, {each.id: each for each in registered})
        self.woken = []
        self._now = start

    def now(self):
        """It hardly moves by itself."""
        self._now += _TICK
        return self._now

    def move_to(self, at):
        self._now = max(self._now, at)

    def rules(self, now):
        return lambda measure_ids: self.counted

    def due(self, until):
        """Who is due by then, the earliest first."""
        text = until.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        stored = self.tables.customers.values()
        return sorted((each.due_at, each.customer_id) for each in stored if each.due_at and each.due_at <= text)

    def wake_until(self, until, crash_at=None, overtaken_at=None, by=()):
        """All that is due by then, each when it is due; whoever dies over it is started again."""
        while due := self.due(until):
            at, customer_id = due[0]
            self.move_to(datetime.fromisoformat(at))
            self.woken.append((at, customer_id))
            crash_at = self._wake(customer_id, crash_at, overtaken_at, by)
            overtaken_at = None
        self.move_to(until)

    def _wake(self, customer_id, crash_at, overtaken_at, by):
        wire = self._wire(crash_at, overtaken_at, by)
        customers, interactions, *_ = (fake(self.tables, wire) for fake in self.fakes)
        clock = Clock(lambda: self.now().timestamp())
        try:
            failed = Look(customers, interactions, self.stand, clock, lambda conflicts: None).woken([customer_id])
        except Crash:
            return None
        self.problems += [f"not woken: {id_}: {problem}" for id_, problem in failed.items()]
        return None if crash_at is None else max(0, crash_at - wire.halves)

    def slots(self):
        """Where each living customer stands, by what is kept."""
        return {each.customer_id: set(each.document.standing.slots) for each in document.living(self._stored())}

    def mistaken(self):
        """Of whom a recomputation of all would find that they do not stand where they belong, or are never woken."""
        current, now_ms = self.editions.at_least(0), ms_of(self.now())
        everybody = (document.load(each) for each in self._stored())
        return [each.customer_id for each in everybody if not right(current, each, now_ms)[1]]

    def _stored(self):
        return list(self.tables.customers.values())
