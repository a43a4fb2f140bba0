"""A customer has ordered: the confirmation goes out at once, though marketing is paused, and whatever they left."""

import json
from datetime import timedelta

from tests.stories.letters import bring_customers, define, define_campaign, launch, link, one_click, outbox
from tests.stories.shop import marketer, read

EVERYBODY = {"op": "not", "rule": {"op": "trait", "path": "nothing", "cmp": "exists"}}
CONFIRMATION = {
    "subject": "Your order {{ message.order }}",
    "html": "<p>Dear {{ customer.first_name }}, thank you for "
    "{% for line in message.lines %}{{ line.name }} {% endfor %}: {{ message.total }}.</p>",
    "class": "transactional",
}
ORDER = {"order": "o-7", "total": "€12.00", "lines": [{"name": "tea"}, {"name": "cake"}]}


def confirm(stack, key="order-o-7"):
    wanted = {"template": "confirmation", "to": "user:1", "brand": "shop", "facts": ORDER}
    headers = marketer(stack) | {"Idempotency-Key": key}
    answer = stack.request("POST", "/v1/messages", json=wanted, headers=headers)
    assert answer.status == 202, answer.text
    return answer.json()["id"]


def subjects(stack):
    return sorted(letter["subject"] for letter in outbox(stack))


def drop_messages(stack):
    sqs = stack.client("sqs")
    sqs.purge_queue(QueueUrl=sqs.get_queue_url(QueueName="OutgoingTransactionalQueue")["QueueUrl"])


def test_an_order_is_confirmed_while_marketing_is_paused_and_capped_and_its_customer_has_left(stack):
    bring_customers(stack, "1", "2")
    define_campaign(stack, EVERYBODY, subject="News")
    define(stack, "/v1/templates/confirmation", CONFIRMATION)
    launch(stack)
    stack.settle()
    assert subjects(stack) == ["News", "News"]
    (first,) = outbox(stack, "1@customers.example")
    assert one_click(stack, link(first, "u")).status == 200
    capped = {"caps": [{"most": 1, "days": 30}], "quiet": {"from": "00:00", "to": "23:59"}}
    define(stack, "/v1/policy", capped)
    campaign = {"audience": EVERYBODY, "template": "news", "brand": "shop", "topic": "news"}
    define(stack, "/v1/campaigns/more", campaign)
    launch(stack, "more")
    stack.request("POST", "/v1/campaigns/more/pause", headers=marketer(stack))
    stack.settle()

    send_id = confirm(stack)
    stack.settle()

    assert subjects(stack) == ["News", "News", "Your order o-7"]
    letter = next(each for each in outbox(stack) if each["subject"].startswith("Your order"))
    assert "thank you for tea cake : €12.00." in " ".join(letter["text"].split())
    assert "list-unsubscribe" not in json.dumps(letter["headers"]).lower()
    assert read(stack, f"/v1/messages/{send_id}")["state"] == "delivered"
    assert confirm(stack) == send_id

    second = confirm(stack, "again")
    drop_messages(stack)
    stack.settle()
    assert len(outbox(stack)) == 3
    stack.clock.advance(timedelta(minutes=3))
    stack.settle()
    assert read(stack, f"/v1/messages/{second}")["state"] == "delivered"
    assert len(outbox(stack)) == 4
