"""A count of a journey: asked for, made by a walk over all its runs, and kept until the next is made.

While one is under way nobody can ask for another, and the one before is still shown. It is begun again by whoever asks
while it is under way: so nothing is lost where a request dies between its two writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.customer import walks
from shopkeeper.customer.walks import Gathered, Slices
from shopkeeper.journey.insiders import counting
from shopkeeper.journey.insiders.counting import NOTHING, Lines
from shopkeeper.journey.insiders.inside import journey as journey_of
from shopkeeper.journey.rows import Row

KIND = "journey.count"
YOUNG = timedelta(minutes=1)
"""So long a count is as good as a new one."""
MOST_APART = 8
"""Versions, the newest, that are told apart."""
KEPT_FOR = timedelta(days=7)


class Overtaken(Exception):
    """Somebody else has asked, or finished."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`apart` are the versions to be told apart; `number` is counted from 1."""

    number: int
    at: str
    apart: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """What was asked for as it was found: the first row was read after it was asked for, the last at `counted_at`."""

    asked: Asked
    counted_at: str
    lines: Lines = field(default=NOTHING, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """Of one journey: the count that was asked for last, and the one that was made last."""

    journey: str
    asked: Asked
    made: Made | None = None
    revision: int = 1

    @property
    def is_under_way(self) -> bool:
        return self.made is None or self.made.asked.number != self.asked.number

    @property
    def walk(self) -> str:
        """Of the one that was asked for last."""
        return f"{KIND}/{self.journey}/{self.asked.number}"


class Censuses(Protocol):
    def get(self, journey: str) -> Census | None:
        """Read consistently."""

    def put(self, census: Census) -> None:
        """In the place of the revision before. Raises Overtaken."""


def asked(before: Census | None, journey: str, versions: Sequence[int], now: datetime) -> Census:
    """The same where a count is under way, or was made a moment ago."""
    newest = tuple(sorted(versions)[-MOST_APART:])
    if before is None:
        return Census(journey=journey, asked=Asked(1, clock.to_text(now), newest))
    is_young = before.made is not None and before.made.counted_at > clock.to_text(now - YOUNG)
    if before.is_under_way or is_young:
        return before
    wanted = Asked(before.asked.number + 1, clock.to_text(now), newest)
    return replace(before, asked=wanted, revision=before.revision + 1)


def start(slices: Slices, census: Census, now: datetime) -> None:
    """What has begun goes on as it is."""
    walks.start(slices, census.walk, now, expires_at=int((now + KEPT_FOR).timestamp()))


class Counting:
    """The work of the walk, whose name is `<journey>/<number>`."""

    limit = 1_000

    def __init__(self, censuses: Censuses, now: Clock) -> None:
        self._censuses, self._clock = censuses, now

    def see(self, name: str, page: Sequence[Row], gathered: Gathered) -> Gathered:
        census = self._censuses.get(journey_of(name))
        before = counting.from_json(gathered.get("lines", ()))
        lines = counting.counted(page, census.asked.apart if census else (), before)
        return {"lines": counting.to_json(lines), "runs": gathered.get("runs", 0) + len(page)}

    def finish(self, name: str, gathered: Sequence[Gathered]) -> bool:
        census = self._censuses.get(journey_of(name))
        if census and census.is_under_way and str(census.asked.number) == name.rpartition("/")[2]:
            lines = counting.together(counting.from_json(each["lines"]) for each in gathered)
            made = Made(census.asked, clock.to_text(self._clock.now()), lines)
            self._censuses.put(replace(census, made=made, revision=census.revision + 1))
        return True
