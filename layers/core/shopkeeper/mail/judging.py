"""Whether a person or a machine made a hit, by all that is known of it and of the others on the same letter.

Each sign has a weight; what they come to is the verdict. The numbers are `unjudged.RULES`: who changes one counts that
up. Pure: in which order the hits came in makes no difference.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from shopkeeper import clock
from shopkeeper.customer.unjudged import CLICKED, Hit

FIRST, LAST = timedelta(minutes=10), timedelta(minutes=60)
"""After a hit its verdict is given; one that stays unknown is looked at once more, and then stands as that."""

MACHINE, HUMAN = 4, 0
"""Who weighs so much, or more, is a machine; who weighs so much, or less, a person; who is between stays unknown."""

PLAIN = "plain"
"""The reason of a verdict that no sign speaks against."""

Class = Literal["human", "machine", "unknown"]
Sign = tuple[str, int]

_AT_DELIVERY = timedelta(seconds=3)
_EARLY_CLICK = timedelta(seconds=10)
_EARLY_PROXY = timedelta(seconds=60)
_APPLE_FETCHES = timedelta(minutes=15)
_BURST, _BURST_LINKS = timedelta(seconds=5), 3
_SWEEP, _SWEEP_LINKS = timedelta(seconds=60), 4
_APPLE = "Mozilla/5.0"
_PROXY = re.compile(r"GoogleImageProxy|ggpht\.com|YahooMailProxy", re.IGNORECASE)
# Scanners, and what runs in data centres. The old Edge is what Gmail once fetched pictures with at delivery.
_SCANNER = re.compile(
    r"Chrome/42\.\S* Safari/\S* Edge/12\.246|safelinks|forti(?:guard|mail|gate)|trend ?micro|tmase|sophos|symantec"
    r"|messagelabs|ironport|zscaler|cloudmark|mailscanner|urlscan|palo ?alto|expanse|check ?point|virustotal"
    r"|existence discovery|appengine|amazon cloudfront|google-apps-script|cloudflare",
    re.IGNORECASE,
)


class Letter(NamedTuple):
    """When it was delivered, or else accepted, None for a letter of which neither is known; and how many links it
    has."""

    arrived_at: datetime | None = None
    links: int = 0


class Verdict(NamedTuple):
    by: Class
    reason: str


def judge(hit: Hit, hits: Sequence[Hit], letter: Letter, others: int = 0) -> Verdict:
    """`hits` are all on the letter, this one too; so many `others` had links of their letters followed from the same
    address in the same second. The reason names the signs, the weightiest first."""
    found = {**dict(_signs(hit, hits, letter)), **({"crowd": min(2 + others, MACHINE)} if others else {})}
    signs = sorted(found.items(), key=lambda sign: (-sign[1], sign[0]))
    score = sum(weight for _, weight in signs)
    by: Class = "machine" if score >= MACHINE else "human" if score <= HUMAN else "unknown"
    return Verdict(by, "+".join(name for name, _ in signs) or PLAIN)


def stands(verdict: Verdict, hit: Hit, now: datetime) -> bool:
    age = now - clock.from_text(hit.at)
    return age >= LAST or (age >= FIRST and verdict.by != "unknown")


def next_look(hit: Hit, now: datetime) -> datetime:
    at = clock.from_text(hit.at)
    return at + FIRST if now < at + FIRST else at + LAST


def _signs(hit: Hit, hits: Sequence[Hit], letter: Letter) -> Iterator[Sign]:
    after = clock.from_text(hit.at) - letter.arrived_at if letter.arrived_at else None
    if _SCANNER.search(hit.agent):
        yield "scanner", 4
    if hit.ip and not hit.agent:
        yield "no_agent", 1
    yield from _of_click(hit, hits, letter, after) if hit.name == CLICKED else _of_open(hit, after)


def _of_open(hit: Hit, after: timedelta | None) -> Iterator[Sign]:
    """Apple's proxy fetches each picture, mostly at once, whether or not somebody reads; later it may be the reader."""
    if after is not None and after < _AT_DELIVERY:
        yield "at_delivery", 4
    if hit.agent == _APPLE:
        yield "apple", 4 if after is not None and after < _APPLE_FETCHES else 1
    if _PROXY.search(hit.agent) and after is not None and after < _EARLY_PROXY:
        yield "early_proxy", 2


def _of_click(hit: Hit, hits: Sequence[Hit], letter: Letter, after: timedelta | None) -> Iterator[Sign]:
    if after is not None and after < _EARLY_CLICK:
        yield "early_click", 3
    clicks = [(clock.from_text(each.at), each.link) for each in hits if each.name == CLICKED]
    is_swept = letter.links >= _SWEEP_LINKS and _most_links(hit, clicks, _SWEEP) >= letter.links
    if is_swept or _most_links(hit, clicks, _BURST) >= _BURST_LINKS:
        yield "burst", 4


def _most_links(hit: Hit, clicks: Iterable[tuple[datetime, int | None]], within: timedelta) -> int:
    """Of those followed in any time of this length in which the hit is."""
    at = clock.from_text(hit.at)
    near = [click for click in clicks if abs(click[0] - at) <= within]
    starts = [start for start, _ in near if start <= at]
    return max((len({link for then, link in near if start <= then <= start + within}) for start in starts), default=0)
