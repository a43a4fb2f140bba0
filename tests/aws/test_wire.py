"""Our three calls are the requests that boto3 would send, and moto answers them."""

import json

import boto3
import pytest
import requests
from moto import mock_aws

from shopkeeper.aws import wire
from shopkeeper.aws.sigv4 import Credentials
from shopkeeper.aws.wire import Wire, WireError
from shopkeeper.clock import Clock
from tests.track_fakes import NOON, Hands

CALLS = {
    "SendMessage": (
        wire.SEND_MESSAGE,
        "sqs",
        "send_message",
        {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/1/q", "MessageBody": '{"a":"ü"}'},
    ),
    "GetItem": (
        wire.GET_ITEM,
        "dynamodb",
        "get_item",
        {"TableName": "t", "Key": {"kind": {"S": "links"}, "id": {"S": "00ff"}}},
    ),
    "GetSecretValue": (wire.GET_SECRET, "secretsmanager", "get_secret_value", {"SecretId": "ring"}),
}


class Recorder:
    host = "aws.example"

    def __init__(self, status=200, answer=b"{}"):
        self.seen = None
        self._answer = status, answer

    def post(self, headers, body, budget):
        self.seen = headers, body, budget
        return self._answer


def speaking(call, channel):
    return Wire(call, "eu-west-1", Credentials("id", "secret", "session"), channel, Clock(Hands(NOON)))


def sent_by_boto3(service, method, parameters):
    client = boto3.client(service, region_name="eu-west-1")
    seen = []
    client.meta.events.register("before-send.*.*", lambda request, **_: seen.append(request))
    with mock_aws(), pytest.raises(client.exceptions.ClientError):
        getattr(client, method)(**parameters)
    return seen[0]


@pytest.mark.parametrize("operation", CALLS)
def test_the_request_is_the_one_boto3_would_send(operation):
    call, name, method, parameters = CALLS[operation]
    channel = Recorder()
    speaking(call, channel).ask(parameters, 0.3)
    headers, body, _ = channel.seen
    theirs = sent_by_boto3(name, method, parameters)

    assert json.loads(body) == json.loads(theirs.body)
    assert operation in headers["X-Amz-Target"]
    for header in ("X-Amz-Target", "Content-Type"):
        value = theirs.headers[header]
        assert headers[header] == (value.decode() if isinstance(value, bytes) else value)
    assert headers["X-Amz-Date"] == "20261121T120000Z"


@pytest.mark.parametrize(
    ("status", "answer", "message"),
    [
        (400, b'{"__type": "com.amazonaws.sqs#QueueDoesNotExist"}', "400 QueueDoesNotExist"),
        (400, b'{"__type": "ResourceNotFoundException"}', "400 ResourceNotFoundException"),
        (503, b"<html>", "503"),
        (500, b"[]", "500"),
    ],
)
def test_a_refusal_is_named_by_its_code(status, answer, message):
    with pytest.raises(WireError, match=f"^{message}$"):
        speaking(wire.SEND_MESSAGE, Recorder(status, answer)).ask({}, 0.3)


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]"])
def test_an_answer_that_cannot_be_read_is_an_error_of_the_wire(answer):
    with pytest.raises(WireError):
        wire.get_secret(speaking(wire.GET_SECRET, Recorder(200, answer)), "ring", 1.0)


def test_the_endpoint_is_that_of_the_service_in_its_region(monkeypatch):
    monkeypatch.setenv("AWS_REGION", "eu-central-1")

    assert Wire.from_env(wire.GET_SECRET)._channel.host == "secretsmanager.eu-central-1.amazonaws.com"
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:5000")
    assert Wire.from_env(wire.GET_SECRET)._channel.host == "127.0.0.1:5000"


class Moto:
    """Carries our requests to moto, which answers those that the `requests` package sends to AWS."""

    def __init__(self, call):
        self.host = f"{call.service}.us-east-1.amazonaws.com"

    def post(self, headers, body, budget):
        answer = requests.post(f"https://{self.host}/", data=body, headers=headers, timeout=budget)
        return answer.status_code, answer.content


@pytest.fixture
def to_moto():
    with mock_aws():
        yield lambda call: Wire(call, "us-east-1", Credentials("id", "secret"), Moto(call), Clock())


def test_moto_takes_our_message(to_moto):
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="interactions")["QueueUrl"]

    wire.send_message(to_moto(wire.SEND_MESSAGE), url, '{"a":"ü\\n"}', 2.0)

    assert [m["Body"] for m in sqs.receive_message(QueueUrl=url)["Messages"]] == ['{"a":"ü\\n"}']


def test_moto_finds_our_item_and_says_when_there_is_none(to_moto):
    boto3.client("dynamodb").create_table(
        TableName="definitions",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("kind", "id")],
        KeySchema=[{"AttributeName": "kind", "KeyType": "HASH"}, {"AttributeName": "id", "KeyType": "RANGE"}],
        BillingMode="PAY_PER_REQUEST",
    )
    row = {"kind": {"S": "links"}, "id": {"S": "00"}, "links": {"S": "[]"}, "schema": {"N": "1"}}
    boto3.client("dynamodb").put_item(TableName="definitions", Item=row)
    tables = to_moto(wire.GET_ITEM)

    found = wire.get_item(tables, "definitions", {"kind": "links", "id": "00"}, 2.0)

    assert found == {"kind": "links", "id": "00", "links": "[]"}
    assert wire.get_item(tables, "definitions", {"kind": "links", "id": "01"}, 2.0) is None
    with pytest.raises(WireError, match="ResourceNotFoundException"):
        wire.get_item(tables, "nowhere", {"kind": "links", "id": "01"}, 2.0)


def test_moto_hands_out_our_secret(to_moto):
    boto3.client("secretsmanager").create_secret(Name="ring", SecretString='{"mint": "1"}')

    assert wire.get_secret(to_moto(wire.GET_SECRET), "ring", 2.0) == '{"mint": "1"}'
    with pytest.raises(WireError, match="ResourceNotFoundException"):
        wire.get_secret(to_moto(wire.GET_SECRET), "none", 2.0)
