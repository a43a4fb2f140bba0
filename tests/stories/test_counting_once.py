"""What is sent again counts once: days later, with another instant, after a merge, and through another door."""

from datetime import timedelta

from shopkeeper import clock
from tests.stories.test_collect import read, write_key

ORDER = {"order_id": "A-1001", "total": 29.33, "currency": "EUR"}


def send(stack, key, *calls):
    """As an SDK does, which names the instant of each sending anew. Then all of it is stored."""
    sent = clock.to_text(stack.clock.now())
    answer = stack.request("POST", "/v1/batch", json={"batch": list(calls), "sentAt": sent, "writeKey": key})
    assert (answer.status, answer.json()["accepted"]) == (200, len(calls)), answer.text
    stack.settle()


def merge(stack, gone, into):
    headers = {"authorization": f"Bearer {stack.token('admin')}"}
    ids = {name: read(stack, f"/v1/customers/{name}")["customer_id"] for name in (gone, into)}
    answer = stack.request("POST", f"/v1/customers/{ids[gone]}/merge", json={"into": ids[into]}, headers=headers)
    assert answer.status in (200, 201), answer.text


def test_the_same_message_counts_once_eight_days_later_and_after_a_merge(stack):
    key = write_key(stack)["key"]
    at = clock.to_text(stack.clock.now())
    call = {"type": "track", "event": "Tea Poured", "messageId": "m-1", "timestamp": at, "anonymousId": "f00"}
    other = {"type": "track", "event": "Tea Poured", "messageId": "m-2", "timestamp": at, "userId": "42"}
    send(stack, key, call, other)
    first = read(stack, "/v1/customers/anon:f00")["measures"]["Tea Poured"]

    stack.clock.advance(timedelta(days=8))
    send(stack, key, call | {"timestamp": clock.to_text(stack.clock.now())}, other)
    assert read(stack, "/v1/customers/anon:f00")["measures"]["Tea Poured"] == first
    assert first["count"] == 1

    merge(stack, "anon:f00", "user:42")
    send(stack, key, call, other)
    stack.clock.advance(timedelta(days=8))
    send(stack, key, other, call)
    both = read(stack, "/v1/customers/anon:f00")
    assert both["customer_id"] == read(stack, "/v1/customers/user:42")["customer_id"]
    assert both["measures"]["Tea Poured"]["count"] == 2


def test_an_order_that_the_page_and_the_server_report_counts_once(stack):
    server, page = write_key(stack)["key"], write_key(stack, "publishable")["key"]
    said = {"type": "track", "event": "Order Completed", "properties": ORDER}
    send(
        stack, page, said | {"anonymousId": "f00", "messageId": "from-the-page", "properties": ORDER | {"total": 0.01}}
    )
    send(stack, server, said | {"userId": "42", "anonymousId": "f00", "messageId": "from-the-server"})
    send(stack, server, said | {"userId": "42", "messageId": "from-the-server-again"})
    send(stack, page, said | {"anonymousId": "f00", "messageId": "from-the-page-again"})

    customer = read(stack, "/v1/customers/user:42")
    assert customer["orders"]["count"] == 1
    assert customer["orders"]["totals"] == {"EUR": {"amount": "29.33", "minor_units": 2933}}
    assert read(stack, "/v1/customers/anon:f00")["customer_id"] == customer["customer_id"]
