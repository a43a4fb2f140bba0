"""Which letter an order counts for, and writing that onto the row of its send.

An order counts for the newest mail that its customer had got before it, of those whose activity counts such an order
so long behind a mail. For who was held out it counts as it would have, had there been a mail when their row was
planned: for each such row behind which there is no newer mail that it counts for. It is money of no campaign then.

All is read from the facts of the order and from rows, whoever tells the news and however often; so a refund that comes
before its order needs no rule of its own. `credit#<order>` in the Records table remembers which rows were written to,
as a refund may come when nothing else knows any more what was sent.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple, Protocol

from shopkeeper.campaign.conversion import LONGEST, Conversion, Sold, goods
from shopkeeper.consent.contact import RESERVED_FOR, Contact
from shopkeeper.customer import orders, traces
from shopkeeper.customer.document import Customer
from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.customer.known import HELD_OUT
from shopkeeper.customer.news import Route
from shopkeeper.customer.orders import COMPLETED, Fact, Key
from shopkeeper.customer.rows import Row
from shopkeeper.mail import credited, ledger
from shopkeeper.mail.credited import Credit
from shopkeeper.mail.ledger import Send
from shopkeeper.mail.touches import went_at

_LETTERS, _OURS = ("Email Sent", "Not Sent"), ("feedback", "mail")
"""Of these news, and on our own word alone, what counts may have changed: a letter went, or did not."""
_LOOKED_BACK = (LONGEST + RESERVED_FOR) // timedelta(milliseconds=1)
"""Of an order that is told later than this, nobody knows what had been sent before it."""
_LONGEST_MS = LONGEST // timedelta(milliseconds=1)


class Facts(Protocol):
    def facts(self, owner: str, order: str) -> Sequence[Fact]: ...

    def all_facts(self, owner: str) -> Iterable[tuple[str, Fact]]:
        """Each with the name of its order."""


class Interactions(Protocol):
    def rows(self, keys: Sequence[Key]) -> Iterable[Row]: ...


class Contacts(Protocol):
    def load(self, customer_id: str, address_key: str = "", merged: Collection[str] = ()) -> Contact: ...


class Sends(Protocol):
    def many(self, send_ids: Iterable[str]) -> Mapping[str, Send]: ...

    def credit(self, send_id: str, credit: Credit) -> None:
        """Unless more was known of the order already."""


class Launches(Protocol):
    def conversion(self, activity: str, occurrence: str) -> Conversion | None:
        """None for what is no launch."""


class Credited(Protocol):
    def of(self, order: str) -> Collection[str]:
        """The sends that were written to."""

    def add(self, order: str, send_ids: Collection[str]) -> None: ...


@dataclass(frozen=True, slots=True)
class Ports:
    facts: Facts
    interactions: Interactions
    contacts: Contacts
    sends: Sends
    launches: Launches
    credited: Credited


@dataclass(frozen=True, slots=True)
class Who:
    """A customer as news left them: who was merged into them, the sends from which they were held out, each with its
    instant, the rows of `pending`, and when they ordered last, if they ever did."""

    customer_id: str
    merged: Collection[str]
    held_out: Mapping[str, int]
    pending: Sequence[Row]
    ordered_at: int = 0


def who(seen: Customer) -> Who:
    held_out = {send_id: word.at for send_id, word in seen.document.words.get(HELD_OUT, {}).items()}
    ordered = seen.measures.get(COMPLETED)
    ordered_at = ordered.tail[0] if ordered and ordered.tail else 0
    return Who(seen.customer_id, seen.document.merged.keys(), held_out, seen.pending, ordered_at)


class Letter(NamedTuple):
    """A mail that went at this instant, or one that somebody was held out from. It counts orders before `until`,
    and so many `units` of this one."""

    send_id: str
    at: str
    until: str
    is_held_out: bool
    units: int = 0


def to_credits(ports: Ports, seen: Callable[[], Who]) -> Route:
    def route(row: Row) -> None:
        if row.order_owner:
            credit(ports, seen(), row.order_owner, row.order)
        elif row.name in _LETTERS and row.source in _OURS:
            catch_up(ports, seen(), to_ms(row.at))

    return route


def credit(ports: Ports, who: Who, owner: str, order: str) -> None:
    """Of an order of this name, whose facts are with the `owner`. Raises Unavailable."""
    facts, said = _known(ports, who, owner, order)
    if not facts:
        return
    name = credited.key(order)
    before = set(ports.credited.of(name))
    rows = ports.sends.many(before | set(_near(ports, who, facts)))
    wanted = dict(_credits(ports, name, facts, said, rows.values()))
    if new := wanted.keys() - before:
        ports.credited.add(name, new)
    for send_id, row in rows.items():
        held = next((each for each in row.orders if each.order == name), None)
        now = wanted.get(send_id) or (Credit(order=name, facts=len(facts)) if held else None)
        if now and now != held:
            ports.sends.credit(send_id, now)


def catch_up(ports: Ports, who: Who, letter_at: int) -> None:
    """A letter has become known, late: orders that were made behind it may count for it. Few have any."""
    if who.ordered_at <= letter_at:
        return
    for owner in (who.customer_id, *who.merged):
        for order in sorted({name for name, fact in ports.facts.all_facts(owner) if fact.at > letter_at}):
            credit(ports, who, owner, order)


def _known(ports: Ports, who: Who, owner: str, order: str) -> tuple[dict[Key, Fact], dict[Key, Mapping[str, Any]]]:
    """Its facts, and what was said with them. What has no row yet stands in `pending`."""
    pending = {row.key: row for row in who.pending if (row.order_owner, row.order) == (owner, order)}
    owed = (trace.fact for row in pending.values() if (trace := traces.of_order(row)))
    facts = {fact.key: fact for fact in (*ports.facts.facts(owner, order), *owed)}
    found = ports.interactions.rows([key for key in facts if key not in pending])
    return facts, {row.key: row.said().get("properties", {}) for row in (*found, *pending.values())}


def _near(ports: Ports, who: Who, facts: Mapping[Key, Fact]) -> Iterator[str]:
    """The sends that may be told of, by when they had their places."""
    first, last = min(fact.at for fact in facts.values()), max(fact.at for fact in facts.values())
    if last < max(fact.received_at for fact in facts.values()) - _LOOKED_BACK:
        return
    yield from (send_id for send_id, at in who.held_out.items() if first - _LONGEST_MS <= at <= last)
    contact = ports.contacts.load(who.customer_id, "", who.merged)
    since, until = from_ms(first - _LONGEST_MS), from_ms(last)
    yield from (send_id for send_id, at in contact.reservations.items() if since <= at <= until)


def _credits(
    ports: Ports, name: str, facts: Mapping[Key, Fact], said: Mapping[Key, Mapping[str, Any]], rows: Iterable[Send]
) -> Iterator[tuple[str, Credit]]:
    sold = sold_of(facts.values(), said)
    if sold is None:
        return
    at, order = from_ms(sold.order.at), sold.order
    letters = {row.send_id: letter for row in rows if (letter := _letter(row, sold, ports.launches))}
    for send_id in counting(at, letters.values()):
        yield (
            send_id,
            Credit(
                order=name,
                facts=len(facts),
                at=at,
                currency=order.currency,
                minor_units=order.units,
                units=letters[send_id].units,
            ),
        )


def sold_of(facts: Collection[Fact], said: Mapping[Key, Mapping[str, Any]]) -> Sold | None:
    """None for an order that does not count. A refund that states neither an amount nor products is one of all."""
    order = orders.order_of(facts)
    if order is None:
        return None
    refunds = [(fact, tuple(goods(said.get(fact.key, {})))) for fact in orders.refunds(facts)]
    is_back = any(not fact.amount and not back for fact, back in refunds)
    returned = [each for _, back in refunds for each in back]
    return Sold(order, tuple(goods(orders.said_of(facts, said))), returned, is_back)


def _letter(row: Send, sold: Sold, launches: Launches) -> Letter | None:
    """None for what never went, and for an activity that does not count such an order."""
    at, conversion = _at(row), launches.conversion(row.activity, row.occurrence)
    units = conversion.units(sold) if conversion else None
    if not at or conversion is None or units is None:
        return None
    until = from_ms(to_ms(at) + conversion.window // timedelta(milliseconds=1))
    return Letter(row.send_id, at, until, row.state == ledger.HELD_OUT, units)


def _at(row: Send) -> str:
    """When it went, or would have; "" for what did not."""
    return row.planned_at if row.state == ledger.HELD_OUT else went_at(row)


def counting(at: str, letters: Iterable[Letter]) -> Iterator[str]:
    """Those for which an order of this instant counts: the newest mail, and what was held out since."""
    fitting = [each for each in letters if each.at < at < each.until]
    mails = [(each.at, each.send_id) for each in fitting if not each.is_held_out]
    newest = max(mails, default=("", ""))
    if mails:
        yield newest[1]
    yield from (each.send_id for each in fitting if each.is_held_out and each.at > newest[0])
