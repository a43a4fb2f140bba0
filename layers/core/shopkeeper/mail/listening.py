"""Take one report of SES to heart: first the send's row, then what the contact says, then what is to be remembered.

Each step can be done again without changing anything. So a report that is delivered again after a crash does what is
left, and what it tells the customer's memory carries the same id as before.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Protocol

from shopkeeper.consent.contact import OUT, Block, Word, address_key
from shopkeeper.customer.interaction import Interaction
from shopkeeper.mail import attempts, feedback, health, ledger, ses_events
from shopkeeper.mail.facts import normal_address
from shopkeeper.mail.feedback import Verdict
from shopkeeper.mail.ledger import Change, Refused, Send
from shopkeeper.mail.ses_events import Event, NotUnderstood

_TRIES = 10


class Contended(Exception):
    """Others kept changing the row. The report can be heard again."""


class Sends(Protocol):
    def load(self, send_id: str) -> Send | None: ...

    def apply(self, change: Change) -> Send:
        """Raises Refused."""


class Contacts(Protocol):
    """`who` is a customer's id or the key of an address."""

    def hear(self, who: str, topic: str, word: Word) -> bool: ...

    def hear_all(self, who: str, word: Word) -> bool: ...

    def block(self, address_key: str, block: Block) -> bool: ...

    def bounced(self, address_key: str, at: str) -> None: ...

    def suppressed(self, address_key: str, at: str) -> None: ...


class Canaries(Protocol):
    def came_back(self, taken_at: str) -> None: ...


class MailHours(Protocol):
    """By hour, as `health.hour` names it."""

    def delivered(self, counts: Mapping[str, int]) -> None:
        """Counted as often as it is said."""

    def complained(self, hour: str, send_id: str) -> None:
        """Counted once."""


class Listener:
    """`twice` is told of each send of which SES has taken a second mail."""

    def __init__(
        self, sends: Sends, contacts: Contacts, canaries: Canaries, hours: MailHours, twice: Callable[[str], None]
    ) -> None:
        self._sends = sends
        self._contacts = contacts
        self._canaries = canaries
        self._hours = hours
        self._twice = twice
        self._delivered: Counter[str] = Counter()

    def take(self, body: str, received_at: str) -> list[Interaction]:
        """What remains to be put into the Interactions queue. Raises NotUnderstood, Contended."""
        event = ses_events.read(body, received_at)
        if event.is_canary:
            self._canaries.came_back(event.accepted_at)
            return []
        if event.is_test:
            return []
        verdict = feedback.judge(event)
        row = attempts.spoken_of(self._hear(event, verdict), event.message_id)
        self._heed(row, event, verdict)
        return feedback.facts(row, event, verdict, received_at)

    def count(self) -> None:
        """Add what was delivered since the last time, in one write per hour, not one per mail. Who dies before has
        left some out, for whose row says already that it was delivered is not counted again."""
        counted, self._delivered = self._delivered, Counter()
        self._hours.delivered(counted)

    def _hear(self, event: Event, verdict: Verdict) -> Send:
        for _ in range(_TRIES):
            row = self._sends.load(event.send_id)
            if row is None:
                raise NotUnderstood("there is no such send")
            change = feedback.hear(row, event, verdict)
            try:
                return self._written(change) if change else row
            except Refused:
                continue
        raise Contended(event.send_id)

    def _written(self, change: Change) -> Send:
        heard = self._sends.apply(change)
        if "second_message_id" in change.puts:
            self._twice(heard.send_id)
        if "delivered_at" in change.puts and not change.expects["delivered_at"]:
            self._delivered[health.hour(heard.delivered_at)] += 1
        return heard

    def _heed(self, row: Send, event: Event, verdict: Verdict) -> None:
        if verdict.state == ledger.COMPLAINED:
            self._hours.complained(health.hour(event.at), row.send_id)
        # SES may name the mailbox to which a mail was forwarded: what was said of is the address that we wrote to.
        address = row.address_key or address_key(normal_address(event.address))
        if verdict.blocks and address:
            self._contacts.block(address, Block(OUT, event.at, verdict.blocks))
        if verdict.strikes and address:
            strike = self._contacts.bounced if verdict.strikes == "soft" else self._contacts.suppressed
            strike(address, event.at)
        for who in filter(None, (row.customer_id, address)):
            if verdict.leaves == "marketing":
                self._contacts.hear_all(who, Word(OUT, event.at, "complaint"))
            elif verdict.leaves == "topic" and row.topic:
                self._contacts.hear(who, row.topic, Word(OUT, event.at, feedback.SOURCE))
