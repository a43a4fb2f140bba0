"""The circuit breaker of a node: where what it does fails too often, nobody is sent through it until somebody has seen
to that.

What became of effects is counted by node, in batches and without looking at rows: so a batch that is told twice counts
twice. It breaks where of 50 or more in an hour of the clock a tenth failed for good, or where of 1,000 or more mails
that were delivered in a day (UTC) more than one in a thousand is complained of.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

import msgspec

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.customer.rows import Row as News
from shopkeeper.mail import ledger, unsent

ENOUGH_ATTEMPTS, MOST_FAILED = 50, 0.1
ENOUGH_DELIVERED, MOST_COMPLAINED = 1_000, 0.001
_OUR_FAULT = tuple(f"{ledger.OTHER}:{what}" for what in ("render", "refused", "rejected"))
_FAILURES = (ledger.MALFORMED, *_OUR_FAULT)
"""Why a mail was not sent that should have gone; all else is a veto, and no failure."""
_SOURCES = frozenset({"feedback", "mail"})

Why = Literal["failures", "complaints"]


class Node(NamedTuple):
    journey: str
    node: str


class Tried(NamedTuple):
    """By a node: of effects that were `attempted` so many `failed` for good, and of mails that were `delivered` so many
    are `complained` of."""

    attempted: int = 0
    failed: int = 0
    delivered: int = 0
    complained: int = 0

    def with_(self, more: "Tried") -> "Tried":
        return Tried(*(one + other for one, other in zip(self, more, strict=True)))


DONE, FAILED = Tried(attempted=1), Tried(attempted=1, failed=1)


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """`since` is an instant as text; `tried` is what it broke at."""

    journey: str
    node: str
    since: str
    why: Why
    tried: Tried


class Breakers(Protocol):
    def add(self, node: Node, tried: Tried, now: datetime) -> Tried:
        """Counted; gives what was attempted and failed in this hour, delivered and complained of on this day."""

    def put(self, broken: Broken) -> bool:
        """False for a node that is broken already."""


class Breaker:
    """`told` hears of each node that breaks, once."""

    def __init__(self, breakers: Breakers, now: Clock, told: Callable[[Broken], None]) -> None:
        self._breakers, self._clock, self._told = breakers, now, told
        self._noted = dict[Node, Tried]()

    def note(self, node: Node, tried: Tried) -> None:
        """It is counted by `count`, with all else of a batch."""
        self._noted[node] = self._noted.get(node, Tried()).with_(tried)

    def hear(self, fresh: Iterable[News]) -> None:
        """What SES and the door of mail say of mails of journeys."""
        for each in fresh:
            if each.source in _SOURCES and (found := _of_mail(each)):
                self.note(*found)

    def count(self) -> None:
        noted, self._noted = self._noted, {}
        for node, tried in noted.items():
            self._count(node, tried)

    def _count(self, node: Node, tried: Tried) -> None:
        now = self._clock.now()
        counted = self._breakers.add(node, tried, now)
        if why := reason(counted):
            broken = Broken(journey=node.journey, node=node.node, since=clock.to_text(now), why=why, tried=counted)
            if self._breakers.put(broken):
                self._told(broken)


def reason(tried: Tried) -> Why | None:
    """Why the node is broken, None if it is not."""
    if tried.attempted >= ENOUGH_ATTEMPTS and tried.failed >= tried.attempted * MOST_FAILED:
        return "failures"
    if tried.delivered >= ENOUGH_DELIVERED and tried.complained > tried.delivered * MOST_COMPLAINED:
        return "complaints"
    return None


def _of_mail(news: News) -> tuple[Node, Tried] | None:
    said = news.said().get("properties", {})
    activity, tried = str(said.get("activity", "")), _tried(news.name, said)
    if tried is None or not activity.startswith(ledger.JOURNEY):
        return None
    return Node(activity.removeprefix(ledger.JOURNEY), str(said.get("step", ""))), tried


def _tried(name: str, said: dict[str, str]) -> Tried | None:
    """A bounce comes of a mail that was counted when SES took it."""
    if name == unsent.NAME:
        return FAILED if said.get("reason", "").startswith(_FAILURES) else None
    if name == "Email Bounced":
        return Tried(failed=1) if said.get("bounce") == "hard" else None
    return _OF_MAIL.get(name)


_OF_MAIL = {
    "Email Sent": DONE,
    "Email Delivered": Tried(delivered=1),
    "Email Marked as Spam": Tried(complained=1),
}
