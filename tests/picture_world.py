"""A shop in which one thing happens after the other, any of which may die halfway and is then done again.

Each customer's picture is then looked at three ways: as it was kept, as the rows make it anew, and as `customer_oracle`
works it out from what was said.
"""

from contextlib import contextmanager

import pytest

from shopkeeper import clock
from shopkeeper.customer.measures import Rules, measure, tally
from shopkeeper.customer.rebuilding import FOLDED, rebuilt
from shopkeeper.customer.store.own_rows import OwnRows
from tests import customer_oracle, measure_oracle
from tests.measures_shown import shown
from tests.store_fakes import Wire
from tests.store_owners import living
from tests.store_world import World


@contextmanager
def small_measures():
    """Three instants and two days are kept, so that nearly everything taken back leaves a gap."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (measure, tally, measure_oracle):
            patch.setattr(module, "TAIL", 3)
            patch.setattr(module, "TILES", 2)
        yield


class PictureWorld(World):
    def __init__(self):
        super().__init__()
        self.expected = customer_oracle.Shop()
        self.received = []

    def tell(self, said, crash_at=None):
        """New to us, though the sender may have said it before."""
        batch = [self.received_now(each) for each in said]
        self.received += batch
        self._stored(batch, crash_at)
        self.expected.tell(batch, self._instant())

    def received_now(self, each):
        return each.__class__(
            **{name: getattr(each, name) for name in each.__struct_fields__} | {"received_at": self._instant()}
        )

    def again(self, places, crash_at=None):
        """The queue delivers once more what it delivered before."""
        if batch := [self.received[place % len(self.received)] for place in places if self.received]:
            self._stored(batch, crash_at)
            firsts = {}  # Of what has one key and comes together, the first is all there is.
            for each in sorted(batch, key=lambda each: each.received_at):
                firsts.setdefault(each.key, each)
            self.expected.tell(firsts.values(), self._instant())

    def _stored(self, batch, crash_at):
        if not self.deliver(batch, crash_at=crash_at):
            assert self.deliver(batch)

    def merge_names(self, gone, into, crash_at=None):
        if {gone, into} <= self.expected.moves.keys() and self._have_documents(gone, into):
            if not self.merge(gone, into, crash_at=crash_at):
                self.merge(gone, into)
            self.expected.merge(gone, into, self._instant())

    def _have_documents(self, *names):
        homes = (living(self.tables.identities[name].last.customer_id, self.into()) for name in names)
        return all(home in self.tables.customers for home in homes)

    def unmerge_one(self, place, crash_at=None):
        if standing := self.standing():
            log = standing[place % len(standing)]
            if not self.unmerge(log, crash_at=crash_at) and log.entry.gone in self.into():
                assert self.unmerge(log), self.refused
            self.expected.unmerge(log.founders[0], self._instant())

    def _instant(self):
        return clock.to_text(self.now())

    def differences(self):
        """By identity, where the three do not say the same; and what else went wrong."""
        yield from (*self.problems, *self.refused)
        documents = self.documents()
        for name, row in self.tables.identities.items():
            if name not in self.expected.moves:
                yield f"nobody ever named {name}"
                continue
            kept = documents.get(living(row.last.customer_id, self.into()))
            expected = self.expected.picture(self.expected.root(self.expected.now(name)))
            if kept is None:
                if any(expected.values()):
                    yield f"{name} has no document"
                continue
            if (shown := picture(kept)) != expected:
                yield f"{name} is {shown} instead of {expected}"
            if (parts := folded(kept)) != (anew := self._rebuilt(kept)):
                yield f"{name} is kept as {parts}, made anew {anew}"
        yield from (f"nobody knows {name}" for name in self.expected.moves.keys() - self.tables.identities.keys())
        yield from (f"{key} has no row" for key in self.expected.facts.keys() - self.tables.rows.keys())

    def _rebuilt(self, customer):
        """From the rows that are found for the customer, as by whoever asks for it."""
        _, interactions, identities, _, _, orders = (fake(self.tables, Wire()) for fake in self.fakes)
        own = OwnRows(interactions, orders, identities).of(customer)
        return folded(rebuilt(customer, own.rows, own.known, Rules()))


def folded(customer):
    return {name: getattr(customer.document, name) for name in FOLDED}, dict(customer.measures)


def picture(customer):
    """As the oracle says it."""
    said = customer.document
    return {
        "traits": said.traits,
        "consents": {topic: consent.is_ for topic, consent in said.consents.items()},
        "lists": {name for name, stay in said.lists.items() if stay.is_on},
        "measures": shown(customer.measures),
    }
