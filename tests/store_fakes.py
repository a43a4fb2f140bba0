"""The tables in memory, with true conditions; every call is counted and can crash before or after it is done.

Everything goes in and out as the adapters would store it, so nothing survives here that would not survive in DynamoDB.
"""

from collections import Counter
from dataclasses import dataclass, field

from msgspec import Raw

from shopkeeper.customer import rows, traces
from shopkeeper.customer.retractions import RETRACTED
from shopkeeper.customer.rows import Row
from shopkeeper.customer.store.ports import Claim, Conflict, StoreError


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
        self.facts = {}
        self.retracted = set()
        self.identities = {}
        self.merges = {}
        self.sends = {}
        self.unjudged, self.awaiting, self.crowd = {}, {}, set()
        self.links = {}
        self.owed = {}


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

    def save_all(self, stored):
        """As the adapter: what one write meets is no business of the others."""
        faults = {}
        for each in stored:
            try:
                self.save(each)
            except StoreError as problem:
                faults[each.customer_id] = problem
        return faults


class FakeInteractions:
    def __init__(self, tables, wire):
        self.tables, self.wire = tables, wire

    def existing(self, keys):
        rows = self.tables.rows
        return self.wire.call("interactions.existing", lambda: {key: rows[key].unfolded for key in keys if key in rows})

    def rows(self, keys):
        rows = self.tables.rows
        return self.wire.call("interactions.rows", lambda: [rows[key] for key in keys if key in rows and rows[key].at])

    def retracted(self, keys):
        return self.wire.call("interactions.retracted", lambda: self.tables.retracted & set(keys))

    def put(self, put_rows):
        """Two at a time, as DynamoDB takes 25 at a time: a crash may leave some of them out."""
        kept = [_kept(row) for row in put_rows]
        for pair in _pairs([trace for row in kept if (trace := traces.of_order(row))]):
            self.wire.call("interactions.put", lambda pair=pair: self._put_facts(pair))
        for target in [target for row in kept if (target := traces.retracted_by(row))]:
            self.wire.call("interactions.put", lambda target=target: self.tables.retracted.add(target))
            mark = Row(subject=target[0], message_id=target[1], unfolded=RETRACTED, **NOTHING_SAID)
            self.wire.call("interactions.put_if_absent", lambda mark=mark: self.tables.rows.setdefault(mark.key, mark))
        for pair in _pairs(kept):
            self.wire.call(
                "interactions.put", lambda pair=pair: self.tables.rows.update({row.key: row for row in pair})
            )

    def _put_facts(self, found):
        for owner, order, fact in found:
            self.tables.facts.setdefault(owner, {})[order, fact.key] = fact

    def put_if_absent(self, row: Row):
        def work():
            held = self.tables.rows.get(row.key)
            if held is None or held.unfolded == RETRACTED:
                self.tables.rows[row.key] = _kept(row)

        self.wire.call("interactions.put_if_absent", work)

    def under(self, subject):
        """One at a time, as a page of DynamoDB may hold any number."""
        rows = self.tables.rows
        found = self.wire.call("interactions.under", lambda: [row for row in rows.values() if row.subject == subject])
        found = [row for row in found if row.at]
        yield from ([row] for row in found)


class FakeOrders:
    def __init__(self, tables, wire):
        self.tables, self.wire = tables, wire

    def claim(self, order, customer_id):
        def work():
            is_new = order not in self.tables.claims
            return Claim(self.tables.claims.setdefault(order, customer_id), is_new)

        return self.wire.call("orders.claim", work)

    def facts(self, owner, order):
        held = self.tables.facts
        return self.wire.call(
            "orders.facts", lambda: [fact for (name, _), fact in held.get(owner, {}).items() if name == order]
        )

    def all_facts(self, owner):
        held = self.tables.facts.get(owner, {})
        return iter(self.wire.call("orders.all_facts", lambda: [(name, fact) for (name, _), fact in held.items()]))


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
        self.tables.owed |= dict.fromkeys(writing.owed, (writing.log.entry.id, writing.log.entry.undone_at))


class FakeSends:
    def __init__(self, tables, wire):
        self.tables, self.wire = tables, wire

    def sent(self, send_ids):
        sends = self.tables.sends
        return self.wire.call("sends.sent", lambda: {id_: sends[id_] for id_ in set(send_ids) if id_ in sends})

    def await_verdicts(self, hits):
        for send_id, marks in hits.items():
            note = self.tables.awaiting.setdefault(send_id, set()).update
            self.wire.call("sends.await_verdicts", lambda note=note, marks=marks: note(marks))

    def join(self, hits):
        self.wire.call("crowds.join", lambda: self.tables.crowd.update(hits))

    def keep(self, hits):
        for send_id, each in hits.items():
            note = self.tables.unjudged.setdefault(send_id, {}).update
            self.wire.call("hits.keep", lambda note=note, each=each: note(_by_id(each)))
        return []

    def links(self, content_ref):
        return self.tables.links.get(content_ref, [])


NOTHING_SAID = {"at": "", "received_at": "", "type": "", "source": "", "body": Raw(b"{}")}


def _by_id(hits):
    return {hit.message_id: hit for hit in hits}


def _pairs(found):
    return [found[first : first + 2] for first in range(0, len(found), 2)]


def _kept(row):
    (kept,) = rows.from_json(rows.to_json((row,)))
    return kept
