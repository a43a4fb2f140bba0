"""Write keys as administrators ask for them and as the API shows them."""

from typing import Any

from shopkeeper import clock
from shopkeeper.customer.requests import Strict, Text
from shopkeeper.customer.write_keys import KeyKind, WriteKey


class KeyRequest(Strict):
    """`name` says where the key will be used, so that it can be told from others when it is to be revoked."""

    kind: KeyKind
    name: Text


def shown(key: WriteKey) -> dict[str, Any]:
    """All but the key itself, which nobody has."""
    return {
        "id": key.id,
        "kind": key.kind,
        "name": key.name,
        "created_at": clock.to_text(key.created_at),
        "revoked_at": clock.to_text(key.revoked_at) if key.revoked_at else None,
    }
