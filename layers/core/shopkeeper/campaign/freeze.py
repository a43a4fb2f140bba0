"""The audience into rows of the ledger, slice by slice of the Customers table.

A page of customers at a time, and a row for each one whom the audience means, put if absent, many side by side: a slice
that is walked again from anywhere adds nobody twice. Pages are read consistently, because a customer imported a moment
before the launch belongs to it as well. Whoever moves into or out of the audience while it is frozen may be in or out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any

from shopkeeper.campaign import hold_outs, own_hours
from shopkeeper.campaign.at_work import at_work
from shopkeeper.campaign.launch import STEP, Launch
from shopkeeper.campaign.ports import Customers, Launches, Plans
from shopkeeper.clock import Clock
from shopkeeper.customer import document, instants
from shopkeeper.customer.document import Customer, Stored, Unreadable
from shopkeeper.mail import ledger
from shopkeeper.mail.terms import NO_LETTER
from shopkeeper.segment import rule
from shopkeeper.segment.evaluate import Program, compile_rule

SLICES = 8
# Rows put by one invocation, if there is time for as many. If it dies, so many are put in vain once more.
MOST_ROWS = 25_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """How far a slice has come after so many `turns`, as the execution keeps it between two invocations.

    `more`: it is not at its end.
    """

    launch: str
    attempt: int
    slice: int
    slices: int
    after: str = ""
    found: int = 0
    unreadable: int = 0
    turns: int = 0
    more: bool = True


class Freezer:
    """`unread` is told of each customer whose document could not be read. `zone` is that of the workspace."""

    def __init__(
        self,
        launches: Launches,
        customers: Customers,
        sends: Plans,
        now: Clock,
        unread: Callable[[str], None],
        zone: tzinfo = UTC,
    ) -> None:
        self._launches, self._customers, self._sends = launches, customers, sends
        self._clock, self._unread, self._zone = now, unread, zone

    def freeze(self, part: Slice, has_time: Callable[[], bool]) -> Slice:
        """The slice as far as time and measure allow. A launch that is no longer freezing ends it."""
        start, part = part.found, replace(part, turns=part.turns + 1)
        while part.more:
            launch = at_work(self._launches, part, "freezing", self._clock)
            if launch is None:
                return replace(part, more=False)
            part = self._page(part, launch)
            if part.found - start >= MOST_ROWS or not has_time():
                break
        return part

    def _page(self, part: Slice, launch: Launch) -> Slice:
        page, after = self._customers.page(part.slice, part.slices, part.after)
        now = self._clock.now()
        readable = [customer for stored in page if (customer := self._read(stored))]
        wanted = meant(launch, readable, now, self._zone)
        rows = ((row(launch, customer.customer_id, now), customer.document) for customer in wanted)
        self._sends.plan_all([own_hours.planned(each, launch, known, now) for each, known in rows])
        return replace(
            part,
            after=after,
            found=part.found + len(wanted),
            unreadable=part.unreadable + len(page) - len(readable),
            more=bool(after),
        )

    def _read(self, stored: Stored) -> Customer | None:
        try:
            return document.load(stored)
        except Unreadable:
            self._unread(stored.customer_id)
            return None


def meant(launch: Launch, customers: Sequence[Customer], now: datetime, zone: tzinfo = UTC) -> list[Customer]:
    """Not who was merged into another customer: that one is meant, or is not."""
    program = _compiled(launch.pins.audience, zone)
    instant = instants.ms_of(now)
    living = (customer for customer in customers if not customer.document.merged_into)
    return [customer for customer in living if program.evaluate(customer, instant).truth]


@lru_cache(maxsize=4)
def _compiled(audience: str, zone: tzinfo) -> Program:
    return compile_rule(rule.kept(audience), zone)


def row(launch: Launch, customer_id: str, now: datetime) -> ledger.Send:
    pins = launch.pins
    held_out = hold_outs.by_which(pins.hold_out, launch.activity, customer_id)
    letter = NO_LETTER if held_out else pins.letter_for(launch.activity, customer_id)
    attributes: dict[str, Any] = {
        "template": letter.template,
        "content_ref": letter.content_ref,
        "variant": letter.variant,
        "brand": pins.brand,
        "topic": pins.topic,
        "mail_class": pins.mail_class,
        "expires_at": launch.expires_at,
        "held_out": bool(held_out),
        "reason": f"{ledger.HELD_OUT}:{held_out}" if held_out else "",
    }
    return ledger.planned(
        customer_id=customer_id,
        activity=launch.activity,
        step=STEP,
        occurrence=launch.id,
        planned_at=now,
        **attributes,
    )
