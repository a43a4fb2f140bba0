"""Interactions for tests: short to write, complete as a door would send them."""

from shopkeeper.customer import interaction
from shopkeeper.customer.interaction import Interaction, raw

RECEIVED = "2026-03-01T12:00:00.000Z"


def said(subject, message_id, *, name="Product Viewed", at=RECEIVED, received_at=RECEIVED, **more):
    kind, _, text = subject.partition(":")
    more.setdefault("ids", {kind: text} if kind in ("user", "anon", "email") else {})
    objects = {f"raw_{part}": raw(more.pop(part)) for part in ("properties", "traits", "context") if part in more}
    facts = {"type": "track", "source": "collect", "trusted": True} | more | objects
    return Interaction(subject=subject, message_id=message_id, name=name, at=at, received_at=received_at, **facts)


def ordered(subject, message_id, order_id=None, total=None, currency="USD", **more):
    stated = {"order_id": order_id, "total": total, "currency": currency}
    properties = {name: value for name, value in stated.items() if value is not None}
    return said(subject, message_id, name="Order Completed", properties=properties, **more)


def about_order(what, subject, message_id, order_id, total=None, **more):
    """`what` is Updated, Refunded or Cancelled."""
    stated = {"order_id": order_id, "total": total}
    properties = {name: value for name, value in stated.items() if value is not None}
    return said(subject, message_id, name=f"Order {what}", properties=properties, **more)


def retracted(subject, message_id, target, **more):
    return said(subject, message_id, name="Interaction Retracted", properties={"message_id": target}, **more)


def identified(subject, message_id, traits=None, **more):
    return said(subject, message_id, name="", type="identify", traits=traits or {}, **more)


def sqs_event(batch):
    """As Lambda hands over messages: interactions by message id, or bodies as text."""
    return {
        "Records": [
            {
                "messageId": message_id,
                "receiptHandle": f"receipt-{message_id}",
                "body": each if isinstance(each, str) else interaction.encode(each).decode(),
                "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1772366400000"},
                "messageAttributes": {},
                "md5OfBody": "",
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:interactions",
                "awsRegion": "us-east-1",
            }
            for message_id, each in batch.items()
        ]
    }
