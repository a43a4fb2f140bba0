"""What sending needs of AWS. The adapters in `shopkeeper.aws` have these shapes; tests bring their own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from shopkeeper.consent.contact import Contact, Request
from shopkeeper.customer.document import Stored
from shopkeeper.keyring import KeyRing
from shopkeeper.mail.answers import Answer
from shopkeeper.mail.holds import Hold
from shopkeeper.mail.ledger import Change, Send
from shopkeeper.mail.state import MailState
from shopkeeper.mail.terms import Letter, Terms

TEST_TAG = "test"
"""Tells SES, and whoever hears of SES, that a mail belongs to no send: somebody of the house looks at a letter."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one recipient, as bytes; the addresses are those of its envelope. `labels`, two at most, are words
    that mail providers count complaints by: what the mail belongs to, and never who it is for. A `canary` belongs to
    no send, and nor does a `test`. `destinations` and `blocks` are for the send's row, which says what they are."""

    send_id: str
    sender: str
    recipient: str
    raw: bytes
    labels: tuple[str, ...] = ()
    canary: str = ""
    destinations: str = ""
    test: str = ""
    blocks: str = ""

    @property
    def kept(self) -> dict[str, str]:
        """By the send's row, beside what it knows already."""
        said = {"destinations": self.destinations, "blocks": self.blocks}
        return {name: text for name, text in said.items() if text}


class Sends(Protocol):
    def load(self, send_id: str) -> Send | None:
        """Read consistently."""

    def apply(self, change: Change) -> Send:
        """The row afterwards. Raises Refused, Unsure."""


class Contacts(Protocol):
    def load(self, customer_id: str, address_key: str, merged: Collection[str]) -> Contact:
        """With those who were merged into the customer, and what is said of the address, all read consistently; where
        nothing is stored, the empty contact."""

    def reserve(self, held: Contact, send_id: str, request: Request, now: datetime, twins: Collection[str]) -> str:
        """The instant as reserved. Raises Refused where the contact does not allow the mail, or has one of the `twins`
        reserved."""

    def free(self, customer_id: str, send_id: str, at: str = "") -> bool:
        """With `at` only the reservation of that instant."""


class Customers(Protocol):
    def load(self, customer_ids: Collection[str]) -> dict[str, Stored]:
        """Read consistently; those of whom nothing is stored are left out."""


STATUS_HOLDS_FOR = timedelta(seconds=2)
"""What is remembered of an activity is this old at most at a look. A call starts three seconds after its last look or
never, so whoever calls an activity off, or holds it, is obeyed by every sender after five."""


class Activities(Protocol):
    def status(self, activity: str, occurrence: str, mail_class: str) -> str:
        """running, paused, cancelled or done, as it was `STATUS_HOLDS_FOR` ago or later. Paused while held, and while
        no mail of this class goes at all."""

    def mail(self) -> MailState:
        """As it was `STATUS_HOLDS_FOR` ago or later."""

    def terms(self, activity: str, occurrence: str) -> Terms:
        """As it was launched; the usual ones of what nothing is known of."""

    def letter(self, activity: str, occurrence: str) -> Letter:
        """Of rows that were planned without one: `NO_LETTER` as long as that is not decided."""

    def is_open(self, send: Send) -> bool:
        """False for a mail of a journey whose run has ended, or stands elsewhere by now."""

    def hold(self, activity: str, occurrence: str, wanted: Hold) -> None:
        """Unless it is held already."""

    def held(self, activity: str, occurrence: str) -> Hold:
        """As it stands now."""

    def went_on(self, activity: str, occurrence: str) -> None:
        """SES has taken a mail of it: ends a hold, as far as one is known of."""


DEFINITIONS_HOLD_FOR = timedelta(seconds=60)
"""What is remembered of what is defined is this old at most."""


class Definitions(Protocol):
    def version(self, kind: str, definition_id: str, number: int) -> Mapping[str, Any] | None: ...

    def current(self, kind: str, definition_id: str) -> tuple[int, Mapping[str, Any]] | None:
        """As it was at most 60 s ago."""


class Messages(Protocol):
    def facts(self, occurrence: str) -> Mapping[str, Any]:
        """What the message says, by name; nothing of one that is too old."""


class Keys(Protocol):
    def get(self, now: datetime) -> KeyRing | None: ...


class Memory(Protocol):
    """The Interactions queue: what is put there is remembered."""

    def send(self, messages: Sequence[bytes]) -> None:
        """Returns when all are in the queue."""


class Pace(Protocol):
    """Of letters; see `mail.pacing`."""

    def near(self, most: timedelta) -> bool:
        """Waits until a call could start now; False if that takes longer than `most`."""

    def take(self, most: timedelta) -> bool:
        """The same, for the call that starts now."""

    def slow(self) -> None:
        """SES says that it is too fast."""


class Post(Protocol):
    def send(self, mail: Mail) -> Answer:
        """One call, tried once."""
