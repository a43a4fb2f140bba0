"""In the Records table: migrations of journeys, `migration#<journey>#<number>`; `migration#<journey>` is how many there
were."""

import os
from typing import Any

import msgspec

from shopkeeper import clock
from shopkeeper.aws import revisions
from shopkeeper.aws.clients import Unavailable, client
from shopkeeper.aws.single import read
from shopkeeper.journey.insiders.moving import KEPT_FOR, Migration, Overtaken

SCHEMA = 1
TRIES = 5


class Migrations:
    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    @classmethod
    def from_env(cls) -> "Migrations":
        return cls(client("dynamodb"), os.environ["RECORDS_TABLE"])

    def number(self, journey: str) -> int:
        """The next one, which nobody else is given. Raises Unavailable."""
        for _ in range(TRIES):
            found = read(self._dynamodb, self._table, {"record": {"S": _record(journey)}})
            number = int(found["revision"]["N"]) + 1 if found else 1
            try:
                self._put({"record": {"S": _record(journey)}, "revision": {"N": str(number)}})
            except Overtaken:
                continue
            return number
        raise Unavailable(f"too many migrate {journey}")

    def load(self, journey: str, number: int) -> Migration | None:
        """Read consistently. Raises Unavailable."""
        found = read(self._dynamodb, self._table, {"record": {"S": f"{_record(journey)}#{number}"}})
        return _decoder.decode(found["migration"]["S"]) if found else None

    def save(self, migration: Migration) -> None:
        """In the place of the revision before. Raises Overtaken, Unavailable."""
        item = {
            "record": {"S": f"{_record(migration.journey)}#{migration.asked.number}"},
            "migration": {"S": msgspec.json.encode(migration).decode()},
            "revision": {"N": str(migration.revision)},
            "expires_at": {"N": str(int((clock.from_text(migration.asked_at) + KEPT_FOR).timestamp()))},
        }
        self._put(item)

    def _put(self, item: dict[str, Any]) -> None:
        revisions.put(self._dynamodb, self._table, item | {"schema": {"N": str(SCHEMA)}}, Overtaken)


_decoder = msgspec.json.Decoder(Migration)


def _record(journey: str) -> str:
    return f"migration#{journey}"
