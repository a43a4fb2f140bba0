"""The Sends table: the ledger of all mails, and what came of them."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from shopkeeper.aws import batches, credited, marks
from shopkeeper.aws.clients import Unavailable, client, condition_failed, outages_named
from shopkeeper.aws.single import read, written
from shopkeeper.customer.outcomes import Outcome
from shopkeeper.customer.store.ports import Sent
from shopkeeper.mail import ledger
from shopkeeper.mail.credited import Credit
from shopkeeper.mail.ledger import Change, Refused, Send, Unsure, Value

_NUMBERS = frozenset({"rank", "fence", "attempt", "schema"})


class Unwritten(Unavailable, Unsure):
    """The table did not answer: to a function an outage, to the ledger a write that may stand."""


class Sends:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    @classmethod
    def from_env(cls) -> "Sends":
        return cls(client("dynamodb"), os.environ["SENDS_TABLE"])

    def plan(self, send: Send) -> bool:
        """Put the row; False if it has been planned before, and then nothing changes. Raises Unavailable."""
        condition = "attribute_not_exists(send_id)"
        return written(self._dynamodb.put_item, TableName=self._table, Item=_item(send), ConditionExpression=condition)

    def plan_all(self, sends: Sequence[Send]) -> None:
        """The same for many, side by side. Raises Unavailable where the table has no room for all of them: then some
        are planned."""
        batches.side_by_side(self.plan, sends)

    def load(self, send_id: str) -> Send | None:
        """Read consistently. Raises Unavailable."""
        found = read(self._dynamodb, self._table, {"send_id": {"S": send_id}})
        return _send(found) if found else None

    def many(self, send_ids: Iterable[str]) -> dict[str, Send]:
        """By id; unknown ones are left out."""
        keys = [{"send_id": {"S": send_id}} for send_id in sorted(set(send_ids))]
        found = (_send(item) for item in batches.read_all(self._dynamodb, self._table, keys))
        return {send.send_id: send for send in found}

    def apply(self, change: Change) -> Send:
        """The row afterwards. Raises Refused with the row as it stands, Unwritten if the change may stand or not."""
        try:
            with outages_named():
                done = self._dynamodb.update_item(
                    TableName=self._table,
                    Key={"send_id": {"S": change.send_id}},
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **_expressions(change),
                )
        except ClientError as error:
            if not condition_failed(error):
                raise
            item = error.response.get("Item")
            raise Refused(_send(item) if item else None) from error
        except Unavailable as problem:
            raise Unwritten(str(problem)) from problem
        return _send(done["Attributes"])

    def of_shard(self, activity_shard: str, after: str = "", limit: int = 500) -> tuple[list[Send], str]:
        """A page of one shard's rows, as the index has them, a moment late; and where to go on, empty at the end."""
        start = {"activity_shard": {"S": activity_shard}, "send_id": {"S": after}} if after else None
        with outages_named():
            page = self._dynamodb.query(
                TableName=self._table,
                IndexName="by_activity",
                KeyConditionExpression="activity_shard = :shard",
                ExpressionAttributeValues={":shard": {"S": activity_shard}},
                Limit=limit,
                **({"ExclusiveStartKey": start} if start else {}),
            )
        last = page.get("LastEvaluatedKey", {}).get("send_id", {}).get("S", "")
        return [_send(item) for item in page["Items"]], last

    def of_activity(self, activity: str, occurrence: str) -> Iterator[Send]:
        """All rows, shard by shard, as the index has them, a moment late."""
        for shard in ledger.activity_shards(activity, occurrence):
            sends, after = self.of_shard(shard)
            yield from sends
            while after:
                sends, after = self.of_shard(shard, after)
                yield from sends

    def sent(self, send_ids: Iterable[str]) -> dict[str, Sent]:
        """By id; unknown ones are left out."""
        keys = [{"send_id": {"S": send_id}} for send_id in sorted(set(send_ids))]
        how = {"ProjectionExpression": ", ".join(("send_id", *Sent._fields))}
        found = batches.read_all(self._dynamodb, self._table, keys, **how)
        return {
            item["send_id"]["S"]: Sent(**{name: item[name]["S"] for name in Sent._fields if name in item})
            for item in found
        }

    def mark(self, outcome: Outcome) -> None:
        """The earliest instant stays and each hit stands once, so an outcome may be marked again, and late. Unknown
        sends stay unknown. What comes in its turn is one write."""
        row = self._unmarked(outcome, marks.in_turn(outcome))
        while row and (owed := marks.owed(outcome, row)):
            row = self._unmarked(outcome, owed)

    def credit(self, send_id: str, credit: Credit) -> None:
        """Unless more was known of the order already. Raises Unavailable."""
        key = {"send_id": {"S": send_id}}
        written(self._dynamodb.update_item, TableName=self._table, Key=key, **credited.update(credit))

    def await_verdicts(self, hits: Mapping[str, Collection[str]]) -> None:
        """One write each, side by side. Of a mail of which so many wait already no more are noted. Raises
        Unavailable."""
        batches.side_by_side(lambda send_id: self._await(send_id, hits[send_id]), sorted(hits))

    def _await(self, send_id: str, hits: Collection[str]) -> bool:
        how = marks.awaiting(hits)
        return written(self._dynamodb.update_item, TableName=self._table, Key={"send_id": {"S": send_id}}, **how)

    def _unmarked(self, outcome: Outcome, update: dict[str, Any]) -> dict[str, Any]:
        """The row where it is not as the update wants it; empty once it is written, and where there is no such row."""
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key={"send_id": {"S": outcome.send_id}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **update,
            )
        except ClientError as error:
            if not condition_failed(error):
                raise
            stands: dict[str, Any] = error.response.get("Item", {})
            return stands
        return {}


