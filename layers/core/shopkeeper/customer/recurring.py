"""What comes again and again, by the wall clock, as people speak of it: every Monday at nine. Pure.

In a month that has not the day nothing comes. The clock is that of whoever asks: these times have no zone.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from itertools import count, islice, takewhile
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from pydantic import BaseModel

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ORDINALS = ("first", "second", "third", "fourth", "last")
OF_MONTH = f"^(last|({'|'.join(ORDINALS)}) ({'|'.join(WEEKDAYS)}))$"
"""A day of the month that has no number of its own: its last one, or its `first mon`."""
TIME = "^([01][0-9]|2[0-3]):[0-5][0-9]$"
PARTS = {"daily": "", "weekly": "weekdays", "monthly": "days"}
# Where a day begins first, and where it ends last.
FIRST_ZONE, LAST_ZONE = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
LEAD = timedelta(hours=1)
"""So long before a time comes where it comes first it is looked who is meant."""
# The 29th of February comes again within eight years.
_FURTHEST = timedelta(days=366 * 9)
_DAY = timedelta(days=1)
_IS_DAY = re.compile(r"\d{4}-\d\d-\d\d")

MonthDay = Annotated[int, Meta(ge=1, le=31)] | Annotated[str, Meta(pattern=OF_MONTH)]


class Recurring(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"from_": "from"}):
    """Every so many days, weeks or months from the day `from_` on, at `at`; weekly on `weekdays`, monthly on `days`, of
    which "last" is whichever that is, and "last mon" the last Monday. It ends with the day `until`, or with the
    `count`th time."""

    frequency: Literal["daily", "weekly", "monthly"]
    at: Annotated[str, Meta(pattern=TIME)]
    every: Annotated[int, Meta(ge=1)] = 1
    weekdays: tuple[Weekday, ...] = ()
    days: tuple[MonthDay, ...] = ()
    from_: str = ""
    until: str = ""
    count: int = 0

    def walls(self, after: date) -> Iterator[datetime]:
        """Times of the wall clock from that day on, which have no zone; none where the next one is years away."""
        begins = date.fromisoformat(self.from_) if self.from_ else after
        furthest = max(begins, after) + _FURTHEST
        ends = min(date.fromisoformat(self.until), furthest) if self.until else furthest
        found = takewhile(lambda day: day <= ends, (day for day in self._days(begins, ends) if day >= begins))
        for day in islice(found, self.count or None):
            if day >= after:
                yield datetime.combine(day, time.fromisoformat(self.at))

    def _days(self, begins: date, ends: date) -> Iterator[date]:
        if self.frequency == "monthly":
            return self._of_months(begins, ends)
        if self.frequency == "weekly":
            return self._of_weeks(begins)
        return (begins + _DAY * (self.every * number) for number in count())

    def _of_weeks(self, begins: date) -> Iterator[date]:
        """Weeks begin on Mondays."""
        monday = begins - _DAY * begins.weekday()
        numbers = sorted(map(WEEKDAYS.index, self.weekdays))
        for week in count(0, self.every):
            yield from (monday + _DAY * (7 * week + number) for number in numbers)

    def _of_months(self, begins: date, ends: date) -> Iterator[date]:
        for number in count(begins.year * 12 + begins.month - 1, self.every):
            first = date(number // 12, number % 12 + 1, 1)
            if first > ends:
                break
            last = (first + 31 * _DAY).replace(day=1) - _DAY
            numbers = {_number(each, first, last) for each in self.days}
            yield from (first.replace(day=each) for each in sorted(numbers) if each <= last.day)


_FIELDS = frozenset(Recurring.__struct_encode_fields__)


def _number(each: int | str, first: date, last: date) -> int:
    if isinstance(each, int):
        return each
    if each == "last":
        return last.day
    which, _, name = each.partition(" ")
    weekday = WEEKDAYS.index(name)
    if which == "last":
        return last.day - (last.weekday() - weekday) % 7
    return 1 + (weekday - first.weekday()) % 7 + 7 * ORDINALS.index(which)


def faults(said: Recurring) -> Iterator[tuple[str, str]]:
    """What makes no sense of it, by its fields."""
    wanted = PARTS[said.frequency]
    for part in ("weekdays", "days"):
        if part != wanted and getattr(said, part):
            yield part, f"is not for what comes {said.frequency}"
        if part == wanted and not getattr(said, part):
            yield part, "is missing"
    if said.until and said.count:
        yield "count", "is one way to end, and until another"
    if not said.from_ and (said.count or said.every > 1):
        yield "from", "is missing: it is the day from which on is counted"
    if said.until and said.until < said.from_:
        yield "until", "is before from"


def of(said: BaseModel) -> Recurring:
    """Of the fields of that name, of what people have asked for."""
    parts = said.model_dump(mode="json", by_alias=True, exclude_none=True)
    return msgspec.convert({name: each for name, each in parts.items() if name in _FIELDS}, Recurring)


def held(value: Any) -> Recurring | None:
    """Of whatever stands in a trait; None for what is none."""
    try:
        said = msgspec.convert(value, Recurring)
        is_sound = not any(faults(said)) and all(map(_is_day, (said.from_, said.until)))
    except (msgspec.ValidationError, ValueError):
        return None
    return said if is_sound else None


def _is_day(text: str) -> bool:
    """Raises ValueError."""
    return not text or (bool(_IS_DAY.fullmatch(text)) and bool(date.fromisoformat(text)))
