"""The store itself, with a crash before and after every call, and with another store overtaking it there."""

import pytest

from shopkeeper.customer import identity, orders, rows
from shopkeeper.customer.store import decide, people
from shopkeeper.customer.store.rounds import Rounds
from tests.interactions import identified, ordered, said
from tests.store_fakes import FakeCustomers, FakeIdentities, FakeInteractions, FakeMerges, FakeSends
from tests.store_world import World

EARLIER = [said("anon:phone", "m0"), identified("user:jo", "m1", {"city": "Ulm"}), identified("user:al", "m2")]
TOLD = [
    said("anon:phone", "m3"),
    identified("user:jo", "m4", {"city": "Bonn"}, ids={"user": "jo", "anon": "phone"}, at="2026-03-01T12:00:01.000Z"),
    said("anon:phone", "m5"),
    ordered("user:jo", "browser", "17", 29.33, ids={"user": "jo", "anon": "phone"}),
    ordered("anon:phone", "server", "17", 29.33),
    ordered("anon:phone", "page", "17", 0.01, trusted=False),
    ordered("anon:phone", "page again", "18", 0.01, trusted=False),
    ordered("user:jo", "kiosk", "18", 5),
    ordered("user:new", "m6", total=10, ids={"user": "new", "anon": "tablet", "email": "New@Example.com"}),
    said("email:new@example.com", "m7"),
    said("user:jo", "m3"),
]


def told(world):
    """Received one after the other, one of them sent twice."""
    batch = [world.received(each) for each in TOLD]
    return [*batch, batch[0]]


def half_calls():
    world = World()
    world.deliver(EARLIER)
    world.deliver(told(world))
    return world.half_calls


def crashing(at, fakes):
    """The process dies there, the message is delivered again in other batches, and then everything once more."""
    world = World(fakes)
    world.deliver(EARLIER)
    batch = told(world)
    world.deliver(batch, crash_at=at)
    later = [world.received(each) for each in [said("anon:phone", "m8"), said("user:jo", "m9")]]
    world.deliver([*later, *batch[4:]])
    world.deliver(batch[:4])
    world.deliver([*reversed(batch), *EARLIER])
    return world.faults()


def overtaken(at, fakes):
    """While one store holds half the batch, another one gets the other half and some of the same; then it gets more."""
    world = World(fakes)
    world.deliver(EARLIER)
    batch = told(world)
    more = [world.received(each) for each in [said("anon:phone", "m8"), said("user:jo", "m9")]]
    world.deliver(batch[:5], overtaken_at=at, by=[batch[2:], more])
    world.deliver([*reversed(batch), *EARLIER])
    return world.faults()


def resent(at, fakes):
    """The process dies there; the device moves; its message comes again as the sender repeats it, received later."""
    world = World(fakes)
    world.deliver(EARLIER)
    first = world.received(said("anon:phone", "m3"))
    world.deliver([first], crash_at=at)
    world.deliver([world.received(each) for each in TOLD[1:2]])
    world.deliver([world.received(said("anon:phone", "m3"))])
    world.deliver([first])
    return world.faults()


def founding(at, fakes):
    """Two stores meet on a device that nobody has seen before: one knows it alone, the other one with its user."""
    world = World(fakes)
    alone = world.received(said("anon:phone", "m1"))
    together = world.received(identified("user:jo", "m2", ids={"user": "jo", "anon": "phone"}))
    world.deliver([alone], overtaken_at=at, by=[[together]])
    world.deliver([together, alone])
    customers = {row.customer_id for row in world.tables.rows.values()}
    return [*world.faults(), *(["one person is two customers"] if len(customers) > 1 else [])]


def wearing_out(at, fakes):
    """A device that changes hands too often dies on the way to nobody, and is heard of again."""
    world = World(fakes)
    hands = [identified(f"user:{n}", "m", ids={"user": str(n), "anon": "phone"}) for n in range(identity.MOST_MOVES)]
    for each in hands[:-1]:
        world.deliver([world.received(each), world.received(said("anon:phone", f"with {each.subject}"))])
    early = world.received(said("anon:phone", "early"))
    last = world.received(hands[-1])
    world.deliver([last, early], crash_at=at)
    world.deliver([last])
    late = world.received(said("anon:phone", "late"))
    world.deliver([late, world.received(early)])  # As its sender repeats it, and perhaps folded with no row yet.
    world.deliver([last, late, early])
    aside = {key for key, row in world.tables.rows.items() if row.unfolded == "quarantined"}
    problems = [] if {late.key} <= aside <= {late.key, early.key} else [f"laid aside: {aside}"]
    return [*world.faults(), *problems, *(["told more than once"] if len(world.quarantined) > 1 else [])]


