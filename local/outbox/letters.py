"""A mail as somebody reads it, with what the ledger knows of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
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
_NOTED = ("opened", "clicked", "unsubscribed")


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
    def parsed(self) -> EmailMessage:
        return self.mail.parsed()

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
        return self._header("From") or self.mail.sender

    @property
    def subject(self) -> str:
        return self._header("Subject")

    @property
    def activity(self) -> str | None:
        return self.row.get("activity")

    @property
    def marks(self) -> list[str]:
        """What became of it, as SES told it, and then as the ledger knows it."""
        told = dict.fromkeys(_TOLD[kind] for kind in self.mail.told if kind in _TOLD)
        return [*told, *(mark for mark in _NOTED if self.row.get(f"{mark}_at"))]

    @cached_property
    def headers(self) -> dict[str, str]:
        return {name: str(value) for name, value in self.parsed.items()}

    @cached_property
    def html(self) -> str | None:
        return _content(self.parsed, "html")

    @cached_property
    def text(self) -> str | None:
        return _content(self.parsed, "plain")

    @property
    def raw(self) -> str:
        return self.mail.raw.decode(errors="replace")

    def anchors(self) -> list[tuple[str, str]]:
        """Text and address of each link, in order."""
        reader = _Anchors()
        reader.feed(self.html or "")
        reader.close()
        return [(" ".join(text.split()), url) for text, url in reader.found]

    def _header(self, name: str) -> str:
        return str(self.parsed[name] or "")


def _content(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body((kind,))
    if part is None:
        return None
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):  # A character set that nobody knows.
        payload = part.get_payload(decode=True)
        return payload.decode(errors="replace") if isinstance(payload, bytes) else str(payload)


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
