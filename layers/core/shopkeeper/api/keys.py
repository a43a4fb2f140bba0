"""Write keys, with which shops and pages send interactions."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, NotRequired

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.api.calls import Call, Room, found
from shopkeeper.api.problems import Problem, bad_request
from shopkeeper.api.roles import ADMIN, MARKETER
from shopkeeper.customer import origins, write_keys
from shopkeeper.customer.collect.calls import MAX_NAME_BYTES
from shopkeeper.customer.origins import NotAnOrigin
from shopkeeper.customer.requests import Strict, Text
from shopkeeper.customer.write_keys import KeyKind, NotRotated, WriteKey

MOST_ORIGINS = 50
MOST_EVENTS = 200
LONGEST_OVERLAP_H = 90 * 24
_PLACES = "Origins whose pages may use the key, such as `https://shop.example` or `https://*.shop.example`; none: all."
_EVENTS = "The only events that the key may track, by name; none: all."
_TAKEN_BACK = "The key is revoked, or two keys of this line work already."

room = Room("keys", "Write keys, with which shops and pages send interactions.")

Origins = Annotated[tuple[str, ...], Field(max_length=MOST_ORIGINS, description=_PLACES)]
Event = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME_BYTES)]
Events = Annotated[tuple[Event, ...], Field(max_length=MOST_EVENTS, description=_EVENTS)]

_MESSAGES = "Whether a server may send transactional letters with it, by `POST /v1/messages`: for secret keys alone."
Messages = Annotated[bool, Field(description=_MESSAGES)]


class KeyRequest(Strict):
    """`name` says where the key will be used, so that it can be told from others when it is to be revoked."""

    kind: KeyKind
    name: Text
    allowed_origins: Origins = ()
    events: Events = ()
    messages: Messages = False


class KeyChange(Strict):
    """What is not named stays as it is; an empty list allows all."""

    name: Text | None = None
    allowed_origins: Origins | None = None
    events: Events | None = None
    messages: Messages | None = None


class Rotation(Strict):
    """`overlap_hours` is how long the old key still works; without it, until somebody revokes it."""

    overlap_hours: Annotated[int, Field(ge=0, le=LONGEST_OVERLAP_H)] | None = None


class KeyView(TypedDict):
    """All but the key itself, which nobody has. `revoked_at` may lie ahead: until then the key works."""

    id: str
    kind: KeyKind
    name: str
    created_at: str
    revoked_at: str | None
    allowed_origins: list[str]
    events: list[str]
    messages: bool
    predecessor: str | None
    successor: str | None


class KeyMade(KeyView):
    key: NotRequired[str]


class KeyList(TypedDict):
    items: list[KeyView]


class IdentitySecret(TypedDict):
    id: str
    identity_secret: NotRequired[str]


@room.get("/v1/keys", groups=(MARKETER, ADMIN))
def list_keys(call: Call) -> KeyList:
    """All write keys, oldest first, revoked ones too."""
    return {"items": [shown(key) for key in call.aws.keys.listed()]}


def _faults(_: Call, wanted: KeyRequest | KeyChange) -> Iterator[tuple[str, str]]:
    for place, origin in enumerate(wanted.allowed_origins or ()):
        try:
            origins.normal(origin)
        except NotAnOrigin as fault:
            yield f"allowed_origins.{place}", str(fault)
    if isinstance(wanted, KeyRequest) and wanted.kind == "secret" and wanted.allowed_origins:
        yield "allowed_origins", _SERVERS
    if isinstance(wanted, KeyRequest) and wanted.kind == "publishable" and wanted.messages:
        yield "messages", _PAGES


_SERVERS = "is for publishable keys: a secret key has no place in a page"
_PAGES = "is for secret keys: what stands in a page is everybody's"


@room.post("/v1/keys", groups=(ADMIN,), status=201, secret="key", check=_faults)  # noqa: S106 - the name of a field.
def create_key(call: Call, wanted: KeyRequest) -> KeyMade:
    """Make a write key. The key itself is in this one answer and nowhere else.

    The same request sent again is answered without it.
    """
    text = write_keys.mint(wanted.kind, call.aws.settings["STAGE"])
    allowed = _normal(wanted.allowed_origins)
    key = write_keys.describe(text, name=wanted.name, created_at=call.now, allowed=allowed, events=wanted.events)
    key = replace(key, messages=wanted.messages)
    call.aws.keys.put(key)
    return KeyMade(**shown(key), key=text)


@room.patch("/v1/keys/{key_id}", groups=(ADMIN,), check=_faults)
def change_key(call: Call, wanted: KeyChange) -> KeyView:
    """Change where a write key may be used and what it may track. It holds within a minute."""
    key = _key(call)
    if key.secret and wanted.allowed_origins:
        raise bad_request("allowed_origins", _SERVERS)
    if wanted.messages and not key.secret:
        raise bad_request("messages", _PAGES)
    changed = replace(
        key,
        name=key.name if wanted.name is None else wanted.name,
        origins=key.origins if wanted.allowed_origins is None else _normal(wanted.allowed_origins),
        events=key.events if wanted.events is None else wanted.events,
        messages=key.messages if wanted.messages is None else wanted.messages,
    )
    call.aws.keys.settle(changed)
    return shown(changed)


@room.post(
    "/v1/keys/{key_id}/rotate",
    groups=(ADMIN,),
    status=201,
    secret="key",  # noqa: S106 - the name of a field.
    refusals={409: _TAKEN_BACK},
)
def rotate_key(call: Call, wanted: Rotation) -> KeyMade:
    """Make a key in the place of another, with the same origins and events. Both work, so nothing is lost meanwhile.

    The new key is in this one answer and nowhere else. At most two keys of a line work at a time.
    """
    old = _key(call)
    text = write_keys.mint(old.kind, call.aws.settings["STAGE"])
    ends_at = None if wanted.overlap_hours is None else call.now + timedelta(hours=wanted.overlap_hours)
    try:
        new = write_keys.rotated(old, text, _line(call, old), call.now)
    except NotRotated as fault:
        raise Problem(409, str(fault)) from None
    if not call.aws.keys.rotate(old, new, ends_at):
        raise Problem(409, "Somebody else has changed the key at this moment.")
    return KeyMade(**shown(new), key=text)


@room.post(
    "/v1/keys/{key_id}/identity-secret",
    groups=(ADMIN,),
    secret="identity_secret",  # noqa: S106 - the name of a field.
    refusals={409: "A page speaks with publishable keys; a secret key needs no proof."},
)
def show_identity_secret(call: Call) -> IdentitySecret:
    """Show what the shop's server signs user ids with, so that a page with this key may speak for who is signed in.

    `user_hash` is the HMAC-SHA256 of the user id under this text, in hex. It belongs on a server and never in a page.
    """
    key = _key(call)
    if key.secret:
        raise Problem(409, "A page speaks with publishable keys; a secret key needs no proof.")
    ring = call.aws.key_ring.get(call.now)
    secret = ring.identity_secret(key.id) if ring else None
    if secret is None:
        raise Problem(503, "The key ring cannot be had just now. Try again in a while.")
    return {"id": key.id, "identity_secret": secret}


@room.delete("/v1/keys/{key_id}", groups=(ADMIN,), status=204)
def revoke_key(call: Call) -> None:
    """Revoke a write key, for ever. What it sends is refused within a minute."""
    if not call.aws.keys.revoke(call.path["key_id"]):
        raise Problem(404, "There is no such key.")


def shown(key: WriteKey) -> KeyView:
    return {
        "id": key.id,
        "kind": key.kind,
        "name": key.name,
        "created_at": clock.to_text(key.created_at),
        "revoked_at": clock.to_text(key.revoked_at) if key.revoked_at else None,
        "allowed_origins": list(key.origins),
        "events": list(key.events),
        "messages": key.messages,
        "predecessor": key.predecessor or None,
        "successor": key.successor or None,
    }


def _key(call: Call) -> WriteKey:
    return found(call.aws.keys.get(call.path["key_id"]), "key")


def _line(call: Call, key: WriteKey) -> list[WriteKey]:
    """The keys before and after."""
    beside = (call.aws.keys.get(key_id) for key_id in (key.predecessor, key.successor) if key_id)
    return [each for each in beside if each]


def _normal(said: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(origins.normal, said)))
