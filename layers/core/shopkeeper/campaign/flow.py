"""How fast a launch goes out, as its campaign says: so many a minute, more each day, a few first and then the rest."""

from typing import Literal

import msgspec
from msgspec import structs

from shopkeeper import prices

ALL = 10**12
"""More than anybody has; a state machine passes it on as it is."""


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


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """`amount` in minor units, for which so many `mails` were to be had when it was launched."""

    amount: int
    currency: str = "USD"
    mails: int = 0

    @property
    def priced(self) -> "Budget":
        return structs.replace(self, mails=prices.letters(self.amount))


class Flow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`rate` is mails a minute, 0 for as many as can go. `most` may get it at all, 0 for everybody: a stock does not
    last for more, and neither may the `budget`."""

    rate: int = 0
    most: int = 0
    budget: Budget | None = None
    ramp: Ramp | None = None
    first: First | None = None

    @property
    def is_gated(self) -> bool:
        return bool(self.rate or self.is_limited or self.ramp or self.first)

    @property
    def is_limited(self) -> bool:
        return self.most_in_all < ALL

    @property
    def most_in_all(self) -> int:
        return min(self.most or ALL, self.budget.mails if self.budget else ALL)

    @property
    def spends_all(self) -> bool:
        """It is the budget that does not last for more."""
        return self.budget is not None and self.budget.mails == self.most_in_all


FREE = Flow()
"""Of a campaign that says nothing."""
