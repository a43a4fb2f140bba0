"""Mails of a journey: rows of the ledger like any other, one for each visit of a node.

What a letter is made of is settled when its row is planned: which variant it is, the newest version of a template that
is named without one, and of an offer.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.journey import run as runs
from shopkeeper.journey.effects import Mail
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.nodes import Message
from shopkeeper.journey.rows import Row
from shopkeeper.journey.run import Run
from shopkeeper.mail import ledger, moves, offers
from shopkeeper.mail.ledger import OTHER, Change, Refused, Send
from shopkeeper.mail.offers import Offered
from shopkeeper.mail.ports import Definitions
from shopkeeper.mail.terms import Letter
from shopkeeper.mail.variants import Variant, drawn

USUAL_HOURS = 72
"""A mail of a journey that has not gone by then will not go any more, unless its node says otherwise."""
CLOSED = f"{OTHER}:run_closed"


class Ledger(Protocol):
    def plan(self, send: Send) -> bool: ...

    def load(self, send_id: str) -> Send | None:
        """Read consistently."""

    def apply(self, change: Change) -> Send:
        """Raises mail.ledger.Refused where the row has moved on."""


class NoLetter(LookupError):
    """The template or the brand of a node is not there any more."""


class Planner:
    """`shards` is how many the due index has."""

    def __init__(self, sends: Ledger, definitions: Definitions, now: Clock, shards: int) -> None:
        self._sends, self._definitions, self._clock, self._shards = sends, definitions, now, shards

    def plan(self, mails: Sequence[Mail], row: Row, graph: Graph) -> None:
        """Put if absent. A mail that is to end is called off, unless it is on its way. Raises NoLetter."""
        for each in mails:
            if each.is_end:
                self._call_off(each.send_id)
            else:
                self._sends.plan(self._planned(each, row, graph))

    def _planned(self, mail: Mail, row: Row, graph: Graph) -> Send:
        message, now = graph.nodes[mail.node], self._clock.now()
        if not isinstance(message, Message):
            raise NoLetter(f"{mail.node} of {graph.journey} sends no mail")
        send = self.drafted(message, row, mail.node, runs.occurrence(row.run.id, mail.visit), now)
        return moves.queued(send, now, self._shards).applied(send)

    def drafted(self, message: Message, row: Row, step: str, occurrence: str, now: datetime) -> Send:
        """The row as it would be planned now. Raises NoLetter."""
        letter = self._letter(message, row, step)
        return ledger.planned(
            customer_id=row.run.customer,
            activity=runs.activity(row.run.journey),
            step=step,
            occurrence=occurrence,
            planned_at=now,
            template=letter.template,
            content_ref=letter.content_ref,
            variant=letter.variant,
            brand=self._pinned("brand", message.brand),
            topic=message.topic,
            mail_class=message.mail_class,
            expires_at=clock.to_text(now + timedelta(seconds=message.expires_after or USUAL_HOURS * 3600)),
            offer=self._offered(message.offer) if message.offer else "",
        )

    def _letter(self, message: Message, row: Row, step: str) -> Letter:
        """Variants are named `<node>#<variant>`, so that those of all nodes can be told apart."""
        variant = drawn_at(step, message, row.run)
        if variant is None:
            return Letter(template=self._pinned("template", message.template))
        return Letter(template=self._pinned("template", variant.template), variant=f"{step}#{variant.id}")

    def _offered(self, offered: Offered) -> str:
        return offers.to_text(Offered(name=self._pinned(offers.KIND, offered.name), when_out=offered.when_out))

    def _pinned(self, kind: str, named: str) -> str:
        """`<id>#<version>`."""
        if "#" in named:
            return named
        found = self._definitions.current(kind, named)
        if found is None:
            raise NoLetter(f"there is no {kind} {named}")
        return f"{named}#{found[0]}"

    def _call_off(self, send_id: str) -> None:
        row = self._sends.load(send_id)
        if row is None or row.state != ledger.READY:
            return
        try:
            self._sends.apply(_called_off(row, self._clock.now()))
        except Refused:  # It has gone meanwhile.
            return


def drawn_at(node: str, message: Message, run: Run) -> Variant | None:
    """The same in each run and at each visit, as long as the shares stay as they are."""
    name = f"{runs.activity(run.journey)}/{node}"
    return drawn(message.variants, name, run.customer) if message.variants else None


def _called_off(row: Send, now: datetime) -> Change:
    """It stays due, at once: no launch looks after it, so the clock tells that it was not sent."""
    given_up = moves.give_up(row, CLOSED, now)
    return replace(given_up, puts={**given_up.puts, "due_at": clock.to_text(now)}, drops=())
