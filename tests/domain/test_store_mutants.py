"""Stores and tables that leave something out: the ways of dying and being overtaken find each of them out."""

import pytest
from msgspec.structs import replace

from shopkeeper.customer import identity, orders, rows, traces
from shopkeeper.customer.store import decide, people, rounds
from shopkeeper.customer.store.evidence import Evidence
from shopkeeper.customer.store.ports import Claim
from shopkeeper.customer.store.rounds import Rounds
from tests.store_fakes import FakeCustomers, FakeIdentities, FakeInteractions, FakeOrders
from tests.store_ways import first_faults
from tests.store_world import fakes


@pytest.fixture(autouse=True)
def _few_moves(monkeypatch):
    """The devices of the other ways move twice at most."""
    monkeypatch.setattr(identity, "MOST_MOVES", 4)


class RowsAsBefore(FakeInteractions):
    """Rows as they were before the document was read."""

    def existing(self, keys):
        return {key: "" for key in keys if key in self.wire.rows_before}


class ReadAfterRows(FakeCustomers):
    def load(self, customer_ids):
        self.wire.rows_before = dict(self.tables.rows)
        return super().load(customer_ids)


class WithoutCondition(FakeCustomers):
    def save(self, stored):
        self.wire.call("customers.save", lambda: self.tables.customers.update({stored.customer_id: stored}))


class EachClaimsItsOwn(FakeOrders):
    def claim(self, order, customer_id):
        super().claim(order, customer_id)
        return Claim(customer_id, is_new=False)


class NoClaimIsOld(FakeOrders):
    """Whoever takes an old claim for a new one does not look what was said of the order before."""

    def claim(self, order, customer_id):
        return super().claim(order, customer_id)._replace(is_new=True)


class LateFacts(FakeInteractions):
    """The row first, and then what it leaves beside itself."""

    def put(self, put_rows):
        put_rows = list(put_rows)
        for row in put_rows:
            self.wire.call("interactions.put", lambda row=row: self.tables.rows.setdefault(row.key, row))
        super().put(put_rows)


class IdentitiesWithoutCondition(FakeIdentities):
    def replace(self, change):
        self.wire.call("identities.replace", lambda: self.tables.identities.update({change.identity: change.after}))


@pytest.mark.parametrize(
    "worse",
    [
        (ReadAfterRows, RowsAsBefore),
        (WithoutCondition,),
        (EachClaimsItsOwn,),
        (NoClaimIsOld,),
        (LateFacts,),
        (IdentitiesWithoutCondition,),
    ],
    ids=lambda worse: "+".join(fake.__name__ for fake in worse),
)
def test_tables_that_keep_a_promise_less_are_noticed(worse):
    assert first_faults(fakes(*worse)) != []


def laid_aside_unseen(self, candidates):
    for each in candidates:
        self._interactions.put_if_absent(rows.row_of(each.interaction, unfolded="quarantined"))
    return {}


def nothing_owed(rounds, loaded, seen, failed):
    return []


def nothing_to_take_back(evidence, candidates, look):
    return {}


def nothing_taken_back_ahead(row):
    return None


def taken_back_as_often_as_it_is_said(evidence, keys):
    return set()


def counted_by_who_said_it(evidence, each, customer, claims, rules):
    order = orders.id_of(each.interaction)
    evidence._orders.claim(order, each.customer_id)
    return _with_past(evidence, each, each.customer_id, order, rules)


def _with_past(evidence, each, owner, order, rules):
    return replace(each, past=evidence._past(owner, order, rules))


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
        pytest.param([(Rounds, "_settle", nothing_owed)], id="no look into pending"),
        pytest.param([(identity, "resolve", resolved_now)], id="resolved by the time of processing"),
        pytest.param([(decide, "first_of_each", told_as_often_as_it_comes)], id="twice in one batch"),
        pytest.param([(people, "_person", without_formerly)], id="no look at earlier customers"),
        pytest.param([(orders, "is_hearsay", lambda interaction: False)], id="a page's word counts"),
        pytest.param([(Evidence, "_targets", nothing_to_take_back)], id="what was counted is not taken back"),
        pytest.param([(traces, "retracted_by", nothing_taken_back_ahead)], id="what is taken back leaves no mark"),
        pytest.param([(FakeInteractions, "retracted", taken_back_as_often_as_it_is_said)], id="taken back twice"),
        pytest.param([(Evidence, "_of_order", counted_by_who_said_it)], id="orders are whose word they are"),
        pytest.param([(rounds, "target_in", nothing_taken_back_ahead)], id="a mark put a moment ago is overlooked"),
        pytest.param([(Rounds, "lay_aside", laid_aside_unseen)], id="laid aside without a look at earlier customers"),
    ],
)
def test_a_store_that_leaves_out_a_step_is_noticed(patches, monkeypatch):
    for owner, name, replacement in patches:
        monkeypatch.setattr(owner, name, replacement)

    assert first_faults() != []
