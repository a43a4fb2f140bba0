"""Before a launch: whom it would write to after every veto that can be known now, how long that takes, and its price.

The audience is looked for as a preview of its rule does it, in slices that are drawn at random where there is no time
for all. Of some of those who are found the vetoes of the door are asked; they stand for all who were found.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from math import ceil
from random import Random
from typing import NamedTuple

from shopkeeper import prices
from shopkeeper.campaign import freeze
from shopkeeper.campaign.flow import Flow, Ramp
from shopkeeper.campaign.launch import Launch
from shopkeeper.campaign.tally import limit
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Stored
from shopkeeper.mail.account import UNLIMITED, Account
from shopkeeper.segment import estimates, sampling
from shopkeeper.segment.estimates import Estimate, Size
from shopkeeper.segment.sampling import Pages

MOST_JUDGED = 200
_OF_RATE = 0.8
"""Of what SES takes in a second, as other mail has to go as well."""
_DAY = timedelta(days=1)
_MOST_DAYS = 10_000


@dataclass
class Found:
    """Each of those who were found is in the sample with the same chance."""

    launch: Launch
    now: datetime
    zone: tzinfo
    draw: Random
    living: int = 0
    found: int = 0
    sample: list[Customer] = field(default_factory=list)

    def take(self, stored: Stored) -> None:
        customers = list(document.living([stored]))
        self.living += len(customers)
        for customer in freeze.meant(self.launch, customers, self.now, self.zone):
            self.found += 1
            if len(self.sample) < MOST_JUDGED:
                self.sample.append(customer)
            elif (place := self.draw.randrange(self.found)) < MOST_JUDGED:
                self.sample[place] = customer


class Verdict(NamedTuple):
    """The reason not to write to a customer, or what the letter would wait for; "" for none."""

    reason: str = ""
    waits: str = ""


class Judged(NamedTuple):
    """`reasons` say why others are not written to, and `waiting` what recipients wait for, about how many each."""

    audience: Size
    recipients: Estimate
    reasons: Mapping[str, int]
    waiting: Mapping[str, int]
    judged: int


def look(
    table: Pages, begin: Callable[[], Found], judge: Callable[[Customer], Verdict], is_spent: Callable[[], bool]
) -> Judged:
    found, share = sampling.look(table, begin, begin().draw, is_spent)
    verdicts = [judge(customer) for customer in found.sample]
    judged = len(verdicts)
    fraction = share.fraction * (judged / found.found if found.found else 1)
    recipients = estimates.of_all(sum(not verdict.reason for verdict in verdicts), fraction)
    reasons = _about(fraction, (verdict.reason for verdict in verdicts))
    waiting = _about(fraction, (verdict.waits for verdict in verdicts))
    return Judged(estimates.size(found.found, found.living, share.fraction), recipients, reasons, waiting, judged)


def limited(judged: Judged, flow: Flow) -> Judged:
    """As many of the recipients as may get it at all."""
    most, found = flow.most_in_all, judged.recipients
    if found.about <= most:
        return judged
    recipients = Estimate(*(min(each, most) for each in found))
    return judged._replace(recipients=recipients, reasons={**judged.reasons, limit(flow): found.about - most})


def _about(fraction: float, whys: Iterable[str]) -> dict[str, int]:
    counts = Counter(filter(None, whys)).most_common()
    return {why: estimates.of_all(count, fraction).about for why, count in counts}


def duration(recipients: int, flow: Flow, account: Account | None) -> timedelta | None:
    """How long it takes until the last of them is written to; None where nothing is known that limits it."""
    known = [_at_rate(recipients, flow.rate / 60)] if flow.rate else []
    if flow.ramp:
        known.append(_DAY * _days_of_ramp(recipients, flow.ramp))
    if account:
        known.append(_at_quota(recipients, account))
    return max(known, default=None)


def _at_rate(recipients: int, a_second: float) -> timedelta:
    return timedelta(seconds=ceil(recipients / a_second))


def _at_quota(recipients: int, account: Account) -> timedelta:
    a_second = max(account.most_a_second * _OF_RATE, 0.01)
    left = max(account.most_a_day - account.sent, 0)
    if account.most_a_day == UNLIMITED or recipients <= left:
        return _at_rate(recipients, a_second)
    days = ceil((recipients - left) / max(account.most_a_day, 1))
    return _DAY * days + _at_rate(round((recipients - left) % max(account.most_a_day, 1)), a_second)


def _days_of_ramp(recipients: int, ramp: Ramp) -> int:
    """Full days before the one on which the last goes."""
    if ramp.factor <= 1:
        return max(ceil(recipients / ramp.first_day) - 1, 0)
    day, left = 1, recipients - ramp.of_day(1)
    while left > 0 and day < _MOST_DAYS:
        day += 1
        left -= ramp.of_day(day)
    return day - 1


def dollars(recipients: int) -> str:
    """Of SES, and of what DynamoDB writes for these mails."""
    price = recipients * prices.LETTER
    return f"{price.quantize(Decimal('0.01')):f}"
