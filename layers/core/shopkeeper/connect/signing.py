"""Standard Webhooks 1.0.0: the headers by which a receiver knows who calls, and that it has heard this before."""

import base64
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime

PREFIX = "whsec_"


def written(secret: bytes) -> str:
    """As a receiver is given it."""
    return PREFIX + base64.b64encode(secret).decode()


def headers(event_id: str, now: datetime, body: bytes, secrets: Iterable[bytes]) -> Mapping[str, str]:
    """Signed with each of the secrets, so that a receiver may have the new one or still the old one. The id is the same
    at each try, and `now` is that of this one."""
    at = str(int(now.timestamp()))
    signed = b".".join((event_id.encode(), at.encode(), body))
    signatures = (base64.b64encode(hmac.digest(secret, signed, "sha256")).decode() for secret in secrets)
    return {
        "webhook-id": event_id,
        "webhook-timestamp": at,
        "webhook-signature": " ".join(f"v1,{each}" for each in signatures),
    }
