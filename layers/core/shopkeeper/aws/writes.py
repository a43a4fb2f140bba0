"""What DynamoDB says to one write, in the words of the store."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError

from shopkeeper.aws.clients import Unavailable, condition_failed, outages_named
from shopkeeper.customer.store.ports import Conflict, Refused

_IN_THE_WAY = frozenset({"TransactionConflictException", "TransactionInProgressException"})
_OVERTAKEN = frozenset({"ConditionalCheckFailed", "TransactionConflict"})
_BUSY = frozenset({"ThrottlingError", "ProvisionedThroughputExceeded"})


@contextmanager
def answers_named() -> Iterator[None]:
    """Raises Conflict where the condition fails, Unavailable, and Refused where the write itself is at fault.

    A transaction is refused with a reason for each of its writes; whoever meets another one's is simply too late.
    """
    try:
        with outages_named():
            yield
    except ClientError as error:
        reasons = _reasons(error)
        if condition_failed(error) or reasons & (_OVERTAKEN | _IN_THE_WAY):
            raise Conflict from error
        if busy := reasons & _BUSY:
            raise Unavailable(", ".join(busy)) from error
        raise Refused(", ".join(sorted(reasons))) from error


def _reasons(error: ClientError) -> set[str]:
    told = {reason.get("Code", "None") for reason in error.response.get("CancellationReasons", [])} - {"None"}
    return told or {error.response["Error"]["Code"]}
