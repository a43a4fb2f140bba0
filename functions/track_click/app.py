"""ANY /c/{token}/{n}: lead the customer to the n-th link of their mail, and note that they followed it."""

from functools import cache
from typing import Any

from shopkeeper.aws.tracking import HitQueue, KeyRingSecret, StoredLinks
from shopkeeper.clock import Clock
from shopkeeper.track import clicks
from shopkeeper.track.request import Request


@cache
def key_ring() -> KeyRingSecret:
    return KeyRingSecret.from_env()


@cache
def links() -> StoredLinks:
    return StoredLinks.from_env()


@cache
def hits() -> HitQueue:
    return HitQueue.from_env()


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    now = Clock().now()
    decision = clicks.decide(Request.from_event(event), key_ring().get(now), links(), now)
    if decision.hit:
        hits().put(decision.hit)
    return decision.answer
