"""Two customers, one address: what is said by a letter to it holds for both, until somebody there says otherwise."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.consent import contact, leaving, news
from shopkeeper.consent.contact import ASSUMED, IN, OUT, Request, Word, refusal
from shopkeeper.customer import rows
from tests.domain.test_consent_leaving import AL, HOME, JO, NOON, OTHER, FakeContacts, at, leave, said, word
from tests.mutants import put_into

CUSTOMERS = (JO, AL)
LINKS = (JO, OTHER, AL)


def may_be_written_to(contacts, mailing):
    return refusal(contacts.load(mailing.customer_id, HOME), Request("news", ASSUMED)) is None


def tell(contacts, customer, fact):
    """As the news of a customer reaches the contact."""
    news.to_contacts(contacts, lambda: HOME)(rows.row_of(fact, customer_id=customer))


def say(contacts, mailing, is_, minutes, source="collect"):
    fact = said(Word(is_, at(minutes), source), minutes)
    tell(contacts, mailing.customer_id, fact)
    return fact


def test_who_leaves_leaves_for_everybody_at_the_address():
    contacts = FakeContacts()
    leave(contacts, JO, NOON)

    assert not any(may_be_written_to(contacts, each) for each in CUSTOMERS)
    assert word(contacts, AL.customer_id) is None


def test_the_same_link_brings_both_back():
    contacts = FakeContacts()
    leave(contacts, JO, NOON)

    assert leaving.come_back(contacts, JO, NOON + timedelta(hours=1)).is_ == IN
    assert all(may_be_written_to(contacts, each) for each in CUSTOMERS)


def test_an_undo_is_neither_offered_nor_done_while_another_letter_keeps_the_address_out():
    contacts = FakeContacts()
    leave(contacts, AL, NOON)
    words = leaving.leave(contacts, JO, NOON)

    assert not leaving.can_undo(words, JO, NOON)
    assert leaving.come_back(contacts, JO, NOON) is None
    assert word(contacts).is_ == word(contacts, HOME).is_ == OUT


def test_a_complaint_of_the_address_is_undone_by_no_link():
    contacts = FakeContacts()
    leave(contacts, JO, NOON)
    held = contacts.load("c1", HOME)
    complained = contact.Contact(
        "c1", held.topics, address=contact.Suppression(None, Word(OUT, at(1), "complaint"), held.address.topics)
    )

    words = leaving.standing(complained, JO)

    assert len(words) == 3
    assert not leaving.can_undo(words, JO, NOON)


def test_a_wish_that_was_put_aside_leaves_for_the_address_unless_the_customer_has_said_yes_since():
    for since, is_out in ((None, True), (Word(IN, at(5), "collect"), False), (Word(OUT, at(5), "collect"), True)):
        contacts = FakeContacts()
        if since:
            contacts.hear("c1", "news", since)

        for _ in range(2):
            leaving.leave_late(contacts, JO, at(0))

        assert (word(contacts, HOME) is not None) == is_out, since


@pytest.mark.parametrize(
    ("is_", "minutes", "source", "goes"),
    [
        ("in", 1, "collect", True),
        ("in", 1, "recipient", True),
        ("in", 1, "import", False),
        ("in", 0, "collect", False),
        ("in", -1, "collect", False),
        ("out", 1, "collect", False),
    ],
)
def test_a_later_yes_said_in_person_opens_the_address_again_and_a_file_never_does(is_, minutes, source, goes):
    contacts = FakeContacts()
    leave(contacts, JO, NOON)

    fact = say(contacts, AL, is_, minutes, source)
    assert may_be_written_to(contacts, AL) == goes
    assert not may_be_written_to(contacts, JO)

    tell(contacts, AL.customer_id, fact)
    assert may_be_written_to(contacts, AL) == goes


def test_a_yes_costs_an_address_that_nobody_left_a_look_and_no_write():
    contacts = FakeContacts()

    say(contacts, JO, "in", 1)

    assert word(contacts, HOME) is None


def test_a_file_with_a_million_customers_costs_no_look_at_their_addresses():
    def asked():
        raise AssertionError("the address is looked up")

    for is_, source in ((IN, "import"), (OUT, "collect")):
        fact = said(Word(is_, at(1), source), 1)
        news.to_contacts(FakeContacts(), asked)(rows.row_of(fact, customer_id="c1"))


def test_who_has_no_address_can_say_yes():
    contacts = FakeContacts()
    fact = said(Word(IN, at(1), "collect"), 1)

    news.to_contacts(contacts, lambda: "")(rows.row_of(fact, customer_id="c1"))

    assert word(contacts).is_ == IN


class Told:
    """What was said, kept by hand: who is out by whose word, empty for nobody's; and what the news will say of it."""

    def __init__(self):
        self.own = dict.fromkeys((each.customer_id for each in CUSTOMERS), "")
        self.address, self.news = "", []

    def happen(self, contacts, what, link, minutes):
        if what == "undo":
            self._undo(leaving.come_back(contacts, link, NOON + timedelta(minutes=minutes)), link, minutes)
        elif what == "leave":
            leave(contacts, link, NOON + timedelta(minutes=minutes))
            self.own[link.customer_id] = self.own[link.customer_id] or link.source
            self.address = self.address or link.source
        elif what == "leave late":
            leaving.leave_late(contacts, link, at(minutes))
            self.own[link.customer_id] = self.address = link.source
        else:
            self._say(contacts, what, link, minutes)

    def _undo(self, back, link, minutes):
        outs = {self.own[link.customer_id], self.address} - {""}
        assert (back is not None and back.at == at(minutes)) == (outs == {link.source})
        if outs == {link.source}:
            self.own[link.customer_id] = self.address = ""

    def _say(self, contacts, what, link, minutes):
        source = "import" if what == "file in" else "collect"
        self.news.append((link.customer_id, say(contacts, link, what.split()[-1], minutes, source)))
        if what == "in":
            self.own[link.customer_id] = self.address = ""
        elif what == "out":
            self.own[link.customer_id] = "collect"


