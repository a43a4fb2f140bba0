"""The key ring: the roots from which the keys of tracking tokens and the identity secrets of write keys are derived.

It is kept as flat JSON, which CloudFormation can make:
`{"mint": "2", "1": "<64 random characters>", "2": "<64 others>", "unsubscribe_only": ["1"]}`.
A root is the UTF-8 of its text. Roots are added and never taken away: mails are answered for years.
A root that leaked is listed in `unsubscribe_only`: people can still leave by its links and do nothing else.
"""

import hmac
import json
import re
from collections.abc import Mapping
from typing import Any

_KID = re.compile(r"[1-9][0-9]{0,2}")
_MIN_ROOT_CHARACTERS = 32


class KeyRingError(ValueError):
    """The text is no key ring. The message names the field, never what stands in it."""


class KeyRing:
    """`mint` is the id of the key that signs new tokens, or None if the ring names none that may."""

    def __init__(
        self, roots: Mapping[int, bytes], mint: int | None, unsubscribe_only: frozenset[int] = frozenset()
    ) -> None:
        self.mint = mint if mint in roots and mint not in unsubscribe_only else None
        self.unsubscribe_only = unsubscribe_only
        self._roots = roots
        self._keyed: dict[tuple[int, int], hmac.HMAC] = {}

    def key(self, kid: int, kind: int) -> hmac.HMAC | None:
        """What signs tokens of this kind: to be copied, never fed. None if the ring has no such key id.

        Keyed once, because copying costs half of keying, and checking a signature is most of a click's work.
        """
        keyed = self._keyed.get((kid, kind))
        if keyed is None and kid in self._roots:
            keyed = hmac.new(derive(self._roots[kid], kind), digestmod="sha256")
            self._keyed[kid, kind] = keyed
        return keyed

    def identity_secret(self, write_key: str) -> str | None:
        """What a shop's server signs user ids with for the pages of this write key (an id). None if nothing mints.

        It is derived, so that it stands nowhere, and can be shown again to whoever may ask.
        """
        return None if self.mint is None else _identity_secret(self._roots[self.mint], write_key)

    def identity_secrets(self, write_key: str) -> list[str]:
        """The ones that are believed: of every root but those that leaked."""
        trusted = (root for kid, root in self._roots.items() if kid not in self.unsubscribe_only)
        return [_identity_secret(root, write_key) for root in trusted]

    def webhook_secret(self, kid: int, name: str) -> bytes | None:
        """What calls to a connector are signed with: derived as well, and of one root, so that it stays the same when
        another one mints. None if there is no such root, or it leaked."""
        root = None if kid in self.unsubscribe_only else self._roots.get(kid)
        return _expanded(root, b"whk1" + name.encode()) if root else None


def _identity_secret(root: bytes, write_key: str) -> str:
    return _expanded(root, b"usr1" + write_key.encode()).hex()


def derive(root: bytes, kind: int) -> bytes:
    """The key of one kind of token: RFC 5869 with SHA-256, an empty salt and one block of output."""
    return _expanded(root, b"trk1" + bytes([kind]))


def _expanded(root: bytes, info: bytes) -> bytes:
    extracted = hmac.digest(bytes(32), root, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def parse(text: str) -> KeyRing:
    """Raises KeyRingError. Strict, because a misspelt `unsubscribe_only` would let a leaked key go on signing.

    Only `mint` may be wrong: then nothing is minted, while the links in mails already sent go on working.
    """
    fields = _fields(text)
    mint = fields.pop("mint", None)
    leaked = fields.pop("unsubscribe_only", [])
    roots = {_kid(name): _root(name, value) for name, value in fields.items()}
    if not roots:
        raise KeyRingError("the key ring holds no key")
    if not isinstance(leaked, list) or not all(isinstance(name, str) and name in fields for name in leaked):
        raise KeyRingError("unsubscribe_only: expected a list of key ids of this ring")
    return KeyRing(roots, int(mint) if isinstance(mint, str) and mint in fields else None, frozenset(map(int, leaked)))


def _fields(text: str) -> dict[str, Any]:
    try:
        fields = json.loads(text)
    except ValueError:
        raise KeyRingError("the key ring is not JSON") from None
    if not isinstance(fields, dict):
        raise KeyRingError("the key ring is not a JSON object")
    return fields


def _kid(name: str) -> int:
    if not _KID.fullmatch(name) or int(name) > 255:
        # Cut short: a key that was put in the wrong place must not end up in a log.
        raise KeyRingError(f"{name[:20]!r}: expected a key id from '1' to '255', 'mint' or 'unsubscribe_only'")
    return int(name)


def _root(name: str, value: object) -> bytes:
    if not isinstance(value, str) or len(value) < _MIN_ROOT_CHARACTERS:
        raise KeyRingError(f"{name!r}: expected a text of at least {_MIN_ROOT_CHARACTERS} characters")
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise KeyRingError(f"{name!r}: half a surrogate pair is no text") from None
