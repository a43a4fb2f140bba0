"""Where a customer's mail goes, and whether anything is known that keeps it from there.

An address is remembered by a key that does not hold it: what is said of it outlives its being taken back.
"""

import math
from collections.abc import Iterator

from shopkeeper import ids
from shopkeeper.customer.document import Document
from shopkeeper.customer.emails import normal_email
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.words import Said

FAMILY = "addresses"
BLOCKED, RELEASED = "Address Blocked", "Address Released"
NAMES = (BLOCKED, RELEASED, "Email Bounced", "Not Sent")
_OURS = ("feedback", "api")


def address_of(document: Document) -> str:
    """The trait `email`, else the address seen last; as somebody wrote it, and empty where there is none.

    Whoever took that trait away, or left it blank, has no address but one that was seen since.
    """
    told = document.traits.get("email")
    if isinstance(told, str) and told.strip():
        return told.strip()
    addresses = ((at, name) for name, at in document.identities.items() if name.startswith("email:"))
    taken_away_at, _ = document.told.get("email", (-math.inf, ""))
    seen = [(at, name) for at, name in addresses if at > taken_away_at]
    return max(seen)[1].removeprefix("email:") if seen else ""


def normal_address(address: str) -> str:
    """As `normal_email` writes it; empty for what is no address."""
    try:
        return normal_email(address)
    except ValueError:
        return ""


def address_key(address: str) -> str:
    """`address` is as `normal_email` writes it. Empty for none."""
    return f"address:{ids.digest('address', address)}" if address else ""


def key_of(document: Document) -> str:
    return address_key(normal_address(address_of(document)))


def block_of(document: Document) -> str:
    """Why nothing goes to the address that the customer has now, as far as was told; empty where mail may go."""
    word = document.words.get(FAMILY, {}).get(key_of(document))
    return str(word.value) if word else ""


def stated(interaction: Interaction) -> Iterator[Said]:
    """On our own word alone."""
    said = interaction.properties
    key, block = said.get("address"), said.get("block")
    is_ours = interaction.trusted and interaction.source in _OURS
    if is_ours and isinstance(key, str) and key.startswith("address:") and isinstance(block, str):
        yield Said(FAMILY, key, block)
