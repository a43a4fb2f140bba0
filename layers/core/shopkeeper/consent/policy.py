"""The policy: what the business holds itself to in all its mail. One definition, `PUT /v1/policy`."""

from collections.abc import Collection
from datetime import timedelta

import msgspec

from shopkeeper.consent.quiet import Quiet

KIND, ID = "policy", "mail"
MOST_APPROVED = 10_000_000
MOST, MOST_DAYS = 30, 30
"""What a cap allows at most and over how long: the contact keeps its reservations for as many, and as long."""


class Cap(msgspec.Struct, frozen=True, kw_only=True):
    """At most so many mails in any so many `days`, or `hours`; of these `topics`, or without any of all marketing."""

    most: int
    days: int = 0
    hours: int = 0
    topics: tuple[str, ...] = ()

    @property
    def window(self) -> timedelta:
        return timedelta(days=self.days, hours=self.hours)


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """So many places of each cap are for what has this priority or a higher one."""

    priority: int
    places: int


class Holiday(msgspec.Struct, frozen=True, kw_only=True):
    """A day, such as 2026-12-25, on which no marketing goes out to those in `countries`, or to anybody."""

    date: str
    countries: tuple[str, ...] = ()


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """`hold_out` percent of all customers get no marketing campaign, so that all others can be compared with them.

    A launch to more than `approval_over` of them needs a second person; None is for no launch.
    """

    caps: tuple[Cap, ...] = ()
    kept_for: Kept | None = None
    quiet: Quiet | None = None
    hold_out: int = 0
    approval_over: int | None = None
    holidays: tuple[Holiday, ...] = ()

    def holidays_in(self, countries: Collection[str]) -> frozenset[str]:
        """For somebody who is told to be there, in small letters."""
        return frozenset(
            each.date
            for each in self.holidays
            if not each.countries or any(name.casefold() in countries for name in each.countries)
        )


NONE = Policy()
"""Of a business that has never said anything."""
