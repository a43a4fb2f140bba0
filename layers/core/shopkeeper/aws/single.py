"""One item in one call, as `batches` has those for many."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from shopkeeper.aws.clients import condition_failed, outages_named


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
