"""How many of the mails that were delivered in a day were complained of, and what follows from it.

Mail providers ask for less than 0.1 %, and refuse mail above 0.3 %; they count all mail of a sender, so we do.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from shopkeeper import clock

RINGS_AT = Fraction("0.001")
PAUSES_AT = Fraction("0.003")
PAUSES_FROM = 1000
"""Of fewer mails three complaints are chance."""
HOURS = 24
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The mails of the last 24 hours as counted at `counted_at`, by the hour in which they were delivered, or
    complained of."""

    counted_at: str
    delivered: int
    complained: int

    @property
    def rings(self) -> bool:
        return self._reaches(RINGS_AT)

    @property
    def pauses(self) -> bool:
        return self.delivered >= PAUSES_FROM and self._reaches(PAUSES_AT)

    def _reaches(self, rate: Fraction) -> bool:
        return self.complained > 0 and self.complained >= rate * self.delivered


def hour(at: str) -> str:
    """In UTC, e.g. 2026-11-21T09."""
    return at[:13]


def hours(now: datetime, counted_from: str) -> list[str]:
    """The hours that a day has at this instant, the current one being the last; none that began earlier than this."""
    began = (now - past * _HOUR for past in reversed(range(HOURS)))
    return [each for each in (hour(clock.to_text(at)) for at in began) if each >= hour(counted_from)]


def next_hour(now: datetime) -> str:
    """When it begins."""
    return clock.to_text(now.replace(minute=0, second=0, microsecond=0) + _HOUR)
