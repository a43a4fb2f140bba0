"""How often and from when on a customer wants mail: told to the shop, known to the contact, minded by a send."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shopkeeper import clock
from shopkeeper.consent.contact import Contact, Word
from shopkeeper.consent.news import to_contacts
from shopkeeper.customer import wishes
from shopkeeper.customer.collect import own_events
from shopkeeper.customer.collect.strict_json import Flaw
from shopkeeper.customer.document import Customer
from shopkeeper.customer.rows import row_of
from shopkeeper.mail import timing, vetoes
from shopkeeper.mail.terms import Terms
from shopkeeper.mail.timing import Wait
from tests.domain.test_send_at_the_last_minute import told
from tests.domain.test_send_vetoes import FINE, NOON
from tests.interactions import said

WEEKLY = {"frequency": {"most": 1, "days": 7}}


def hours(number):
    return clock.to_text(NOON + timedelta(hours=number))


def changed(hours_ago, **properties):
    return "Consent Changed", hours_ago, properties


def knowing(hours_ago=1, reserved=(), **wishes):
    """A contact who was told so many hours ago, and got letters so many hours ago each."""
    held = {f"s-{each}": hours(-each) for each in reserved}
    words = {name: Word(value, hours(-hours_ago), "collect") for name, value in wishes.items()}
    return Contact("jo", reservations=held, counted=dict.fromkeys(held, "news"), wishes=words)


def verdict(contact=Contact("jo"), document=None, **changes):  # noqa: B008 - it cannot change.
    look = replace(FINE, contact=contact, customer=Customer("jo", 1, document or told()), **changes)
    found = vetoes.first(look) or timing.first(look)
    return found.why if isinstance(found, Wait) else found.reason if found else "goes"


PAUSED, OWN = "do_not_contact:paused", "do_not_contact:own_frequency"


@pytest.mark.parametrize(
    ("contact", "document", "expected"),
    [
        (knowing(pause_until=hours(1)), told(), PAUSED),
        (knowing(pause_until=hours(0)), told(), "goes"),
        (Contact("jo"), told(changed(1, pause_until=hours(1))), PAUSED),
        (knowing(2, pause_until=hours(1)), told(changed(1, pause_until=hours(-1))), PAUSED),
        (knowing(1, pause_until=hours(-1)), told(changed(2, pause_until=hours(1))), "goes"),
        (knowing(reserved=[167], frequency="1/7"), told(), OWN),
        (knowing(reserved=[168], frequency="1/7"), told(), "goes"),
        (knowing(frequency="1/7"), told(), "goes"),
        (knowing(reserved=[1]), told(changed(1, **WEEKLY)), OWN),
        (knowing(2, reserved=[1], frequency="1/7"), told(changed(1, frequency="any")), OWN),
        (knowing(1, reserved=[1], frequency="any"), told(changed(2, **WEEKLY)), "goes"),
        (knowing(2, reserved=[1, 100], frequency="2/7"), told(changed(1, frequency={"most": 3, "days": 7})), OWN),
    ],
)
def test_the_strictest_of_what_was_said_last_wins_and_nothing_is_waited_for(contact, document, expected):
    assert verdict(contact, document) == expected
    for mail_class in ("service", "transactional"):
        assert verdict(contact, document, send=replace(FINE.send, mail_class=mail_class)) == "goes"


def test_what_those_have_said_who_were_merged_into_the_customer_counts_as_well():
    others = [knowing(pause_until=hours(5)), knowing(reserved=[1], frequency="1/7")]

    assert verdict(Contact("jo").joined(others[:1])) == PAUSED
    assert verdict(Contact("jo").joined(others[1:])) == OWN


def test_a_campaign_that_waits_for_caps_waits_for_the_customers_own_as_well():
    contact = knowing(reserved=[100], frequency="1/7")

    assert verdict(contact, terms=Terms(when_capped="wait")) == "capped"


@pytest.mark.parametrize(
    "properties",
    [
        {"frequency": "weekly"},
        {"frequency": {"most": 0, "days": 7}},
        {"frequency": {"most": 1, "days": 31}},
        {"frequency": {"most": True, "days": 7}},
        {"frequency": {"days": 7}},
        {"pause_until": "tomorrow"},
        {"pause_until": 5},
    ],
)
def test_what_is_not_as_it_should_be_is_refused_at_the_door_and_says_nothing(properties):
    with pytest.raises(Flaw):
        own_events.check("Consent Changed", properties, trusted=True)
    assert wishes.said_in(properties) == {}


def test_a_wish_needs_no_topic_and_a_topic_still_its_answer():
    own_events.check("Consent Changed", WEEKLY | {"pause_until": hours(1)}, trusted=True)
    for properties in ({}, WEEKLY | {"topic": "news"}, WEEKLY | {"is": "out"}):
        with pytest.raises(Flaw):
            own_events.check("Consent Changed", properties, trusted=True)


class Ears:
    def __init__(self):
        self.heard = []

    def wish(self, who, name, word):
        self.heard.append((who, name, word))


@pytest.mark.parametrize(("how", "believed"), [({}, True), ({"trusted": False}, False)])
def test_the_contact_hears_of_it_on_the_word_of_somebody_who_is_known(how, believed):
    ears, at = Ears(), hours(-1)
    wanted = WEEKLY | {"pause_until": "2026-04-01T00:00:00+02:00"}
    fact = said("user:jo", "m", name="Consent Changed", at=at, received_at=at, properties=wanted, **how)

    to_contacts(ears, str)(row_of(fact, customer_id="jo", version=1))

    heard = [
        ("jo", "frequency", Word("1/7", at, "collect")),
        ("jo", "pause_until", Word("2026-03-31T22:00:00.000Z", at, "collect")),
    ]
    assert ears.heard == (heard if believed else [])
