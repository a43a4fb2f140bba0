"""What is kept of a call's context: the circumstances, but neither the address nor the fingerprint of a machine."""

import re
from dataclasses import dataclass
from typing import Any

from shopkeeper.customer.collect.trust import USER_HASH

# An address or a browser's make is looked at for the class of the device and goes no further. A proof is a secret.
DROPPED = frozenset({"ip", "userAgent", "userAgentData", USER_HASH})
# A web page may say these, and it proves nothing: so they do not even reach the queue.
DROPPED_UNPROVEN = frozenset({"traits", "consent"})
OURS = frozenset({"clock", "proof"})

_MACHINE = re.compile(r"bot\b|crawl|spider|headless", re.IGNORECASE)
_TABLET = re.compile(r"ipad|tablet|android(?!.*mobile)|kindle|silk", re.IGNORECASE)
_PHONE = re.compile(r"mobi|iphone|ipod|android", re.IGNORECASE)
_COUNTRY = re.compile(r"[A-Z]{2}")
_ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}")


@dataclass(frozen=True, slots=True)
class Edge:
    """What the network edge knows of whoever holds the line. With a server that is the server, not the customer."""

    country: str = ""
    zone: str = ""
    user_agent: str = ""


def edge_from(headers: dict[str, str]) -> Edge:
    """`headers` in small letters. What has not the form of a country or a zone is left out."""
    country = headers.get("cloudfront-viewer-country", "")
    zone = headers.get("cloudfront-viewer-time-zone", "")
    return Edge(
        country if _COUNTRY.fullmatch(country) else "",
        zone if _ZONE.fullmatch(zone) else "",
        headers.get("user-agent", ""),
    )


def kept(said: dict[str, Any], edge: Edge, *, trusted: bool, ours: bool, signed_in: bool = False) -> dict[str, Any]:
    """`country` and `zone` are the edge's where a customer's own machine is speaking, else as the sender says.

    `clock: ours` marks an instant that was not believed; `proof: user_hash` what a page said for who was signed in.
    """
    hidden = DROPPED if trusted else DROPPED | DROPPED_UNPROVEN
    context = {name: value for name, value in said.items() if name not in hidden | OURS}
    if not trusted:
        context |= {name: value for name, value in (("country", edge.country), ("zone", edge.zone)) if value}
    device = device_class(_user_agent(said, edge, trusted=trusted))
    if device:
        context["device_class"] = device
    if ours:
        context["clock"] = "ours"
    if signed_in:
        context["proof"] = USER_HASH
    return context


def _user_agent(said: dict[str, Any], edge: Edge, *, trusted: bool) -> str:
    stated = said.get("userAgent")
    if isinstance(stated, str) and stated:
        return stated
    return "" if trusted else edge.user_agent


def device_class(user_agent: str) -> str:
    """machine, tablet, phone or desktop; "" where nothing tells."""
    user_agent = user_agent[:512]
    for name, pattern in (("machine", _MACHINE), ("tablet", _TABLET), ("phone", _PHONE)):
        if pattern.search(user_agent):
            return name
    return "desktop" if user_agent.startswith("Mozilla/") else ""
