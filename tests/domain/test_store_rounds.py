"""What becomes of a batch when tables say no: bounded tries, and only the messages concerned come again."""

from shopkeeper import ids
from shopkeeper.clock import Clock
from shopkeeper.customer import document
from shopkeeper.customer.store import people, rounds
from shopkeeper.customer.store.arrival import Store
from shopkeeper.customer.store.keeping import Places
from shopkeeper.customer.store.merger import Merger
from shopkeeper.customer.store.people import People
from shopkeeper.customer.store.ports import Conflict, NotTaken
from tests.interactions import said
from tests.standing_world import nowhere
from tests.store_fakes import (
    FakeCustomers,
    FakeIdentities,
    FakeInteractions,
    FakeMerges,
    FakeOrders,
    FakeSends,
    Tables,
    Wire,
)
from tests.store_wiring import rounds_over

JO = ids.customer_id("user:jo")
BATCH = {"a": said("user:jo", "m1"), "b": said("user:al", "m1"), "c": said("user:jo", "m2")}


class Shop:
    def __init__(
        self,
        customers=FakeCustomers,
        interactions=FakeInteractions,
        identities=FakeIdentities,
        orders=FakeOrders,
        stand=nowhere,
    ):
        self.tables, self.wire, self.pauses = Tables(), Wire(), []
        self.quarantined, self.full = [], []
        self.interactions = interactions(self.tables, self.wire)
        clock = Clock(lambda: 1_772_366_400)
        stored, merges = customers(self.tables, self.wire), FakeMerges(self.tables, self.wire)
        merger = Merger(stored, self.interactions, merges, nowhere, clock)
        names = identities(self.tables, self.wire)
        sorted_out = People(names, merger, clock, self.pauses.append, self.quarantined.append, lambda *_: None)
        facts = orders(self.tables, self.wire)
        sends = FakeSends(self.tables, self.wire)
        tables = stored, self.interactions, names, facts
        served = rounds_over(*tables, clock, self.pauses.append, stand=stand, full=self.full.append)
        self.store = Store(self.interactions, Places(sends, sends, sends), sends, sorted_out, served).store

    def counted(self, identity):
        return document.load(self.tables.customers[ids.customer_id(identity)]).measures["Product Viewed"].count


class JoIsAlwaysBusy(FakeCustomers):
    def save(self, stored):
        if stored.customer_id == JO:
            raise Conflict
        super().save(stored)


def test_a_customer_that_others_keep_writing_costs_only_its_own_messages():
    shop = Shop(customers=JoIsAlwaysBusy)

    assert shop.store(BATCH) == {"a": "conflicts", "c": "conflicts"}
    assert shop.pauses == list(range(1, rounds.MOST_CONFLICTS + 1))
    assert shop.counted("user:al") == 1
    assert JO not in shop.tables.customers


class NoRoomForJo(FakeInteractions):
    refuses = True

    def put(self, rows):
        refused = [row for row in rows if row.subject == "user:jo" and self.refuses]
        super().put([row for row in rows if row not in refused])
        if refused:
            raise NotTaken([row.key for row in refused])


def test_rows_that_were_not_taken_are_put_by_the_next_delivery_and_counted_once():
    shop = Shop(interactions=NoRoomForJo)

    assert shop.store(BATCH) == {"a": "rows not taken", "c": "rows not taken"}
    shop.interactions.refuses = False
    assert shop.store(BATCH) == {}

    assert shop.counted("user:jo") == 2
    assert set(shop.tables.rows) == {each.key for each in BATCH.values()}


def test_while_rows_are_owed_nothing_more_is_folded():
    """So `pending` never holds more than one write."""
    shop = Shop(interactions=NoRoomForJo)
    shop.store(BATCH)

    assert shop.store({"d": said("user:jo", "m3")}) == {"d": "rows not taken"}
    assert shop.counted("user:jo") == 2


def test_rows_that_a_given_up_message_owes_are_put_by_the_next_writer():
    shop = Shop(interactions=NoRoomForJo)
    shop.store(BATCH)
    shop.interactions.refuses = False

    assert shop.store({"d": said("user:jo", "m3")}) == {}

    assert set(shop.tables.rows) >= {("user:jo", "m1"), ("user:jo", "m2"), ("user:jo", "m3")}
    assert shop.counted("user:jo") == 3


class JoIsDisputed(FakeIdentities):
    def replace(self, change):
        if change.identity == "user:jo":
            raise Conflict
        super().replace(change)


def test_an_identity_that_others_keep_writing_costs_only_the_messages_that_state_it():
    shop = Shop(identities=JoIsDisputed)

    assert shop.store(BATCH) == {"a": "conflicts", "c": "conflicts"}
    assert len(shop.pauses) == 2 * people.MOST_CONFLICTS
    assert shop.counted("user:al") == 1


def test_two_messages_with_one_key_share_their_fate():
    twice = {"a": said("user:jo", "m1"), "b": said("user:jo", "m1"), "c": said("user:al", "m1")}

    assert Shop(customers=JoIsAlwaysBusy).store(twice) == {"a": "conflicts", "b": "conflicts"}


def test_an_empty_batch_makes_no_write():
    shop = Shop()

    assert shop.store({}) == {}
    assert sum(shop.wire.calls[name] for name in ("customers.save", "interactions.put", "identities.replace")) == 0


def test_a_row_says_when_it_was_folded_and_goes_on_saying_so():
    shop = Shop(interactions=NoRoomForJo)
    shop.store(BATCH)
    shop.interactions.refuses = False
    shop.store(BATCH)

    assert {row.folded_at for row in shop.tables.rows.values()} == {"2026-03-01T12:00:00.000Z"}
