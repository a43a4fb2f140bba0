"""What an administrator asks for with a new write key."""

from shopkeeper.customer.requests import Strict, Text
from shopkeeper.customer.write_keys import KeyKind


class KeyRequest(Strict):
    """`name` says where the key will be used, so that it can be told from others when it is to be revoked."""

    kind: KeyKind
    name: Text
