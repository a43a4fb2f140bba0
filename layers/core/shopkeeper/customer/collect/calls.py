"""One call of Segment's specification: from what was sent to an interaction, or to the flaw that forbids it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from shopkeeper import clock, ids
from shopkeeper.customer import subjects
from shopkeeper.customer.collect import contexts, own_events, sender_clock, trust
from shopkeeper.customer.collect.contexts import Edge
from shopkeeper.customer.collect.strict_json import Flaw
from shopkeeper.customer.emails import normal_email
from shopkeeper.customer.interaction import MAX_MESSAGE_ID_BYTES, Interaction, Kind, raw
from shopkeeper.customer.write_keys import WriteKey

KINDS = frozenset({"track", "identify", "page", "screen", "group", "alias"})
MAX_NAME_BYTES = 255
MAX_EMAIL_LETTERS = 254
RESERVED_PREFIXES = ("$", "sys_")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request at the door. `history`: it brings what happened long ago, by clocks that need no correction.

    `secrets` gives the identity secrets of the key, and is asked only where somebody shows a `user_hash`.
    """

    key: WriteKey
    request_id: str
    received_at: datetime
    edge: Edge = field(default_factory=Edge)
    history: bool = False
    secrets: Callable[[], Sequence[str]] = tuple


@dataclass(frozen=True, slots=True)
class Inherited:
    """What the calls of a batch share where they do not say it themselves."""

    kind: str = ""
    sent_at: Any = None
    context: dict[str, Any] = field(default_factory=dict)


def interaction(call: dict[str, Any], index: int, inherited: Inherited, visit: Visit) -> Interaction:
    """Raises Flaw for the first thing that is missing or not allowed. `call` has passed the rules of strict_json."""
    trusted = visit.key.secret
    context = inherited.context | _object(call, "context")
    kind = _kind(inherited.kind or call.get("type"))
    stated = _identities(call, kind)
    properties, traits = _facts(call, kind)
    name = _name(call, kind, properties)
    if kind == "track" and not visit.key.may_track(name):
        raise Flaw("event_not_listed", "event")
    signed_in = not trusted and _signed_in(call, context, stated, visit)
    if not trusted:
        trust.check_page(kind, name, traits, signed_in=signed_in)
        traits = trust.without_protected(kind, traits, signed_in=signed_in)
    if kind == "track":
        own_events.check(name, properties, trusted=trusted)
    times = _instants(call, inherited, visit)
    return Interaction(
        subject=_subject(stated),
        message_id=_message_id(call, index, visit),
        type=kind,
        at=times.at,
        said_at=times.said_at,
        received_at=clock.to_text(visit.received_at),
        source="import" if visit.history else "collect",
        name=name,
        origin=visit.key.origin,
        trusted=trusted,
        ids=stated | _also_known_as(kind, traits, properties, trusted=trusted),
        raw_properties=raw(properties),
        raw_traits=raw(traits),
        raw_context=raw(contexts.kept(context, visit.edge, trusted=trusted, ours=times.ours, signed_in=signed_in)),
    )


def _kind(value: Any) -> Kind:
    if value is None or value == "":
        raise Flaw("missing", "type")
    if not isinstance(value, str) or value not in KINDS:
        raise Flaw("unknown_type", "type")
    return cast(Kind, value)


def _signed_in(call: dict[str, Any], context: dict[str, Any], stated: dict[str, str], visit: Visit) -> bool:
    """Whether it is shown that the user this call names is signed in; False where it names none."""
    if "user" not in stated:
        return False
    own = call.get(trust.USER_HASH)
    claimed = context.get(trust.USER_HASH) if own is None else own
    if claimed is None:
        raise Flaw("needs_user_hash", "userId")
    if not (isinstance(claimed, str) and trust.vouches(visit.secrets(), stated["user"], claimed)):
        raise Flaw("wrong_user_hash", "context.user_hash" if own is None else trust.USER_HASH)
    return True


def _identities(call: dict[str, Any], kind: Kind) -> dict[str, str]:
    stated = {"user": _id(call, "userId"), "anon": _id(call, "anonymousId")}
    if not (stated["user"] if kind == "alias" else any(stated.values())):
        raise Flaw("missing", "userId")
    return {kind: identity for kind, identity in stated.items() if identity}


def _id(call: dict[str, Any], name: str) -> str:
    try:
        identity = subjects.id_text(call.get(name))
        subjects.subject("user", identity)  # The longest kind of subject an id can become part of.
    except subjects.NotAnId as error:
        raise Flaw(error.code, name) from None
    return identity


