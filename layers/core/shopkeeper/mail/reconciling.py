"""What is asked of SES each minute: how the account stands, and, while some send is in doubt, whether it is heard."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from shopkeeper.clock import Clock
from shopkeeper.consent.classes import TRANSACTIONAL
from shopkeeper.mail import canaries
from shopkeeper.mail.account import Account
from shopkeeper.mail.answers import Answer
from shopkeeper.mail.canaries import Canary
from shopkeeper.mail.ports import Definitions, Post
from shopkeeper.mail.state import MailState


class MailStates(Protocol):
    def read(self) -> MailState: ...

    def keep(self, account: Account) -> None: ...


class Canaries(Protocol):
    def get(self) -> Canary: ...


class Reconciler:
    """`ask` asks SES for the account."""

    def __init__(
        self,
        states: MailStates,
        canaries: Canaries,
        definitions: Definitions,
        post: Post,
        ask: Callable[[datetime], Account],
        now: Clock,
    ) -> None:
        self._states, self._canaries, self._definitions = states, canaries, definitions
        self._post, self._ask, self._clock = post, ask, now

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
