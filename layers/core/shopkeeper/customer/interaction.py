"""An interaction: who, what, when, how. Its identity is its subject exactly as sent together with its message id.

This is also the body of each message in the Interactions queue, whichever door it came through.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

import msgspec

Kind = Literal["track", "identify", "page", "screen", "group", "alias"]
Source = Literal["collect", "import", "tracking", "feedback", "recipient", "api", "merge", "segment", "mail", "journey"]

MAX_SUBJECT_BYTES = 512
MAX_MESSAGE_ID_BYTES = 255

NOTHING = msgspec.Raw(b"{}")


class Interaction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, dict=True):
    """Instants are text as `clock.to_text` writes it.

    `at` is when it happened, corrected for the sender's clock; `said_at` is what the sender said, where that differs.
    `subject` is `user:<id>`, `anon:<id>`, `email:<address>` or, for our own facts, `customer:<id>`; a hit on a
    signed link names `send:<uuid>` and the store puts the customer of that send in its place.
    `ids` holds every identity the item states, e.g. {"user": "42", "anon": "f00", "email": "jo@example.com"}.
    `trusted` is false for what a publishable key said: it proves nothing about who is speaking. Where the shop vouched
    for who was signed in, `context` says so: {"proof": "user_hash"}.

    Properties, traits and context are JSON objects, kept as the text they came in: it goes into the row as it is, and
    is read when somebody first asks what it says.
    """

    subject: str
    message_id: str
    type: Kind
    at: str
    received_at: str
    source: Source
    name: str = ""
    said_at: str = ""
    origin: str = ""
    trusted: bool = False
    ids: dict[str, str] = {}
    raw_properties: msgspec.Raw = msgspec.field(default=NOTHING, name="properties")
    raw_traits: msgspec.Raw = msgspec.field(default=NOTHING, name="traits")
    raw_context: msgspec.Raw = msgspec.field(default=NOTHING, name="context")
    schema: int = 1

    @property
    def key(self) -> tuple[str, str]:
        return self.subject, self.message_id

    @cached_property
    def properties(self) -> dict[str, Any]:
        """Raises msgspec.ValidationError, and so do the other two, for what is no object."""
        return _object.decode(self.raw_properties)

    @cached_property
    def traits(self) -> dict[str, Any]:
        return _object.decode(self.raw_traits)

    @cached_property
    def context(self) -> dict[str, Any]:
        return _object.decode(self.raw_context)

    @property
    def is_readable(self) -> bool:
        """Text may pass for JSON and hold what nobody can read, such as a number beyond all bounds."""
        try:
            return None not in (self.properties, self.traits, self.context)
        except msgspec.DecodeError:
            return False


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Interaction)
_object = msgspec.json.Decoder(dict[str, Any])


def raw(said: Mapping[str, Any]) -> msgspec.Raw:
    """As an interaction keeps it."""
    return msgspec.Raw(_encoder.encode(said)) if said else NOTHING


def encode(interaction: Interaction) -> bytes:
    return _encoder.encode(interaction)


def decode(body: bytes | str) -> Interaction:
    """Raises msgspec.ValidationError (a ValueError) for a body that is no interaction."""
    return _decoder.decode(body)
