"""What is seen to each minute: how many complain, how the account stands at SES, and, while some send is in doubt,
whether SES is heard."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.consent.classes import TRANSACTIONAL
from shopkeeper.mail import canaries, health
from shopkeeper.mail.account import Account
from shopkeeper.mail.answers import Answer
from shopkeeper.mail.canaries import Canary
from shopkeeper.mail.health import Day
from shopkeeper.mail.ports import Definitions, Post
from shopkeeper.mail.state import MailState


class MailStates(Protocol):
    def read(self) -> MailState: ...

    def keep(self, account: Account) -> None: ...

    def count(self, day: Day) -> MailState: ...

    def pause(self, day: Day, counted_from: str) -> MailState:
        """Unless another instant is counted from by now. How all mail stands afterwards."""


class MailHours(Protocol):
    def sum(self, hours: Sequence[str]) -> tuple[int, int]:
        """How many mails were delivered, and how many complained of."""


class Canaries(Protocol):
    def get(self) -> Canary: ...


class Reconciler:
    """`ask` asks SES for the account."""

    def __init__(
        self,
        states: MailStates,
        hours: MailHours,
        canaries: Canaries,
        definitions: Definitions,
        post: Post,
        ask: Callable[[datetime], Account],
        now: Clock,
    ) -> None:
        self._states, self._hours = states, hours
        self._canaries, self._definitions = canaries, definitions
        self._post, self._ask, self._clock = post, ask, now

    def complaints(self) -> MailState:
        """How all mail stands with those of the day, which may have paused marketing."""
        now, state = self._clock.now(), self._states.read()
        delivered, complained = self._hours.sum(health.hours(now, state.counted_from))
        day = Day(counted_at=clock.to_text(now), delivered=delivered, complained=complained)
        counted = self._states.count(day)
        return self._states.pause(day, state.counted_from) if day.pauses and not state.paused_over else counted

    def account(self) -> Account:
        account = self._ask(self._clock.now())
        self._states.keep(account)
        return account

    def canary(self) -> Answer | None:
        """None where none is wanted, or no mail goes at all."""
        now, canary = self._clock.now(), self._canaries.get()
        if not canary.is_wanted(now) or self._states.read().standstill(now, TRANSACTIONAL):
            return None
        sender = self._sender(canary.brand)
        return self._post.send(canaries.letter(sender, now)) if sender else Answer(code="NoBrand")

    def _sender(self, brand: str) -> str:
        name, _, number = brand.rpartition("#")
        said = self._definitions.version("brand", name, int(number or 0)) or {}
        return str(said.get("sender", {}).get("email", ""))
