"""The Customers table in slices, a page at a time."""

import pytest
from moto import mock_aws

from shopkeeper.aws import customers
from shopkeeper.aws.customers import Customers
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer
from shopkeeper.customer.rows import row_of
from tests import tables
from tests.interactions import said


@pytest.fixture
def store():
    with mock_aws():
        yield Customers(tables.create("CustomersTable"), "CustomersTable")


def put(store, count):
    for n in range(count):
        store.save(document.store(Customer(f"c{n}", 1, pending=(row_of(said("user:jo", f"m{n}")),))))


def walk(store, segment, segments):
    after = ""
    while True:
        page, after = store.page(segment, segments, after)
        yield page
        if not after:
            return


def test_slices_together_hold_each_customer_once_page_by_page(store, monkeypatch):
    monkeypatch.setattr(customers, "_PAGE", 3)
    put(store, 40)

    pages = [page for segment in range(4) for page in walk(store, segment, 4)]

    assert all(len(page) <= 3 for page in pages)
    assert sorted(stored.customer_id for page in pages for stored in page) == sorted(f"c{n}" for n in range(40))


def test_a_page_leaves_out_what_was_folded_last_and_can_be_loaded(store):
    put(store, 1)

    ((stored,), after) = store.page(0, 1)

    assert (document.load(stored), after) == (Customer("c0", 1), "")


def test_pages_are_read_consistently_unless_half_the_price_is_asked_for(store):
    put(store, 1)
    asked = []
    note = lambda params, **_: asked.append(params["ConsistentRead"])  # noqa: E731

    with tables.told(store._dynamodb, "provide-client-params.dynamodb.Scan", note):
        pages = [store.page(0, 1), store.page(0, 1, is_consistent=False)]

    assert asked == [True, False]
    assert pages[0] == pages[1]
