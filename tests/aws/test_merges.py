"""A merge on moto: everything is written or nothing is, and each condition alone is enough to stop it."""

from dataclasses import replace

import pytest
from moto import mock_aws
from msgspec import structs

from shopkeeper.aws.customers import Customers
from shopkeeper.aws.identities import Identities
from shopkeeper.aws.merges import Merges
from shopkeeper.aws.owed_measures import OwedMeasures
from shopkeeper.customer import document, merging
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.identity import Change, Known, Move
from shopkeeper.customer.merging import Why
from shopkeeper.customer.store.ports import Conflict
from tests import tables
from tests.measured import measured
from tests.standing_world import nowhere

NOW = 1_772_366_400_000
GONE = Customer("c1", 3, Document(identities={"anon:phone": 5}), {"Product Viewed": measured(1, 5, 5)})
INTO = Customer("c2", 7, Document(identities={"user:jo": 6}), {"Product Viewed": measured(1, 6, 6)})
FIRST = Known((Move("", "c1", "", "anon:phone"),))
CHANGE = Change("anon:phone", FIRST, replace(FIRST, into="user:jo"))


class Shop:
    def __init__(self):
        dynamodb = tables.create("CustomersTable", "IdentitiesTable")
        self.customers = Customers(dynamodb, "CustomersTable")
        self.identities = Identities(dynamodb, "IdentitiesTable")
        self.merges = Merges(dynamodb, "CustomersTable", "IdentitiesTable", OwedMeasures(dynamodb, "RecordsTable", 1))
        self.dynamodb = dynamodb
        for each in (GONE, INTO):
            for version in range(1, each.version + 1):
                self.customers.save(document.store(structs.replace(each, version=version)))
        self.identities.replace(Change("anon:phone", None, FIRST))

    def everything(self):
        return [self.dynamodb.scan(TableName=name)["Items"] for name in ("CustomersTable", "IdentitiesTable")]


@pytest.fixture
def shop():
    with mock_aws():
        yield Shop()


def made(gone=GONE, into=INTO):
    return merging.merging(gone, into, ("anon:phone", "user:jo"), Why(cause="2026-03-01T12:00:00.000Z"), NOW, nowhere)


def test_both_customers_the_identity_and_the_log_are_written(shop):
    shop.merges.carry_out(made(), [CHANGE])

    stored = {id_: document.load(each) for id_, each in shop.customers.load(["c1", "c2"]).items()}
    assert (stored["c1"].version, stored["c1"].document.merged_into) == (4, "c2")
    assert (stored["c2"].version, stored["c2"].measures) == (8, {"Product Viewed": measured(2, 5, 6)})
    assert shop.identities.load(["anon:phone"]) == {"anon:phone": CHANGE.after}
    log = next(item for item in shop.everything()[1] if item["identity"]["S"].startswith("merge:"))
    assert log["identity"]["S"] == f"merge:{stored['c2'].document.merged['c1']}"
    assert log["gone"]["M"]["measures"]["B"] == document.store(GONE).measures


def test_somebody_of_whom_nothing_is_stored_goes_as_well(shop):
    """Known by name before the first document was written: who would write it now meets a conflict."""
    shop.merges.carry_out(made(gone=Customer("c0")), [])

    with pytest.raises(Conflict):
        shop.customers.save(document.store(Customer("c0", 1)))
    assert document.load(shop.customers.load(["c0"])["c0"]).document.merged_into == "c2"


@pytest.mark.parametrize(
    ("merging", "changes"),
    [
        (made(gone=structs.replace(GONE, version=2)), [CHANGE]),
        (made(into=structs.replace(INTO, version=6)), [CHANGE]),
        (made(gone=structs.replace(GONE, version=0)), [CHANGE]),
        (made(), [replace(CHANGE, before=replace(FIRST, user="user:al"))]),
        (made(), [replace(CHANGE, before=replace(FIRST, into="user:al"))]),
        (made(), [replace(CHANGE, before=None)]),
    ],
    ids=["who goes", "who stays", "who is thought to be new", "the user there", "where they went", "a new identity"],
)
def test_each_condition_alone_stops_all_of_it(shop, merging, changes):
    before = shop.everything()

    with pytest.raises(Conflict):
        shop.merges.carry_out(merging, changes)

    assert shop.everything() == before


def test_a_merge_is_logged_once(shop):
    """As when only the answer was lost: the log says that it has been done."""
    shop.merges.carry_out(made(), [CHANGE])
    again = made(into=structs.replace(INTO, version=8))
    before = shop.everything()

    with pytest.raises(Conflict):
        shop.merges.carry_out(again, [])

    assert shop.everything() == before


def test_a_log_is_read_as_it_was_written(shop):
    merging = made()
    undone = replace(merging.log, undone_version=9, through=("m1", "m2"))

    shop.merges.carry_out(replace(merging, log=undone), [CHANGE])

    read = shop.merges.load([undone.entry.id])[undone.entry.id]
    assert replace(read, gone=undone.gone, into=undone.into) == undone
