"""Events of a configuration set as SNS delivers them raw, in the shapes that SES documents."""

import json

SEND_ID = "6a1c0b5e-3f0d-5b1a-9d6e-0f1e2d3c4b5a"
MESSAGE_ID = "0100018f2c7ab0de-5c1f7f2e-1111-2222-3333-444455556666-000000"
ADDRESS = "Jo@Example.com"
MAILED = "2026-11-21T09:30:00.123Z"

TAGS = {
    "send_id": [SEND_ID],
    "ses:configuration-set": ["shopkeeper"],
    "ses:source-ip": ["192.0.2.1"],
    "ses:from-domain": ["shop.example"],
}


def mail(**changes):
    return {
        "timestamp": MAILED,
        "messageId": MESSAGE_ID,
        "source": "Shop <news@shop.example>",
        "sendingAccountId": "111122223333",
        "destination": [ADDRESS],
        "headersTruncated": False,
        "headers": [{"name": "Subject", "value": "Hello"}],
        "commonHeaders": {"from": ["news@shop.example"], "to": [ADDRESS], "subject": "Hello"},
        "tags": TAGS,
    } | changes


def event(kind, part_name, part, **changes):
    return json.dumps({"eventType": kind, "mail": mail(**changes), part_name: part})


def sent(**changes):
    return event("Send", "send", {}, **changes)


def delivered(at="2026-11-21T09:30:02.000Z", **changes):
    part = {"timestamp": at, "processingTimeMillis": 812, "recipients": [ADDRESS], "smtpResponse": "250 ok"}
    return event("Delivery", "delivery", part, **changes)


def delayed(at="2026-11-21T09:31:00.000Z", **changes):
    people = [{"emailAddress": ADDRESS, "status": "4.4.7"}]
    part = {"timestamp": at, "delayType": "MailboxFull", "expirationTime": at, "delayedRecipients": people}
    return event("DeliveryDelay", "deliveryDelay", part, **changes)


def bounced(
    kind="Permanent", subtype="General", status="5.1.1", at="2026-11-21T09:32:00.000Z", feedback="b-1", **changes
):
    person = {"emailAddress": ADDRESS, "action": "failed", "status": status, "diagnosticCode": f"smtp; 550 {status}"}
    person = {name: value for name, value in person.items() if status or name == "emailAddress"}
    part = {"bounceType": kind, "bounceSubType": subtype, "timestamp": at, "feedbackId": feedback}
    return event("Bounce", "bounce", part | {"bouncedRecipients": [person]}, **changes)


def complained(said="abuse", subtype=None, at="2026-11-21T10:00:00.000Z", feedback="c-1", **changes):
    part = {"timestamp": at, "feedbackId": feedback, "complaintSubType": subtype, "arrivalDate": at}
    part |= {"complaintFeedbackType": said} if said else {}
    return event("Complaint", "complaint", part | {"complainedRecipients": [{"emailAddress": ADDRESS}]}, **changes)


def rejected(**changes):
    return event("Reject", "reject", {"reason": "Bad content"}, **changes)


def unrendered(**changes):
    """This type comes without headers."""
    text = event("Rendering Failure", "failure", {"templateName": "t", "errorMessage": "missing"}, **changes)
    found = json.loads(text)
    del found["mail"]["headers"], found["mail"]["commonHeaders"]
    return json.dumps(found)


def sqs(*bodies, sent_at="1795253400000"):
    return {
        "Records": [
            {
                "messageId": f"q-{place}",
                "receiptHandle": f"receipt-{place}",
                "body": body,
                "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": sent_at},
                "messageAttributes": {},
                "md5OfBody": "",
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:feedback",
                "awsRegion": "us-east-1",
            }
            for place, body in enumerate(bodies)
        ]
    }
