"""The services that a state may call without a function between. What they are given is checked when a machine starts;
what they answer are the words of the service itself."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from local.machines.failure import Failed

Client = Callable[[str], Any]


class Service(NamedTuple):
    """`named` is how its errors begin."""

    client: str
    method: str
    named: str
    parameters: frozenset[str]

    def call(self, client: Client, given: Mapping[str, Any]) -> Any:
        """Raises Failed."""
        try:
            answer = getattr(client(self.client), self.method)(**given)
        except ClientError as error:
            said = error.response["Error"]
            raise Failed(f"{self.named}.{said['Code']}", said["Message"]) from error
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


_TABLES = {
    "TableName",
    "ConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
}
SERVICES: Mapping[str, Service] = {
    "arn:aws:states:::sqs:sendMessage": Service(
        "sqs", "send_message", "SQS", frozenset({"QueueUrl", "MessageBody", "DelaySeconds"})
    ),
    "arn:aws:states:::dynamodb:putItem": Service("dynamodb", "put_item", "DynamoDB", frozenset({"Item", *_TABLES})),
    "arn:aws:states:::dynamodb:updateItem": Service(
        "dynamodb", "update_item", "DynamoDB", frozenset({"Key", "UpdateExpression", *_TABLES})
    ),
}
