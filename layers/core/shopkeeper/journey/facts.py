"""What `advance` asks: about the customer, the mails of the run, and the journey. Read at one moment, by a leg, a
simulation or a test; asking twice within a leg gives the same answer."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, tzinfo
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol

from shopkeeper.journey.nodes import Message
from shopkeeper.journey.trail import Touch

Going = Literal["live", "paused", "stopped"]
"""A paused journey neither enters nor contacts anybody; one that was stopped lets everybody go."""
Resume = Literal["catch_up", "shift", "skip_due"]
"""What was said when a pause ended."""
Gone = Literal["", "merged", "erased"]
NOTHING: Mapping[str, str] = MappingProxyType({})


class Shift(NamedTuple):
    """A pause that waits are to be put off by, in milliseconds since 1970."""

    since: int
    until: int


class Verdict(NamedTuple):
    """`flips_at` is when the truth may change by itself, in milliseconds since 1970; None for never."""

    truth: bool
    flips_at: int | None = None


class SendState(NamedTuple):
    """A row of the ledger. `at` is when it was sent, when it is due to be looked at again, or when it was given up."""

    state: Literal["waiting", "sent", "not_sent"]
    at: int = 0
    reason: str = ""


class MailVerdict(NamedTuple):
    """`later` is put off until `at`. `reason` is as the ledger says it, `do_not_contact:no_consent`, of what is put off
    `other:quiet_hours`; `evidence`, without any address, is what it rests on."""

    say: Literal["now", "later", "never"]
    at: int = 0
    reason: str = ""
    evidence: Mapping[str, str] = NOTHING


class Facts(Protocol):
    @property
    def leg(self) -> str:
        """The id of the execution."""

    @property
    def zone(self) -> tzinfo:
        """The customer's, or else the workspace's."""

    @property
    def zone_is_own(self) -> bool: ...

    @property
    def going(self) -> Going:
        """How the journey stands."""

    @property
    def broken(self) -> Collection[str]:
        """Nodes of the journey through which nobody goes until they are mended."""

    @property
    def resume(self) -> Resume: ...

    @property
    def shifts(self) -> Sequence[Shift]:
        """Oldest first."""

    @property
    def gone(self) -> Gone:
        """What became of the customer."""

    def holds(self, ref: str) -> Verdict:
        """A rule of the graph, for this customer now."""

    def date(self, path: str) -> int | date | None:
        """What a trait holds: an instant in milliseconds, or a day; None for neither."""

    def mail(self, send_id: str) -> SendState | None:
        """None for a row that is not there."""

    def is_judged(self, send_id: str) -> bool:
        """False while it is not known of an open or a click on this mail whether a person made it."""

    def touches(self, since: int) -> Sequence[Touch]:
        """Of all mails to the customer that went, were opened or followed since, and of other runs of theirs."""

    def may_mail(self, message: Message, send_id: str) -> MailVerdict:
        """Whether the mail of this node may go now, by the vetoes of mail and the hours of the journey."""
