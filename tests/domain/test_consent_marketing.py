"""The word on all marketing: a complaint says it, a later yes to all of it lifts it, and a file never does."""

from datetime import timedelta
from itertools import permutations

import pytest

from shopkeeper import clock
from shopkeeper.consent import news
from shopkeeper.consent.contact import ASSUMED, IN, OUT, Contact, Request, Suppression, Word, refusal
from shopkeeper.customer import consents, fold, rows
from shopkeeper.customer.consents import ALL
from shopkeeper.customer.document import Document
from shopkeeper.customer.fold import Candidate
from shopkeeper.mail import feedback, ses_events
from shopkeeper.mail.ledger import planned
from shopkeeper.mail.listening import Listener
from tests import ses_reports
from tests.domain.test_consent_leaving import HOME, NOON
from tests.interactions import said
from tests.mutants import put_into

ROW = planned(customer_id="c1", activity="campaign:a", step="letter", occurrence="1", planned_at=NOON, topic="news")
YES = {"topic": ALL, "is": IN}
EVERYTHING = "marketing"


class Contacts:
    """Customers and addresses; words by who and topic, those on all marketing under `EVERYTHING`."""

    def __init__(self):
        self.words, self.blocks = {}, {}

    def load(self, customer_id):
        return Contact(
            customer_id,
            self._topics(customer_id),
            self.words.get((customer_id, EVERYTHING)),
            {},
            self.suppression(HOME),
        )

    def suppression(self, key):
        return Suppression(self.blocks.get(key), self.words.get((key, EVERYTHING)), self._topics(key))

    def hear(self, who, topic, word):
        if not word.prevails(self.words.get((who, topic))):
            return False
        self.words[who, topic] = word
        return True

    def hear_all(self, who, word):
        return self.hear(who, EVERYTHING, word)

    def block(self, key, block):
        self.blocks[key] = block

    def _topics(self, who):
        return {topic: word for (each, topic), word in self.words.items() if each == who and topic != EVERYTHING}


class NoHours:
    """Nobody counts here; see `test_mail_health`."""

    def complained(self, hour, send_id):
        pass


class OneSend:
    """The ledger of the listener."""

    def __init__(self, row):
        self.row = row

    def load(self, send_id):
        return self.row

    def apply(self, change):
        self.row = change.applied(self.row)
        return self.row


def complain(contacts, minutes=0):
    """What remains to be remembered of it."""
    at = clock.to_text(NOON + timedelta(minutes=minutes))
    row = type(ROW)(**{name: getattr(ROW, name) for name in ROW.__slots__} | {"address_key": HOME})
    body = ses_reports.complained(at=at, tags={"send_id": [ROW.send_id]})
    return Listener(OneSend(row), contacts, None, NoHours(), None).take(body, at)


def stated(minutes, properties, source="collect", **how):
    at = clock.to_text(NOON + timedelta(minutes=minutes))
    how = {"trusted": True} | how
    return said(
        "user:1", f"m{minutes}{source}", name="Consent Changed", properties=properties, at=at, source=source, **how
    )


def tell(contacts, *facts):
    for fact in facts:
        news.to_contacts(contacts, lambda: HOME)(rows.row_of(fact, customer_id="c1"))


def folded(*facts):
    folding = fold.Folding(Document(), {})
    for fact in facts:
        folding.add(Candidate(fact))
    return folding.document(0).consents


def is_out(contacts):
    found = refusal(contacts.load("c1"), Request("news", ASSUMED))
    return found is not None and found.reason == "marketing_out"


def test_a_complaint_is_out_of_all_marketing_at_once_and_remembered_as_such():
    contacts = Contacts()
    facts = complain(contacts)
    known = dict(contacts.words)

    assert is_out(contacts)
    assert [fact.name for fact in facts] == ["Email Marked as Spam", "Consent Changed"]
    assert folded(*facts)[ALL].basis == "complaint"
    tell(contacts, *facts)
    assert contacts.words == known


