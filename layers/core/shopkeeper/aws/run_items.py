"""Runs as items of their table, and what comes back of them."""

import zlib
from typing import Any

from shopkeeper.aws import due
from shopkeeper.journey import effects, run
from shopkeeper.journey.leaving import ERASED
from shopkeeper.journey.rows import Row, RunKey

SCHEMA = 2
"""Before 2 `run` and `pending` were plain text."""
MOVED = "moved_to"
"""The customer to whom the run that stood here was moved: whoever was merged into another one has taken it along."""
KEPT_S = 24 * 3600
"""So long after it has left the run of a customer who was erased is still there, for what is on to be switched off."""
_TEXTS = ("lease_until", "next_due")
_NUMBERS = ("causes", "fence", "failures")

Item = dict[str, Any]


def item(row: Row, shards: int) -> Item:
    """`shards` is how many the due index has."""
    held: Item = {
        **key(row.key),
        "run": _packed(run.to_json(row.run)),
        "inbox": {"L": [{"S": run.to_json(cause)} for cause in row.inbox]},
        "schema": {"N": str(SCHEMA)},
    }
    held |= {name: {"N": str(getattr(row, name))} for name in _NUMBERS}
    held |= {name: {"S": getattr(row, name)} for name in _TEXTS if getattr(row, name)}
    held |= {"pending": _packed(effects.to_json(row.pending))} if row.pending else {}
    held |= {"is_open": {"BOOL": True}} if row.is_open else {}
    held |= {"expires_at": {"N": str(row.run.left_at // 1000 + KEPT_S)}} if row.run.reason == ERASED else {}
    return held | due.waits("/".join(row.key), row.due_at, shards)


def trace(of: RunKey, moved_to: str) -> Item:
    """What stands where a run was."""
    return {**key(of), MOVED: {"S": moved_to}, "schema": {"N": str(SCHEMA)}}


def unchanged(held: Row) -> dict[str, Any]:
    values = {":fence": {"N": str(held.fence)}, ":causes": {"N": str(held.causes)}}
    return {"ConditionExpression": "fence = :fence AND causes = :causes", "ExpressionAttributeValues": values}


def key(of: RunKey) -> Item:
    return {"customer_id": {"S": of.customer_id}, "journey": {"S": of.name}}


def key_of(item: Item) -> RunKey:
    return RunKey(item["customer_id"]["S"], item["journey"]["S"])


def row(item: Item) -> Row:
    held: dict[str, Any] = {name: item[name]["S"] for name in (*_TEXTS, "due_at") if name in item}
    held |= {name: int(item[name]["N"]) for name in _NUMBERS}
    return Row(
        customer_id=item["customer_id"]["S"],
        run=run.from_json(_unpacked(item["run"])),
        inbox=tuple(run.cause_from_json(each["S"]) for each in item["inbox"]["L"]),
        pending=tuple(effects.from_json(_unpacked(item["pending"]))) if "pending" in item else (),
        **held,
    )


def _packed(text: str) -> Item:
    """Ids and instants come again and again in a run: so it takes less than half, and each KB of a row is paid for
    with each write."""
    return {"B": zlib.compress(text.encode(), 9)}


def _unpacked(value: Item) -> bytes:
    return zlib.decompress(value["B"]) if "B" in value else value["S"].encode()
