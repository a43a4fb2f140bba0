"""Leaves about dates among the traits, birthdays, and how long a customer has been known.

A date is text: a day such as 1990-05-01, or an instant such as 2026-05-01T10:00:00+02:00. What is neither is no value.
Days are those of the customer's own zone; of one whose zone is not known, of the workspace's.
"""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from shopkeeper.customer.asked import Path
from shopkeeper.customer.requests import Strict
from shopkeeper.segment.leaves import windows
from shopkeeper.segment.leaves.windows import Seconds

_YEARS = 200


class At(Strict):
    instant: str

    @field_validator("instant", mode="before")
    @classmethod
    def _instant(cls, text: Any) -> str:
        found = windows.day_or_instant(text)
        if windows.is_day(found):
            raise ValueError("is no instant such as 2026-11-20T09:00:00Z")
        return found


class On(Strict):
    day: str

    @field_validator("day", mode="before")
    @classmethod
    def _day(cls, text: Any) -> str:
        found = windows.day_or_instant(text)
        if not windows.is_day(found):
            raise ValueError("is no day such as 2026-11-20")
        return found


class Now(Strict):
    """So many seconds from now; fewer than none are ago."""

    now: Annotated[int, Field(ge=-(10**9), le=10**9)]


class Today(Strict):
    """A day so far from today. A month from the 31st is the last of a month that is shorter."""

    days: Annotated[int, Field(ge=-366 * _YEARS, le=366 * _YEARS)] = 0
    weeks: Annotated[int, Field(ge=-53 * _YEARS, le=53 * _YEARS)] = 0
    months: Annotated[int, Field(ge=-12 * _YEARS, le=12 * _YEARS)] = 0
    years: Annotated[int, Field(ge=-_YEARS, le=_YEARS)] = 0


class FromToday(Strict):
    today: Today


class InCalendar(Strict):
    calendar: Literal[
        "yesterday",
        "today",
        "tomorrow",
        "last_week",
        "this_week",
        "next_week",
        "last_month",
        "this_month",
        "next_month",
        "last_year",
        "this_year",
        "next_year",
    ]


Reference = At | On | Now | FromToday | InCalendar
_KINDS: dict[str, type[Reference]] = {
    "instant": At,
    "day": On,
    "now": Now,
    "today": FromToday,
    "calendar": InCalendar,
}
_FORMS = (
    'there is {"instant": "2026-11-20T09:00:00Z"}, {"day": "2026-11-20"}, {"now": -3600}, {"today": {"years": -18}} '
    'and {"calendar": "this_month"}'
)


def _reference(said: Any) -> Any:
    return windows.of_kinds(said, _KINDS, _FORMS)


class Date(Strict):
    """A date is before, on or after another. Only days can be `on`, not instants."""

    op: Literal["date"]
    path: Path
    cmp: Literal["before", "after", "on"]
    ref: Annotated[Reference, BeforeValidator(_reference)]

    @field_validator("ref")
    @classmethod
    def _of_days(cls, ref: Reference, info: ValidationInfo) -> Reference:
        if info.data.get("cmp") == "on" and isinstance(ref, At | Now):
            raise ValueError("is a single instant: `on` wants a day, or days of the calendar")
        return ref


class Anniversary(Strict):
    """The day of the year that a date has is today, or one of so many days from today.

    The 29th of February is kept on the 28th in common years. A date to come is not kept before it has come.
    """

    op: Literal["anniversary"]
    path: Path
    within_days: Annotated[int, Field(ge=0, le=365)]


class ProfileAge(Strict):
    """How long a customer has been known: since what was measured first, or what is told of them was told."""

    op: Literal["profile_age"]
    cmp: Literal["ge", "lt"]
    span: Seconds
