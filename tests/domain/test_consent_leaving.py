"""By a link one leaves, and by the same link one is back: whatever is pressed, said and brought in between."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper import clock
from shopkeeper.consent import leaving
from shopkeeper.consent.contact import Contact, Word
from shopkeeper.consent.leaving import Mailing
from shopkeeper.customer import consents
from shopkeeper.customer.instants import from_ms

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
JO = Mailing("send-1", "c1", "news")
OTHER = replace(JO, send_id="send-2")


@dataclass
class FakeContacts:
    """What the table does; others may write between a look and a write."""

    held: Contact = field(default_factory=lambda: Contact("c1"))
    meanwhile: list = field(default_factory=list)

    def load(self, customer_id):
        return self.held

    def hear(self, customer_id, topic, word):
        self._overtaken()
        if not word.prevails(self.held.topics.get(topic)):
            return False
        self._put(topic, word)
        return True

    def leave(self, customer_id, topic, word):
        self._overtaken()
        held = self.held.topics.get(topic)
        if held and (held.is_ == "out" or held.at > word.at):
            return held
        self._put(topic, word)
        return word

    def _overtaken(self):
        if self.meanwhile:
            self._put("news", self.meanwhile.pop())

    def _put(self, topic, word):
        self.held = replace(self.held, topics={**self.held.topics, topic: word})


def at(minutes):
    return clock.to_text(NOON + timedelta(minutes=minutes))


def word(contacts):
    return contacts.held.topics.get("news")


presses = st.lists(
    st.tuples(st.sampled_from(["leave", "undo", "said in", "said out", "file in"]), st.sampled_from([JO, OTHER])),
    max_size=8,
)


@given(presses, st.integers(0, 2))
def test_contact_and_memory_agree_after_whatever_was_pressed_and_said(presses, minutes_between):
    """The memory keeps the word that prevails among the facts; the contact must say the same."""
    contacts, told = FakeContacts(), []
    for number, (press, mailing) in enumerate(presses):
        now = NOON + timedelta(minutes=minutes_between * number)
        if press == "leave":
            told.append(leaving.left(mailing, leaving.leave(contacts, mailing, now), "page", now))
        elif press == "undo":
            back = leaving.come_back(contacts, mailing, now)
            told += [leaving.came_back(mailing, back, now)] if back else []
        else:
            source = "import" if press == "file in" else "collect"
            spoken = Word(press.split()[1], clock.to_text(now), source)
            contacts.hear("c1", "news", spoken)
            told.append(said(spoken, number))
    for fact in told:
        for topic, consent in consents.stated(fact).items():
            contacts.hear("c1", topic, Word(consent.is_, from_ms(consent.at), consent.source))

    assert (word(contacts).is_ if word(contacts) else None) == prevailing(told)


def said(spoken, number):
    properties = {"topic": "news", "is": spoken.is_}
    fact = leaving.came_back(JO, spoken, NOON)
    return type(fact)(
        subject="user:jo",
        message_id=f"m-{number}",
        type="track",
        name="Consent Changed",
        at=spoken.at,
        received_at=spoken.at,
        source=spoken.source,
        trusted=True,
        properties=properties,
    )


def prevailing(told):
    stated = [consents.stated(fact)["news"] for fact in told]
    return max(stated, key=lambda consent: consent.rank).is_ if stated else None


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=6))
def test_leaving_again_keeps_the_first_word_and_is_the_same_fact(minutes):
    contacts = FakeContacts()
    keys = set()
    for minute in sorted(minutes):
        now = NOON + timedelta(minutes=minute)
        keys.add(leaving.left(JO, leaving.leave(contacts, JO, now), "one_click", now).key)

    assert word(contacts).at == at(min(minutes))
    assert len(keys) == 1


def test_leaving_after_coming_back_is_another_fact_even_at_the_same_instant():
    contacts = FakeContacts()
    first = leaving.left(JO, leaving.leave(contacts, JO, NOON), "page", NOON)
    leaving.come_back(contacts, JO, NOON)
    second = leaving.left(JO, leaving.leave(contacts, JO, NOON), "page", NOON)

    assert (word(contacts).is_, first.key != second.key) == ("out", True)


def test_who_says_in_while_somebody_leaves_does_not_keep_them_in():
    contacts = FakeContacts(meanwhile=[Word("in", at(3), "collect")])

    assert leaving.leave(contacts, JO, NOON).is_ == "out"
    assert word(contacts) == Word("out", at(3), JO.source)


def test_an_undo_that_is_overtaken_by_another_out_does_nothing():
    contacts = FakeContacts()
    leaving.leave(contacts, JO, NOON)
    contacts.meanwhile = [Word("out", at(5), "collect")]

    assert leaving.come_back(contacts, JO, NOON) is None
    assert word(contacts) == Word("out", at(5), "collect")


@pytest.mark.parametrize(("hours", "can"), [(0, True), (23.99, True), (24, False), (9000, False)])
def test_an_undo_is_possible_for_a_day(hours, can):
    contacts = FakeContacts()
    leaving.leave(contacts, JO, NOON)

    assert (leaving.come_back(contacts, JO, NOON + timedelta(hours=hours)) is not None) is can


def test_nobody_comes_back_by_a_link_that_did_not_let_them_out():
    contacts = FakeContacts()
    leaving.leave(contacts, JO, NOON)

    assert leaving.come_back(contacts, OTHER, NOON) is None
    assert word(contacts).is_ == "out"
