"""Whether a mail that may go may go now: else it waits, or is given up where waiting leads nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shopkeeper import clock
from shopkeeper.mail.ledger import OTHER
from shopkeeper.mail.look import Look
from shopkeeper.mail.vetoes import Veto

WAITED_FOR = timedelta(days=7)
"""For room under a cap, after the plan, by what has no expiry of its own: a launch ends some day."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Look again at `until`; `evidence` is what that rests on, without any address."""

    why: str
    until: datetime
    evidence: Mapping[str, str] = field(default_factory=dict)


def first(look: Look) -> Wait | Veto | None:
    return capped(look)


def capped(look: Look) -> Wait | Veto | None:
    """The customer has had as many mails as a cap allows. Reserving asks once more, and then for good."""
    full = look.full
    if full is None:
        return None
    if look.terms.when_capped == "wait" and full.opens_at and full.opens_at < _patience(look):
        return Wait("capped", full.opens_at, full.evidence)
    return Veto(OTHER, "capped", full.evidence)


def _patience(look: Look) -> datetime:
    expires_at = look.send.expires_at
    return clock.from_text(expires_at) if expires_at else clock.from_text(look.send.planned_at) + WAITED_FOR
