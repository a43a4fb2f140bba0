"""What is remembered of an open or a click: an interaction, written here with the standard library alone."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from shopkeeper.clock import to_text
from shopkeeper.tokens import Kind, Token
from shopkeeper.track.request import Request

_NAMES = {
    Kind.OPEN: ("open", "Email Opened"),
    Kind.CLICK: ("click", "Email Link Clicked"),
}
_PURPOSES = ("purpose", "x-purpose", "sec-purpose")
_encode = json.JSONEncoder(separators=(",", ":")).encode


class Hit(NamedTuple):
    """One open or click. `link` is None for an open; `verified` is false if no key ring could be had to check it."""

    token: Token
    request: Request
    at: datetime
    link: int | None
    verified: bool

    def interaction(self) -> str:
        """The body of its message in the Interactions queue, as `customer.interaction` reads it."""
        verb, name = _NAMES[self.token.kind]
        subject, message_id = self._key(verb)
        at = to_text(self.at)
        return _encode(
            {
                "subject": subject,
                "message_id": message_id,
                "type": "track",
                "name": name,
                "at": at,
                "received_at": at,
                "source": "tracking",
                "trusted": True,
                "properties": self._properties(),
            }
        )

    def _key(self, verb: str) -> tuple[str, str]:
        if wants_privacy(self.request.headers):
            return f"content:{self.token.content_ref}", f"{verb}/{self.request.request_id}"
        send_id = self.token.send_id
        return f"send:{send_id}", f"{send_id}/{verb}/{self.request.request_id}"

    def _properties(self) -> dict[str, Any]:
        properties: dict[str, Any] = {"content": self.token.content_ref}
        reason = machine_reason(self.request.method, self.request.headers)
        properties |= {"class": "machine", "reason": reason} if reason else {"class": "unknown"}
        if self.link is not None:
            properties["link"] = self.link
        if not self.verified:
            properties["unverified"] = True
        return properties


def note(request: Request, token: Token, now: datetime, *, verified: bool, link: int | None = None) -> Hit | None:
    """None for test mails, of which nothing is remembered."""
    return None if token.test else Hit(token, request, now, link, verified)


def machine_reason(method: str, headers: Mapping[str, str]) -> str:
    """Why no person is behind this request as far as we may know; empty if nothing says so."""
    if method == "HEAD":
        return "head"
    if _is_prefetch(headers):
        return "prefetch"
    if _says_yes(headers, "sec-gpc"):
        return "gpc"
    return "dnt" if _says_yes(headers, "dnt") else ""


def wants_privacy(headers: Mapping[str, str]) -> bool:
    """Whoever asks not to be followed is counted with the content, never with the person."""
    return _says_yes(headers, "sec-gpc") or _says_yes(headers, "dnt")


def _is_prefetch(headers: Mapping[str, str]) -> bool:
    said = " ".join(headers[name] for name in _PURPOSES if name in headers).lower()
    return "prefetch" in said or "preview" in said or "prefetch" in headers.get("x-moz", "").lower()


def _says_yes(headers: Mapping[str, str], name: str) -> bool:
    # A header that is sent twice arrives joined: "1,1".
    return headers.get(name, "").lstrip().startswith("1")
