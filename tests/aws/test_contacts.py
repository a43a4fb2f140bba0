"""The Contacts table on moto says yes and no where the rules about a person and an address do."""

from collections import defaultdict
from datetime import UTC, datetime
from itertools import count, product

import pytest
from moto import mock_aws

from shopkeeper import clock
from shopkeeper.aws import contacts as adapter
from shopkeeper.aws.contacts import Contacts
from shopkeeper.consent.contact import (
    ASSUMED,
    BY_HAND,
    IN,
    OUT,
    Block,
    Refused,
    Request,
    Suppression,
    Word,
    address_key,
    refusal,
)
from tests import tables
from tests.contact_cases import ADDRESSES, CASES, EARLY, LATE, TOPIC, strictest
from tests.mutants import put_into

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORDS = [None, *(Word(*said) for said in product([IN, OUT], [EARLY, LATE], ["unsubscribe", "import"]))]
BLOCKS = [
    None,
    *(Block(OUT, at, cause) for at, cause in product([EARLY, LATE], ["hard_bounce", "validation"])),
    *(Block(is_, at, BY_HAND, who, "said so") for is_, at, who in product([IN, OUT], [EARLY, LATE], "ab")),
]
NUMBERS = count()
ASSUMING = Request(TOPIC, ASSUMED)
ADDRESS = "jo@example.com"


@pytest.fixture(scope="module")
def contacts():
    with mock_aws():
        yield Contacts(tables.create("ContactsTable"), "ContactsTable")


def fresh(contacts, topic=None, marketing=None):
    customer = f"c{next(NUMBERS)}"
    if topic:
        contacts.hear(customer, TOPIC, topic)
    if marketing:
        contacts.hear_all(customer, marketing)
    return customer


def address_with(contacts, said, address=""):
    key = address_key(address or f"{next(NUMBERS)}@example.com")
    for topic, word in said.topics.items():
        contacts.hear(key, topic, word)
    if said.marketing:
        contacts.hear_all(key, said.marketing)
    if said.block:
        put(contacts, key, said.block)
    return key


def put(contacts, key, block):
    """As it is held, however it came to be so."""
    if block.is_ == IN:
        contacts.block(key, Block(OUT, "2020-01-01T00:00:00.000Z", "hard_bounce"))
    assert contacts.block(key, block)


def item(contacts, who):
    found = contacts._dynamodb.get_item(TableName="ContactsTable", Key={"customer_id": {"S": who}})
    return found.get("Item", {})


def test_of_two_words_the_one_that_prevails_is_kept_whatever_their_order(contacts):
    for held, new in product(WORDS, WORDS[1:]):
        customer = fresh(contacts, held)

        assert contacts.hear(customer, TOPIC, new) == new.prevails(held)
        assert contacts.load(customer).topics[TOPIC] == (new if new.prevails(held) else held)
        assert held is None or not (new.prevails(held) and held.prevails(new))


def test_of_two_words_on_an_address_the_one_that_prevails_is_kept(contacts):
    for held, new in product(BLOCKS, BLOCKS[1:]):
        key = address_with(contacts, Suppression(held))

        assert contacts.block(key, new) == new.prevails(held), (held, new)
        assert contacts.suppression(key).block == (new if new.prevails(held) else held)


def test_what_holds_of_an_address_does_not_depend_on_how_often_and_how_late_it_is_said():
    first, second = Block(OUT, "1", "hard_bounce"), Block(OUT, "3", "hard_bounce")
    release, by_hand = Block(IN, "2", BY_HAND, "a"), Block(OUT, "2", BY_HAND, "a")

    assert not second.prevails(first)
    assert release.prevails(first)
    assert not first.prevails(release)
    assert second.prevails(release)
    assert not release.prevails(second)
    assert not release.prevails(None)
    assert by_hand.prevails(second)
    assert not second.prevails(by_hand)
    assert not Block(OUT, "1", BY_HAND, "b").prevails(release)


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_a_mail_is_reserved_exactly_where_the_customer_allows_it(contacts, case):
    customer = fresh(contacts, case.topic, case.marketing)
    held = contacts.load(customer)

    if case.reason:
        with pytest.raises(Refused) as refused:
            contacts.reserve(held, "s-1", case.request, NOON)
        assert refused.value.contact == held
    else:
        assert contacts.reserve(held, "s-1", case.request, NOON) == clock.to_text(NOON)
    assert bool(contacts.load(customer).reservations) == (case.reason == "")


