"""How many mails a customer may get in a rolling window, and when there is room for the next one. Pure.

What counts is what has been reserved: in an item that only one of many senders can change as they have all read it.
A window is half-open: what was reserved exactly so long ago is out of it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from shopkeeper import clock
from shopkeeper.consent.contact import ANY, Contact
from shopkeeper.consent.policy import Cap, Policy


@dataclass(frozen=True, slots=True)
class Limit:
    """A cap as it holds for one mail. `kept` of its places are for others. `is_own`: the customer has asked for it."""

    cap: Cap
    kept: int = 0
    is_own: bool = False

    @property
    def most(self) -> int:
        return max(self.cap.most - self.kept, 0)

    def counts(self, topic: str) -> bool:
        return not self.cap.topics or topic == ANY or topic in self.cap.topics

    @property
    def evidence(self) -> Mapping[str, str]:
        cap = self.cap
        said = {"cap": f"{cap.most} in {f'{cap.days} days' if cap.days else f'{cap.hours} hours'}"}
        kept = {"kept": str(self.kept)} if self.kept else {}
        return said | ({"topics": ", ".join(cap.topics)} if cap.topics else {}) | kept


@dataclass(frozen=True, slots=True)
class Full:
    """The limit, by how many mails it is reached, and when there will be room: None for never."""

    limit: Limit
    had: int
    opens_at: datetime | None

    @property
    def evidence(self) -> Mapping[str, str]:
        opens = {"opens_at": clock.to_text(self.opens_at)} if self.opens_at else {}
        return {**self.limit.evidence, "had": str(self.had), **opens}


def limits(policy: Policy, topic: str, priority: int) -> tuple[Limit, ...]:
    """Those that count a mail of this topic."""
    kept_for = policy.kept_for
    kept = kept_for.places if kept_for and priority < kept_for.priority else 0
    return tuple(each for each in (Limit(cap, kept) for cap in policy.caps) if each.counts(topic))


def full(contact: Contact, apart: Collection[str], holding: Iterable[Limit], now: datetime) -> Full | None:
    """Of the limits that are reached the one that will be for longest; `apart` are sends that do not count."""
    reached = (each for limit in holding if (each := _full(contact, apart, limit, now)))
    return max(reached, key=lambda each: (each.opens_at is None, each.opens_at or now), default=None)


def _full(contact: Contact, apart: Collection[str], limit: Limit, now: datetime) -> Full | None:
    had = sorted(_had(contact, apart, limit, now - limit.cap.window))
    if len(had) < limit.most:
        return None
    opens_at = clock.from_text(had[len(had) - limit.most]) + limit.cap.window if limit.most else None
    return Full(limit, len(had), opens_at)


def _had(contact: Contact, apart: Collection[str], limit: Limit, since: datetime) -> Iterator[str]:
    oldest = clock.to_text(since)
    for send_id, topic in contact.counted.items():
        at = contact.reservations[send_id]
        if send_id not in apart and at > oldest and limit.counts(topic):
            yield at
