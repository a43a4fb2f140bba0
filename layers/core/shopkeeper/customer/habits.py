"""When and where a customer acts: read off the newest instants that the measures keep, so nothing is stored for it.

What somebody does often says more than what happened once, so a few acts are needed before anything is said. Some acts
say more than others: an order is meant, a click is a choice, an open or a look may be an accident.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import tzinfo
from functools import lru_cache
from typing import Any, NamedTuple

from typing_extensions import TypedDict

from shopkeeper import zones
from shopkeeper.customer import known, purchases, sessions
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.measures import Measure
from shopkeeper.customer.orders import COMPLETED

FEWEST_ACTS = 3
EMAIL, PHONE, CHAT = "e-mail", "phone", "chat"

# What one act weighs.
_HOURS: Mapping[str, int] = {
    COMPLETED: 4,
    "Email Link Clicked": 3,
    "Email Opened": 1,
    "Product Viewed": 1,
    **dict.fromkeys(sorted(sessions.NAMES), 1),
}
_CHANNELS: Mapping[str, tuple[str, int]] = {
    "Email Opened": (EMAIL, 1),
    "Email Link Clicked": (EMAIL, 3),
    "Reply Received": (EMAIL, 3),
    "Call Logged": (PHONE, 3),
    "Live Chat Conversation Started": (CHAT, 3),
}
_ORDER_WEIGHT = 4
# Shops call the trait as they like.
STATED_ZONE = ("timezone", "timeZone", "time_zone")


class BestHour(TypedDict):
    """From `hour` to the next, in `zone`, which is the workspace's where the customer's own is not known.

    It rests on `of` acts, of which `acts` fell into that hour.
    """

    hour: int
    zone: str
    is_own_zone: bool
    acts: int
    of: int


class ObservedChannel(TypedDict):
    """It rests on `of` acts through all channels, of which `acts` went through this one."""

    channel: str
    acts: int
    of: int


class _Act(NamedTuple):
    """Something that speaks for `choice`: for an hour of the day, or for a channel."""

    choice: int | str
    at: int
    weight: int


def best_hour(customer: Customer, workspace_zone: str) -> BestHour | None:
    """The hour whose acts weigh most; of hours that weigh the same the one that was acted in last.

    An act of one kind counts once in an hour of a day: who turns twenty pages of an evening came once. What was at
    midnight to the millisecond was told with its day alone, as files tell orders: it says nothing of the hour.
    """
    own = own_zone(customer.document)
    zone = own or workspace_zone
    days_begin = {zones.zone("UTC"), zones.zone(workspace_zone)}
    acts = list(_by_hour(customer.measures, zones.zone(zone), days_begin))
    if (found := _favourite(acts)) is None:
        return None
    hour = int(found[0])
    return {"hour": hour, "zone": zone, "is_own_zone": bool(own), "acts": found[1], "of": len(acts)}


def observed_channel(customer: Customer) -> ObservedChannel | None:
    """The channel whose acts weigh most: mails opened, answered or clicked, calls and chats, each kind counted once a
    day, and the newest orders of which a channel was told."""
    acts = [*_by_channel(customer.measures), *_orders(customer.document)]
    if (found := _favourite(acts)) is None:
        return None
    return {"channel": str(found[0]), "acts": found[1], "of": len(acts)}


def own_zone(document: Document) -> str:
    """The one that somebody stated, or else the latest that was seen, if it is one."""
    seen = document.words.get(known.SEEN, {}).get("zone")
    return first_zone((*map(document.traits.get, STATED_ZONE), seen.value if seen else None))


def first_zone(said: Iterable[Any]) -> str:
    """Of what was said, that which names one; empty where nothing does."""
    return next((name for name in said if _is_zone(name)), "")


def _is_zone(name: Any) -> bool:
    return isinstance(name, str) and _is_known(name)


@lru_cache(maxsize=4096)
def _is_known(name: str) -> bool:
    try:
        return bool(name and zones.zone(name))
    except zones.UnknownZone:
        return False


def _by_hour(measures: Mapping[str, Measure], zone: tzinfo, days_begin: Set[tzinfo]) -> Iterator[_Act]:
    for name, weight in _HOURS.items():
        newest: dict[tuple[int, int], int] = {}
        for at in _instants(measures, name):
            if any(zones.day(at, each) > zones.day(at - 1, each) for each in days_begin):
                continue
            newest.setdefault((zones.day(at, zone), zones.hour(at, zone)), at)
        yield from (_Act(hour, at, weight) for (_, hour), at in newest.items())


def _by_channel(measures: Mapping[str, Measure]) -> Iterator[_Act]:
    for name, (channel, weight) in _CHANNELS.items():
        newest: dict[int, int] = {}
        for at in _instants(measures, name):
            newest.setdefault(zones.day(at, zones.zone("UTC")), at)
        yield from (_Act(channel, at, weight) for at in newest.values())


def _orders(document: Document) -> Iterator[_Act]:
    yield from (_Act(channel, at, _ORDER_WEIGHT) for at, channel in purchases.channels(document.words))


def _instants(measures: Mapping[str, Measure], name: str) -> tuple[int, ...]:
    """Newest first."""
    measure = measures.get(name)
    return measure.tail if measure else ()


def _favourite(acts: Iterable[_Act]) -> tuple[int | str, int] | None:
    """The choice that weighs most, and how many acts it has; None where there are too few acts in all."""
    by_choice: dict[int | str, list[_Act]] = defaultdict(list)
    for act in acts:
        by_choice[act.choice].append(act)
    if sum(map(len, by_choice.values())) < FEWEST_ACTS:
        return None
    # Two kinds of acts may share an instant: then the name decides, so that the answer is always the same.
    choice, its = max(by_choice.items(), key=lambda each: (*_rank(each[1]), str(each[0])))
    return choice, len(its)


def _rank(acts: list[_Act]) -> tuple[int, int]:
    return sum(act.weight for act in acts), max(act.at for act in acts)
