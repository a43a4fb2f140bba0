"""Write keys: who may send interactions, and as whom.

`pk_<stage>_...` may stand in a web page: it proves nothing about who speaks. `sk_<stage>_...` belongs on a server. Only
the SHA-256 of a key is ever stored. The last six characters are a checksum, so scanners for leaked secrets recognise a
key and a mistyped one costs no read.
"""

import base64
import hashlib
import re
import secrets
import string
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from shopkeeper.customer import origins

KeyKind = Literal["publishable", "secret"]

_PREFIXES: dict[KeyKind, str] = {"publishable": "pk", "secret": "sk"}
_LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM_LETTERS = 32
_CHECK_LETTERS = 6
_FORM = re.compile(rf"[ps]k_[a-z0-9-]{{1,32}}_[0-9A-Za-z]{{{_RANDOM_LETTERS + _CHECK_LETTERS}}}")


@dataclass(frozen=True, slots=True)
class WriteKey:
    """`id` is the SHA-256 of the key in hex.

    `origins` are those whose pages may use it and `events` what it may track; none means all. One that is secret may
    also be let send `messages`. A key that was rotated names the one made in its place, and that one names it:
    `successor` and `predecessor` are ids.
    """

    id: str
    kind: KeyKind
    name: str
    created_at: datetime
    revoked_at: datetime | None = None
    origins: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    successor: str = ""
    predecessor: str = ""
    messages: bool = False

    @property
    def secret(self) -> bool:
        return self.kind == "secret"

    @property
    def origin(self) -> str:
        """How rows and logs name the key: enough to find it, useless to anybody who wants to use it."""
        return f"key:{self.id[:12]}"

    def valid_at(self, now: datetime) -> bool:
        return self.revoked_at is None or now < self.revoked_at

    def welcomes(self, origin: str) -> bool:
        """`origin` is the header of that name, "" where there is none. It keeps strangers' pages out, not programs."""
        return not self.origins or any(origins.covers(allowed, origin) for allowed in self.origins)

    def may_track(self, event: str) -> bool:
        return not self.events or event in self.events


def mint(kind: KeyKind, stage: str) -> str:
    """A new key, to be shown once. Raises ValueError for a stage that a key cannot carry."""
    body = "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM_LETTERS))
    start = f"{_PREFIXES[kind]}_{stage}_{body}"
    key = start + _checksum(start)
    if not has_form(key):
        raise ValueError(f"stage {stage!r} needs to be 1 to 32 small letters, digits or hyphens")
    return key


def has_form(text: str) -> bool:
    """Whether it is worth a read to ask if this key exists."""
    if not _FORM.fullmatch(text):
        return False
    return _checksum(text[:-_CHECK_LETTERS]) == text[-_CHECK_LETTERS:]


def presented(authorization: str, in_body: str) -> str:
    """The key a request shows: as the user of Basic authorization, as bearer, or in the body; "" if it shows none."""
    scheme, _, value = authorization.strip().partition(" ")
    value = value.strip()
    if scheme.lower() == "basic":
        value = _user_of(value)
    known = scheme.lower() in {"basic", "bearer"} and has_form(value)
    return value if known else in_body


def _user_of(credentials: str) -> str:
    try:
        return base64.b64decode(credentials).decode("ascii").partition(":")[0]
    except ValueError:
        return ""


def key_id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def describe(
    text: str, *, name: str, created_at: datetime, allowed: tuple[str, ...] = (), events: tuple[str, ...] = ()
) -> WriteKey:
    """What is stored about a key that `mint` made. Raises ValueError for any other text."""
    if not has_form(text):
        raise ValueError("this is no write key")
    kind: KeyKind = "secret" if text.startswith("sk_") else "publishable"
    return WriteKey(key_id(text), kind, name, created_at, origins=allowed, events=events)


class NotRotated(ValueError):
    """The message says why not."""


def rotated(old: WriteKey, text: str, line: Iterable[WriteKey], now: datetime) -> WriteKey:
    """The key `text`, made in the place of `old`.

    `line` are the keys before and after `old`. Two of a line may work at a time, so that pages can be changed one by
    one; a third would be one that nobody remembers. Raises NotRotated.
    """
    if not old.valid_at(now):
        raise NotRotated("The key is revoked: make a new one.")
    if any(key.valid_at(now) for key in line):
        raise NotRotated("Two keys of this line work already: revoke the older one first.")
    made = describe(text, name=old.name, created_at=now, allowed=old.origins, events=old.events)
    return replace(made, predecessor=old.id, messages=old.messages)


def _checksum(text: str) -> str:
    rest, letters = zlib.crc32(text.encode()), []
    for _ in range(_CHECK_LETTERS):
        rest, letter = divmod(rest, len(_LETTERS))
        letters.append(_LETTERS[letter])
    return "".join(reversed(letters))
