"""ANY /o/{token}: note that a mail was opened, and always answer with the pixel."""

from functools import cache
from typing import Any

from shopkeeper.aws.tracking import HitQueue, KeyRingSecret
from shopkeeper.clock import Clock
from shopkeeper.track import opens
from shopkeeper.track.request import Request


@cache
def key_ring() -> KeyRingSecret:
    return KeyRingSecret.from_env()


@cache
def hits() -> HitQueue:
    return HitQueue.from_env()


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    now = Clock().now()
    decision = opens.decide(Request.from_event(event), key_ring().get(now), now)
    if decision.hit:
        hits().put(decision.hit)
    return decision.answer
