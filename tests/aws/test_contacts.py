"""The Contacts table on moto says yes and no where the rules about a person do."""

from datetime import UTC, datetime, timedelta
from itertools import count, product

import pytest
from moto import mock_aws

from shopkeeper import clock
from shopkeeper.aws.contacts import Contacts
from shopkeeper.consent import contact
from shopkeeper.consent.contact import ASSUMED, IN, OUT, REQUIRED, Refused, Request, Word, refusal
from tests import tables

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EARLY, LATE = "2026-03-01T11:00:00.000Z", "2026-03-01T12:00:00.000Z"
WORDS = [None, *(Word(*said) for said in product([IN, OUT], [EARLY, LATE], ["unsubscribe", "import"]))]
NUMBERS = count()
ASSUMING = Request("news", ASSUMED, "jo@example.com")


@pytest.fixture
def contacts():
    with mock_aws():
        yield Contacts(tables.create("ContactsTable"), "ContactsTable")


def fresh(contacts, word=None, **more):
    customer = f"c{next(NUMBERS)}"
    if word:
        contacts.hear(customer, "news", word)
    if more.get("marketing"):
        contacts.hear_all(customer, more["marketing"])
    if more.get("block"):
        contacts.block(customer, more["block"], "hard_bounce")
    return customer


def test_of_two_words_the_one_that_prevails_is_kept_whatever_their_order(contacts):
    for held, new in product(WORDS, WORDS[1:]):
        customer = fresh(contacts, held)

        assert contacts.hear(customer, "news", new) == new.prevails(held)
        assert contacts.load(customer).topics["news"] == (new if new.prevails(held) else held)
        assert held is None or not (new.prevails(held) and held.prevails(new))


@pytest.mark.parametrize("opt_in", [ASSUMED, REQUIRED])
@pytest.mark.parametrize("marketing", [None, Word(OUT, LATE, "complaint"), Word(IN, LATE, "form")])
@pytest.mark.parametrize("block", ["", "jo@example.com", "old@example.com"])
@pytest.mark.parametrize("word", [None, Word(IN, EARLY, "form"), Word(OUT, EARLY, "import")])
def test_a_mail_is_reserved_exactly_where_nothing_refuses_it(contacts, opt_in, marketing, block, word):
    customer = fresh(contacts, word, marketing=marketing, block=block)
    request = Request("news", opt_in, "jo@example.com")
    held = contacts.load(customer)

    if refusal(held, request):
        with pytest.raises(Refused) as refused:
            contacts.reserve(held, "s-1", request, NOON)
        assert refused.value.contact == held
    else:
        assert contacts.reserve(held, "s-1", request, NOON) == clock.to_text(NOON)
        assert contacts.load(customer).reservations == {"s-1": clock.to_text(NOON)}


def test_an_opt_out_between_look_and_reservation_is_heeded(contacts):
    held = contacts.load("jo")
    contacts.hear("jo", "news", Word(OUT, LATE, "unsubscribe"))

    with pytest.raises(Refused) as refused:
        contacts.reserve(held, "s-1", ASSUMING, NOON)

    assert refusal(refused.value.contact, ASSUMING).reason == "opted_out"


def test_reserving_again_takes_no_second_place(contacts):
    for minutes in (0, 1):
        contacts.reserve(contacts.load("jo"), "s-1", ASSUMING, NOON + timedelta(minutes=minutes))

    assert contacts.load("jo").reservations == {"s-1": "2026-03-01T12:01:00.000Z"}


def test_a_reservation_is_given_back_once_and_only_by_whoever_holds_it(contacts):
    at = contacts.reserve(contacts.load("jo"), "s-1", ASSUMING, NOON)
    later = contacts.reserve(contacts.load("jo"), "s-1", ASSUMING, NOON + timedelta(minutes=1))

    assert not contacts.free("jo", "s-1", at)
    assert contacts.free("jo", "s-1", later)
    assert not contacts.free("jo", "s-1")
    assert not contacts.free("nobody", "s-1")
    assert contacts.load("jo").reservations == {}


def test_old_reservations_make_room_so_that_the_item_stays_within_one_unit(contacts):
    sends = [f"b3241eed-65dc-5fa7-946c-{number:012}" for number in range(40)]
    for number, send_id in enumerate(sends):
        contacts.reserve(contacts.load("jo"), send_id, ASSUMING, NOON + timedelta(hours=number))
    recent = contacts.load("jo").reservations
    item = contacts._dynamodb.get_item(TableName="ContactsTable", Key={"customer_id": {"S": "jo"}})["Item"]

    contacts.reserve(contacts.load("jo"), "new", ASSUMING, NOON + timedelta(days=60))

    assert sorted(recent) == sends[-contact.RESERVATIONS_KEPT :]
    assert sum(len(name) + len(next(iter(value.values()))) for name, value in item.items()) < 1024
    assert list(contacts.load("jo").reservations) == ["new"]


def test_the_first_reason_of_a_block_stays_and_another_address_is_free(contacts):
    contacts.block("jo", "old@example.com", "hard_bounce")
    contacts.block("jo", "old@example.com", "suppression_list")

    held = contacts.load("jo")

    assert held.blocks == {"old@example.com": "hard_bounce"}
    assert refusal(held, Request("news", ASSUMED, "old@example.com")).evidence == {"block": "hard_bounce"}
    assert refusal(held, ASSUMING) is None
