"""Counts of journeys: rows of the Records table, `count#<journey>`."""

import os
from typing import Any

import msgspec

from shopkeeper.aws import revisions
from shopkeeper.aws.clients import client
from shopkeeper.aws.single import read
from shopkeeper.journey.insiders import counting
from shopkeeper.journey.insiders.census import Asked, Census, Made, Overtaken

SCHEMA = 1
PREFIX = "count#"


class Censuses:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    @classmethod
    def from_env(cls) -> "Censuses":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"])

    def get(self, journey: str) -> Census | None:
        """Read consistently. Raises Unavailable."""
        found = read(self._dynamodb, self._table, {"record": {"S": PREFIX + journey}})
        return _census(journey, found) if found else None

    def put(self, census: Census) -> None:
        """In the place of the revision before. Raises Overtaken, Unavailable."""
        item = {
            "record": {"S": PREFIX + census.journey},
            "asked": {"S": msgspec.json.encode(census.asked).decode()},
            "revision": {"N": str(census.revision)},
            "schema": {"N": str(SCHEMA)},
        }
        item |= {"made": {"S": _made_text(census.made)}} if census.made else {}
        revisions.put(self._dynamodb, self._table, item, Overtaken)


def _made_text(made: Made) -> str:
    said = {"asked": made.asked, "counted_at": made.counted_at, "lines": counting.to_json(made.lines)}
    return msgspec.json.encode(said).decode()


def _census(journey: str, item: dict[str, Any]) -> Census:
    return Census(
        journey=journey,
        asked=msgspec.json.decode(item["asked"]["S"], type=Asked),
        made=_made(msgspec.json.decode(item["made"]["S"])) if "made" in item else None,
        revision=int(item["revision"]["N"]),
    )


def _made(said: dict[str, Any]) -> Made:
    return Made(msgspec.convert(said["asked"], Asked), said["counted_at"], counting.from_json(said["lines"]))