def test_a_mail_goes_exactly_where_customer_and_address_both_allow_it(contacts):
    keys = {name: address_with(contacts, said) for name, (said, _) in ADDRESSES.items()}
    ways = defaultdict(list)
    for case in CASES:
        ways[case.topic, case.marketing].append(case)
    people = {own: fresh(contacts, *own) for own in ways}
    for own, (name, (said, reason)) in product(ways, ADDRESSES.items()):
        held = contacts.load(people[own], keys[name])
        assert held.address == said, name
        for case in ways[own]:
            found = refusal(held, case.request)
            assert (found.reason if found else "") == strictest(case.reason, reason), (case, name)


def test_evidence_says_whose_word_it_is_and_names_no_address(contacts):
    key = address_with(contacts, ADDRESSES["left by a letter"][0])
    stranger, leaver = fresh(contacts), fresh(contacts, Word(OUT, LATE, "collect"))

    of_the_address, own = (refusal(contacts.load(who, key), ASSUMING).evidence for who in (stranger, leaver))

    assert of_the_address == {"topic": TOPIC, "is": "out", "at": EARLY, "source": "recipient", "of": "address"}
    assert (own["of"], own["at"]) == ("customer", LATE)
    assert "@" not in f"{key} {item(contacts, key)}"


def test_an_opt_out_between_look_and_reservation_is_heeded(contacts):
    customer, key = fresh(contacts), address_with(contacts, ADDRESSES["left, and came back"][0])
    held = contacts.load(customer, key)
    contacts.hear(customer, TOPIC, Word(OUT, LATE, "unsubscribe"))

    with pytest.raises(Refused) as refused:
        contacts.reserve(held, "s-1", ASSUMING, NOON)

    assert refusal(refused.value.contact, ASSUMING).reason == "opted_out"
    assert refused.value.contact.address == held.address


def test_customer_and_address_are_read_consistently_in_one_call(contacts):
    calls = []
    note = lambda params, model, **_: calls.append((model.name, params))  # noqa: E731
    with tables.told(contacts._dynamodb, "before-parameter-build.dynamodb", note):
        contacts.load(fresh(contacts), address_key(ADDRESS))

    ((name, asked),) = calls
    assert (name, asked["RequestItems"]["ContactsTable"]["ConsistentRead"]) == ("BatchGetItem", True)
    assert len(asked["RequestItems"]["ContactsTable"]["Keys"]) == 2


@pytest.fixture
def old_customer(contacts):
    """Of schema 1: blocks stood with the customer, as an address and a cause."""
    customer = fresh(contacts)
    old = {"customer_id": {"S": customer}, "schema": {"N": "1"}, f"block:{ADDRESS}": {"S": "hard_bounce"}}
    contacts._dynamodb.put_item(TableName="ContactsTable", Item=old)
    return customer


def test_an_old_block_still_keeps_mail_from_its_address_and_from_no_other(contacts, old_customer):
    held = contacts.load(old_customer, address_key(ADDRESS))

    assert refusal(held, ASSUMING).evidence == {"block": "hard_bounce"}
    assert refusal(contacts.load(old_customer, address_key("new@example.com")), ASSUMING) is None
    assert refusal(contacts.load(old_customer), ASSUMING) is None


def test_an_old_block_outlives_a_reservation_for_another_address(contacts, old_customer):
    contacts.reserve(contacts.load(old_customer, address_key("new@example.com")), "s-1", ASSUMING, NOON)

    assert refusal(contacts.load(old_customer, address_key(ADDRESS)), ASSUMING).reason == "address_blocked"


def test_an_old_block_ends_with_the_first_word_on_the_address_itself(contacts, old_customer):
    key = address_with(contacts, Suppression(Block(IN, LATE, BY_HAND, "u-1")), ADDRESS)

    assert refusal(contacts.load(old_customer, key), ASSUMING) is None


MUTANTS = {
    "marketing is not asked": (
        'yield _not_out("#marketing")',
        "yield from ()",
        [case for case in CASES if case.reason == "marketing_out" and case.topic and case.topic.is_ == IN],
    ),
    "silence is consent": (
        'if request.needs_consent else _not_out("#topic")',
        'if False else _not_out("#topic")',
        [case for case in CASES if case.reason == "no_consent"],
    ),
    "an out is not asked for": (
        'return f"(attribute_not_exists({word}) OR {word}.#is = :in)"',
        'return f"(attribute_not_exists({word}) OR attribute_exists({word}.#is) OR {word}.#is = :in)"',
        [case for case in CASES if case.reason == "opted_out" and case.opt_in == ASSUMED],
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_condition_that_leaves_something_out_is_noticed(contacts, name):
    right, wrong, cases = MUTANTS[name]
    with put_into(adapter, right, wrong):
        table = adapter.Contacts(contacts._dynamodb, "ContactsTable")
        for case in cases[:3]:
            customer = fresh(contacts, case.topic, case.marketing)
            table.reserve(contacts.load(customer), "s-1", case.request, NOON)
            assert contacts.load(customer).reservations
