"""Test sends through the same door as all mail: to testers alone, and of no consequence."""

import json
import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from functions.mail_send import app
from shopkeeper import tokens
from shopkeeper.aws.mail_states import MailStates
from shopkeeper.clock import Clock
from shopkeeper.consent.contact import Contact
from shopkeeper.mail import ledger
from shopkeeper.mail.trials import Trial
from shopkeeper.tokens import Kind
from tests.functions.test_mail_send import NOON, PUBLISHED, Ring, deliver, shop  # noqa: F401 - a fixture.

ANN = "Ann@shop.example"


@pytest.fixture
def house(shop):  # noqa: F811
    shop._define("testers", "mail#000001", content=json.dumps({"addresses": ["ann@shop.example"]}))
    shop._define("testers.current", "mail", version=1)
    app.trials.cache_clear()
    yield shop
    app.trials.cache_clear()


def trial(to=ANN, **said):
    said = {"name": "t-1", "template": "spring#1", "brand": "shop#1", "mail_class": "marketing", "to": to} | said
    return Trial(**said).encoded().decode()


def test_a_tester_gets_the_letter_of_a_customer_who_is_neither_asked_nor_told(house):
    send_id = house.plan("jo", email="jo@example.com", firstName="Jörg")

    assert deliver(body=trial(customer="jo")) == []
    (mail,) = house.mails
    message = message_from_bytes(mail.raw_data.encode(), policy=policy.default)
    html = message.get_body(("html",)).get_content()

    assert (message["To"], message["Subject"]) == (ANN, "[Test] Für Jörg 🌷")
    for kind, path in ((Kind.CLICK, "c"), (Kind.OPEN, "o"), (Kind.UNSUBSCRIBE, "u")):
        token = tokens.read(re.search(rf"/{path}/([\w-]{{59}})", html)[1], kind, Ring.get(NOON))
        assert token.test
        assert house.sends.load(token.send_id) is None
    assert house.sends.load(send_id).state == ledger.READY
    assert house.contacts.load("jo") == Contact("jo")
    assert house.told() == {}


def test_without_a_customer_it_is_made_for_somebody_made_up(house):
    deliver(body=trial())

    assert message_from_bytes(house.mails[0].raw_data.encode(), policy=policy.default)["Subject"] == "[Test] Für Jo 🌷"


def test_nobody_else_gets_one(house):
    assert deliver(body=trial("jo@example.com")) == []
    assert house.mails == []


@pytest.mark.parametrize("said", [{"stopped": True}, {"only_to": ("other.example",)}])
def test_the_switch_and_the_test_mode_hold_for_it_too(house, said):
    MailStates(house.dynamodb, "RecordsTable", Clock()).say(said, "u", NOON - timedelta(days=1))

    assert deliver(body=trial()) == []
    assert house.mails == []


def test_what_cannot_be_rendered_is_not_sent_and_does_not_come_again(house):
    published = json.loads(json.dumps(PUBLISHED.to_json())) | {"subject": "{{ traits.city }}"}
    house._define("template", "spring#000002", content="{}", published=json.dumps(published))

    assert deliver(body=trial(template="spring#2")) == []
    assert house.mails == []


def test_ses_is_told_that_it_belongs_to_no_send(house, monkeypatch):
    asked = []
    sesv2 = app.ses._client()
    monkeypatch.setattr(sesv2, "send_email", lambda **request: asked.append(request["EmailTags"]) or {"MessageId": "m"})
    deliver(body=trial())

    assert asked[0][0] == {"Name": "test", "Value": "t-1"}
