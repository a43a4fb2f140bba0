"""What a customer's document says by the time of the last look, on moto: it stops a mail that was already written."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from shopkeeper import clock
from shopkeeper.aws.launches import Launches
from shopkeeper.customer.document import Document
from shopkeeper.customer.fold import Candidate, Folding
from shopkeeper.mail import ledger
from shopkeeper.mail.letters import Letters
from shopkeeper.mail.terms import Bought, Terms
from tests.functions.test_mail_send import deliver, shop  # noqa: F401 - a fixture.
from tests.interactions import said

TRAITS = {"email": "jo@example.com"}
WHO = Document(traits=TRAITS, told=dict.fromkeys(TRAITS, (0, "m")))
TICKET = ("Ticket Opened", {"ticket_id": "7", "priority": "critical"})
ORDER = ("Order Completed", {"order_id": "o-1", "products": [{"product_id": "boot"}]})


def told(name, properties):
    at = clock.to_text(datetime.now(UTC) - timedelta(minutes=1))
    folding = Folding(WHO, {})
    folding.add(Candidate(said("user:jo", "m1", name=name, at=at, received_at=at, properties=properties)))
    return folding.document(0)


@pytest.fixture
def send_id(shop, monkeypatch):  # noqa: F811
    monkeypatch.setattr(Launches, "terms", lambda *asked: Terms(unless_bought=Bought(days=30, product="boot")))
    return shop.plan("jo", **TRAITS)


@pytest.mark.parametrize(
    ("fact", "reason"), [(TICKET, "do_not_contact:critical_ticket"), (ORDER, "other:already_bought")]
)
@pytest.mark.parametrize("written", [False, True])
def test_a_ticket_and_a_purchase_that_come_after_freezing_stop_the_mail(
    shop,  # noqa: F811
    send_id,
    monkeypatch,
    fact,
    reason,
    written,
):
    """Before its first look, or when it is `written` and only the last look is left."""
    draft = Letters.draft

    def meanwhile(self, *how, **more):
        shop.save("jo", told(*fact))
        return draft(self, *how, **more)

    if written:
        monkeypatch.setattr(Letters, "draft", meanwhile)
    else:
        shop.save("jo", told(*fact))

    assert deliver(send_id) == []

    row = shop.sends.load(send_id)
    assert (row.state, row.reason, shop.mails) == (ledger.NOT_SENT, reason, [])
    assert json.loads(row.evidence).items() & {("ticket", "7"), ("order", "o-1")}
    assert shop.contacts.load("jo").reservations == {}


def test_without_a_document_that_can_be_read_nothing_goes_and_nothing_is_given_up(shop, send_id):  # noqa: F811
    shop.dynamodb.update_item(
        TableName="CustomersTable",
        Key={"customer_id": {"S": "jo"}},
        UpdateExpression="SET #d = :d",
        ExpressionAttributeNames={"#d": "document"},
        ExpressionAttributeValues={":d": {"S": "{"}},
    )

    assert len(deliver(send_id)) == 1

    assert (shop.mails, shop.sends.load(send_id).state) == ([], ledger.READY)