def _subject(stated: dict[str, str]) -> str:
    kind = "user" if "user" in stated else "anon"
    return subjects.subject(kind, stated[kind])


def _message_id(call: dict[str, Any], index: int, visit: Visit) -> str:
    try:
        message_id = subjects.as_text(call.get("messageId"))
    except subjects.NotAnId as error:
        raise Flaw(error.code, "messageId") from None
    if len(message_id.encode()) > MAX_MESSAGE_ID_BYTES:
        raise Flaw("too_long", "messageId")
    return message_id or ids.digest("message", visit.key.id, visit.request_id, str(index))


def _object(call: dict[str, Any], name: str) -> dict[str, Any]:
    """Nothing is an empty object, and so is an empty list: PHP cannot tell the two apart."""
    value = call.get(name)
    if value is None or value == []:
        return {}
    if not isinstance(value, dict):
        raise Flaw("not_an_object", name)
    return value


def _facts(call: dict[str, Any], kind: Kind) -> tuple[dict[str, Any], dict[str, Any]]:
    """Properties and traits. What a call names beside them, and only calls of its kind, stands among the properties."""
    properties, traits = _object(call, "properties"), _object(call, "traits")
    check_names({"properties": properties, "traits": traits})
    if kind == "group":
        properties = properties | {"groupId": _required_id(call, "groupId")}
    elif kind == "alias":
        properties = properties | {"previousId": _required_id(call, "previousId")}
    elif kind in {"page", "screen"} and call.get("category"):
        properties = {"category": _text(call, "category")} | properties
    return properties, traits


def check_names(facts: Mapping[str, Iterable[str]]) -> None:
    """Raises Flaw for the first reserved one; by the place they stand in."""
    for place, names in facts.items():
        for name in names:
            if name.startswith(RESERVED_PREFIXES):
                raise Flaw("reserved_name", f"{place}.{name}")


def _required_id(call: dict[str, Any], name: str) -> str:
    identity = _id(call, name)
    if not identity:
        raise Flaw("missing", name)
    return identity


def _name(call: dict[str, Any], kind: Kind, properties: dict[str, Any]) -> str:
    if kind == "track":
        name = _text(call, "event")
        if not name.strip():
            raise Flaw("missing", "event")
        if name.startswith(RESERVED_PREFIXES):
            raise Flaw("reserved_name", "event")
        return name
    if kind not in {"page", "screen"}:
        return ""
    stated = properties.get("name")
    own = _text(call, "name")
    if own or not isinstance(stated, str) or len(stated.encode()) > MAX_NAME_BYTES:
        return own
    return stated


def _text(call: dict[str, Any], name: str) -> str:
    value = call.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Flaw("wrong_type", name)
    if len(value.encode()) > MAX_NAME_BYTES:
        raise Flaw("too_long", name)
    return value


def _instants(call: dict[str, Any], inherited: Inherited, visit: Visit) -> sender_clock.Instants:
    said = sender_clock.read_instant(call.get("timestamp"), "timestamp")
    if said is None:
        said = sender_clock.read_instant(call.get("originalTimestamp"), "originalTimestamp")
    sent = None if visit.history else _sent(call.get("sentAt") or inherited.sent_at)
    return sender_clock.instants(said, sent, visit.received_at, trusted=visit.key.secret)


def _sent(value: Any) -> datetime | None:
    """Serves to correct a clock; what cannot be read corrects nothing and costs nobody an interaction."""
    try:
        return sender_clock.read_instant(value, "sentAt")
    except Flaw:
        return None


def _also_known_as(kind: Kind, traits: dict[str, Any], properties: dict[str, Any], *, trusted: bool) -> dict[str, str]:
    """The id before an alias is that of a visitor, who is this user from now on; two users are never made one."""
    if kind == "alias":
        return {"anon": properties["previousId"]}
    return _email(traits) if kind == "identify" and trusted else {}


def _email(traits: dict[str, Any]) -> dict[str, str]:
    """What cannot be an address stays a trait, to be corrected, and identifies nobody."""
    email = traits.get("email")
    if email is None or email == "":
        return {}
    if not isinstance(email, str):
        raise Flaw("wrong_type", "traits.email")
    if len(email) > MAX_EMAIL_LETTERS:
        return {}
    try:
        return {"email": normal_email(email)}
    except ValueError:
        return {}
