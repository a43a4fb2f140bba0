"""Where the links of a mail lead. The destination is looked up in what was published, never taken from the request."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from shopkeeper.tokens import Token, unglue

_INDEX = re.compile(r"0|[1-9][0-9]{0,3}")
# Printable ASCII without space and backslash: nothing that could end a header or that browsers read differently.
_DESTINATION = re.compile(r"https?://[!-\[\]-~]+")


class LinkError(Exception):
    """The root of what can keep us from following a link."""


class UnknownLinkError(LinkError):
    """This content has no link of that number, or there is no such content."""


class UnreachableError(LinkError):
    """The destination cannot be looked up at the moment."""


class Link(NamedTuple):
    url: str = ""
    ended: bool = False
    blocked: bool = False


class LinkTable(NamedTuple):
    """The links of one content version in the order of their numbers, from 0; an empty text leads nowhere.

    An activity has a table as well, without links: it says where those of its mails lead once they have ended. The
    `home` of a content version is the last resort, for a mail of which nobody knows the activity.
    """

    links: tuple[Link, ...]
    fallback: str = ""
    home: str = ""

    @classmethod
    def parse(cls, links: str, fallback: str = "", home: str = "") -> "LinkTable":
        """`links` is JSON: `[{"url": ..., "ended"?: true, "blocked"?: true}, ...]`. Raises ValueError."""
        rows = json.loads(links)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ValueError("links: expected a list of objects")
        return cls(tuple(_link(row) for row in rows), _address(fallback), _address(home))


class Links(Protocol):
    def table(self, content_ref: str, now: datetime) -> LinkTable:
        """Raises UnknownLinkError or UnreachableError."""

    def personal(self, send_id: str) -> Mapping[str, str]:
        """Addresses made for the recipient of this send, by link number. Raises UnreachableError."""

    def ending(self, send_id: str, now: datetime) -> LinkTable:
        """The table of the activity that the send belongs to; an empty one if it cannot be found out."""


def number(segment: str) -> int:
    """Raises UnknownLinkError for whatever is not a plain decimal number: 07, +7 and 7.0 are none."""
    segment = unglue(segment)
    if not _INDEX.fullmatch(segment):
        raise UnknownLinkError
    return int(segment)


def destination(token: Token, n: int, links: Links, now: datetime, *, verified: bool) -> str:
    """The address to redirect to, or an empty text if the link is blocked or nothing usable is left.

    Raises UnknownLinkError or UnreachableError. A personal address is never shown to a token that was not verified.
    """
    table = links.table(token.content_ref, now)
    if n >= len(table.links):
        raise UnknownLinkError
    link = table.links[n]
    if link.blocked:
        return ""
    own = "" if link.ended else _own_address(token, n, links, verified=verified) or link.url
    return own or _ending(token, links, now, verified=verified) or table.home


def _ending(token: Token, links: Links, now: datetime, *, verified: bool) -> str:
    """For a token that was not verified nothing but its link table is read."""
    if not verified:
        return ""
    table = links.ending(token.send_id, now)
    return table.fallback or table.home


def _own_address(token: Token, n: int, links: Links, *, verified: bool) -> str:
    if not token.personal:
        return ""
    if not verified:
        raise UnreachableError
    return _address(links.personal(token.send_id).get(str(n), ""))


def _link(row: Mapping[str, object]) -> Link:
    return Link(_address(row.get("url")), bool(row.get("ended")), bool(row.get("blocked")))


def _address(url: object) -> str:
    """What nobody may be sent to counts as no address at all."""
    return url if isinstance(url, str) and _DESTINATION.fullmatch(url) else ""
