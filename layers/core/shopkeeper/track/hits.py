"""What is remembered of an open or a click: an interaction, written here with the standard library alone."""

import json
import re
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
_PURPOSES = ("purpose", "x-purpose", "sec-purpose", "x-moz")
# Programs that say what they are: crawlers, previewers, scanners, libraries. A phone that is called Cubot is none, and
# neither are the image proxies of Gmail and Yahoo, which fetch when somebody looks.
_PROGRAM = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|scrapy|headless|phantomjs|puppeteer|playwright|preview|facebookexternalhit"
    r"|barracuda|mimecast|proofpoint"
    r"|\b(?:curl|wget|java|axios)/|python-|aiohttp|httpx|go-http-client|libwww|httpclient|node-fetch",
    re.IGNORECASE,
)
_LONGEST = 512
_AGENT = 200
_REFUSALS = (("gpc", "sec-gpc"), ("dnt", "dnt"))
_encode = json.JSONEncoder(separators=(",", ":")).encode


class Hit(NamedTuple):
    """One open or click. `link` is None for an open; `verified` is false if no key ring could be had to check it."""

    token: Token
    request: Request
    at: datetime
    link: int | None
    verified: bool

    def interaction(self, *, traced: bool = True) -> str:
        """The body of its message in the Interactions queue, as `customer.interaction` reads it. Where nothing is
        settled yet it is `traced`: it says, for the verdict alone, where the hit came from and with what."""
        verb, name = _NAMES[self.token.kind]
        at = to_text(self.at)
        refusal = privacy(self.request.headers)
        subject, message_id = self._key(verb, private=bool(refusal))
        reason = machine_reason(self.request) or refusal
        said = {
            "subject": subject,
            "message_id": message_id,
            "type": "track",
            "name": name,
            "at": at,
            "received_at": at,
            "source": "tracking",
            "trusted": True,
            "properties": self._properties(reason),
        }
        if traced and self.verified and not reason:
            agent = self.request.headers.get("user-agent", "")[:_AGENT]
            said["context"] = {"ip": self.request.ip, "agent": agent}
        return _encode(said)

    def _key(self, verb: str, *, private: bool) -> tuple[str, str]:
        if private:
            return f"content:{self.token.content_ref}", f"{verb}/{self.request.request_id}"
        send_id = self.token.send_id
        return f"send:{send_id}", f"{send_id}/{verb}/{self.request.request_id}"

    def _properties(self, reason: str) -> dict[str, Any]:
        properties: dict[str, Any] = {"content": self.token.content_ref, "class": "unknown"}
        if reason:
            properties["class"] = "machine"
            properties["reason"] = reason
        if self.link is not None:
            properties["link"] = self.link
        if not self.verified:
            properties["unverified"] = True
        return properties


def note(request: Request, token: Token, now: datetime, *, verified: bool, link: int | None = None) -> Hit | None:
    """None for test mails, of which nothing is remembered."""
    return None if token.test else Hit(token, request, now, link, verified)


def machine_reason(request: Request) -> str:
    """`head`, `prefetch` or `program` if the request itself says that nobody is looking; empty if nothing says so."""
    if request.method == "HEAD":
        return "head"
    for name in _PURPOSES:
        if name in request.headers:
            said = request.headers[name].lower()
            if "prefetch" in said or "preview" in said:
                return "prefetch"
    return "program" if _PROGRAM.search(request.headers.get("user-agent", "")[:_LONGEST]) else ""


def privacy(headers: Mapping[str, str]) -> str:
    """`gpc` or `dnt` if one of them is asked for: such a hit is counted with the content, never with the person."""
    for reason, name in _REFUSALS:
        # A header that is sent twice arrives joined: "1,1".
        if name in headers and headers[name].lstrip().startswith("1"):
            return reason
    return ""
