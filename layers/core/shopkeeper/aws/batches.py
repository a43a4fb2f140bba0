"""Many items in as many calls as it takes, and again for what DynamoDB had no room for."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from shopkeeper.aws.clients import MOST_CONNECTIONS, Unavailable, outages_named

MOST_KEYS = 100
MOST_WRITES = 25
TRIES = 6
_FIRST_PAUSE = 0.01  # seconds; doubled each time
Item = TypeVar("Item")


class Overloaded(Unavailable):
    """DynamoDB had no room for all of a read, after a few tries."""


def read_all(dynamodb: Any, table: str, keys: Sequence[dict[str, Any]], **how: Any) -> Iterator[Any]:
    """The items there are, in no order, read consistently. Each key may stand in `keys` once only.

    Raises Overloaded.
    """
    for first in range(0, len(keys), MOST_KEYS):
        wanted = list(keys[first : first + MOST_KEYS])
        for attempt in range(TRIES):
            _pause(attempt)
            found = dynamodb.batch_get_item(RequestItems={table: {"Keys": wanted, "ConsistentRead": True, **how}})
            yield from found["Responses"].get(table, [])
            wanted = found.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
            if not wanted:
                break
        else:
            raise Overloaded(table)


def put_all(dynamodb: Any, table: str, items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items that were not taken after a few tries. Each key may stand in `items` once only. Raises Unavailable."""
    writes = [{"PutRequest": {"Item": item}} for item in items]
    return [write["PutRequest"]["Item"] for write in _not_taken(dynamodb, table, writes)]


def delete_all(dynamodb: Any, table: str, keys: Sequence[dict[str, Any]]) -> None:
    """Each key may stand in `keys` once only. Raises Overloaded, Unavailable."""
    if any(_not_taken(dynamodb, table, [{"DeleteRequest": {"Key": key}} for key in keys])):
        raise Overloaded(table)


def side_by_side(call: Callable[[Item], object], items: Sequence[Item]) -> None:
    """A call for each item, for writes that carry a condition, of which DynamoDB takes no batch.

    Raises Overloaded, and what else `call` raises; then some were made.
    """
    for first in range(0, len(items), MOST_KEYS):
        waiting = items[first : first + MOST_KEYS]
        for attempt in range(TRIES):
            _pause(attempt)
            with ThreadPoolExecutor(MOST_CONNECTIONS) as pool:
                done = list(pool.map(lambda item: _taken(call, item), waiting))
            waiting = [item for item, taken in zip(waiting, done, strict=True) if not taken]
            if not waiting:
                break
        else:
            raise Overloaded(f"{len(waiting)} items were not taken")


def _taken(call: Callable[[Item], object], item: Item) -> bool:
    try:
        call(item)
    except Unavailable:
        return False
    return True


def _not_taken(dynamodb: Any, table: str, writes: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """After a few tries, call by call: whoever asks for no more of them has no more calls made."""
    for first in range(0, len(writes), MOST_WRITES):
        left = list(writes[first : first + MOST_WRITES])
        for attempt in range(TRIES):
            _pause(attempt)
            left = _write(dynamodb, table, left)
            if not left:
                break
        yield from left


def _write(dynamodb: Any, table: str, writes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those not taken. One item at fault has the whole call refused, so it is looked for by halves."""
    try:
        with outages_named():
            left = dynamodb.batch_write_item(RequestItems={table: writes}).get("UnprocessedItems", {})
            return list(left.get(table, []))
    except ClientError:
        if len(writes) == 1:
            return writes
    half = len(writes) // 2
    return _write(dynamodb, table, writes[:half]) + _write(dynamodb, table, writes[half:])


def _pause(attempt: int) -> None:
    if attempt:
        time.sleep(_FIRST_PAUSE * 2 ** (attempt - 1))
