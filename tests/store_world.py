"""A shop whose store can crash at any half call, be overtaken by another one there, and get every message again.

What must hold is said in `faults`, by an oracle that looks at the distinct interactions that were acknowledged and at
the rows, and works out by hand what each document has to say. It shares with the store how a customer is named after an
identity, how rows and documents are read back, and which interaction has claimed an order; that an order counts once is
asked of all documents together. Whose a row is it takes from the row and only asks that it can be: where the order of
things is known, `store_owners` works that out by itself.
"""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.customer import document
from shopkeeper.customer.measures import Rules
from shopkeeper.customer.merging import NotMerged
from shopkeeper.customer.parting import INCOMPLETE, NotParted
from shopkeeper.customer.store.arrival import Store
from shopkeeper.customer.store.by_hand import ByHand, Nameless
from shopkeeper.customer.store.keeping import Places
from shopkeeper.customer.store.merger import Merger
from shopkeeper.customer.store.parter import Parter
from shopkeeper.customer.store.people import People
from shopkeeper.customer.store.settling import NotSettled
from tests import measure_oracle
from tests.measures_shown import shown
from tests.standing_world import nowhere
from tests.store_expected import Told, expected_consents, expected_traits, is_undone
from tests.store_fakes import (
    Crash,
    FakeCustomers,
    FakeIdentities,
    FakeInteractions,
    FakeMerges,
    FakeOrders,
    FakeSends,
    Tables,
    Wire,
)
from tests.store_owners import impossible_owners, living, plain
from tests.store_wiring import nothing_registered, rounds_over

FAKES = (FakeCustomers, FakeInteractions, FakeIdentities, FakeSends, FakeMerges, FakeOrders)


def fakes(*others):
    """With these in the place of what they are made of."""
    return tuple(next((other for other in others if issubclass(other, fake)), fake) for fake in FAKES)


