"""When a call happened: what its sender says, corrected for the sender's clock, where it can be believed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from shopkeeper import clock
from shopkeeper.customer.collect.strict_json import Flaw

OLDEST_UNPROVEN = timedelta(days=30)
FASTEST_CLOCK = timedelta(minutes=5)
# Earlier instants are a program's word for "never" (0001-01-01), not the past of a customer.
BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Instants:
    """`at` as it will be kept, `said_at` as it was sent where that differs; `ours`: the sender was not believed."""

    at: str
    said_at: str = ""
    ours: bool = False


def instants(said: datetime | None, sent: datetime | None, received: datetime, *, trusted: bool) -> Instants:
    """at = received - (sent - said): how long ago it was by the sender's clock, counted from ours.

    Without `sent` the sender's instant stands as it is. An instant more than 5 minutes ahead, or from an untrusted
    sender more than 30 days back, gives way to the instant of receipt.
    """
    if said is None:
        return Instants(clock.to_text(received))
    at = said if sent is None else _shifted(said, received - sent)
    believed = at is not None and at <= received + FASTEST_CLOCK and (trusted or at >= received - OLDEST_UNPROVEN)
    kept = clock.to_text(at if at is not None and believed else received)
    said_at = clock.to_text(said)
    return Instants(kept, "" if said_at == kept else said_at, ours=not believed)


def _shifted(said: datetime, by: timedelta) -> datetime | None:
    try:
        at = said + by
    except OverflowError:
        return None
    return at if at >= BEGINNING else None


def read_instant(value: Any, field: str) -> datetime | None:
    """ISO 8601; an instant without an offset is taken for UTC. Nothing is None. Raises Flaw for anything else."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Flaw("not_an_instant", field)
    try:
        instant = datetime.fromisoformat(value)
        instant = instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Flaw("not_an_instant", field) from None
    if instant < BEGINNING:
        raise Flaw("not_an_instant", field)
    return instant
