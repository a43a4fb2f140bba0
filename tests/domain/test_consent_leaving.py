"""By a link one leaves, and by the same link one is back: whatever is pressed, said and brought in between."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper import clock
from shopkeeper.consent import leaving
from shopkeeper.consent.contact import Contact, Suppression, Word
from shopkeeper.consent.leaving import Mailing
from shopkeeper.customer import consents
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.interaction import raw

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOME = "address:home"
JO = Mailing("send-1", "c1", "news", address_key=HOME)
OTHER = replace(JO, send_id="send-2")
AL = Mailing("send-3", "c2", "news", address_key=HOME)
"""Somebody else, whom we know under the same address."""


@dataclass
class FakeContacts:
    """What the table does with words on topics; others may write Jo's between a look and a write."""

    words: dict = field(default_factory=dict)
    meanwhile: list = field(default_factory=list)

    def load(self, customer_id, address_key=""):
        return Contact(customer_id, self._said(customer_id), address=self.suppression(address_key))

    def suppression(self, address_key):
        return Suppression(topics=self._said(address_key))

    def hear(self, who, topic, word):
        self._overtaken()
        if not word.prevails(self.words.get((who, topic))):
            return False
        self.words[who, topic] = word
        return True

    def leave(self, who, topic, word):
        self._overtaken()
        held = self.words.get((who, topic))
        if held and (held.is_ == "out" or held.at > word.at):
            return held
        self.words[who, topic] = word
        return word

    def _said(self, who):
        return {topic: word for (each, topic), word in self.words.items() if each == who}

    def _overtaken(self):
        if self.meanwhile:
            self.words["c1", "news"] = self.meanwhile.pop()


def at(minutes):
    return clock.to_text(NOON + timedelta(minutes=minutes))


def word(contacts, who="c1"):
    return contacts.words.get((who, "news"))


def leave(contacts, mailing, now, how="page"):
    """And what is remembered of it."""
    return leaving.left(mailing, leaving.leave(contacts, mailing, now)[0], how, now)


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
            told.append(leave(contacts, mailing, now))
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
        raw_properties=raw(properties),
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
        keys.add(leave(contacts, JO, now, "one_click").key)

    assert word(contacts).at == at(min(minutes))
    assert len(keys) == 1


@pytest.mark.parametrize("times", [1, 2])
def test_a_wish_that_waited_while_the_button_was_pressed_again_is_the_same_fact(times):
    contacts = FakeContacts()
    pressed = leave(contacts, JO, NOON)

    late = {leaving.left(JO, leaving.leave_late(contacts, JO, at(-1)), "page", NOON).key for _ in range(times)}

    assert (late, word(contacts).at) == ({pressed.key}, at(0))


def test_a_wish_that_waited_is_a_fact_of_its_own_where_the_customer_left_otherwise():
    contacts = FakeContacts()
    pressed = leave(contacts, OTHER, NOON)

    late = leaving.leave_late(contacts, JO, at(-1))

    assert (late, word(contacts).source) == (Word("out", at(-1), JO.source), OTHER.source)
    assert leaving.left(JO, late, "page", NOON).key != pressed.key


def test_leaving_after_coming_back_is_another_fact_even_at_the_same_instant():
    contacts = FakeContacts()
    first = leave(contacts, JO, NOON)
    leaving.come_back(contacts, JO, NOON)
    second = leave(contacts, JO, NOON)

    assert (word(contacts).is_, first.key != second.key) == ("out", True)


def test_who_says_in_while_somebody_leaves_does_not_keep_them_in():
    contacts = FakeContacts(meanwhile=[Word("in", at(3), "collect")])

    assert leaving.leave(contacts, JO, NOON)[0].is_ == "out"
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
