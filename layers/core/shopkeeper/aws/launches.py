"""Launches in the Records table, under `launch#<id>`; and what mail_send wants to know of one, hundreds of times.

Beside each its recount, under `recount#<id>`. Of both a later revision is put in the place of the one before.
"""

import os
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import msgspec

from shopkeeper.aws import due, revisions
from shopkeeper.aws.clients import client
from shopkeeper.aws.single import read
from shopkeeper.campaign import deciding
from shopkeeper.campaign.conversion import Conversion
from shopkeeper.campaign.launch import CAMPAIGN, Launch, Status, activity
from shopkeeper.campaign.ports import Overtaken
from shopkeeper.campaign.recount import Recount
from shopkeeper.clock import Clock
from shopkeeper.mail.ports import STATUS_HOLDS_FOR
from shopkeeper.mail.terms import NO_LETTER, USUAL, Letter, Terms

SCHEMA = 1
MOST_REMEMBERED = 100
_INDEXED = ("due_at", "revision", "state")


class Launches:
    """`shards` is how many the due index has."""

    def __init__(self, dynamodb: Any, table: str, now: Clock, shards: int = 1) -> None:
        self._dynamodb, self._table, self._clock, self._shards = dynamodb, table, now, shards
        self._told: dict[str, tuple[datetime, Launch | None]] = {}

    @classmethod
    def from_env(cls) -> "Launches":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"], Clock(), due.shards())

    def get(self, launch_id: str) -> Launch | None:
        """Read consistently. Raises Unavailable."""
        found = read(self._dynamodb, self._table, _key(f"launch#{launch_id}"))
        return _launch(found) if found else None

    def put(self, launch: Launch) -> None:
        """In the place of the revision before. Raises Overtaken, Unavailable."""
        revisions.put(self._dynamodb, self._table, self._item(launch), Overtaken)

    def status(self, said_activity: str, occurrence: str) -> Status:
        """What may become of a send now, as it was at most two seconds ago. Raises Unavailable.

        Paused is also what nothing is known of: its sends stay as they are. Done means that no send was left; one that
        is made ready later on by better knowledge may go.
        """
        launch = self._known(said_activity, occurrence)
        return launch.status if launch else "paused"

    def terms(self, said_activity: str, occurrence: str) -> Terms:
        """As it was launched; the usual ones of what nothing is known of. Raises Unavailable."""
        launch = self._known(said_activity, occurrence)
        return launch.pins.terms if launch else USUAL

    def letter(self, said_activity: str, occurrence: str) -> Letter:
        """Of rows that were planned without one, as far as it is decided. Raises Unavailable."""
        launch = self._known(said_activity, occurrence)
        return deciding.letter(launch) if launch else NO_LETTER

    def conversion(self, said_activity: str, occurrence: str) -> Conversion | None:
        """None for what is no launch. Raises Unavailable."""
        launch = self._known(said_activity, occurrence)
        return launch.pins.conversion if launch else None

    def _known(self, said_activity: str, occurrence: str) -> Launch | None:
        """At most two seconds old. Of a journey or a message nothing is read: they have no launch."""
        if not said_activity.startswith(CAMPAIGN):
            return None
        now, key = self._clock.now(), f"{said_activity}/{occurrence}"
        told = self._told.get(key)
        if told and told[0] <= now < told[0] + STATUS_HOLDS_FOR:
            return told[1]
        found = self.get(occurrence)
        launch = found if found and activity(found.campaign) == said_activity else None
        if len(self._told) >= MOST_REMEMBERED:
            self._told.clear()
        self._told[key] = now, launch
        return launch

    def _item(self, launch: Launch) -> dict[str, Any]:
        """What is decided by stands for itself, so that it can be seen in the console; the rest is JSON text."""
        rest = {name: value for name, value in asdict(launch).items() if name not in _INDEXED}
        held = {"state": {"S": launch.state}, "launch": {"S": msgspec.json.encode(rest).decode()}}
        return held | _record(f"launch#{launch.id}", launch, self._shards)


class Recounts:
    def __init__(self, dynamodb: Any, table: str, shards: int = 1) -> None:
        self._dynamodb, self._table, self._shards = dynamodb, table, shards

    @classmethod
    def from_env(cls) -> "Recounts":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"], due.shards())

    def get(self, launch_id: str) -> Recount | None:
        """Read consistently. Raises Unavailable."""
        found = read(self._dynamodb, self._table, _key(f"recount#{launch_id}"))
        return _recount(found) if found else None

    def put(self, recount: Recount) -> None:
        """In the place of the revision before. Raises Overtaken, Unavailable."""
        rest = {name: value for name, value in asdict(recount).items() if name not in _INDEXED}
        held = {"recount": {"S": msgspec.json.encode(rest).decode()}}
        item = held | _record(f"recount#{recount.launch}", recount, self._shards)
        revisions.put(self._dynamodb, self._table, item, Overtaken)


def _launch(item: dict[str, Any]) -> Launch:
    """Whatever a later version of this code added is left out."""
    held = msgspec.json.decode(item["launch"]["S"]) | _indexed(item)
    return msgspec.convert({each.name: held[each.name] for each in fields(Launch) if each.name in held}, Launch)


def _recount(item: dict[str, Any]) -> Recount:
    return msgspec.convert(msgspec.json.decode(item["recount"]["S"]) | _indexed(item), Recount)


def _indexed(item: dict[str, Any]) -> dict[str, Any]:
    state = {"state": item["state"]["S"]} if "state" in item else {}
    return state | {"revision": int(item["revision"]["N"]), "due_at": item.get("due_at", {}).get("S", "")}


def _key(record: str) -> dict[str, Any]:
    return {"record": {"S": record}}


def _record(key: str, said: Launch | Recount, shards: int) -> dict[str, Any]:
    return {
        **_key(key),
        "revision": {"N": str(said.revision)},
        "schema": {"N": str(SCHEMA)},
        **due.waits(key, said.due_at, shards),
    }