WHAT = ["leave", "leave late", "undo", "in", "out", "file in"]


@given(st.lists(st.tuples(st.sampled_from(WHAT), st.sampled_from(LINKS)), max_size=9), st.data())
def test_the_address_says_what_was_said_last_by_a_letter_or_in_person(events, data):
    """Whatever becomes of it: the news may be told again, late and in any order."""
    contacts, told = FakeContacts(), Told()
    for minutes, (what, link) in enumerate(events):
        told.happen(contacts, what, link, minutes)
    for who, fact in data.draw(st.permutations(told.news * 2)):
        tell(contacts, who, fact)

    held = word(contacts, HOME)
    assert (held is not None and held.is_ == OUT) == bool(told.address)
    for each in CUSTOMERS:
        assert may_be_written_to(contacts, each) == (not told.address and not told.own[each.customer_id])


MUTANTS = {
    "only the customer leaves": (
        leaving,
        "for who in mailing.places)",
        "for who in mailing.places[:1])",
        test_who_leaves_leaves_for_everybody_at_the_address,
    ),
    "only the customer comes back": (
        leaving,
        "for who in reversed(_outs(contact, mailing))",
        "for who in mailing.places[:1]",
        test_the_same_link_brings_both_back,
    ),
    "the address is not asked for an undo": (
        leaving,
        "return {who: word for who, word in words.items() if word and word.is_ == OUT}",
        "return {who: word for who, word in words.items() if word and word.is_ == OUT and who == mailing.customer_id}",
        test_an_undo_is_neither_offered_nor_done_while_another_letter_keeps_the_address_out,
    ),
    "a late wish goes before what was said since": (
        leaving,
        "if held and mailing.address_key:",
        "if mailing.address_key:",
        test_a_wish_that_was_put_aside_leaves_for_the_address_unless_the_customer_has_said_yes_since,
    ),
    "a file has addresses looked up": (
        news,
        "word.is_ == IN and word.firm",
        "word.is_ == IN",
        test_a_file_with_a_million_customers_costs_no_look_at_their_addresses,
    ),
    "a yes is written down for every address": (
        news,
        "if held and held.is_ == OUT:",
        "if key:",
        test_a_yes_costs_an_address_that_nobody_left_a_look_and_no_write,
    ),
    "no yes opens an address": (
        news,
        "hear(contacts, key, topic, word)",
        "pass",
        lambda: test_a_later_yes_said_in_person_opens_the_address_again_and_a_file_never_does("in", 1, "collect", True),
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_suite_catches(name):
    module, right, wrong, catcher = MUTANTS[name]
    with put_into(module, right, right):
        catcher()

    with put_into(module, right, wrong), pytest.raises((AssertionError, leaving.Contended)):
        catcher()