FAKES = (FakeCustomers, FakeInteractions, FakeIdentities, FakeSends, FakeMerges)
WAYS = [crashing, overtaken, resent, founding, wearing_out]


@pytest.fixture(autouse=True)
def _few_moves(monkeypatch):
    """The devices of the other ways move twice at most."""
    monkeypatch.setattr(identity, "MOST_MOVES", 4)


def first_faults(fakes=FAKES):
    for way in WAYS:
        for at in range(half_calls() + 2):
            if faults := way(at, fakes):
                return [f"{way.__name__} at {at}", *faults]
    return []


@pytest.mark.parametrize("way", WAYS)
def test_whatever_happens_at_any_call_each_interaction_counts_once(way):
    assert half_calls() > 30

    assert {at: faults for at in range(half_calls() + 2) if (faults := way(at, FAKES))} == {}


class RowsAsBefore(FakeInteractions):
    """Rows as they were before the document was read."""

    def existing(self, keys):
        return {key for key in keys if key in self.wire.rows_before}


class ReadAfterRows(FakeCustomers):
    def load(self, customer_ids):
        self.wire.rows_before = dict(self.tables.rows)
        return super().load(customer_ids)


class WithoutCondition(FakeCustomers):
    def save(self, stored):
        self.wire.call("customers.save", lambda: self.tables.customers.update({stored.customer_id: stored}))


class WithoutClaim(FakeInteractions):
    def claim(self, order, customer_id, by):
        super().claim(order, customer_id, by)
        return by


class LastClaimWins(FakeInteractions):
    def claim(self, order, customer_id, by):
        self.wire.call("interactions.claim", lambda: self.tables.claims.update({order: by}))
        return by


class IdentitiesWithoutCondition(FakeIdentities):
    def replace(self, change):
        self.wire.call("identities.replace", lambda: self.tables.identities.update({change.identity: change.after}))


@pytest.mark.parametrize(
    "fakes",
    [
        (ReadAfterRows, RowsAsBefore, FakeIdentities, FakeSends, FakeMerges),
        (WithoutCondition, FakeInteractions, FakeIdentities, FakeSends, FakeMerges),
        (FakeCustomers, WithoutClaim, FakeIdentities, FakeSends, FakeMerges),
        (FakeCustomers, LastClaimWins, FakeIdentities, FakeSends, FakeMerges),
        (FakeCustomers, FakeInteractions, IdentitiesWithoutCondition, FakeSends, FakeMerges),
    ],
    ids=lambda fakes: "+".join(fake.__name__ for fake in fakes if fake not in FAKES),
)
def test_tables_that_keep_a_promise_less_are_noticed(fakes):
    assert first_faults(fakes) != []


def claimed_by_anybody(interaction):
    return f"order:{interaction.properties['order_id']}" if "order_id" in interaction.properties else ""


def laid_aside_unseen(rounds, candidates):
    for each in candidates:
        rounds._interactions.put_if_absent(rows.row_of(each.interaction, unfolded="quarantined"))
    return {}


def nothing_owed(rounds, loaded, seen, failed):
    return set()


def resolved_now(known, received_at):
    return known.last.customer_id


def told_as_often_as_it_comes(candidates):
    return {(each.interaction.key, place): each for place, each in enumerate(candidates)}


def without_formerly(subject, statement, known):
    person = _person(subject, statement, known)
    return people.Person(person.customer_id, person.identities)


_person = people._person


@pytest.mark.parametrize(
    "patches",
    [
        pytest.param([(Rounds, "_settle", nothing_owed), (decide, "unfolded", None)], id="no look into pending"),
        pytest.param([(identity, "resolve", resolved_now)], id="resolved by the time of processing"),
        pytest.param([(decide, "first_of_each", None)], id="twice in one batch"),
        pytest.param([(people, "_person", without_formerly)], id="no look at earlier customers"),
        pytest.param([(orders, "order_of", claimed_by_anybody)], id="a page claims an order"),
        pytest.param([(orders, "is_hearsay", lambda interaction: False)], id="a page's word counts"),
        pytest.param([(Rounds, "lay_aside", laid_aside_unseen)], id="laid aside without a look at earlier customers"),
    ],
)
def test_a_store_that_leaves_out_a_step_is_noticed(patches, monkeypatch):
    replacements = {"unfolded": _unfolded_by_rows_alone, "first_of_each": told_as_often_as_it_comes}
    for owner, name, replacement in patches:
        monkeypatch.setattr(owner, name, replacement or replacements[name])

    assert first_faults() != []


def _unfolded_by_rows_alone(customer, seen, candidates):
    return [each for key, each in decide.first_of_each(candidates).items() if key not in seen]
