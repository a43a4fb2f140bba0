"""What a mail takes from its brand: who it comes from, where answers go, and under which address we are reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shopkeeper.mail.mime import Mailbox

_FACTS = ("name", "home_page", "footer_address")


@dataclass(frozen=True, slots=True)
class Brand:
    """`tracking_url` has no slash at its end; `facts` are what a template may say of the brand."""

    sender: Mailbox
    reply_to: Mailbox
    tracking_url: str
    facts: Mapping[str, str]

    @property
    def domain(self) -> str:
        return self.sender.address.rpartition("@")[2]


def brand_of(said: Mapping[str, Any], tracking_address: str) -> Brand:
    """Of a version of the definition; `tracking_address` is for a brand that has none of its own. Raises KeyError."""
    own = said.get("tracking_url") or tracking_address
    return Brand(
        sender=Mailbox(said["sender"]["email"], said["sender"].get("name") or ""),
        reply_to=Mailbox(said["reply_to"]),
        tracking_url=own.rstrip("/"),
        facts={name: said[name] for name in _FACTS if said.get(name)},
    )
