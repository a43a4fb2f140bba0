"""What mail_send wants to know of an activity, hundreds of times: whether it runs, and whether SES refuses its mail.

A message is an activity to one customer. It runs until it expires, is held by nothing but the switch of all mail, and
holds nothing: one that SES refuses is tried again by itself, and no other receipt waits for it.
"""

from collections.abc import Callable
from datetime import datetime

from shopkeeper.aws.holds import Holds
from shopkeeper.aws.launches import Launches
from shopkeeper.aws.mail_states import MailStates
from shopkeeper.clock import Clock
from shopkeeper.consent.classes import MARKETING
from shopkeeper.mail import vetoes
from shopkeeper.mail.holds import Hold
from shopkeeper.mail.ledger import MESSAGE
from shopkeeper.mail.ports import STATUS_HOLDS_FOR
from shopkeeper.mail.state import MailState
from shopkeeper.mail.terms import USUAL, Letter, Terms

MOST_REMEMBERED = 100

Key = tuple[str, str]


class Activities:
    def __init__(self, launches: Launches, holds: Holds, mail: MailStates, now: Clock) -> None:
        self._launches, self._holds, self._mail, self._clock = launches, holds, mail, now
        self._told: dict[Key, tuple[datetime, Hold]] = {}

    @classmethod
    def from_env(cls) -> "Activities":
        return cls(Launches.from_env(), Holds.from_env(), MailStates.from_env(), Clock())

    def status(self, activity: str, occurrence: str, mail_class: str = MARKETING) -> str:
        """Running, paused, cancelled or done, as it was at most two seconds ago. Raises Unavailable."""
        is_message = activity.startswith(MESSAGE)
        status = vetoes.RUNNING if is_message else self._launches.status(activity, occurrence)
        if status in (vetoes.RUNNING, vetoes.DONE) and self._rests(activity, occurrence, mail_class):
            return vetoes.PAUSED
        return status

    def mail(self) -> MailState:
        """Raises Unavailable."""
        return self._mail.get()

    def terms(self, activity: str, occurrence: str) -> Terms:
        """As it was launched. Raises Unavailable."""
        return USUAL if activity.startswith(MESSAGE) else self._launches.terms(activity, occurrence)

    def letter(self, activity: str, occurrence: str) -> Letter:
        """Raises Unavailable."""
        return self._launches.letter(activity, occurrence)

    def hold(self, activity: str, occurrence: str, wanted: Hold) -> None:
        """Raises Unavailable."""
        if not activity.startswith(MESSAGE):
            self._learn(activity, occurrence, lambda: self._holds.hold(activity, occurrence, wanted))

    def held(self, activity: str, occurrence: str) -> Hold:
        """As it stands now. Raises Unavailable."""
        if activity.startswith(MESSAGE):
            return Hold()
        return self._learn(activity, occurrence, lambda: self._holds.get(activity, occurrence))

    def went_on(self, activity: str, occurrence: str) -> None:
        """SES has taken a mail of it. Costs nothing unless it was held before. Raises Unavailable."""
        if self._hold(activity, occurrence).why:
            self._learn(activity, occurrence, lambda: self._holds.end(activity, occurrence, self._clock.now()))

    def _rests(self, activity: str, occurrence: str, mail_class: str) -> bool:
        now = self._clock.now()
        return bool(self._mail.get().standstill(now, mail_class)) or self._hold(activity, occurrence).stops(now)

    def _hold(self, activity: str, occurrence: str) -> Hold:
        now = self._clock.now()
        told = self._told.get((activity, occurrence))
        if told and told[0] <= now < told[0] + STATUS_HOLDS_FOR:
            return told[1]
        return self.held(activity, occurrence)

    def _learn(self, activity: str, occurrence: str, ask: Callable[[], Hold]) -> Hold:
        """The instant comes first, so that what is remembered is never older than it says."""
        now, hold = self._clock.now(), ask()
        if len(self._told) >= MOST_REMEMBERED:
            self._told.clear()
        self._told[activity, occurrence] = now, hold
        return hold
