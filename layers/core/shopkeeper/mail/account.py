"""What SES says of the account: how much it may send, how much it has sent, and whether it may at all."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shopkeeper import clock

UNLIMITED = -1
KNOWN_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """As SES said it at `read_at`. `most_a_day` counts the recipients of 24 hours, of which `sent` are used up;
    UNLIMITED is no limit. `most_a_second` is what SES takes. `enforcement` is HEALTHY, PROBATION or SHUTDOWN."""

    read_at: str
    most_a_day: float
    most_a_second: float
    sent: float
    sandbox: bool
    sending: bool
    enforcement: str

    def is_used_up(self, now: datetime) -> bool:
        """The mails of 24 hours, as far as that was asked lately: what nobody has asked for long keeps no letter."""
        is_known = now < clock.from_text(self.read_at) + KNOWN_FOR
        return is_known and self.most_a_day != UNLIMITED and self.sent >= self.most_a_day

    @property
    def is_healthy(self) -> bool:
        return self.sending and self.enforcement == "HEALTHY"