START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class World:
    """`tables` may be fakes that misbehave: a mutant must show up in `faults`."""

    def __init__(self, fakes=FAKES):
        self.fakes = fakes
        self.tables = Tables()
        self.acknowledged = {}
        self.problems = []
        self.quarantined = []
        self.not_merged, self.refused, self.by_hand = [], [], False
        self._elapsed = timedelta()
        self.stand = nowhere

    def now(self):
        """Time passes with every look at the clock, so no two instants are the same."""
        self._elapsed += timedelta(milliseconds=1)
        return START + self._elapsed

    def received(self, interaction):
        return interaction.__class__(**{**_fields(interaction), "received_at": clock.to_text(self.now())})

    def deliver(self, batch, crash_at=None, overtaken_at=None, by=()):
        """Store a batch; True if it was acknowledged. At a half call another store gets the batches `by`, or whatever
        stands there instead of one is done."""
        wire = self._wire(crash_at, overtaken_at, by)
        try:
            failed = self._store(wire).store({str(place): each for place, each in enumerate(batch)})
        except Crash:
            return False
        self.problems += [f"gave up: {reason}" for reason in failed.values()]
        for place, each in enumerate(batch):
            if str(place) not in failed:
                self.acknowledged.setdefault(each.key, []).append(each)
        self.half_calls = wire.halves
        self.calls = wire.calls
        return True

    def _wire(self, crash_at, overtaken_at, by):
        return _Overtaken(
            crash_at, overtaken_at, lambda: [other() if callable(other) else self.deliver(other) for other in by]
        )

    def _store(self, wire):
        customers, interactions, identities, sends, merges, orders = (fake(self.tables, wire) for fake in self.fakes)
        now = Clock(lambda: self.now().timestamp())
        rules = self.rules(now)
        rounds = rounds_over(
            customers, interactions, identities, orders, now, lambda conflicts: None, rules, self.stand
        )
        merger = Merger(customers, interactions, merges, self.stand, now)
        people = People(identities, merger, now, lambda conflicts: None, self.quarantined.append, self._not_merged)
        return Store(interactions, Places(sends, sends, sends), sends, people, rounds)

    def rules(self, now):
        """What is counted, as a writer asks for it."""
        return nothing_registered

    def merge(self, gone, into, crash_at=None, overtaken_at=None, by=()):
        """By hand, the customer of one identity into that of another. The log; None where it died or is not done."""
        gone, into = (living(self.tables.identities[name].last.customer_id, self.into()) for name in (gone, into))
        if gone == into or not {gone, into} <= self.tables.customers.keys():
            return None
        self.by_hand = True
        wire = self._wire(crash_at, overtaken_at, by)
        customers, interactions, identities, _, merges, _ = (fake(self.tables, wire) for fake in self.fakes)
        merger = Merger(customers, interactions, merges, self.stand, Clock(lambda: self.now().timestamp()))
        return self._try(
            wire,
            lambda: ByHand(customers, identities, merger, lambda conflicts: None).merge(gone, into, "somebody"),
            (NotMerged, Nameless, NotSettled),
        )

    def unmerge(self, log, crash_at=None, overtaken_at=None, by=()):
        """The log; None where it died or cannot be done."""
        wire = self._wire(crash_at, overtaken_at, by)
        customers, interactions, identities, _, merges, orders = (fake(self.tables, wire) for fake in self.fakes)
        now = Clock(lambda: self.now().timestamp())
        parter = Parter(
            customers, interactions, orders, identities, merges, Rules(), self.stand, now, lambda conflicts: None
        )
        return self._try(wire, lambda: parter.part(log, "somebody"), (NotParted, NotSettled))

    def standing(self):
        """The logs of all merges straight into a living customer, oldest first."""
        merged = {(id_, merge) for each in self.documents().values() for id_, merge in each.document.merged.items()}
        logs = [log for log in self.tables.merges.values() if (log.entry.gone, log.entry.id) in merged]
        return sorted((log for log in logs if log.entry.into not in self.into()), key=lambda log: log.entry.at)

    def _try(self, wire, work, refused):
        try:
            return work()
        except Crash:
            return None
        except refused as problem:
            self.refused.append(problem.args[0])
            return None
        finally:
            self.half_calls = wire.halves

    def _not_merged(self, merge, reason):
        self.not_merged.append((merge, reason))

    def faults(self):
        told = [] if self.by_hand else [each[0] for each in self.acknowledged.values()]
        about_others = {each.key for each in told if is_about_another(each)}
        owners = impossible_owners(told, self.tables.rows, self.into(), about_others)
        lacking = [f"not undone: {reason}" for reason in self.refused if reason == INCOMPLETE]  # All rows are there.
        wrong = (*self._lost(), *owners, *self._wrong_documents(), *self._wrong_orders())
        return [*self.problems, *lacking, *wrong]

    def documents(self):
        return {id_: document.load(stored) for id_, stored in self.tables.customers.items()}

    def into(self):
        """Where each customer went who was merged into another."""
        gone = {id_: each.document.merged_into for id_, each in self.documents().items()}
        return {id_: into for id_, into in gone.items() if into}

    def owner(self, row):
        """Whose a row is, whoever that customer was merged into: whose its subject was when it was received.

        What a trusted word says of an order is whose the order is, unless it was taken back before it came.
        """
        order = row.said().get("properties", {}).get("order_id")
        if row.order_owner and order is not None:
            return self.tables.claims[str(order)]
        kind, _, name = row.subject.partition(":")
        if kind == "customer":
            return name
        moves = self.tables.identities[plain(row.subject)].moves
        dated = [move for move in moves if move.since is not None and move.since <= row.received_at]
        return dated[-1].customer_id

    def _lost(self):
        personal = {key: each[0] for key, each in self.acknowledged.items() if not key[0].startswith("content:")}
        said = {key for key, row in self.tables.rows.items() if row.at}  # A mark that it was retracted says nothing.
        yield from (f"no row for {key}" for key in self.acknowledged if key not in said)
        rows = {key: self.tables.rows[key] for key in personal if key in self.tables.rows}
        nobodys = {key: row for key, row in rows.items() if not row.customer_id and row.unfolded != "quarantined"}
        yield from (f"{key} belongs to nobody" for key in nobodys)

    def _wrong_documents(self):
        told, counted, into = defaultdict(list), defaultdict(list), self.into()
        documents = {id_: each for id_, each in self.documents().items() if not each.document.merged_into}
        merges = {merge for each in documents.values() for merge in each.document.merged.values()}
        rows = [Told(row) for row in self.tables.rows.values() if row.customer_id and not is_undone(row, merges)]
        taken_back = measure_oracle.retracted(rows)
        for row in rows:
            if row.name == "Interaction Retracted":  # It is folded where that is which it takes back.
                continue
            owner = living(self.owner(row), into)
            told[owner].append(row)
            counted[owner] += [row] if (row.subject, row.message_id) not in taken_back else []
        yield from (f"{customer_id} has rows and no document" for customer_id in told.keys() - documents.keys())
        for customer_id, customer in documents.items():
            if len(customer.pending) > 100:
                yield "pending grows"
            said, expected = shown(customer.measures), measure_oracle.expected(counted[customer_id])
            if said != expected:
                yield f"measures of {customer_id} are {said} instead of {expected}"
            consents = {topic: consent.is_ for topic, consent in customer.document.consents.items()}
            if consents != (expected := expected_consents(told[customer_id])):
                yield f"consents of {customer_id} are {consents} instead of {expected}"
            traits = expected_traits(told[customer_id])
            if customer.document.traits != traits:
                yield f"traits of {customer_id} are {customer.document.traits} instead of {traits}"

    def _wrong_orders(self):
        """Over all customers: whoever spoke of an order, and how often, it is one order."""
        laid_aside = {key for key, row in self.tables.rows.items() if row.unfolded}
        told = [each[0] for key, each in self.acknowledged.items() if key not in laid_aside]
        gone = measure_oracle.retracted(told)
        counted = [each for each in told if each.key not in gone and measure_oracle.is_counted(each)]
        expected = sum(measure_oracle.order(facts) is not None for facts in measure_oracle.orders(counted).values())
        measures = (customer.measures.get("Order Completed") for customer in self.documents().values())
        if (counted := sum(measure.count for measure in measures if measure)) != expected:
            yield f"{counted} orders counted, of {expected}"


def is_about_another(interaction):
    """Folded for whom it is about, whoever said it."""
    return interaction.trusted and interaction.name in (*measure_oracle.ABOUT_ORDERS, "Interaction Retracted")


class _Overtaken(Wire):
    def __init__(self, crash_at, overtaken_at, other):
        super().__init__(crash_at)
        self._overtaken_at, self._other = overtaken_at, other

    def _half(self, where):
        if self.halves == self._overtaken_at:
            self._overtaken_at = None
            self._other()
        super()._half(where)


def _fields(interaction):
    return {name: getattr(interaction, name) for name in interaction.__struct_fields__}
