"""The other side: where it is called, what it wants to hear, and whether it is called at all."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from shopkeeper import clock
from shopkeeper.keyring import KeyRing

KIND, STATE = "connector", "connector.state"
OVERLAP = timedelta(hours=24)
"""A secret signs so long beside the one that takes its place."""


class Overtaken(Exception):
    """Somebody else has changed how the connector stands."""


class Endpoint(msgspec.Struct, frozen=True):
    """`events` are those it wants to hear of, None for all."""

    url: str
    events: tuple[str, ...] | None = None

    def wants(self, event: str) -> bool:
        return self.events is None or event in self.events


class Secret(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """It stands nowhere: it is made of the root `kid` of the key ring. `until` is "" for the newest."""

    number: int
    kid: int
    made_at: str
    until: str = ""


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`off` says why nobody calls, "" if they do. The newest secret stands first. `revision` counts changes from 1."""

    connector: str
    secrets: tuple[Secret, ...] = ()
    off: str = ""
    off_at: str = ""
    revision: int = 0

    def signing(self, ring: KeyRing, now: datetime) -> list[bytes]:
        """The newest first."""
        good = (each for each in self.secrets if not each.until or each.until > clock.to_text(now))
        made = (secret(ring, self.connector, each) for each in good)
        return [each for each in made if each]

    def renewed(self, kid: int, now: datetime) -> "State":
        """With a new secret; the one before it is good for a day still."""
        before = [msgspec.structs.replace(each, until=clock.to_text(now + OVERLAP)) for each in self.secrets[:1]]
        number = self.secrets[0].number + 1 if self.secrets else 1
        newest = Secret(number=number, kid=kid, made_at=clock.to_text(now))
        return self._after(secrets=(newest, *before))

    def switched_off(self, why: str, now: datetime) -> "State":
        return self._after(off=why, off_at=clock.to_text(now))

    def resumed(self) -> "State":
        return self._after(off="", off_at="")

    def _after(self, **changes: Any) -> "State":
        return msgspec.structs.replace(self, revision=self.revision + 1, **changes)


def endpoint(said: Mapping[str, Any]) -> Endpoint:
    """Of the definition, as the API took it."""
    return msgspec.convert(said["standard_webhooks"], Endpoint)


def secret(ring: KeyRing, connector: str, which: Secret) -> bytes | None:
    """None if the ring has no such root any more."""
    return ring.webhook_secret(which.kid, f"{connector}#{which.number}")
