"""Reservations in the Contacts table on moto; and in its double, on which the proofs of sending rest."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count
from types import SimpleNamespace

import pytest
from moto import mock_aws

from shopkeeper import clock
from shopkeeper.aws.contacts import Contacts
from shopkeeper.consent import contact
from shopkeeper.consent.contact import ASSUMED, OUT, Contact, Refused, Request, Word
from tests import tables
from tests.contact_cases import ADDRESSES, CASES, TOPIC
from tests.contact_fakes import FakeContacts

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


NUMBERS = count()
ASSUMING = Request(TOPIC, ASSUMED)


@pytest.fixture(scope="module")
def contacts():
    with mock_aws():
        yield Contacts(tables.create("ContactsTable"), "ContactsTable")


def test_reserving_again_takes_no_second_place(contacts):
    customer = f"c{next(NUMBERS)}"
    for minutes in (0, 1):
        contacts.reserve(contacts.load(customer), "s-1", ASSUMING, NOON + timedelta(minutes=minutes))

    assert contacts.load(customer).reservations == {"s-1": "2026-03-01T12:01:00.000Z"}


def test_a_reservation_is_given_back_once_and_only_by_whoever_holds_it(contacts):
    customer = f"c{next(NUMBERS)}"
    at = contacts.reserve(contacts.load(customer), "s-1", ASSUMING, NOON)
    later = contacts.reserve(contacts.load(customer), "s-1", ASSUMING, NOON + timedelta(minutes=1))

    assert not contacts.free(customer, "s-1", at)
    assert contacts.free(customer, "s-1", later)
    assert not contacts.free(customer, "s-1")
    assert not contacts.free("nobody", "s-1")
    assert contacts.load(customer).reservations == {}


def test_of_two_letters_to_one_person_one_gets_a_place(contacts):
    """Both sends were planned for customers who have been merged since."""
    customer = f"c{next(NUMBERS)}"
    contacts.reserve(contacts.load(customer), "s-1", ASSUMING, NOON, twins=["s-2", "s-3"])

    with pytest.raises(Refused) as refused:
        contacts.reserve(contacts.load(customer), "s-2", ASSUMING, NOON, twins=["s-1", "s-3"])
    assert refused.value.contact.reservations.keys() == {"s-1"}
    contacts.reserve(contacts.load(customer), "s-1", ASSUMING, NOON, twins=["s-2", "s-3"])
    contacts.free(customer, "s-1")
    contacts.reserve(contacts.load(customer), "s-2", ASSUMING, NOON, twins=["s-1", "s-3"])


def test_a_customer_is_read_together_with_those_who_were_merged_into_it(contacts):
    customer, gone = (f"c{next(NUMBERS)}" for _ in range(2))
    contacts.reserve(contacts.load(gone), "s-1", ASSUMING, NOON)
    contacts.hear(gone, TOPIC, Word(OUT, "2026-03-01T11:00:00.000Z", "recipient"))

    seen = contacts.load(customer, "", [gone, "unheard of"])

    assert (seen.customer_id, seen.topics[TOPIC].is_, seen.holder("s-1")) == (customer, OUT, gone)
    assert contacts.load(customer) == Contact(customer)


def test_old_reservations_make_room_so_that_the_item_stays_within_one_unit(contacts):
    customer = f"c{next(NUMBERS)}"
    sends = [f"b3241eed-65dc-5fa7-946c-{number:012}" for number in range(40)]
    for number, send_id in enumerate(sends):
        contacts.reserve(contacts.load(customer), send_id, ASSUMING, NOON + timedelta(hours=number))
    recent = contacts.load(customer).reservations
    item = contacts._dynamodb.get_item(TableName="ContactsTable", Key={"customer_id": {"S": customer}})["Item"]

    contacts.reserve(contacts.load(customer), "new", ASSUMING, NOON + timedelta(days=60))

    assert sorted(recent) == sends[-contact.RESERVATIONS_KEPT :]
    assert sum(len(name) + len(next(iter(value.values()))) for name, value in item.items()) < 1024
    assert list(contacts.load(customer).reservations) == ["new"]


class Double:
    """What the proofs of sending take for the table."""

    def __init__(self):
        self.contacts, self.suppressions, self.units = {}, {}, Counter()
        self.table = FakeContacts(self, SimpleNamespace(call=lambda name, work: work()))


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_the_double_of_the_table_says_yes_and_no_where_the_table_does(case):
    double = Double()
    topics = {TOPIC: case.topic} if case.topic else {}
    held = double.contacts["jo"] = Contact("jo", topics, case.marketing)

    if case.reason:
        with pytest.raises(Refused) as refused:
            double.table.reserve(held, "s-1", case.request, NOON)
        assert refused.value.contact == held
    else:
        assert double.table.reserve(held, "s-1", case.request, NOON) == clock.to_text(NOON)
    assert bool(double.table.load("jo").reservations) == (case.reason == "")


def test_the_double_knows_what_is_said_of_an_address():
    double = Double()
    for name, (said, _) in ADDRESSES.items():
        double.suppressions[name] = said
        assert double.table.load("jo", name) == Contact("jo", address=said)


def test_the_double_keeps_and_gives_back_the_reservations_that_the_table_does(contacts):
    double, customer = Double(), f"c{next(NUMBERS)}"
    hours = [*range(20), 10, 19, *range(700, 730, 3), 3000]
    for number, each in enumerate(hours):
        now, send_id = NOON + timedelta(hours=each), f"s-{each}"
        for table in (contacts, double.table):
            at = table.reserve(table.load(customer), send_id, ASSUMING, now)
            if number % 4 == 0:
                assert not table.free(customer, send_id, "another instant")
                assert table.free(customer, send_id, at if number % 8 else "")

        assert double.table.load(customer) == contacts.load(customer), each
