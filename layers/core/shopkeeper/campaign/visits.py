"""What the clock does about a row that is due. Each reads the row again, so a late index costs no more."""

from contextlib import suppress
from typing import Protocol

from shopkeeper.campaign import enqueue
from shopkeeper.campaign.launching import Launcher
from shopkeeper.campaign.ports import Queue
from shopkeeper.clock import Clock
from shopkeeper.mail import moves
from shopkeeper.mail.ledger import Change, Refused, Send

_LAUNCH = "launch"


class Ledger(Protocol):
    def load(self, send_id: str) -> Send | None:
        """Read consistently."""

    def apply(self, change: Change) -> Send:
        """Raises mail.ledger.Refused where the row has moved on."""


class NobodysRecord(LookupError):
    """A record is due, and nothing here knows what for."""


class Visits:
    def __init__(self, launcher: Launcher, sends: Ledger, outgoing: Queue, now: Clock) -> None:
        self._launcher, self._sends, self._outgoing, self._clock = launcher, sends, outgoing, now

    def record(self, key: str) -> None:
        """Raises NobodysRecord."""
        kind, _, name = key.partition("#")
        if kind != _LAUNCH:
            raise NobodysRecord(kind)
        self._launcher.visit(name)

    def send(self, send_id: str) -> None:
        """A deferred send is queued again; a call whose caller died becomes unknown."""
        row = self._sends.load(send_id)
        if row is None:
            return
        visit = moves.visit(row, self._clock.now())
        if visit.queue:
            self._outgoing.send(list(enqueue.messages([send_id])))
        if visit.then:
            with suppress(Refused):  # It has moved on by itself.
                self._sends.apply(visit.then)
