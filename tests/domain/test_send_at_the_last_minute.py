"""What happens between segmenting and sending, and stops a mail: a critical ticket, a purchase."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shopkeeper import clock
from shopkeeper.customer import words
from shopkeeper.customer.critical import open_tickets
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.fold import Candidate, Folding
from shopkeeper.mail import vetoes
from shopkeeper.mail.terms import Bought, Terms
from tests.domain.test_send_vetoes import FINE, NOON
from tests.interactions import said

TRAITS = {"email": "jo@example.com"}
WHO = Document(traits=TRAITS, told=dict.fromkeys(TRAITS, (0, "m")))


def told(*facts):
    """A document of whom these were told, (name, hours ago, properties) each."""
    folding = Folding(WHO, {})
    for n, (name, hours, properties) in enumerate(facts):
        at = clock.to_text(NOON - timedelta(hours=hours))
        folding.add(Candidate(said("user:jo", f"m{n}", name=name, at=at, received_at=at, properties=properties)))
    return folding.document(0)


def ticket(name, hours, priority=None, number="7", **more):
    urgency = {"priority": priority} if priority else {}
    return f"Ticket {name}", hours, {"ticket_id": number, **urgency, **more}


@pytest.mark.parametrize(
    ("facts", "stops"),
    [
        ([ticket("Opened", 2, "critical")], True),
        ([ticket("Opened", 2, "P1")], True),
        ([ticket("Opened", 2, "normal")], False),
        ([ticket("Opened", 2)], False),
        ([ticket("Opened", 2, "normal"), ticket("Updated", 1, "urgent")], True),
        ([ticket("Opened", 2, "critical"), ticket("Updated", 1, "low")], False),
        ([ticket("Opened", 2, "critical"), ticket("Updated", 1, status="solved")], False),
        ([ticket("Opened", 2, "critical"), ticket("Closed", 1)], False),
        ([ticket("Closed", 2, "critical"), ticket("Updated", 1, status="open")], True),
        ([ticket("Opened", 2, "critical"), ticket("Closed", 1, number="8")], True),
        ([ticket("Updated", 2, "critical")], True),
    ],
)
def test_an_open_critical_ticket_stops_marketing(facts, stops):
    look = replace(FINE, customer=Customer("jo", 1, told(*facts)))
    veto = vetoes.first(look)

    assert (veto.reason if veto else "") == ("do_not_contact:critical_ticket" if stops else "")
    assert not stops or veto.evidence == {"ticket": "7"}
    for mail_class in ("service", "transactional"):
        assert vetoes.first(replace(look, send=replace(look.send, mail_class=mail_class))) is None


def test_of_a_ticket_of_which_nobody_remembers_the_closing_it_is_not_guessed_that_it_is_closed():
    facts = [ticket("Opened", 99, "critical"), ticket("Closed", 98)]
    others = [ticket("Opened", 50 - n, number=f"o{n}") for n in range(words.MOST_PER_FAMILY)]

    assert open_tickets(told(*facts)) == []
    assert open_tickets(told(*facts, *others)) == ["7"]
    assert open_tickets(told(*facts, *others, ticket("Closed", 1))) == []


def order(hours, *products, order_id="o-1"):
    return "Order Completed", hours, {"order_id": order_id, "total": 5, "currency": "USD", "products": list(products)}


BOOT = {"product_id": "boot", "sku": "B-42", "category": "Shoes", "name": "Boot"}
CANCELLED = ("Order Cancelled", 1, {"order_id": "o-1"})
REFUNDED = ("Order Refunded", 1, {"order_id": "o-1"})


@pytest.mark.parametrize(
    ("facts", "unless", "stops"),
    [
        ([order(47, BOOT)], {"product": "boot"}, True),
        ([order(47, BOOT)], {"sku": "B-42"}, True),
        ([order(47, {"sku": "B-42"})], {"sku": "B-42"}, True),
        ([order(47, BOOT)], {"category": "shoes"}, True),
        ([order(47, BOOT)], {"category": "shoes", "sku": "B-43"}, False),
        ([order(47, BOOT)], {"product": "B-42"}, False),
        ([order(47, BOOT)], {"product": "hat"}, False),
        ([order(48, BOOT)], {"product": "boot"}, False),
        ([order(47, BOOT), REFUNDED], {"product": "boot"}, True),
        ([order(47, BOOT), CANCELLED], {"product": "boot"}, False),
        ([], {"product": "boot"}, False),
    ],
)
def test_who_has_bought_it_within_the_days_does_not_get_the_letter(facts, unless, stops):
    terms = Terms(unless_bought=Bought(days=2, **unless))
    veto = vetoes.first(replace(FINE, customer=Customer("jo", 1, told(*facts)), terms=terms))

    assert (veto.reason if veto else "") == ("other:already_bought" if stops else "")
    assert not stops or veto.evidence["order"] == "o-1"
    assert vetoes.first(replace(FINE, customer=Customer("jo", 1, told(*facts)))) is None
