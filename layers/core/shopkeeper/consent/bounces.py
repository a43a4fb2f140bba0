"""Why nothing goes to an address for a while: soft bounces, and what SES suppresses for all its senders. Pure.

What is kept on the item of an address are instants and no counts. So a report that comes again, or late, changes
nothing, and whether the address is held follows from what stands there each time it is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shopkeeper import clock

SOFT, SUPPRESSED = "soft_bounces", "suppressed_by_ses"

SOFT_DAYS, WITHIN = 3, timedelta(days=30)
"""So many days on which mail bounced softly, of so many in a row, hold the address."""
HELD_FOR = timedelta(days=30)
TRIED_AGAIN_AFTER = timedelta(days=14)

_SLOTS = 64
"""More days than WITHIN and HELD_FOR together: what a hold rests on is not written over while it lasts."""


@dataclass(frozen=True, slots=True)
class Bounces:
    """`soft` is the last soft bounce of each of the last days, by the slot of that day. SES has suppressed mail at
    `suppressed_first`, and last at `suppressed_last`. What was before `forgiven_at` counts no more."""

    soft: Mapping[str, str] = field(default_factory=dict)
    suppressed_first: str = ""
    suppressed_last: str = ""
    forgiven_at: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """`until` is an instant as text, "" for good."""

    why: str
    until: str


def slot(at: str) -> str:
    return str(_day(at) % _SLOTS)


def held(bounces: Bounces, now: datetime) -> Held | None:
    """What keeps mail from the address at that moment; of two holds the longer one."""
    at = clock.to_text(now)
    found = [each for each in (soft_hold(bounces), suppressed_hold(bounces)) if each]
    holds = [each for each in found if not each.until or each.until > at]
    return max(holds, key=lambda each: (not each.until, each.until), default=None)


def soft_hold(bounces: Bounces) -> Held | None:
    """Mail that bounced softly on three days, none 30 days behind the first, holds the address for 30 days. A day
    counts once, however much mail there was on it. Days are those of UTC."""
    days = sorted(at for at in bounces.soft.values() if at > bounces.forgiven_at)
    triples = zip(days, days[SOFT_DAYS - 1 :], strict=False)
    last = max((third for first, third in triples if _day(third) - _day(first) < WITHIN.days), default="")
    return Held(SOFT, _later(last, HELD_FOR)) if last else None


def suppressed_hold(bounces: Bounces) -> Held | None:
    """SES swallows what is sent to an address on its own list for all senders, for 14 days at most: then it is tried
    again. An address that is on it even then is held for good."""
    if bounces.suppressed_last <= bounces.forgiven_at:
        return None
    is_known = bounces.suppressed_first > bounces.forgiven_at
    again_at = _later(bounces.suppressed_first if is_known else bounces.suppressed_last, TRIED_AGAIN_AFTER)
    return Held(SUPPRESSED, "" if bounces.suppressed_last >= again_at else again_at)


def newest(bounces: Bounces) -> str:
    return max((*bounces.soft.values(), bounces.suppressed_last))


def _day(at: str) -> int:
    return clock.from_text(at).toordinal()


def _later(at: str, span: timedelta) -> str:
    return clock.to_text(clock.from_text(at) + span)
