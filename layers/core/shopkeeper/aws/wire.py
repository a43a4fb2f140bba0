"""The three AWS calls of tracking, without an SDK: put a message in a queue, read an item, read a secret."""

import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from shopkeeper.aws.channel import Channel, ChannelError
from shopkeeper.aws.sigv4 import Credentials, Signer
from shopkeeper.clock import Clock


class WireError(Exception):
    """The call did not succeed; the message is AWS's code for it, or what happened to the connection."""


class Call(NamedTuple):
    service: str
    target: str
    content_type: str


SEND_MESSAGE = Call("sqs", "AmazonSQS.SendMessage", "application/x-amz-json-1.0")
GET_ITEM = Call("dynamodb", "DynamoDB_20120810.GetItem", "application/x-amz-json-1.0")
GET_SECRET = Call("secretsmanager", "secretsmanager.GetSecretValue", "application/x-amz-json-1.1")

_encode = json.JSONEncoder().encode


class Wire:
    """One call of AWS, in one region, in the JSON protocol of its service."""

    def __init__(self, call: Call, region: str, credentials: Credentials, channel: Channel, clock: Clock) -> None:
        headers = {"Host": channel.host, "Content-Type": call.content_type, "X-Amz-Target": call.target}
        self._signer = Signer(headers, credentials, region=region, service=call.service)
        self._channel = channel
        self._clock = clock

    @classmethod
    def from_env(cls, call: Call) -> "Wire":
        env = os.environ
        region = env["AWS_REGION"]
        endpoint = env.get("AWS_ENDPOINT_URL") or f"https://{call.service}.{region}.amazonaws.com"
        credentials = Credentials(
            env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], env.get("AWS_SESSION_TOKEN", "")
        )
        return cls(call, region, credentials, Channel(endpoint), Clock())

    def tell(self, parameters: str, budget: float) -> bytes:
        """Both parameters and answer are JSON. `budget` is in seconds. Raises WireError."""
        body = parameters.encode()
        # Like "20261121T093000Z"; formatting by strftime would take three times as long.
        timestamp = self._clock.now().isoformat()[:19].replace("-", "").replace(":", "") + "Z"
        try:
            status, answer = self._channel.post(self._signer.sign(body, timestamp), body, budget)
        except ChannelError as error:
            raise WireError(str(error)) from error
        if status != 200:
            raise WireError(_code(status, answer))
        return answer

    def ask(self, parameters: Mapping[str, Any], budget: float) -> dict[str, Any]:
        """The same, with the answer read."""
        try:
            answer = json.loads(self.tell(json.dumps(parameters), budget))
        except ValueError as error:
            raise WireError("the answer is not JSON") from error
        if not isinstance(answer, dict):
            raise WireError("the answer is not a JSON object")
        return answer


def send_message(sqs: Wire, queue_url: str, body: str, budget: float) -> None:
    # Two texts side by side: encoding each by itself takes a third of encoding a dictionary of both.
    sqs.tell(f'{{"QueueUrl":{_encode(queue_url)},"MessageBody":{_encode(body)}}}', budget)


def get_item(dynamodb: Wire, table: str, key: Mapping[str, str], budget: float) -> dict[str, str] | None:
    """The text attributes of the item, or None if there is no such item. The key is text, too."""
    written = {name: {"S": value} for name, value in key.items()}
    item = dynamodb.ask({"TableName": table, "Key": written}, budget).get("Item")
    return None if item is None else {name: value["S"] for name, value in item.items() if "S" in value}


def get_secret(secrets: Wire, secret_id: str, budget: float) -> str:
    """Empty if the secret holds no text."""
    return str(secrets.ask({"SecretId": secret_id}, budget).get("SecretString", ""))


def _code(status: int, answer: bytes) -> str:
    """E.g. `400 ResourceNotFoundException`; the namespace that some services put before the code is dropped."""
    try:
        code = str(json.loads(answer)["__type"]).rpartition("#")[2]
    except (ValueError, KeyError, TypeError):
        return str(status)
    return f"{status} {code}"
