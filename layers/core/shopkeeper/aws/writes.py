"""What DynamoDB says to one write, in the words of the store."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError

from shopkeeper.aws.clients import condition_failed, outages_named
from shopkeeper.customer.store.ports import Conflict, Refused


@contextmanager
def answers_named() -> Iterator[None]:
    """Raises Conflict where the condition fails, Unavailable, and Refused where the write itself is at fault."""
    try:
        with outages_named():
            yield
    except ClientError as error:
        if condition_failed(error):
            raise Conflict from error
        raise Refused(error.response["Error"]["Code"]) from error
