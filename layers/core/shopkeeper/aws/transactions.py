"""Several writes that are made together, or not at all."""

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from shopkeeper.aws.clients import outages_named

CONFLICT = "TransactionConflict"
_CODES = frozenset({"ConditionalCheckFailed", CONFLICT})


def refusals(dynamodb: Any, writes: Sequence[dict[str, Any]]) -> frozenset[str]:
    """Why nothing was written, none where all is: a condition of one of them does not hold, or, under CONFLICT,
    somebody else is writing there just now. Raises Unavailable."""
    try:
        with outages_named():
            dynamodb.transact_write_items(TransactItems=list(writes))
    except ClientError as error:
        codes = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])} & _CODES
        if not codes:
            raise
        return frozenset(codes)
    return frozenset()
