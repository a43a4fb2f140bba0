"""The signed token in each address that we put into a mail.

    byte   0        1     2    3      4..19    20..27       28..43
           version  kind  kid  flags  send_id  content_ref  mac

44 bytes, written as 59 characters of base64url. The mac is the first half of HMAC-SHA256 over bytes 0..27, with a key
of its own for each kind: a token that opens can never unsubscribe anybody.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from binascii import a2b_base64
from enum import IntEnum
from typing import NamedTuple
from uuid import UUID

from shopkeeper.keyring import KeyRing

VERSION = 1
PERSONAL = 1
"""Flag: at least one link of this mail leads to an address made for its recipient alone."""
TEST = 2
"""Flag: a test or preview mail; what is done with it is not remembered."""

_SIGNED = 28
# The last character carries four bits, so sixteen ways to write it would decode alike: only the one with its two
# unused bits clear is the token.
_CANONICAL = re.compile(r"[A-Za-z0-9_-]{58}[AEIMQUYcgkosw048]")
_GLUED = ".,;:!?)>]}\"'/ "
_NO_KEY = hmac.new(bytes(32), digestmod="sha256")


class Kind(IntEnum):
    OPEN = 1
    CLICK = 2
    UNSUBSCRIBE = 3
    PREFERENCES = 4
    VIEW = 5
    CONFIRM = 6
    FRESH = 7


_LEAVING = (Kind.UNSUBSCRIBE, Kind.PREFERENCES)


class TokenError(Exception):
    """The root of what can go wrong with a token."""


class BadTokenError(TokenError):
    """We never made this token for this use. Why it fails is nobody's business, so it isn't said."""


class RevokedTokenError(BadTokenError):
    """The signature is right, but its key leaked and serves only those who want to leave."""


class MintError(TokenError):
    """There is no key to sign with: nothing may be sent until there is one."""


class Token(NamedTuple):
    """The 44 bytes, with the fields read when somebody asks for them."""

    raw: bytes

    @property
    def kind(self) -> Kind:
        return Kind(self.raw[1])

    @property
    def personal(self) -> bool:
        return bool(self.raw[3] & PERSONAL)

    @property
    def test(self) -> bool:
        return bool(self.raw[3] & TEST)

    @property
    def send_id(self) -> str:
        """UUID text, as it stands in the Sends table."""
        digits = self.raw[4:20].hex()
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    @property
    def content_ref(self) -> str:
        """16 hex digits, as they stand in the Definitions table."""
        return self.raw[20:28].hex()


def mint(ring: KeyRing | None, kind: Kind, send_id: UUID, content_ref: bytes, flags: int = 0) -> str:
    """Raises MintError without a ring or a key in it that may sign; ValueError for a wrong `content_ref` or flag."""
    if ring is None or ring.mint is None:
        raise MintError("the key ring holds no key to mint with")
    if len(content_ref) != 8:
        raise ValueError("content_ref: expected 8 bytes")
    if flags & ~(PERSONAL | TEST):
        raise ValueError("flags: expected PERSONAL, TEST or both")
    payload = bytes((VERSION, kind, ring.mint, flags)) + send_id.bytes + content_ref
    mac = _mac(ring.key(ring.mint, kind) or _NO_KEY, payload)
    return urlsafe_b64encode(payload + mac).decode().rstrip("=")


def read(segment: str, kind: Kind, ring: KeyRing) -> Token:
    """Raises RevokedTokenError or BadTokenError. An unknown key id costs the same time as a wrong signature."""
    raw = _decode(segment, kind)
    key = ring.key(raw[2], kind)
    genuine = hmac.compare_digest(_mac(key or _NO_KEY, raw[:_SIGNED]), raw[_SIGNED:])
    if key is None or not genuine:
        raise BadTokenError
    if raw[2] in ring.unsubscribe_only and kind not in _LEAVING:
        raise RevokedTokenError
    return Token(raw)


def read_unchecked(segment: str, kind: Kind) -> Token:
    """For the time in which no key ring can be had: the form is right, anybody may have written it."""
    return Token(_decode(segment, kind))


def unglue(segment: str) -> str:
    """Mail clients take the punctuation after an address for a part of it."""
    return segment.rstrip(_GLUED)


def _decode(segment: str, kind: Kind) -> bytes:
    segment = unglue(segment)
    if not _CANONICAL.fullmatch(segment):
        raise BadTokenError
    raw = a2b_base64(segment.replace("-", "+").replace("_", "/") + "=")
    if raw[0] != VERSION or raw[1] != kind:
        raise BadTokenError
    return raw


def _mac(key: hmac.HMAC, payload: bytes) -> bytes:
    mac = key.copy()
    mac.update(payload)
    return mac.digest()[:16]
