"""Customers, Identities and Sends on moto: what goes in comes out, and no condition lets the wrong writer through."""

from datetime import UTC, datetime

import pytest
from moto import mock_aws

from shopkeeper.aws.customers import Customers
from shopkeeper.aws.due import Due, DueRows
from shopkeeper.aws.identities import Identities
from shopkeeper.aws.sends import Sends
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer
from shopkeeper.customer.identity import Change, Known, Move
from shopkeeper.customer.outcomes import Outcome
from shopkeeper.customer.rows import row_of
from shopkeeper.customer.store.ports import Conflict, Sent
from tests import tables
from tests.interactions import said
from tests.measured import measured

JO = Customer("c1", 1, measures={"Product Viewed": measured(1, 5, 5)}, pending=(row_of(said("user:jo", "m1")),))
FIRST = Known((Move("", "c1", "", "user:jo"),))
MOVED = Known((*FIRST.moves, Move(None, "c2", "2026-03-01T12:00:00.000Z", "user:al")), user="user:jo")
NOON, LATER = "2026-03-01T12:00:00.000Z", "2026-03-01T12:00:01.000Z"


@pytest.fixture
def dynamodb():
    with mock_aws():
        yield tables.create("CustomersTable", "IdentitiesTable", "SendsTable")


@pytest.fixture
def customers(dynamodb):
    return Customers(dynamodb, "CustomersTable")


@pytest.fixture
def identities(dynamodb):
    return Identities(dynamodb, "IdentitiesTable")


@pytest.fixture
def sends(dynamodb):
    dynamodb.put_item(TableName="SendsTable", Item={"send_id": {"S": "s1"}, "customer_id": {"S": "c1"}})
    return Sends(dynamodb, "SendsTable")


def test_a_customer_comes_back_as_saved(customers):
    customers.save(document.store(JO))

    found = customers.load(["c1", "nobody", "c1"])

    assert {id_: document.load(stored) for id_, stored in found.items()} == {"c1": JO}


def test_of_many_that_are_saved_together_each_is_for_itself_and_waits_in_the_index(customers, dynamodb):
    customers.save(document.store(JO))
    due = [Customer(f"c{n}", 1, due_at=1_772_366_400_000) for n in range(1, 30)]

    faults = customers.save_all([document.store(each) for each in due])

    assert {id_: type(fault) for id_, fault in faults.items()} == {"c1": Conflict}
    waiting = DueRows(dynamodb, "CustomersTable", "customer_id").until("0", datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert set(waiting) == {Due(f"c{n}", NOON) for n in range(2, 30)}


@pytest.mark.parametrize("version", [1, 3])
def test_a_document_is_saved_in_the_place_of_the_version_before_only(customers, version):
    customers.save(document.store(JO))

    with pytest.raises(Conflict):
        customers.save(document.store(Customer("c1", version)))
    customers.save(document.store(Customer("c1", 2)))

    assert customers.load(["c1"])["c1"].version == 2


def test_more_customers_than_one_call_reads_are_all_loaded(customers):
    for n in range(120):
        customers.save(document.store(Customer(f"c{n}", 1)))

    assert len(customers.load([f"c{n}" for n in range(130)])) == 120


def test_an_identity_comes_back_as_written(identities):
    identities.replace(Change("anon:phone", None, FIRST))
    identities.replace(Change("anon:phone", FIRST, MOVED))

    assert identities.load(["anon:phone", "anon:nobody"]) == {"anon:phone": MOVED}


@pytest.mark.parametrize("before", [None, MOVED, Known(FIRST.moves, user="user:jo")])
def test_an_identity_is_replaced_only_while_it_is_the_one_that_was_read(identities, before):
    identities.replace(Change("anon:phone", None, FIRST))

    with pytest.raises(Conflict):
        identities.replace(Change("anon:phone", before, MOVED))

    assert identities.load(["anon:phone"]) == {"anon:phone": FIRST}


def test_a_user_is_taken_into_account_when_an_identity_is_replaced(identities):
    identities.replace(Change("anon:phone", None, MOVED))

    with pytest.raises(Conflict):
        identities.replace(Change("anon:phone", Known(MOVED.moves), FIRST))
    identities.replace(Change("anon:phone", MOVED, FIRST))


def test_a_send_knows_whose_it_is_and_which_letter(sends, dynamodb):
    letter = {"send_id": "s2", "customer_id": "c2", "activity": "campaign:spring", "step": "letter", "occurrence": "1"}
    dynamodb.put_item(TableName="SendsTable", Item={name: {"S": text} for name, text in letter.items()})

    found = sends.sent(["s1", "s1", "s2", "unknown"])

    assert found == {"s1": Sent("c1"), "s2": Sent("c2", "campaign:spring", "letter", "1")}


def attribute(dynamodb, send_id, name):
    found = dynamodb.get_item(TableName="SendsTable", Key={"send_id": {"S": send_id}})
    return found.get("Item", {}).get(name, {}).get("S")


@pytest.mark.parametrize("order", [[NOON, LATER], [LATER, NOON], [NOON, LATER, NOON]])
def test_the_earliest_outcome_stays_in_whatever_order_they_are_told(sends, dynamodb, order):
    for at in order:
        sends.mark(Outcome("s1", "opened_at", at))

    assert attribute(dynamodb, "s1", "opened_at") == NOON
    assert attribute(dynamodb, "s1", "customer_id") == "c1"


def test_an_outcome_makes_no_send_of_an_unknown_one(sends, dynamodb):
    sends.mark(Outcome("unknown", "opened_at", NOON))

    assert attribute(dynamodb, "unknown", "opened_at") is None
