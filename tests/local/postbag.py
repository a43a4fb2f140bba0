"""Send mails to the SES of the bundle in miniature, and hear what it tells of them."""

import json
from email.message import EmailMessage

CONFIGURATION_SET = "mini"


def compose(recipient, subject="Hello", text="Hello", html=None):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Shop <news@shop.example>", recipient, subject
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return bytes(message)


def send(stack, recipient="jo@customers.example", *, send_id="s1", ses=None, raw=None, **changed):
    asked = {
        "FromEmailAddress": "Shop <news@shop.example>",
        "Destination": {"ToAddresses": [recipient]},
        "Content": {"Raw": {"Data": raw or compose("jo@customers.example")}},
        "EmailTags": [{"Name": "send_id", "Value": send_id}],
        "ConfigurationSetName": CONFIGURATION_SET,
    }
    return (ses or stack.client("sesv2")).send_email(**{**asked, **changed})["MessageId"]


def script(stack, **wish):
    return stack.request("POST", "/_local/ses", json=wish)


def heard(stack):
    """All events that were told since the last time, in order."""
    stack.settle()
    url, events = stack.queue_url("NoticeQueue"), []
    while messages := stack.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        events += [json.loads(message["Body"]) for message in messages]
        for message in messages:
            stack.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return events


def kinds(stack):
    return [event["eventType"] for event in heard(stack)]
