"""What SES takes and refuses, and what it tells of a mail."""

from datetime import timedelta

import pytest

from local.post.mail import Mail
from shopkeeper import clock
from shopkeeper.mail import ses_events
from tests.local.postbag import compose, heard, kinds, script, send


def test_a_mail_is_sent_and_delivered(stack):
    message_id = send(stack, send_id="abc")
    [sent, delivered] = heard(stack)
    assert (sent["eventType"], sent["send"]) == ("Send", {})
    assert delivered["delivery"]["recipients"] == ["jo@customers.example"]
    about = sent["mail"]
    assert about["messageId"] == message_id
    assert about["tags"]["send_id"] == ["abc"]
    assert about["tags"]["ses:configuration-set"] == ["mini"]
    assert about["commonHeaders"]["subject"] == "Hello"
    assert {"name": "From", "value": "Shop <news@shop.example>"} in about["headers"]
    assert abs(clock.from_text(about["timestamp"]) - stack.clock.now()) < timedelta(seconds=5)


def test_labels_for_the_feedback_id_are_taken_and_told(stack):
    send(
        stack,
        EmailTags=[{"Name": "send_id", "Value": "abc"}, {"Name": "ses:feedback-id-a", "Value": "campaign-spring"}],
    )

    assert heard(stack)[0]["mail"]["tags"]["ses:feedback-id-a"] == ["campaign-spring"]


def test_nothing_is_told_before_somebody_settles(stack):
    send(stack)
    assert stack.state()["queues"]["Notice"]["visible"] == 0
    assert stack.next_due() <= stack.clock.now()


def test_a_mail_without_a_configuration_set_is_told_to_nobody(stack):
    stack.client("sesv2").send_email(
        Destination={"ToAddresses": ["jo@customers.example"]}, Content={"Raw": {"Data": compose("jo@x.example")}}
    )
    assert heard(stack) == []
    assert stack.state()["outbox"] == 1


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ("delivery", ["Send", "Delivery"]),
        ("bounce", ["Send", "Bounce"]),
        ("soft_bounce", ["Send", "Bounce"]),
        ("complaint", ["Send", "Delivery", "Complaint"]),
        ("delay", ["Send", "DeliveryDelay"]),
        ("reject", ["Send", "Reject"]),
        ("lost_event", []),
    ],
)
def test_what_comes_next_can_be_scripted_so_many_times(stack, event, told):
    assert script(stack, event=event, times=1).status == 200
    send(stack)
    assert kinds(stack) == told
    send(stack, "other@customers.example")
    assert kinds(stack) == ["Send", "Delivery"]


@pytest.mark.parametrize("event", ["delivery", "bounce", "soft_bounce", "complaint", "delay", "reject"])
def test_something_can_happen_to_a_mail_that_was_sent(stack, event):
    send(stack, send_id="one")
    send(stack, send_id="two")
    heard(stack)
    assert script(stack, event=event, send_id="one").json() == {"event": event, "send_id": "one", "sent": True}
    [told] = heard(stack)
    assert told["mail"]["tags"]["send_id"] == ["one"]


def test_what_happens_can_be_planned_for_one_send_that_is_still_to_come(stack):
    assert script(stack, event="bounce", send_id="two").json()["sent"] is False
    send(stack, send_id="one")
    send(stack, send_id="two")
    assert [(told["eventType"], told["mail"]["tags"]["send_id"]) for told in heard(stack)] == [
        ("Send", ["one"]),
        ("Delivery", ["one"]),
        ("Send", ["two"]),
        ("Bounce", ["two"]),
    ]


@pytest.mark.parametrize("event", ["throttle", "lost_response", "lost_event"])
def test_a_call_that_is_over_can_no_longer_go_wrong(stack, event):
    send(stack, send_id="one")
    reply = script(stack, event=event, send_id="one")
    assert (reply.status, reply.json()["field"]) == (400, "send_id")


@pytest.mark.parametrize("event", ["bounce", "soft_bounce", "complaint", "delay", "reject", "delivery"])
def test_every_event_is_one_that_the_product_reads(stack, event):
    script(stack, event=event)
    send(stack)
    stack.settle()
    url = stack.queue_url("NoticeQueue")
    bodies = [
        message["Body"]
        for message in stack.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    ]
    assert all(ses_events.read(body, clock.to_text(stack.clock.now())).send_id == "s1" for body in bodies)


def test_a_delayed_mail_is_delivered_an_hour_later(stack):
    script(stack, event="delay")
    send(stack)
    heard(stack)
    assert timedelta(minutes=59) < stack.next_due() - stack.clock.now() <= timedelta(hours=1, seconds=1)
    stack.advance_to_next()
    assert kinds(stack) == ["Delivery"]


def test_bounces_say_how_bad_they_are(stack):
    for event in ("bounce", "soft_bounce"):
        script(stack, event=event)
    send(stack)
    send(stack, "other@customers.example")
    hard, soft = (told["bounce"] for told in heard(stack) if "bounce" in told)
    assert (hard["bounceType"], hard["bouncedRecipients"][0]["status"]) == ("Permanent", "5.1.1")
    assert (soft["bounceType"], soft["bouncedRecipients"][0]["emailAddress"]) == (
        "Transient",
        "other@customers.example",
    )
    assert hard["feedbackId"] != soft["feedbackId"]


@pytest.mark.parametrize(
    ("local", "told", "subtype"),
    [
        ("success", ["Send", "Delivery"], None),
        ("bounce", ["Send", "Bounce"], "General"),
        ("bounce+label", ["Send", "Bounce"], "General"),
        ("complaint", ["Send", "Delivery", "Complaint"], None),
        ("suppressionlist", ["Send", "Bounce"], "Suppressed"),
        ("ooto", ["Send", "Delivery"], None),
    ],
)
def test_addresses_of_the_simulator_do_what_they_say_each_time(stack, local, told, subtype):
    for _ in range(2):
        send(stack, f"{local}@simulator.amazonses.com")
        events = heard(stack)
        assert [event["eventType"] for event in events] == told
        assert events[-1].get("bounce", {}).get("bounceSubType") == subtype


@pytest.mark.parametrize("event", ["bounce", "complaint"])
def test_who_bounced_or_complained_is_not_written_to_again(stack, event):
    script(stack, event=event)
    send(stack)
    heard(stack)
    send(stack)
    assert heard(stack)[-1]["bounce"]["bounceSubType"] == "OnAccountSuppressionList"
    send(stack, "other@customers.example")
    assert kinds(stack) == ["Send", "Delivery"]


def test_a_soft_bounce_puts_nobody_on_a_list(stack):
    script(stack, event="soft_bounce")
    send(stack)
    heard(stack)
    send(stack)
    assert kinds(stack) == ["Send", "Delivery"]


def test_a_new_world_has_no_mails_and_no_scripts(stack):
    script(stack, event="bounce", times=5)
    send(stack)
    stack.reset()
    assert stack.state()["outbox"] == 0
    send(stack)
    assert kinds(stack) == ["Send", "Delivery"]


def test_raw_mails_are_kept_byte_by_byte(stack):
    raw = compose("jo@customers.example", "Grüße ✨", "x" * 200)
    send(stack, raw=raw)
    [mail] = stack.post.mails
    assert isinstance(mail, Mail)
    assert mail.raw == raw
