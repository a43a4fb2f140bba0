"""One item in one call, as `batches` has those for many."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from shopkeeper.aws.clients import condition_failed, outages_named


def read(dynamodb: Any, table: str, key: dict[str, Any]) -> dict[str, Any] | None:
    """Read consistently. Raises Unavailable."""
    with outages_named():
        found = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True)
    item: dict[str, Any] | None = found.get("Item")
    return item


def written(write: Callable[..., Any], **said: Any) -> bool:
    """False where the condition of the write does not hold. Raises Unavailable."""
    try:
        with outages_named():
            write(**said)
    except ClientError as error:
        if not condition_failed(error):
            raise
        return False
    return True
