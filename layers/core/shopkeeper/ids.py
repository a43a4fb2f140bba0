"""Ids that must be the same whenever they are made again: derived from what they name, never drawn at random."""

import hashlib
from uuid import UUID, uuid5

SENDS = UUID("6f0c2d1e-52a8-5d6b-9a53-0a3f7d1c9b42")


def digest(*parts: str) -> str:
    """32 hex digits of SHA-256. Each part is measured, so ("ab", "c") and ("a", "bc") differ."""
    measured = b"".join(b"%d:%b" % (len(raw), raw) for raw in (part.encode() for part in parts))
    return hashlib.sha256(measured).hexdigest()[:32]


def place(key: str, places: int) -> int:
    """One of so many, 0 to `places - 1`: always the same of the same key, and each of them of about as many keys."""
    return int(digest(key)[:8], 16) % places


def customer_id(first_identity: str) -> str:
    """The id of the customer whose first known identity is e.g. `user:42`."""
    return digest("customer", first_identity)


def send_id(activity: str, step: str, customer: str, occurrence: str) -> UUID:
    """One mail to one customer: planning it again gives the same id."""
    return uuid5(SENDS, f"{activity}/{step}/{customer}/{occurrence}")


def content_ref(template_id: str, version: int) -> bytes:
    """The 8 bytes by which a token names the content version whose links it may follow."""
    return hashlib.sha256(f"{template_id}#{version}".encode()).digest()[:8]
