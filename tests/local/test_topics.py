import json

import pytest
from botocore.exceptions import ClientError


def received(stack):
    found = stack.client("sqs").receive_message(QueueUrl=stack.queue_url("NoticeQueue"), MaxNumberOfMessages=10)
    return [message["Body"] for message in found.get("Messages", [])]


@pytest.fixture
def topic(stack):
    return stack.client("sns").list_topics()["Topics"][0]["TopicArn"]


def test_what_is_said_on_a_topic_is_in_the_queue_as_it_was_said(stack, topic):
    said = json.dumps({"eventType": "Send", "é": "ü"}, ensure_ascii=False)
    stack.client("sns").publish(TopicArn=topic, Message=said)
    assert received(stack) == [said]


def test_a_topic_refuses_as_often_as_asked(stack, topic):
    stack.request("POST", "/_local/fail", json={"service": "sns", "times": 10})
    with pytest.raises(ClientError, match="as asked for") as refused:
        stack.client("sns").publish(TopicArn=topic, Message="x")
    assert refused.value.response["Error"]["Code"] == "ServiceUnavailable"
    assert received(stack) == []
