"""A mail is sent, comes back or arrives, and its reader leaves by it: over HTTP, SES, SNS and SQS as they are local."""

import http.client
import json
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from shopkeeper.aws.contacts import Contacts
from shopkeeper.aws.sends import Sends
from shopkeeper.consent.contact import address_key
from shopkeeper.mail import moves
from shopkeeper.tokens import Kind
from tests import planted_letter

ONE_CLICK = b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
FORM = "application/x-www-form-urlencoded"
CUSTOMER = "c1"
ADDRESS = address_key(f"{CUSTOMER}@example.com")


def send(stack, customer=CUSTOMER):
    """One letter is on its way: its row says so, and SES has it; nobody has recorded the answer."""
    planted_letter.plant(stack, customer)
    sends = Sends(stack.client("dynamodb"), "SendsTable")
    row = next(each for each in sends.of_activity(planted_letter.ACTIVITY, "1") if each.customer_id == customer)
    now = stack.clock.now()
    row = sends.apply(moves.claim(row, "story", now, now, ADDRESS))
    stack.client("sesv2").send_email(
        FromEmailAddress="news@shop.example",
        Destination={"ToAddresses": [f"{customer}@example.com"]},
        Content={"Raw": {"Data": b"From: news@shop.example\r\nTo: x@example.com\r\nSubject: Hello\r\n\r\nHello\r\n"}},
        EmailTags=[{"Name": "send_id", "Value": row.send_id}],
        ConfigurationSetName=configuration_set(stack),
    )
    return row.send_id


def configuration_set(stack):
    return stack.functions["MailSendFunction"].environment["CONFIGURATION_SET"]


def row(stack, send_id):
    return Sends(stack.client("dynamodb"), "SendsTable").load(send_id)


def contact(stack):
    return Contacts(stack.client("dynamodb"), "ContactsTable").load(CUSTOMER, ADDRESS)


def link(stack):
    return f"/u/{planted_letter.token(stack, Kind.UNSUBSCRIBE, CUSTOMER)}"


def names(stack):
    found = stack.client("dynamodb").query(
        TableName="InteractionsTable",
        KeyConditionExpression="subject = :subject",
        ExpressionAttributeValues={":subject": {"S": f"customer:{CUSTOMER}"}},
    )
    return sorted(item["name"]["S"] for item in found["Items"])


def happens(stack, event, send_id):
    answer = stack.request("POST", "/_local/ses", json={"event": event, "send_id": send_id})
    assert answer.status < 300, answer.text
    stack.settle()


def test_a_mail_whose_answer_got_lost_is_found_delivered(stack):
    send_id = send(stack)
    stack.settle()

    assert (row(stack, send_id).state, bool(row(stack, send_id).ses_message_id)) == ("delivered", True)
    assert names(stack) == ["Email Delivered", "Email Sent"]


@pytest.mark.parametrize(
    ("event", "state", "name"),
    [("bounce", "hard_bounced", "Email Bounced"), ("complaint", "complained", "Email Marked as Spam")],
)
def test_what_comes_back_later_outranks_the_delivery(stack, event, state, name):
    send_id = send(stack)
    stack.settle()

    happens(stack, event, send_id)

    assert row(stack, send_id).state == state
    assert name in names(stack)
    assert bool(contact(stack).address.block) == (event == "bounce")
    assert bool(contact(stack).address.marketing) == (event == "complaint")
    assert bool(contact(stack).marketing) == bool(row(stack, send_id).unsubscribed_at) == (event == "complaint")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=b", ONE_CLICK),
        ("application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click"),
    ],
)
def test_a_mail_provider_presses_the_button_with_nothing_but_the_link(stack, kind, body):
    """No cookie, no origin, no user agent: and the customer is out before the answer, as often as one likes."""
    send_id = send(stack)
    stack.settle()
    host = urlsplit(stack.base_url)
    for _ in range(3):
        with closing(http.client.HTTPConnection(host.hostname, host.port)) as connection:
            connection.request("POST", link(stack), body, {"Content-Type": kind})
            answer = connection.getresponse()
            assert (answer.status, answer.getheader("location"), len(answer.read()) < 40) == (200, None, True)
        assert contact(stack).topics[planted_letter.TOPIC].is_ == "out"
    stack.settle()

    assert row(stack, send_id).unsubscribed_at
    assert names(stack).count("Unsubscribed") == 1


def test_a_scanner_that_follows_every_link_with_every_reading_method_unsubscribes_nobody(stack):
    send_id = send(stack)
    token = planted_letter.token(stack, Kind.CLICK, CUSTOMER)
    for path in (
        link(stack),
        f"/c/{token}/0",
        f"/c/{token}/1",
        f"/o/{planted_letter.token(stack, Kind.OPEN, CUSTOMER)}",
    ):
        for method in ("GET", "HEAD", "OPTIONS"):
            stack.request(method, path, headers={"purpose": "prefetch"})
            stack.request(method, path, body=b"List-Unsubscribe=One-Click")
    stack.settle()

    assert (contact(stack).topics, row(stack, send_id).unsubscribed_at) == ({}, "")


def test_a_reader_leaves_and_comes_back_by_the_buttons_of_the_page(stack):
    send(stack)
    form = {"content-type": FORM}

    assert 'name="confirm"' in stack.request("GET", link(stack)).text
    assert 'name="undo"' in stack.request("POST", link(stack), body=b"confirm=1", headers=form).text
    assert stack.request("POST", link(stack), body=b"undo=1", headers=form).status == 200
    stack.settle()

    assert contact(stack).topics[planted_letter.TOPIC].is_ == "in"
    assert json.dumps(names(stack)).count("Unsubscribed") == 1
