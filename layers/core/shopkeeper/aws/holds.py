"""Holds of activities in the Records table, under `hold#<activity>/<occurrence>`."""

import os
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from shopkeeper import clock
from shopkeeper.aws.clients import client, condition_failed, outages_named
from shopkeeper.aws.single import read
from shopkeeper.mail.holds import Hold

SCHEMA = 1
PREFIX = "hold#"
# No activity goes on for as long after it was held.
KEPT = timedelta(days=90)
_TEXTS = ("why", "says", "since", "until", "went_on_at")


class Holds:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    @classmethod
    def from_env(cls) -> "Holds":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"])

    def get(self, activity: str, occurrence: str) -> Hold:
        """Read consistently. Raises Unavailable."""
        return _hold(read(self._dynamodb, self._table, _key(activity, occurrence)) or {})

    def hold(self, activity: str, occurrence: str, wanted: Hold) -> Hold:
        """As it then stands: many meet the same refusal side by side, and the first of them says how long.

        It was held since the first refusal after which SES has taken nothing. Raises Unavailable.
        """
        expires_at = int((clock.from_text(wanted.until) + KEPT).timestamp())
        return self._change(
            activity,
            occurrence,
            "SET #why = :why, #says = :says, #until = :until, #since = if_not_exists(#since, :now),"
            " expires_at = :expires, #schema = :schema",
            "attribute_not_exists(#until) OR #until <= :now",
            {
                ":why": wanted.why,
                ":says": wanted.says,
                ":until": wanted.until,
                ":now": wanted.since,
                ":expires": expires_at,
                ":schema": SCHEMA,
            },
        )

    def lift(self, activity: str, occurrence: str, now: datetime) -> Hold:
        """The next send may try at once. Raises Unavailable."""
        return self._change(activity, occurrence, "SET #until = :now", "#until > :now", {":now": clock.to_text(now)})

    def end(self, activity: str, occurrence: str, now: datetime) -> Hold:
        """SES has taken a mail again. Raises Unavailable."""
        return self._change(
            activity,
            occurrence,
            "SET went_on_at = :now REMOVE #why, #says, #since, #until",
            "attribute_exists(#why)",
            {":now": clock.to_text(now)},
        )

    def _change(self, activity: str, occurrence: str, update: str, condition: str, values: dict[str, Any]) -> Hold:
        """The hold afterwards, or as it stands where the condition does not hold."""
        names = {f"#{name}": name for name in (*_TEXTS, "schema") if f"#{name}" in f"{update} {condition}"}
        try:
            with outages_named():
                done = self._dynamodb.update_item(
                    TableName=self._table,
                    Key=_key(activity, occurrence),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeNames=names,
                    ExpressionAttributeValues={name: _value(value) for name, value in values.items()},
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            if not condition_failed(error):
                raise
            return _hold(error.response.get("Item", {}))
        return _hold(done["Attributes"])


def _hold(item: dict[str, Any]) -> Hold:
    return Hold(**{name: item[name]["S"] for name in _TEXTS if name in item})


def _key(activity: str, occurrence: str) -> dict[str, Any]:
    return {"record": {"S": f"{PREFIX}{activity}/{occurrence}"}}


def _value(value: str | int) -> dict[str, str]:
    return {"N": str(value)} if isinstance(value, int) else {"S": value}