@pytest.mark.parametrize(
    ("fact", "lifts"),
    [
        (stated(1, YES), True),
        (stated(1, YES, source="recipient"), True),
        (stated(1, YES, trusted=False, context={"proof": "user_hash"}), True),
        (stated(1, YES, trusted=False), False),
        (stated(1, YES, source="import"), False),
        (stated(0, YES), False),
        (stated(-1, YES), False),
        (stated(1, {"topic": "news", "is": IN}), False),
        (stated(1, {"topic": ALL, "is": OUT}), False),
        (stated(1, {"is": IN}), False),
    ],
)
def test_only_a_later_yes_to_all_of_it_that_is_the_customers_own_takes_it_back(fact, lifts):
    contacts = Contacts()
    facts = complain(contacts)

    tell(contacts, *facts, fact)

    assert is_out(contacts) is not lifts
    assert (contacts.words["c1", EVERYTHING].is_, contacts.words[HOME, EVERYTHING].is_) == (
        (IN, IN) if lifts else (OUT, OUT)
    )
    assert (folded(*facts, fact)[ALL].is_ == IN) is lifts


def test_contact_and_picture_agree_in_whatever_order_they_are_told():
    contacts = Contacts()
    facts = [*complain(contacts), stated(5, YES), stated(9, YES, source="import"), stated(2, {"topic": ALL, "is": OUT})]
    for order in permutations(facts):
        told = Contacts()
        complain(told)
        tell(told, *order)

        assert told.words["c1", EVERYTHING].is_ == folded(*order)[ALL].is_ == IN
        assert told.words[HOME, EVERYTHING].is_ == IN


def test_a_complaint_after_the_yes_holds_again():
    contacts = Contacts()
    tell(contacts, *complain(contacts), stated(5, YES))
    assert not is_out(contacts)

    tell(contacts, *complain(contacts, minutes=9))

    assert is_out(contacts)


def test_a_file_may_bring_those_who_want_nothing_and_a_later_yes_goes_before_it():
    contacts = Contacts()
    tell(contacts, stated(0, {"topic": ALL, "is": OUT}, source="import"))
    assert is_out(contacts)

    tell(contacts, stated(1, YES))

    assert not is_out(contacts)


def test_a_yes_to_all_of_it_lifts_no_block_and_brings_no_topic_back():
    contacts = Contacts()
    contacts.hear("c1", "news", Word(OUT, clock.to_text(NOON), "recipient"))
    tell(contacts, *complain(contacts), stated(1, YES))

    assert refusal(contacts.load("c1"), Request("news", ASSUMED)).reason == "opted_out"


def test_a_mail_to_an_address_of_the_suppression_list_is_remembered_like_a_complaint():
    event = ses_events.read(ses_reports.complained(None, "OnAccountSuppressionList"), clock.to_text(NOON))
    _, left = feedback.facts(ROW, event, feedback.judge(event), clock.to_text(NOON))

    assert consents.stated(left)[ALL].is_ == OUT


MUTANTS = {
    "a yes to a topic is a yes to all": (
        news,
        "held = said.marketing if topic == consents.ALL else said.topics.get(topic)",
        "held, topic = said.marketing, consents.ALL",
        lambda: test_only_a_later_yes_to_all_of_it_that_is_the_customers_own_takes_it_back(
            stated(1, {"topic": "news", "is": IN}), lifts=False
        ),
    ),
    "all marketing is one topic more": (
        news,
        "return contacts.hear_all(who, word) if topic == consents.ALL else contacts.hear(who, topic, word)",
        "return contacts.hear(who, topic, word)",
        test_a_complaint_after_the_yes_holds_again,
    ),
    "a complaint is forgotten": (
        feedback,
        'told.append(_left(row, event, received_at, consents.ALL, "complaint"))',
        "pass",
        test_a_complaint_is_out_of_all_marketing_at_once_and_remembered_as_such,
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_suite_catches(name):
    module, right, wrong, catcher = MUTANTS[name]
    with put_into(module, right, right):
        catcher()

    with put_into(module, right, wrong), pytest.raises((Exception, pytest.fail.Exception)):
        catcher()
