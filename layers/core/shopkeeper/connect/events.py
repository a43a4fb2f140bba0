"""What the other side is told: one JSON object, with ids and the few words that a journey's definition gives it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from shopkeeper.connect.messages import Handed
from shopkeeper.journey.effects import Audience, Webhook

AUDIENCE_ON, AUDIENCE_OFF = "audience.on", "audience.off"


def of_webhook(handed: Handed, effect: Webhook, at: str) -> tuple[str, bytes]:
    """Its type, and its body."""
    event = effect.event or "journey"
    return event, _body(event, at, _about(handed) | {"properties": dict(effect.props)})


def of_audience(handed: Handed, effect: Audience, at: str, revision: int) -> tuple[str, bytes]:
    """Of two about one customer the one of the higher `revision` is the newer one, whichever comes first."""
    event = AUDIENCE_OFF if effect.is_end else AUDIENCE_ON
    said = {"audience": effect.name.partition(":")[2], "content": effect.content, "revision": revision}
    return event, _body(event, at, _about(handed) | said)


def _about(handed: Handed) -> dict[str, Any]:
    effect = handed.effect
    return {
        "customer_id": handed.customer_id,
        "journey": handed.journey,
        "run": effect.run,
        "node": effect.node,
        "visit": effect.visit,
    }


def _body(event: str, at: str, data: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode({"type": event, "timestamp": at, "data": data})
