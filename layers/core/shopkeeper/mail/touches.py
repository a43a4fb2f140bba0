"""What mails have been to a customer: when each went, and when they opened it or followed a link of it themselves.

The ledger knows the first time of each; of more than one the customer's memory tells. Where it does not stand yet who
made a hit, what is known of it so far decides.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from shopkeeper.consent.contact import Contact
from shopkeeper.customer import outcomes, unjudged
from shopkeeper.customer.document import Customer
from shopkeeper.customer.rows import Row
from shopkeeper.mail import ledger, verdicts
from shopkeeper.mail.ledger import Send
from shopkeeper.mail.verdicts import Waiting

Kind = Literal["sent", "opened", "clicked"]
KINDS: Mapping[str, Kind] = {"opened_at": "opened", "clicked_at": "clicked"}
"""By the attribute of the row that a hit of a person is noted in."""


class Touch(NamedTuple):
    """`at` is text, as `clock.to_text` writes it."""

    kind: Kind
    at: str
    activity: str
    step: str


class Contacts(Protocol):
    def load(self, customer_id: str, address_key: str, merged: Collection[str]) -> Contact: ...


class Sends(Protocol):
    def many(self, send_ids: Iterable[str]) -> Mapping[str, Send]: ...


class Interactions(Protocol):
    def under(self, subject: str) -> Iterator[Sequence[Row]]:
        """All rows of one subject, page by page."""


class Hits(Protocol):
    def load(self, send_id: str) -> Waiting | None: ...


@dataclass(frozen=True, slots=True)
class Touches:
    contacts: Contacts
    sends: Sends
    interactions: Interactions
    hits: Hits

    def since(self, customer: Customer, at: str, known: Collection[str] = ()) -> list[Touch]:
        """Of the mails that went to them in the last thirty days, as far as their contact remembers, and of those that
        are `known`; the oldest first."""
        contact = self.contacts.load(customer.customer_id, "", customer.document.merged.keys())
        sends = self.sends.many({*known, *contact.reservations}).values()
        found = {Touch(kind, then, send.activity, send.step) for send in sends for kind, then in self._of(send)}
        return sorted((each for each in found if each.at >= at), key=lambda each: (each.at, *each))

    def _of(self, send: Send) -> Iterator[tuple[Kind, str]]:
        yield from of_row(send)
        if sum(hit.startswith("u") for hit in send.hits) > 1:
            rows = (row for page in self.interactions.under(f"send:{send.send_id}") for row in page)
            told = (outcomes.outcome_of(row) for row in rows)
            yield from ((KINDS[each.attribute], each.at) for each in told if each and each.attribute in KINDS)
        waiting = self.hits.load(send.send_id) if unjudged.still(send.unjudged, send.hits) else None
        for hit in verdicts.so_far_human(waiting, send) if waiting else ():
            yield "clicked" if hit.name == unjudged.CLICKED else "opened", hit.at


def of_row(send: Send) -> Iterator[tuple[Kind, str]]:
    """What the ledger itself tells. A mail that came back was none."""
    if (at := went_at(send)) and not send.bounced_at:
        yield "sent", at
    yield from ((kind, at) for name, kind in KINDS.items() if (at := getattr(send, name)))


def went_at(send: Send) -> str:
    """As far as anybody can tell; "" for what did not go."""
    if send.state in ledger.AT_PROVIDER or send.state in (ledger.CALLING, ledger.UNKNOWN):
        return send.accepted_at or send.call_started_at
    return ""
