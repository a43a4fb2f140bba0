"""The three AWS calls of tracking, without an SDK: put a message in a queue, read an item, read a secret."""

import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from shopkeeper.aws.channel import Channel, ChannelError
from shopkeeper.aws.sigv4 import Credentials, sign
from shopkeeper.clock import Clock


class WireError(Exception):
    """The call did not succeed; the message is AWS's code for it, or what happened to the connection."""


class Service(NamedTuple):
    name: str
    target: str
    content_type: str


SQS = Service("sqs", "AmazonSQS", "application/x-amz-json-1.0")
DYNAMODB = Service("dynamodb", "DynamoDB_20120810", "application/x-amz-json-1.0")
SECRETS = Service("secretsmanager", "secretsmanager", "application/x-amz-json-1.1")

_encode = json.JSONEncoder(separators=(",", ":")).encode


class Wire:
    """One service of AWS in one region, spoken to in its JSON protocol."""

    def __init__(self, service: Service, region: str, credentials: Credentials, channel: Channel, clock: Clock) -> None:
        self._service = service
        self._region = region
        self._credentials = credentials
        self._channel = channel
        self._clock = clock

    @classmethod
    def from_env(cls, service: Service) -> "Wire":
        env = os.environ
        region = env["AWS_REGION"]
        endpoint = env.get("AWS_ENDPOINT_URL") or f"https://{service.name}.{region}.amazonaws.com"
        credentials = Credentials(
            env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], env.get("AWS_SESSION_TOKEN", "")
        )
        return cls(service, region, credentials, Channel(endpoint), Clock())

    def call(self, operation: str, parameters: Mapping[str, Any], budget: float) -> bytes:
        """The answer, unread. `budget` is in seconds. Raises WireError."""
        body = _encode(parameters).encode()
        try:
            status, answer = self._channel.post(self._headers(operation, body), body, budget)
        except ChannelError as error:
            raise WireError(str(error)) from error
        if status != 200:
            raise WireError(_code(status, answer))
        return answer

    def ask(self, operation: str, parameters: Mapping[str, Any], budget: float) -> dict[str, Any]:
        """The answer, read. Raises WireError."""
        try:
            answer = json.loads(self.call(operation, parameters, budget))
        except ValueError as error:
            raise WireError("the answer is not JSON") from error
        if not isinstance(answer, dict):
            raise WireError("the answer is not a JSON object")
        return answer

    def _headers(self, operation: str, body: bytes) -> dict[str, str]:
        headers = {
            "Host": self._channel.host,
            "Content-Type": self._service.content_type,
            "X-Amz-Target": f"{self._service.target}.{operation}",
        }
        # Like "20261121T093000Z"; formatting by strftime would take three times as long.
        timestamp = self._clock.now().isoformat()[:19].replace("-", "").replace(":", "") + "Z"
        return sign(
            headers, body, self._credentials, region=self._region, service=self._service.name, timestamp=timestamp
        )


def send_message(sqs: Wire, queue_url: str, body: str, budget: float) -> None:
    sqs.call("SendMessage", {"QueueUrl": queue_url, "MessageBody": body}, budget)


def get_item(dynamodb: Wire, table: str, key: Mapping[str, str], budget: float) -> dict[str, str] | None:
    """The text attributes of the item, or None if there is no such item. The key is text, too."""
    written = {name: {"S": value} for name, value in key.items()}
    item = dynamodb.ask("GetItem", {"TableName": table, "Key": written}, budget).get("Item")
    return None if item is None else {name: value["S"] for name, value in item.items() if "S" in value}


def get_secret(secrets: Wire, secret_id: str, budget: float) -> str:
    """Empty if the secret holds no text."""
    return str(secrets.ask("GetSecretValue", {"SecretId": secret_id}, budget).get("SecretString", ""))


def _code(status: int, answer: bytes) -> str:
    """E.g. `400 ResourceNotFoundException`; the namespace that some services put before the code is dropped."""
    try:
        code = str(json.loads(answer)["__type"]).rpartition("#")[2]
    except (ValueError, KeyError, TypeError):
        return str(status)
    return f"{status} {code}"