def _expressions(change: Change) -> dict[str, Any]:
    names = {f"#{name}": name for name in (*change.puts, *change.drops, *change.expects)}
    values = {f":{name}": _value(value) for name, value in change.puts.items()}
    sets = [f"#{name} = :{name}" for name in change.puts]
    conditions = ["attribute_exists(send_id)"]
    if change.states:
        allowed = {f":was{place}": {"S": state} for place, state in enumerate(sorted(change.states))}
        conditions.append(f"#state IN ({', '.join(allowed)})")
        names["#state"], values = "state", values | allowed
    if change.fence is not None:
        conditions.append("fence = :held")
        values[":held"] = _value(change.fence)
    for name, value in change.expects.items():
        conditions.append(f"#{name} = :is_{name}" if value != "" else f"attribute_not_exists(#{name})")
        values |= {f":is_{name}": _value(value)} if value != "" else {}
    clauses = [f"SET {', '.join(sets)}"] if sets else []
    clauses += [f"REMOVE {', '.join(f'#{name}' for name in change.drops)}"] if change.drops else []
    return {
        "UpdateExpression": " ".join(clauses),
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeNames": names,
        **({"ExpressionAttributeValues": values} if values else {}),
    }


def _item(send: Send) -> dict[str, Any]:
    """Without what is empty: an index takes no empty key, and nobody pays for nothing."""
    held = {name: getattr(send, name) for name in ledger.ATTRIBUTES}
    return {name: _value(value) for name, value in held.items() if value or isinstance(value, int)}


def _value(value: Value | frozenset[str]) -> dict[str, Any]:
    if isinstance(value, frozenset):
        return {"SS": sorted(value)}
    return {"N": str(value)} if isinstance(value, int) else {"S": value}


def _send(item: dict[str, Any]) -> Send:
    """Of a row as it stands, with whatever a later version of this code added left out."""
    kept = [(name, item[name]) for name in ledger.ATTRIBUTES if name in item]
    held: dict[str, Any] = {name: _read(name, each) for name, each in kept}
    return Send(**held, orders=credited.held(item))


def _read(name: str, said: dict[str, Any]) -> Value | frozenset[str]:
    if "SS" in said:
        return frozenset(said["SS"])
    return int(said["N"]) if name in _NUMBERS else str(said["S"])
