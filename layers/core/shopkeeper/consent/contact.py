"""The Contacts item: all that a veto about the person needs, in one item and one consistent read.

The item keeps each thing in an attribute of its own, so that one conditional update can test and change it whether or
not anything stands there yet: `topic:<topic>` and `marketing` {is, at, source}, `block:<address>` the reason,
`reserved:<send_id>` the instant.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shopkeeper import clock

SCHEMA = 1
OUT, IN = "out", "in"
REQUIRED, ASSUMED = "required", "assumed"
IMPORT = "import"

RESERVATIONS_KEPT = 12
RESERVED_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Word:
    """What was said last about a topic: `is_` in or out, `at` an instant as text, `source` who wrote it down."""

    is_: str
    at: str
    source: str

    @property
    def firm(self) -> bool:
        """All but an `in` from a file, which yields to whatever was said in person, and to any `out`."""
        return self.is_ == OUT or self.source != IMPORT

    def prevails(self, held: "Word | None") -> bool:
        """Whatever the order they arrive in: as `Consent.rank` says, the later one, at the same instant the `out`."""
        return held is None or (self.firm, self.at, self.is_ == OUT) > (held.firm, held.at, held.is_ == OUT)


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer of whom nothing is stored is the empty contact. Addresses are as `normal_email` writes them.

    `marketing` is the word on all marketing at once: a complaint, or "stop all". `reservations`: instant by send.
    """

    customer_id: str
    topics: Mapping[str, Word] = field(default_factory=dict)
    marketing: Word | None = None
    blocks: Mapping[str, str] = field(default_factory=dict)
    reservations: Mapping[str, str] = field(default_factory=dict)

    def outdated(self, now: datetime) -> tuple[str, ...]:
        """The sends whose reservations may go: old ones, and the oldest of too many, so that the item stays small."""
        oldest_kept = clock.to_text(now - RESERVED_FOR)
        by_age = sorted(self.reservations.items(), key=lambda item: (item[1], item[0]))
        too_many = len(by_age) - RESERVATIONS_KEPT + 1
        return tuple(send for place, (send, at) in enumerate(by_age) if place < too_many or at <= oldest_kept)


class Refused(Exception):
    """The contact does not allow it; `contact` is how it stands."""

    def __init__(self, held: Contact) -> None:
        super().__init__(held.customer_id)
        self.contact = held


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a person is not to be written to; `evidence` is what it rests on, without any address."""

    reason: str
    evidence: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """A marketing mail of a topic to an address. `opt_in` is the topic's: required or assumed."""

    topic: str
    opt_in: str
    address: str


def refusal(contact: Contact, request: Request) -> Refusal | None:
    """The strictest first. What `Contacts.reserve` puts into its condition, and says the same."""
    word = contact.topics.get(request.topic)
    if contact.marketing and contact.marketing.is_ == OUT:
        return Refusal("marketing_out", _said(contact.marketing))
    if word and word.is_ == OUT:
        return Refusal("opted_out", {"topic": request.topic, **_said(word)})
    if block := contact.blocks.get(request.address):
        return Refusal("address_blocked", {"block": block})
    if word is None and request.opt_in != ASSUMED:
        return Refusal("no_consent", {"topic": request.topic, "opt_in": request.opt_in})
    return None


def _said(word: Word) -> dict[str, str]:
    return {"is": word.is_, "at": word.at, "source": word.source}
