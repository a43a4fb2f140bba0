"""Write keys, with which shops and pages send interactions."""

from typing import NotRequired

from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.api.calls import Call, Room
from shopkeeper.api.problems import Problem
from shopkeeper.api.roles import ADMIN, MARKETER
from shopkeeper.customer import write_keys
from shopkeeper.customer.requests import Strict, Text
from shopkeeper.customer.write_keys import KeyKind, WriteKey

room = Room("keys", "Write keys, with which shops and pages send interactions.")


class KeyRequest(Strict):
    """`name` says where the key will be used, so that it can be told from others when it is to be revoked."""

    kind: KeyKind
    name: Text


class KeyView(TypedDict):
    """All but the key itself, which nobody has."""

    id: str
    kind: KeyKind
    name: str
    created_at: str
    revoked_at: str | None


class KeyMade(KeyView):
    key: NotRequired[str]


class KeyList(TypedDict):
    items: list[KeyView]


@room.get("/v1/keys", groups=(MARKETER, ADMIN))
def list_keys(call: Call) -> KeyList:
    """All write keys, oldest first, revoked ones too."""
    return {"items": [shown(key) for key in call.aws.keys.listed()]}


@room.post("/v1/keys", groups=(ADMIN,), status=201, secret="key")  # noqa: S106 - the name of a field.
def create_key(call: Call, wanted: KeyRequest) -> KeyMade:
    """Make a write key. The key itself is in this one answer and nowhere else.

    The same request sent again is answered without it.
    """
    text = write_keys.mint(wanted.kind, call.aws.settings["STAGE"])
    key = write_keys.describe(text, name=wanted.name, created_at=call.now)
    call.aws.keys.put(key)
    return KeyMade(**shown(key), key=text)


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
    }
