"""The times that count, as a rule says them. All are half open: their end is not in them."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from shopkeeper import clock
from shopkeeper.customer import requests
from shopkeeper.customer.requests import Strict

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOST_DAYS = 399
"""Of the 400 newest days that are kept one may be tomorrow: clocks differ."""
MOST_WEEKS, MOST_MONTHS = MOST_DAYS // 7, 13


class Seconds(Strict):
    seconds: Annotated[int, Field(ge=1, le=10**9)]

    @property
    def milliseconds(self) -> int:
        return self.seconds * 1000


class Several(Strict):
    n: Annotated[int, Field(ge=1, le=3660)]


class Rolling(Strict):
    """The time until now: what happened at t is in it while t <= now < t + seconds."""

    rolling: Seconds

    @property
    def milliseconds(self) -> int:
        return self.rolling.milliseconds


class Days(Strict):
    """So many calendar days of the workspace, today being one of them."""

    days: Several


class Weeks(Strict):
    """So many calendar weeks, which begin on Monday, this week being one of them."""

    weeks: Several


class Months(Strict):
    """So many calendar months, this month being one of them."""

    months: Several


class Calendar(Strict):
    calendar: Literal[
        "today", "yesterday", "this_week", "last_week", "this_month", "last_month", "this_year", "last_year"
    ]


def is_day(text: str) -> bool:
    return bool(_DAY.fullmatch(text))


def day_or_instant(text: Any) -> str:
    """A day such as 2026-11-20, or an instant as `clock.to_text` writes it. Raises ValueError."""
    try:
        if isinstance(text, str) and is_day(text):
            return date.fromisoformat(text).isoformat()
        return clock.to_text(datetime.fromisoformat(text))
    except (ValueError, TypeError, OverflowError):
        raise ValueError("is no day such as 2026-11-20, and no instant such as 2026-11-20T09:00:00Z") from None


class Bounds(Strict):
    """From the one until before the other; a day is its first instant in the workspace's zone."""

    from_: Annotated[str | None, Field(alias="from")] = None
    to: str | None = None

    @field_validator("from_", "to", mode="before")
    @classmethod
    def _instant(cls, text: Any) -> str | None:
        return None if text is None else day_or_instant(text)

    @model_validator(mode="after")
    def _some(self) -> "Bounds":
        if self.from_ is None and self.to is None:
            raise ValueError("needs `from`, `to` or both")
        if self.from_ and self.to and self.from_ >= self.to:
            raise ValueError("`to` is not later than `from`")
        return self


class Between(Strict):
    between: Bounds


Span = Rolling | Days | Weeks | Months | Calendar | Between
_KINDS: dict[str, type[Span]] = {
    "rolling": Rolling,
    "days": Days,
    "weeks": Weeks,
    "months": Months,
    "calendar": Calendar,
    "between": Between,
}
_FORMS = (
    'there is "ever", {"rolling": {"seconds": 604800}}, {"days": {"n": 30}}, {"weeks": {"n": 4}}, '
    '{"months": {"n": 3}}, {"calendar": "this_month"} and {"between": {"from": "2026-11-20", "to": "2026-12-01"}}'
)


def _window(said: Any) -> Any:
    return said if said == "ever" else of_kinds(said, _KINDS, _FORMS)


def of_kinds(said: Any, kinds: Mapping[str, type[Strict]], forms: str) -> Any:
    """What has one name alone, which says of what kind it is. Read here, as pydantic would find fault once with each
    kind. Raises ValueError with all the forms there are."""
    if isinstance(said, tuple(kinds.values())):
        return said
    kind = kinds.get(next(iter(said))) if isinstance(said, dict) and len(said) == 1 else None
    if kind is None:
        raise ValueError(forms)
    return within(kind, said)


class Inside(ValueError):
    """Something is wrong inside of a field that is read by itself, at the end of `way`."""

    def __init__(self, way: str, reason: str) -> None:
        super().__init__(reason)
        self.way = way


class Beside(ValueError):
    """Wrong is the field `name` beside the one that was read."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name


_Model = TypeVar("_Model", bound=Strict)


def within(kind: type[_Model], said: Any) -> _Model:
    """Raises Inside with the first thing that is wrong."""
    try:
        return kind.model_validate(said)
    except ValidationError as error:
        found = dict(error.errors(include_url=False)[0])
        way = ".".join(str(step) for step in error.errors()[0]["loc"])
        raise Inside(way, requests.in_words(found, requests.WORDS)) from None


Window = Annotated[Literal["ever"] | Span, BeforeValidator(_window)]


def is_since(window: Literal["ever"] | Span) -> bool:
    """It reaches until now, so what is in it is newer than all that is not."""
    if isinstance(window, Calendar):
        return window.calendar == "today" or window.calendar.startswith("this_")
    return not (isinstance(window, Between) and window.between.to)


def of_whole_days(window: Literal["ever"] | Span) -> bool:
    if isinstance(window, Between):
        return all(is_day(bound) for bound in (window.between.from_, window.between.to) if bound)
    return not isinstance(window, Rolling)


def check_days(window: Literal["ever"] | Span) -> None:
    """Raises ValueError where the days that are kept cannot tell what was in it."""
    if not of_whole_days(window):
        raise ValueError("is counted by whole days: there is days, weeks, months, calendar, and between two days")
    for kind, name, most in (
        (Days, "days", MOST_DAYS),
        (Weeks, "weeks", MOST_WEEKS),
        (Months, "months", MOST_MONTHS),
    ):
        if isinstance(window, kind) and getattr(window, name).n > most:
            raise ValueError(f"is at most {most} {name} here: the newest 400 days are kept")
    if isinstance(window, Calendar) and window.calendar == "last_year":
        raise ValueError("reaches further back than the 400 days that are kept")
