"""What tracking needs of AWS: the key ring, the link tables, and the queue that its hits go into."""

import json
import os
from collections.abc import Mapping
from datetime import datetime, timedelta

from shopkeeper import keyring
from shopkeeper.aws import wire
from shopkeeper.aws.remembered import Remembered, UnreadableError
from shopkeeper.aws.wire import Wire, WireError
from shopkeeper.keyring import KeyRing, KeyRingError
from shopkeeper.track.hits import Hit
from shopkeeper.track.links import LinkError, LinkTable, UnknownLinkError, UnreachableError

# Seconds that a customer may wait for each of the three calls.
_RECORDING = 0.3
_READING = 1.0
_MAX_TABLES = 1000
_FOREVER = timedelta(days=3650)


class KeyRingSecret:
    """The key ring in Secrets Manager: read every 5 minutes, kept for 24 hours when it cannot be read."""

    def __init__(self, secrets: Wire, secret_id: str) -> None:
        self._secrets = secrets
        self._secret_id = secret_id
        self._ring = Remembered(self._read, fresh=timedelta(minutes=5), keep=timedelta(hours=24))

    @classmethod
    def from_env(cls) -> "KeyRingSecret":
        return cls(Wire.from_env(wire.GET_SECRET), os.environ["KEY_RING_SECRET"])

    def get(self, now: datetime) -> KeyRing | None:
        """None if there is no key ring to be had."""
        return self._ring.get(now)

    def _read(self) -> KeyRing:
        try:
            return keyring.parse(wire.get_secret(self._secrets, self._secret_id, _READING))
        except (WireError, KeyRingError) as error:
            _log("KEY_RING_UNREADABLE", cause=str(error))
            raise UnreadableError from error


class StoredLinks:
    """The link tables in Definitions and the personal addresses in Sends, as `track.links` asks for them.

    A table is read again after 60 seconds, so that a link can be ended or blocked; while it cannot be read, the
    remembered one goes on serving.
    """

    def __init__(self, dynamodb: Wire, definitions: str, sends: str) -> None:
        self._dynamodb = dynamodb
        self._definitions = definitions
        self._sends = sends
        self._tables: dict[str, Remembered[LinkTable]] = {}

    @classmethod
    def from_env(cls) -> "StoredLinks":
        env = os.environ
        return cls(Wire.from_env(wire.GET_ITEM), env["DEFINITIONS_TABLE"], env["SENDS_TABLE"])

    def table(self, content_ref: str, now: datetime) -> LinkTable:
        remembered = self._tables.get(content_ref) or self._remember(content_ref)
        try:
            table = remembered.get(now)
        except UnknownLinkError:
            del self._tables[content_ref]
            raise
        if table is None:
            raise UnreachableError
        return table

    def personal(self, send_id: str) -> Mapping[str, str]:
        try:
            found = json.loads(self._send(send_id).get("destinations", "{}"))
        except (WireError, ValueError) as error:
            _log("DESTINATIONS_UNREADABLE", cause=str(error))
            raise UnreachableError from error
        return {str(n): str(url) for n, url in found.items()} if isinstance(found, dict) else {}

    def ending(self, send_id: str, now: datetime) -> LinkTable:
        try:
            send = self._send(send_id)
            return self.table(f"{send['activity']}/{send['occurrence']}", now)
        except WireError as error:
            _log("SEND_UNREADABLE", cause=str(error))
        except (KeyError, LinkError):
            pass  # The send was erased, or its activity is older than its table.
        return LinkTable(())

    def _send(self, send_id: str) -> Mapping[str, str]:
        """Empty if there is no such send. Raises WireError."""
        return wire.get_item(self._dynamodb, self._sends, {"send_id": send_id}, _READING) or {}

    def _remember(self, content_ref: str) -> Remembered[LinkTable]:
        if len(self._tables) >= _MAX_TABLES:
            del self._tables[next(iter(self._tables))]
        remembered = Remembered(lambda: self._read(content_ref), fresh=timedelta(seconds=60), keep=_FOREVER)
        self._tables[content_ref] = remembered
        return remembered

    def _read(self, content_ref: str) -> LinkTable:
        key = {"kind": "links", "id": content_ref}
        try:
            item = wire.get_item(self._dynamodb, self._definitions, key, _READING)
            if item is None:
                raise UnknownLinkError
            return LinkTable.parse(item.get("links", "[]"), item.get("fallback", ""), item.get("home", ""))
        except (WireError, ValueError) as error:
            _log("LINK_TABLE_UNREADABLE", content=content_ref, cause=str(error))
            raise UnreadableError from error


class HitQueue:
    """The Interactions queue, for one hit at a time and with little patience."""

    def __init__(self, sqs: Wire, queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    @classmethod
    def from_env(cls) -> "HitQueue":
        return cls(Wire.from_env(wire.SEND_MESSAGE), os.environ["INTERACTIONS_QUEUE_URL"])

    def put(self, hit: Hit) -> None:
        """Never raises for a queue that fails: the hit then stands in the log, from where it can be replayed, without
        where it came from."""
        try:
            wire.send_message(self._sqs, self._queue_url, hit.interaction(), _RECORDING)
        except WireError as error:
            _log("TRACK_FALLBACK", cause=str(error), interaction=hit.interaction(traced=False))


def _log(message: str, **fields: str) -> None:
    print(json.dumps({"level": "ERROR", "message": message, **fields}), flush=True)
