"""How all mail stands: one switch that stops it, a pause of marketing over complaints, and a test mode in which an
allow list alone is written to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shopkeeper.consent.classes import MARKETING, TRANSACTIONAL
from shopkeeper.customer.addresses import normal_address
from shopkeeper.mail.account import Account
from shopkeeper.mail.health import Day

STOPPED, COMPLAINTS, DAILY_QUOTA = "stopped", "complaints", "daily_quota"
WhenUnknown = Literal["retry_once", "never"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailState:
    """`when_unknown` says what becomes of a letter of which SES has told nothing: once more, or never.
    `account` is what SES last said of it, None before the first time.

    `only_to` are addresses and domains in their normal form, None where there is no test mode.

    `complaints` are those of the day as last counted, which leaves out what was before `counted_from`. `paused_over` is
    the day that paused marketing, from its `counted_at` on until somebody has seen to it; None while it goes.

    `changed_at` is text, "" while nobody has said anything, and `changed_by` the id of who said it last.
    """

    stopped: bool = False
    only_to: tuple[str, ...] | None = None
    when_unknown: WhenUnknown = "retry_once"
    changed_at: str = ""
    changed_by: str = ""
    account: Account | None = None
    complaints: Day | None = None
    counted_from: str = ""
    paused_over: Day | None = None

    def standstill(self, now: datetime, mail_class: str = MARKETING) -> str:
        """Why no mail of this class goes out, "" where it goes. Only the switch stops transactional mail, and
        complaints pause marketing alone: whoever bought what is recalled has to know it."""
        if self.stopped:
            return STOPPED
        if self.paused_over and mail_class == MARKETING:
            return COMPLAINTS
        is_paused = mail_class != TRANSACTIONAL and self.account and self.account.is_used_up(now)
        return DAILY_QUOTA if is_paused else ""

    def allows(self, address: str) -> bool:
        """A domain stands for its own addresses, not for those of domains below it."""
        if self.only_to is None:
            return True
        normal = normal_address(address)
        return bool({normal, normal.rpartition("@")[2]}.intersection(self.only_to))
