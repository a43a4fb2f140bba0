"""A mail as somebody reads it, with what the ledger knows of it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from functools import cached_property
from html.parser import HTMLParser
from typing import Any, NamedTuple

from local.post.events import instant
from local.post.mail import Mail

Row = Mapping[str, Any]
Find = Callable[[str, dict[str, str]], Row]
"""A row by the name of its table and its key; empty where there is none."""

_TOLD = {
    "Delivery": "delivered",
    "DeliveryDelay": "delayed",
    "Bounce": "bounced",
    "Complaint": "complained",
    "Reject": "rejected",
}
_NOTED = {
    "opened": ("opened_at", "clicked_at"),  # Whoever follows a link has opened the mail.
    "clicked": ("clicked_at",),
    "machine opened": ("opened_machine_at",),
    "machine clicked": ("clicked_machine_at",),
    "unjudged": ("unjudged",),  # Nobody has said yet whether a person opened it, or it cannot be said.
    "unsubscribed": ("unsubscribed_at",),
}


class Link(NamedTuple):
    """`leads_to` is the destination of a tracked link; None where the address says it all."""

    text: str
    url: str
    leads_to: str | None


@dataclass
class Letter:
    """`number` counts from the newest, which is 0; `row` is the mail's in the ledger."""

    mail: Mail
    number: int
    find: Find

    @cached_property
    def parsed(self) -> Message:
        """With the simpler of Python's two parsers, which is ten times as fast."""
        return message_from_bytes(self.mail.raw)

    @cached_property
    def row(self) -> Row:
        return self.find("SendsTable", {"send_id": self.mail.send_id}) if self.mail.send_id else {}

    @property
    def at(self) -> str:
        return instant(self.mail.at)

    @property
    def recipient(self) -> str:
        return ", ".join(self.mail.recipients)

    @property
    def sender(self) -> str:
        return self.headers.get("From") or self.mail.sender

    @property
    def subject(self) -> str:
        return self.headers.get("Subject", "")

    @property
    def activity(self) -> str | None:
        return self.row.get("activity")

    @property
    def marks(self) -> list[str]:
        """What became of it, as SES told it, and then as the ledger knows it. SES has accepted every one of them."""
        told = dict.fromkeys(_TOLD[kind] for kind in self.mail.told if kind in _TOLD) or ["accepted"]
        return [*told, *(mark for mark, notes in _NOTED.items() if any(map(self.row.get, notes)))]

    @cached_property
    def headers(self) -> dict[str, str]:
        return {name: _decoded(value) for name, value in self.parsed.items()}

    @cached_property
    def html(self) -> str | None:
        return _content(self.parsed, "text/html")

    @cached_property
    def text(self) -> str | None:
        return _content(self.parsed, "text/plain")

    @property
    def raw(self) -> str:
        return self.mail.raw.decode(errors="replace")

    def anchors(self) -> list[tuple[str, str]]:
        """Text and address of each link, in order."""
        reader = _Anchors()
        reader.feed(self.html or "")
        reader.close()
        return [(" ".join(text.split()), url) for text, url in reader.found]


_FOLD = re.compile(r"\r?\n(?=[ \t])")


def _decoded(value: Any) -> str:
    unfolded = _FOLD.sub("", str(value))
    try:
        return str(make_header(decode_header(unfolded)))
    except (HeaderParseError, LookupError, UnicodeError):  # Shown as it stands.
        return unfolded


def _content(message: Message, kind: str) -> str | None:
    """Of the first part of that kind."""
    part = next((part for part in message.walk() if part.get_content_type() == kind and not part.is_multipart()), None)
    if part is None:
        return None
    payload = part.get_payload(decode=True)
    octets = payload if isinstance(payload, bytes) else b""
    try:
        return octets.decode(part.get_content_charset("utf-8"), errors="replace")
    except LookupError:  # A character set that nobody knows.
        return octets.decode(errors="replace")


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = dict(attributes)
        if tag == "a" and said.get("href"):
            self.found.append(("", str(said["href"])))
            self._inside = True
        elif tag == "img" and self._inside:
            self.handle_data(said.get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "a"

    def handle_data(self, data: str) -> None:
        if self._inside:
            text, url = self.found[-1]
            self.found[-1] = (text + data, url)
