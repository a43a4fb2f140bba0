"""Reservations in the Contacts table on moto; and in its double, on which the proofs of sending rest."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from types import SimpleNamespace

import pytest
from moto import mock_aws

from shopkeeper import clock
from shopkeeper.aws.contacts import Contacts
from shopkeeper.consent import contact
from shopkeeper.consent.contact import ANY, ASSUMED, OUT, REQUIRED, Contact, Refused, Request, Word
from shopkeeper.consent.news import hear
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


def test_old_reservations_make_room_so_that_the_item_of_most_stays_within_one_unit(contacts):
    """Whoever gets more than some ten letters a month costs a second one."""
    customer = f"c{next(NUMBERS)}"
    sends = [f"b3241eed-65dc-5fa7-946c-{number:012}" for number in range(40)]
    for number, send_id in enumerate(sends):
        contacts.reserve(contacts.load(customer), send_id, ASSUMING, NOON + timedelta(hours=number))
        if number == 10:
            assert size(contacts, customer) < 1024
    recent = contacts.load(customer).reservations
    assert size(contacts, customer) < 3 * 1024

    contacts.reserve(contacts.load(customer), "new", ASSUMING, NOON + timedelta(days=60))

    assert sorted(recent) == sends[-contact.RESERVATIONS_KEPT :]
    assert list(contacts.load(customer).reservations) == ["new"]


def test_how_often_and_from_when_on_somebody_wants_mail_is_known_by_the_latest_word(contacts):
    customer = f"c{next(NUMBERS)}"
    early, late = "2026-03-01T11:00:00.000Z", "2026-03-01T12:00:00.000Z"

    assert contacts.wish(customer, "frequency", Word("1/7", late, "collect"))
    assert not contacts.wish(customer, "frequency", Word("any", early, "collect"))
    assert contacts.wish(customer, "pause_until", Word(late, early, "collect"))

    held = contacts.load(customer)
    assert held.wishes == {"frequency": Word("1/7", late, "collect"), "pause_until": Word(late, early, "collect")}
    assert contacts.load("another", "", [customer]).wishes_of_others == tuple(held.wishes.items())


def size(contacts, customer):
    item = contacts._dynamodb.get_item(TableName="ContactsTable", Key={"customer_id": {"S": customer}})["Item"]
    return sum(len(name) + len(next(iter(value.values()))) for name, value in item.items())


def test_what_is_counted_is_reserved_only_if_nothing_else_has_been_since(contacts):
    customer, capped = f"c{next(NUMBERS)}", Request(TOPIC, ASSUMED, capped=True)
    seen = contacts.load(customer)
    contacts.reserve(seen, "s-1", capped, NOON)

    for stale in (seen, contacts.load("nobody")):
        with pytest.raises(Refused) as refused:
            contacts.reserve(replace(stale, customer_id=customer), "s-2", capped, NOON)
    assert (refused.value.contact.reserving, list(refused.value.contact.counted.values())) == (1, [TOPIC])
    contacts.reserve(seen, "s-3", ASSUMING, NOON)
    contacts.reserve(contacts.load(customer), "s-2", capped, NOON)

    assert contacts.load(customer).reserving == 3


def test_what_was_reserved_before_topics_were_noted_counts_for_each_and_can_be_given_back(contacts):
    customer, at = f"c{next(NUMBERS)}", clock.to_text(NOON)
    contacts._dynamodb.put_item(
        TableName="ContactsTable",
        Item={"customer_id": {"S": customer}, "reserved:s-1": {"S": at}, "schema": {"N": "2"}},
    )

    held = contacts.load(customer)

    assert (held.reservations, held.counted, held.reserving) == ({"s-1": at}, {"s-1": ANY}, 0)
    assert contacts.free(customer, "s-1", at)


@pytest.mark.parametrize("mail_class", ["service", "transactional"])
def test_no_cap_counts_what_is_no_marketing(contacts, mail_class):
    customer = f"c{next(NUMBERS)}"
    contacts.reserve(contacts.load(customer), "s-1", Request(TOPIC, REQUIRED, mail_class), NOON)

    assert (list(contacts.load(customer).reservations), contacts.load(customer).counted) == (["s-1"], {})


@pytest.mark.parametrize(("mail_class", "minds"), [("service", [TOPIC]), ("transactional", [])])
def test_what_is_no_marketing_minds_less(contacts, mail_class, minds):
    for topic in (TOPIC, "*"):
        customer, word = f"c{next(NUMBERS)}", Word(OUT, "2026-03-01T11:00:00.000Z", "recipient")
        hear(contacts, customer, topic, word)
        held, request = contacts.load(customer), Request(TOPIC, REQUIRED, mail_class)

        assert bool(contact.refusal(held, request)) == (topic in minds)
        if topic in minds:
            with pytest.raises(Refused):
                contacts.reserve(held, "s-1", request, NOON)
        else:
            contacts.reserve(held, "s-1", request, NOON)


class Double:
    """What the proofs of sending take for the table."""

    def __init__(self):
        self.contacts, self.suppressions, self.units = {}, {}, Counter()
        self.note_places = lambda reservations: None
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
    hours = [*range(40), 10, 39, *range(700, 730, 3), 3000]
    for number, each in enumerate(hours):
        now, send_id = NOON + timedelta(hours=each), f"s-{each}"
        for table in (contacts, double.table):
            at = table.reserve(table.load(customer), send_id, ASSUMING, now)
            if number % 4 == 0:
                assert not table.free(customer, send_id, "another instant")
                assert table.free(customer, send_id, at if number % 8 else "")

        assert double.table.load(customer) == contacts.load(customer), each
