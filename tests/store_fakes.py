"""The tables in memory, with true conditions; every call is counted and can crash before or after it is done.

Everything goes in and out as the adapters would store it, so nothing survives here that would not survive in DynamoDB.
"""

from collections import Counter
from dataclasses import dataclass, field

from shopkeeper.customer import rows
from shopkeeper.customer.rows import Row
from shopkeeper.customer.store.ports import Conflict


class Crash(BaseException):
    """The process dies: nothing in the code under test may catch this."""


@dataclass
class Wire:
    """Every call of every table goes over it. `crash_at` counts half calls: 2n is before call n, 2n + 1 after it."""

    crash_at: int | None = None
    calls: Counter = field(default_factory=Counter)
    halves: int = 0
    trace: list = field(default_factory=list)

    def call(self, name, work):
        self._half(f"before {name}")
        result = work()
        self.calls[name] += 1
        self._half(f"after {name}")
        return result

    def _half(self, where):
        here, self.halves = self.halves, self.halves + 1
        self.trace.append(where)
        if here == self.crash_at:
            raise Crash(where)


class Tables:
    """What is stored; it outlives the crash of whoever uses it."""

    def __init__(self):
        self.customers = {}
        self.rows = {}
        self.claims = {}
        self.identities = {}
        self.merges = {}
        self.sends = {}


class FakeCustomers:
    def __init__(self, tables, wire):
        self.tables, self.wire = tables, wire

    def load(self, customer_ids):
        """As DynamoDB does, it refuses the whole read for one key without text."""
        assert all(customer_ids)
        stored = self.tables.customers
        return self.wire.call(
            "customers.load", lambda: {id_: stored[id_] for id_ in set(customer_ids) if id_ in stored}
        )

    def save(self, stored):
        def work():
            held = self.tables.customers.get(stored.customer_id)
            if (held.version if held else 0) != stored.version - 1:
                raise Conflict(stored.customer_id)
            self.tables.customers[stored.customer_id] = stored

        self.wire.call("customers.save", work)


class FakeInteractions:
    def __init__(self, tables, wire):
        self.tables, self.wire = tables, wire

    def existing(self, keys):
        return self.wire.call("interactions.existing", lambda: {key for key in keys if key in self.tables.rows})

    def put(self, put_rows):
        """Two at a time, as DynamoDB takes 25 at a time: a crash may leave some of them out."""
        waiting = [_kept(row) for row in put_rows]
        while waiting:
            pair, waiting = waiting[:2], waiting[2:]
            self.wire.call(
                "interactions.put", lambda pair=pair: self.tables.rows.update({row.key: row for row in pair})
            )

    def put_if_absent(self, row: Row):
        self.wire.call("interactions.put_if_absent", lambda: self.tables.rows.setdefault(row.key, _kept(row)))

    def under(self, subject):
        """One at a time, as a page of DynamoDB may hold any number."""
        rows = self.tables.rows
        found = self.wire.call("interactions.under", lambda: [row for key, row in rows.items() if key[0] == subject])
        yield from ([row] for row in found)

    def claims(self, orders):
        held = self.tables.claims
        return self.wire.call("interactions.claims", lambda: {each: held[each] for each in orders if each in held})

    def claim(self, order, customer_id, by):
        return self.wire.call("interactions.claim", lambda: self.tables.claims.setdefault(order, by))


class FakeIdentities:
    def __init__(self, tables, wire):
        self.tables, self.wire = tables, wire

    def load(self, identities):
        held = self.tables.identities
        return self.wire.call("identities.load", lambda: {name: held[name] for name in set(identities) if name in held})

    def replace(self, change):
        def work():
            if self.tables.identities.get(change.identity) != change.before:
                raise Conflict(change.identity)
            self.tables.identities[change.identity] = change.after

        self.wire.call("identities.replace", work)


class FakeMerges:
    """A transaction: all conditions hold and all is written, or nothing is."""

    def __init__(self, tables, wire):
        self.tables, self.wire = tables, wire

    def carry_out(self, merging, changes):
        def work():
            if merging.log.entry.id in self.tables.merges:
                raise Conflict(merging.log.entry.id)
            self._write(merging, changes)

        self.wire.call("merges.carry_out", work)

    def undo(self, unmerging, changes):
        def work():
            log = self.tables.merges[unmerging.log.entry.id]
            if log.entry.undone_at:
                raise Conflict(log.entry.id)
            self._write(unmerging, changes)

        self.wire.call("merges.undo", work)

    def load(self, merge_ids):
        held = self.tables.merges
        return self.wire.call("merges.load", lambda: {id_: held[id_] for id_ in set(merge_ids) if id_ in held})

    def _write(self, writing, changes):
        customers, identities = self.tables.customers, self.tables.identities
        both = (writing.gone, writing.into)
        versions = [customers[each.customer_id].version if each.customer_id in customers else 0 for each in both]
        if versions != [each.version - 1 for each in both]:
            raise Conflict(writing.log.entry.id)
        if any(identities.get(change.identity) != change.before for change in changes):
            raise Conflict([change.identity for change in changes])
        customers.update({each.customer_id: each for each in both})
        identities.update({change.identity: change.after for change in changes})
        self.tables.merges[writing.log.entry.id] = writing.log


class FakeSends:
    def __init__(self, tables, wire):
        self.tables, self.wire = tables, wire

    def customers(self, send_ids):
        sends = self.tables.sends
        return self.wire.call("sends.customers", lambda: {id_: sends[id_] for id_ in set(send_ids) if id_ in sends})


def _kept(row):
    (kept,) = rows.from_json(rows.to_json((row,)))
    return kept
