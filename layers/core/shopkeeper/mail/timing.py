"""Whether a mail that may go may go now: else it waits, or is given up where waiting leads nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shopkeeper import clock, zones
from shopkeeper.consent import quiet
from shopkeeper.mail.ledger import DO_NOT_CONTACT, OTHER
from shopkeeper.mail.look import Look
from shopkeeper.mail.vetoes import Veto

WAITED_FOR = timedelta(days=7)
"""For room under a cap, after the plan, by what has no expiry of its own: a launch ends some day."""
LOOKS_AGAIN = timedelta(days=1)
"""For room that was to open later: the policy may have been relaxed meanwhile."""
_SPREAD = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Wait:
    """Look again at `until`; `evidence` is what that rests on, without any address."""

    why: str
    until: datetime
    evidence: Mapping[str, str] = field(default_factory=dict)


def first(look: Look) -> Wait | Veto | None:
    """Hours go first: when they are over there may be room under a cap."""
    return quiet_hours(look) or capped(look)


def quiet_hours(look: Look) -> Wait | Veto | None:
    """It goes a little after their end, each at another instant, so that not all go at once."""
    (name, whose), windows, days = look.zone, look.quiet, look.holidays
    ends = quiet.ends(windows, zones.zone(name), look.at, days) if windows or days else None
    if ends is None:
        return None
    evidence = {"zone": name, "zone_of": whose, "quiet_until": clock.to_text(ends)}
    if ends - look.at > quiet.longest(days):
        return Veto(OTHER, "no_hour_left", evidence)
    if look.send.expires_at and clock.to_text(ends) >= look.send.expires_at:
        return Veto(OTHER, "expired", {"expires_at": look.send.expires_at, **evidence})
    return Wait("quiet_hours", ends + _SPREAD * _share(look.send.send_id), evidence)


def _share(send_id: str) -> float:
    """From 0 to 1, the same each time."""
    return int(send_id[:8], 16) / 0xFFFFFFFF


def capped(look: Look) -> Wait | Veto | None:
    """The customer has had as many mails as a cap allows, or as they have asked for. Reserving asks for good."""
    full = look.full
    if full is None:
        return None
    if look.terms.when_capped == "wait" and full.opens_at and full.opens_at < _patience(look):
        return Wait("capped", min(full.opens_at, look.at + LOOKS_AGAIN), full.evidence)
    if full.limit.is_own:
        return Veto(DO_NOT_CONTACT, "own_frequency", full.evidence)
    return Veto(OTHER, "capped", full.evidence)


def _patience(look: Look) -> datetime:
    expires_at = look.send.expires_at
    return clock.from_text(expires_at) if expires_at else clock.from_text(look.send.planned_at) + WAITED_FOR
