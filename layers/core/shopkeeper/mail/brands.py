"""What a mail takes from its brand: who it comes from, where answers go, and under which address we are reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from shopkeeper.mail.mime import Mailbox


@dataclass(frozen=True, slots=True)
class Brand:
    """`tracking_url` has no slash at its end."""

    sender: Mailbox
    reply_to: Mailbox
    tracking_url: str

    @property
    def domain(self) -> str:
        return self.sender.address.rpartition("@")[2]

    @property
    def tracking_host(self) -> str:
        return urlsplit(self.tracking_url).netloc


def brand_of(said: Mapping[str, Any], tracking_address: str) -> Brand:
    """Of a version of the definition; `tracking_address` is for a brand that has none of its own. Raises KeyError."""
    own = said.get("tracking_url") or tracking_address
    return Brand(_mailbox(said["sender"]), _mailbox(said["reply_to"]), own.rstrip("/"))


def _mailbox(said: Mapping[str, Any]) -> Mailbox:
    return Mailbox(said["address"], said.get("name") or "")
