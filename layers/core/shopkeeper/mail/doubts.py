"""What becomes of sends of which nobody knows whether SES took them: its answer got lost, or the caller died.

SES tells of each mail that it takes, and that settles it at once. If it tells nothing for an hour, that is evidence
too, but only while SES is heard at all: so a canary, a mail to SES's own simulator, is sent the same way, and has to
come back. Then the letter goes once more, or never, as is said of all mail; a transactional mail goes again in any
case. Without the canary nothing is concluded, however long it takes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from shopkeeper import clock
from shopkeeper.consent.classes import TRANSACTIONAL
from shopkeeper.mail import moves
from shopkeeper.mail.canaries import Canary
from shopkeeper.mail.ledger import OTHER, Change, Send
from shopkeeper.mail.state import MailState, WhenUnknown

UNHEARD = f"{OTHER}:unknown"
NEXT_LOOK = timedelta(minutes=5)
RINGS_AFTER = timedelta(hours=2)
_SELDOM = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Settled:
    """`waits`: nothing can be said without a canary. `rings`: it has been so for too long."""

    change: Change
    waits: bool = False
    rings: bool = False


def settle(row: Send, back_at: str, when: WhenUnknown, now: datetime, shards: int) -> Settled:
    """Of a row that is unknown, when nothing more is to be expected of SES. `back_at` is when SES took the last canary
    that has come back."""
    if back_at > row.call_started_at:
        goes = may_go_again(row, when, now)
        return Settled(moves.try_again(row, now, shards) if goes else moves.forgo(row, UNHEARD, now))
    is_long = now >= clock.from_text(row.call_started_at) + RINGS_AFTER
    next_look = now + (_SELDOM if is_long else NEXT_LOOK)
    return Settled(moves.doubt(row, next_look, shards), waits=True, rings=is_long)


def may_go_again(row: Send, when: WhenUnknown, now: datetime) -> bool:
    if row.expires_at and row.expires_at <= clock.to_text(now):
        return False
    return row.mail_class == TRANSACTIONAL or (when == "retry_once" and not row.unheard_at)


class Canaries(Protocol):
    def get(self) -> Canary: ...

    def want(self, until: datetime, brand: str) -> None:
        """One a minute until then, in the name of that brand."""


class MailStates(Protocol):
    def get(self) -> MailState: ...


class Doubts:
    """`ring` is told of the launch and how many sends of it have been in doubt for too long."""

    def __init__(self, canaries: Canaries, mail: MailStates, shards: int, ring: Callable[[str, int], None]) -> None:
        self._canaries, self._mail, self._shards, self._ring = canaries, mail, shards, ring

    def settle(self, row: Send, now: datetime) -> Change | None:
        """None for a row whose time has not come. Asks for a canary where there is none that tells anything."""
        if not row.due_at or row.due_at > clock.to_text(now):
            return None
        canary = self._canaries.get()
        settled = settle(row, canary.back_at, self._mail.get().when_unknown, now, self._shards)
        if settled.waits and canary.wanted_until < clock.to_text(now + NEXT_LOOK):
            self._canaries.want(now + 2 * NEXT_LOOK, row.brand)
        if settled.rings:
            self._ring(row.occurrence, 1)
        return settled.change
