"""How fast letters go: all senders together never faster than SES grants the account, in whichever second.

One bucket for the account says when each of a few lanes is free. A sender takes a block of a lane, some seconds of it
for itself, in one conditional write for many mails, and keeps the lane's spacing between its own calls; its last call
in the block is a spacing before the block's end, where the next one may begin. So calls in one lane are never closer
than the spacing, whoever makes them and however late, and all lanes together stay below what they are meant for: a
share of what SES grants, so that transactional mail, which is not paced, has the rest.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from shopkeeper.clock import Clock
from shopkeeper.mail.account import Account
from shopkeeper.mail.state import MailState

SHARE = 0.8
SANDBOX = 1.0
"""Mails a second, while nobody knows what SES grants: as much as a new account has."""
MOST_LANES = 250
_LANES = 0.18  # For each mail a second: a lane is a little slower than one sender could be.
_UNPACED = 100_000  # mails a second; so many nobody can send.
_BLOCK_MS, _BLOCK_MAILS = 5_000, 10
SLOWS_BY, SLOW_FOR = 0.8, timedelta(minutes=5)
_SLOWEST, _SLOWS_AGAIN_MS = 0.2, 5_000
_TRIES = 8


class Overtaken(Exception):
    """Another sender has changed the bucket since it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Instants are milliseconds: when each lane is free again, and until when SES's refusals slow all down to `factor`
    of the rate."""

    lanes: tuple[int, ...] = ()
    spacing: int = 0
    factor: float = 1.0
    slowed_at: int = 0
    revision: int = 0

    def rate(self, granted: float, now: int) -> float:
        is_slow = now < self.slowed_at + SLOW_FOR // timedelta(milliseconds=1)
        return granted * SHARE * (self.factor if is_slow else 1.0)

    def laid_out(self, granted: float, now: int) -> "Bucket":
        """In lanes for this rate. Where these are others than before, all wait until the blocks of before are over."""
        rate = self.rate(granted, now)
        count = max(1, min(MOST_LANES, int(rate * _LANES)))
        spacing = 0 if rate >= _UNPACED else math.ceil(1000 * count / rate)
        if (len(self.lanes), self.spacing) == (count, spacing):
            return self
        return replace(self, lanes=(max(self.lanes, default=0),) * count, spacing=spacing)

    def slowed(self, now: int) -> "Bucket":
        """One more step, but not for each of many mails that SES refuses at once."""
        if now < self.slowed_at + _SLOWS_AGAIN_MS:
            return self
        is_slow = now < self.slowed_at + SLOW_FOR // timedelta(milliseconds=1)
        factor = max((self.factor if is_slow else 1.0) * SLOWS_BY, _SLOWEST)
        return replace(self, factor=factor, slowed_at=now, revision=self.revision + 1)


@dataclass(frozen=True, slots=True)
class Block:
    """Of a lane: calls may start from `start` on, a `spacing` apart, the last one a spacing before `end`."""

    start: int
    end: int
    spacing: int

    def turn(self, last: int, now: int) -> int | None:
        """When the next call may start; None if not in this block any more."""
        at = max(now, self.start, last + self.spacing)
        return at if at <= self.end - self.spacing else None


def take(bucket: Bucket, granted: float, now: int, latest: int) -> tuple[Bucket, Block] | None:
    """A block of the lane that is free first; None if that is later than `latest`."""
    laid = bucket.laid_out(granted, now)
    free = min(laid.lanes)
    start = max(now, free)
    if start > latest:
        return None
    end = start + max(_BLOCK_MS, _BLOCK_MAILS * laid.spacing)
    lane = laid.lanes.index(free)
    lanes = (*laid.lanes[:lane], end, *laid.lanes[lane + 1 :])
    return replace(laid, lanes=lanes, revision=bucket.revision + 1), Block(start, end, laid.spacing)


class Buckets(Protocol):
    def get(self) -> Bucket: ...

    def put(self, bucket: Bucket) -> None:
        """In the place of the revision before. Raises Overtaken."""


class MailStates(Protocol):
    def get(self) -> MailState: ...


class Pace:
    """Of one sender, which makes one call at a time. `ask` asks SES for the account where nobody has done so yet, and
    gives None where it cannot."""

    def __init__(
        self,
        buckets: Buckets,
        states: MailStates,
        ask: Callable[[], Account | None],
        now: Clock,
        sleep: Callable[[float], None],
    ) -> None:
        self._buckets, self._states, self._ask, self._clock, self._sleep = buckets, states, ask, now, sleep
        self._block: Block | None = None
        self._last, self._granted = 0, 0.0

    def near(self, most: timedelta) -> bool:
        """Waits until a call could start now; False if that takes longer than `most`."""
        return self._turn(most) is not None

    def take(self, most: timedelta) -> bool:
        """The same, for the call that starts now."""
        at = self._turn(most)
        self._last = self._last if at is None else at
        return at is not None

    def slow(self) -> None:
        """SES says that it is too fast: all senders are slower for a while."""
        for _ in range(_TRIES):
            bucket = self._buckets.get()
            slowed = bucket.slowed(self._now())
            try:
                return None if slowed is bucket else self._buckets.put(slowed)
            except Overtaken:
                continue
        return None

    def _turn(self, most: timedelta) -> int | None:
        latest = self._now() + most // timedelta(milliseconds=1)
        for _ in range(_TRIES):
            now = self._now()
            at = self._block.turn(self._last, now) if self._block else None
            if at is None:
                if not self._take(now, latest):
                    return None
            elif at > latest:
                return None
            elif at <= now:
                return now
            else:
                self._sleep((at - now) / 1000)
        return None

    def _take(self, now: int, latest: int) -> bool:
        """False where no lane is free in time. Overtaken by another sender, it has to be tried again."""
        taken = take(self._buckets.get(), self._rate(), now, latest)
        if taken is None:
            return False
        bucket, block = taken
        try:
            self._buckets.put(bucket)
        except Overtaken:
            return True
        self._block = block
        return True

    def _rate(self) -> float:
        if account := self._states.get().account:
            return account.most_a_second
        if not self._granted:
            asked = self._ask()
            self._granted = asked.most_a_second if asked else SANDBOX
        return self._granted

    def _now(self) -> int:
        return int(self._clock.now().timestamp() * 1000)
