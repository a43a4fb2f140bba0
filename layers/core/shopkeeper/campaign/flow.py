"""How fast a launch goes out, as its campaign says: so many a minute, more each day, a few first and then the rest."""

from typing import Literal

import msgspec


class Ramp(msgspec.Struct, frozen=True, kw_only=True):
    """So many on the first day, and each day `factor` times as many. A day is 24 hours from when the first could go."""

    first_day: int
    factor: float = 2.0

    def of_day(self, day: int) -> int:
        """`day` counts from 1."""
        return int(min(self.first_day * self.factor ** min(day - 1, 300), 1e12))


class First(msgspec.Struct, frozen=True, kw_only=True):
    """`count` go first. The rest go `then` minutes later, or wait until somebody says so."""

    count: int
    then: int | Literal["wait"] = "wait"


class Flow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`rate` is mails a minute, 0 for as many as can go. `most` may get it at all, 0 for everybody: a stock or a budget
    does not last for more."""

    rate: int = 0
    most: int = 0
    ramp: Ramp | None = None
    first: First | None = None

    @property
    def is_gated(self) -> bool:
        return bool(self.rate or self.most or self.ramp or self.first)


FREE = Flow()
"""Of a campaign that says nothing."""
