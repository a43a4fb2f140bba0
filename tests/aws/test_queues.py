import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from shopkeeper.aws.clients import Unavailable
from shopkeeper.aws.queues import BYTES_PER_CALL, TRIES, NotTaken, Queue


class Sqs:
    """Takes messages but for those a test tells it to refuse, each as often as told."""

    def __init__(self, refuse=None, error=None, forget=()):
        self.refuse, self.error, self.forget = dict(refuse or {}), error, set(forget)
        self.taken, self.calls = [], []

    def send_message_batch(self, QueueUrl, Entries):  # noqa: N803
        self.calls.append(Entries)
        if self.error:
            raise self.error
        answer = {"Successful": [], "Failed": []}
        for entry in Entries:
            body = entry["MessageBody"]
            if self.refuse.get(body, 0):
                self.refuse[body] -= 1
                answer["Failed"].append({"Id": entry["Id"], "SenderFault": False, "Code": "InternalError"})
            elif body not in self.forget:
                self.taken.append(body)
                answer["Successful"].append({"Id": entry["Id"]})
        return answer


def queue(sqs):
    return Queue(sqs, "url", pause=lambda seconds: None)


def error(code, status):
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "SendMessageBatch")


def texts(count):
    return [f'"{number}"'.encode() for number in range(count)]


def test_ten_messages_go_in_one_call_and_keep_their_order():
    sqs = Sqs()
    queue(sqs).send(texts(25))
    assert [len(call) for call in sqs.calls] == [10, 10, 5]
    assert sqs.taken == [text.decode() for text in texts(25)]


def test_nothing_to_send_asks_nobody():
    sqs = Sqs()
    queue(sqs).send([])
    assert sqs.calls == []


def test_a_call_stays_within_its_size():
    sqs = Sqs()
    large = ('"' + "ä" * 50_000 + '"').encode()
    queue(sqs).send([large] * 5)
    assert [len(call) for call in sqs.calls] == [2, 2, 1]
    assert all(sum(len(entry["MessageBody"].encode()) for entry in call) <= BYTES_PER_CALL for call in sqs.calls)


def test_only_what_was_refused_is_sent_again():
    sqs = Sqs(refuse={'"3"': 2, '"12"': 1})
    queue(sqs).send(texts(15))
    assert [len(call) for call in sqs.calls] == [10, 5, 2, 1]
    assert sorted(sqs.taken) == sorted(text.decode() for text in texts(15))


def test_what_stays_refused_is_named_and_the_rest_is_there():
    sqs = Sqs(refuse={'"3"': 99})
    with pytest.raises(NotTaken) as caught:
        queue(sqs).send(texts(5))
    assert caught.value.indices == [3]
    assert len(sqs.calls) == TRIES
    assert '"4"' in sqs.taken


def test_what_the_answer_does_not_mention_is_not_taken():
    with pytest.raises(NotTaken) as caught:
        queue(Sqs(forget={'"0"'})).send(texts(2))
    assert caught.value.indices == [0]


@pytest.mark.parametrize(
    "outage",
    [error("InternalError", 500), error("RequestThrottled", 403), EndpointConnectionError(endpoint_url="https://sqs")],
)
def test_an_outage_is_named_as_one_at_once(outage):
    sqs = Sqs(error=outage)
    with pytest.raises(Unavailable):
        queue(sqs).send(texts(30))
    assert len(sqs.calls) == 1


def test_a_mistake_of_ours_is_not_taken_for_an_outage():
    with pytest.raises(ClientError):
        queue(Sqs(error=error("AccessDenied", 403))).send(texts(1))


def test_characters_that_sqs_refuses_go_as_escapes():
    sqs = Sqs()
    queue(sqs).send(['{"a":"\uffff\ufffe\ufffd😀"}'.encode()])
    assert sqs.taken == ['{"a":"\\uffff\\ufffe\ufffd😀"}']


def test_messages_are_put_off_by_their_delays_also_when_they_are_sent_again():
    sqs = Sqs(refuse={"b": 1})

    queue(sqs).send([b"a", b"b", b"c"], [0, 7, 900])

    told = [(entry["MessageBody"], entry.get("DelaySeconds", 0)) for call in sqs.calls for entry in call]
    assert told == [("a", 0), ("b", 7), ("c", 900), ("b", 7)]


@mock_aws
def test_messages_arrive_as_they_were_sent():
    sqs = boto3.client("sqs", region_name="us-east-1")
    url = sqs.create_queue(QueueName="interactions")["QueueUrl"]
    Queue(sqs, url).send(texts(12))
    received = []
    while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        received += [message["Body"].encode() for message in batch]
    assert sorted(received) == sorted(texts(12))


def test_a_queue_is_idle_when_no_message_waits_or_is_in_hands():
    with mock_aws():
        sqs = boto3.client("sqs", region_name="us-east-1")
        url = sqs.create_queue(QueueName="work")["QueueUrl"]

        assert Queue(sqs, url).is_idle()
        Queue(sqs, url).send(texts(1))
        assert not Queue(sqs, url).is_idle()
        sqs.receive_message(QueueUrl=url)
        assert not Queue(sqs, url).is_idle()
