"""What mail_send wants to know of an activity, hundreds of times: whether it runs, and whether SES refuses its mail.

A journey runs as its state says, and a mail of it goes as long as its run is open at the visit that planned it. What
SES refuses holds the whole journey.

A message is an activity to one customer. It runs until it expires, is held by nothing but the switch of all mail, and
holds nothing: one that SES refuses is tried again by itself, and no other receipt waits for it.
"""

from collections.abc import Callable
from datetime import datetime

from shopkeeper.aws.holds import Holds
from shopkeeper.aws.journeys import Journeys
from shopkeeper.aws.launches import Launches
from shopkeeper.aws.mail_states import MailStates
from shopkeeper.aws.runs import Runs
from shopkeeper.clock import Clock
from shopkeeper.consent.classes import MARKETING
from shopkeeper.journey import leaving
from shopkeeper.journey.rows import Row
from shopkeeper.mail import vetoes
from shopkeeper.mail.holds import Hold
from shopkeeper.mail.ledger import JOURNEY, MESSAGE, Send, going_out
from shopkeeper.mail.ports import STATUS_HOLDS_FOR
from shopkeeper.mail.state import MailState
from shopkeeper.mail.terms import USUAL, Letter, Terms

MOST_REMEMBERED = 100

_GOING = {"live": vetoes.RUNNING, "paused": vetoes.PAUSED, "stopped": vetoes.CANCELLED}
Key = tuple[str, str]


class Activities:
    def __init__(
        self, launches: Launches, holds: Holds, mail: MailStates, journeys: Journeys, runs: Runs, now: Clock
    ) -> None:
        self._launches, self._holds, self._mail, self._clock = launches, holds, mail, now
        self._journeys, self._runs = journeys, runs
        self._told: dict[Key, tuple[datetime, Hold]] = {}

    @classmethod
    def from_env(cls) -> "Activities":
        journeys, runs = Journeys.from_env(), Runs.from_env()
        return cls(Launches.from_env(), Holds.from_env(), MailStates.from_env(), journeys, runs, Clock())

    def status(self, activity: str, occurrence: str, mail_class: str = MARKETING) -> str:
        """Running, paused, cancelled or done, as it was at most two seconds ago. Raises Unavailable."""
        status = self._status(activity, occurrence)
        if status in (vetoes.RUNNING, vetoes.DONE) and self._rests(activity, occurrence, mail_class):
            return vetoes.PAUSED
        return status

    def mail(self) -> MailState:
        """Raises Unavailable."""
        return self._mail.get()

    def terms(self, activity: str, occurrence: str) -> Terms:
        """As it was launched. Raises Unavailable."""
        if activity.startswith(JOURNEY):
            return self._journey_terms(activity)
        return USUAL if activity.startswith(MESSAGE) else self._launches.terms(activity, occurrence)

    def letter(self, activity: str, occurrence: str) -> Letter:
        """Raises Unavailable."""
        return self._launches.letter(activity, occurrence)

    def is_open(self, send: Send) -> bool:
        """Of a mail of a journey: whether it is still to go by the visit that planned it, and nothing has come by now
        that ends the run, or would have. Raises Unavailable."""
        run_id, _, visit = send.occurrence.partition("/")
        if not send.activity.startswith(JOURNEY) or not visit:
            return True
        rows = [row for row in self._runs.begun_by(send.customer_id) if row.run.id == run_id]
        return any(row.run.sends(send.step, int(visit)) and not self._is_ended(row) for row in rows)

    def _is_ended(self, row: Row) -> bool:
        return bool(row.inbox) and leaving.ends(
            self._journeys.graph(row.run.journey, row.run.version), row.run, row.inbox
        )

    def _status(self, activity: str, occurrence: str) -> str:
        if activity.startswith(JOURNEY):
            journey = activity.removeprefix(JOURNEY)
            state = self._journeys.states().get(journey)
            if state is None or state.going == "stopped":  # It may have begun a moment ago.
                state = self._journeys.fresh().get(journey)
            return _GOING[state.going] if state else vetoes.PAUSED
        return vetoes.RUNNING if activity.startswith(MESSAGE) else self._launches.status(activity, occurrence)

    def _journey_terms(self, activity: str) -> Terms:
        state = self._journeys.states().get(activity.removeprefix(JOURNEY))
        if state is None or not state.live:
            return USUAL
        terms = self._journeys.graph(state.journey, state.live).terms
        return Terms(priority=terms.priority, when_capped="skip" if terms.when_capped == "skip" else "wait")

    def hold(self, activity: str, occurrence: str, wanted: Hold) -> None:
        """Raises Unavailable."""
        if not activity.startswith(MESSAGE):
            self._learn(activity, occurrence, lambda name, of: self._holds.hold(name, of, wanted))

    def held(self, activity: str, occurrence: str) -> Hold:
        """As it stands now. Raises Unavailable."""
        if activity.startswith(MESSAGE):
            return Hold()
        return self._learn(activity, occurrence, self._holds.get)

    def went_on(self, activity: str, occurrence: str) -> None:
        """SES has taken a mail of it. Costs nothing unless it was held before. Raises Unavailable."""
        if self._hold(activity, occurrence).why:
            self._learn(activity, occurrence, lambda name, of: self._holds.end(name, of, self._clock.now()))

    def _rests(self, activity: str, occurrence: str, mail_class: str) -> bool:
        now = self._clock.now()
        return bool(self._mail.get().standstill(now, mail_class)) or self._hold(activity, occurrence).stops(now)

    def _hold(self, activity: str, occurrence: str) -> Hold:
        now = self._clock.now()
        told = self._told.get((activity, going_out(activity, occurrence)))
        if told and told[0] <= now < told[0] + STATUS_HOLDS_FOR:
            return told[1]
        return self.held(activity, occurrence)

    def _learn(self, activity: str, occurrence: str, ask: Callable[[str, str], Hold]) -> Hold:
        """The instant comes first, so that what is remembered is never older than it says."""
        occurrence = going_out(activity, occurrence)
        now, hold = self._clock.now(), ask(activity, occurrence)
        if len(self._told) >= MOST_REMEMBERED:
            self._told.clear()
        self._told[activity, occurrence] = now, hold
        return hold
