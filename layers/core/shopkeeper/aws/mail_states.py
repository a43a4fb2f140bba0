"""How all mail stands, in the Records table under `mail#state`: one item, of which each writer has attributes of its
own. mail_send asks for it hundreds of times, and reads it every two seconds."""

import json
import os
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

import msgspec

from shopkeeper import clock
from shopkeeper.aws.clients import client, outages_named
from shopkeeper.aws.single import written
from shopkeeper.clock import Clock
from shopkeeper.mail.account import Account
from shopkeeper.mail.health import Day
from shopkeeper.mail.ports import STATUS_HOLDS_FOR
from shopkeeper.mail.state import MailState

SCHEMA = 1
KEY = {"record": {"S": "mail#state"}}


class MailStates:
    def __init__(self, dynamodb: Any, table: str, now: Clock) -> None:
        self._dynamodb, self._table, self._clock = dynamodb, table, now
        self._told: tuple[datetime, MailState] | None = None

    @classmethod
    def from_env(cls) -> "MailStates":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"], Clock())

    def get(self) -> MailState:
        """As it was at most two seconds ago: the instant comes before the read. Raises Unavailable."""
        now = self._clock.now()
        if self._told is None or not self._told[0] <= now < self._told[0] + STATUS_HOLDS_FOR:
            self._told = now, self.read()
        return self._told[1]

    def read(self) -> MailState:
        """As it stands now. Raises Unavailable."""
        with outages_named():
            found = self._dynamodb.get_item(TableName=self._table, Key=KEY, ConsistentRead=True)
        return _state(found.get("Item", {}))

    def say(self, said: Mapping[str, Any], by: str, now: datetime) -> MailState:
        """As far as it is said: what is not stays as it is. Raises Unavailable."""
        told = {**said, "changed_at": clock.to_text(now), "changed_by": by}
        return self._set({name: {"S": json.dumps(value)} for name, value in told.items()})

    def keep(self, account: Account) -> None:
        """Raises Unavailable."""
        self._set({"account": _said(account)})

    def count(self, day: Day) -> MailState:
        """Raises Unavailable."""
        return self._set({"complaints": _said(day)})

    def pause(self, day: Day, counted_from: str) -> MailState:
        """Unless somebody has seen to these complaints: then others are counted. Raises Unavailable."""
        update = _setting(self._table, {"paused_over": _said(day)})
        if counted_from:
            update["ConditionExpression"] = "counted_from = :counted_from"
            update["ExpressionAttributeValues"][":counted_from"] = {"S": json.dumps(counted_from)}
        else:
            update["ConditionExpression"] = "attribute_not_exists(counted_from)"
        written(self._dynamodb.update_item, **update)
        return self.read()

    def _set(self, told: dict[str, Any]) -> MailState:
        with outages_named():
            done = self._dynamodb.update_item(**_setting(self._table, told), ReturnValues="ALL_NEW")
        return _state(done["Attributes"])


def _said(what: Account | Day) -> dict[str, str]:
    return {"S": msgspec.json.encode(what).decode()}


def _setting(table: str, told: dict[str, Any]) -> dict[str, Any]:
    values = told | {"schema": {"N": str(SCHEMA)}}
    return {
        "TableName": table,
        "Key": KEY,
        "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in values),
        "ExpressionAttributeNames": {f"#{name}": name for name in values},
        "ExpressionAttributeValues": {f":{name}": value for name, value in values.items()},
    }


def _state(item: dict[str, Any]) -> MailState:
    """What a later version of this code added is left out."""
    said = {each.name: json.loads(item[each.name]["S"]) for each in fields(MailState) if each.name in item}
    return msgspec.convert(said, MailState)
