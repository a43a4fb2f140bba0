"""When a schedule expression of EventBridge fires: `rate(5 minutes)`, `cron(0 8 ? * MON-FRI *)`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from local.evaluate import TemplateError

_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_LAST_YEAR = 2199
_MONTHS = {name: n for n, name in enumerate("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(), 1)}
_DAYS = {name: n for n, name in enumerate("SUN MON TUE WED THU FRI SAT".split(), 1)}
_PART = re.compile(r"(?:\*|(\w+)(?:-(\w+))?)(?:/(\d+))?")


class Timetable(Protocol):
    def after(self, instant: float) -> float:
        """The first firing later than that, both in seconds since 1970."""
        ...


@dataclass(frozen=True, slots=True)
class Rate:
    """Counted from when the rule was made."""

    start: float
    seconds: int

    def after(self, instant: float) -> float:
        passed = max(0, instant - self.start) // self.seconds
        return self.start + (passed + 1) * self.seconds


@dataclass(frozen=True, slots=True)
class Cron:
    """Times are UTC. Either `days` or `weekdays` (Sunday is 1) is None, which stands for any."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int] | None
    months: frozenset[int]
    weekdays: frozenset[int] | None
    years: frozenset[int]

    def after(self, instant: float) -> float:
        first = datetime.fromtimestamp(instant // 60 * 60 + 60, UTC)
        for day in self._days_from(first):
            for hour in sorted(self.hours):
                for minute in sorted(self.minutes):
                    found = day.replace(hour=hour, minute=minute)
                    if found >= first:
                        return found.timestamp()
        return float("inf")

    def _days_from(self, first: datetime) -> Iterator[datetime]:
        day = first.replace(hour=0, minute=0)
        while day.year <= max(self.years):
            if self._is_on(day):
                yield day
            day += timedelta(days=1)

    def _is_on(self, day: datetime) -> bool:
        weekday = day.isoweekday() % 7 + 1
        return (
            day.year in self.years
            and day.month in self.months
            and (self.days is None or day.day in self.days)
            and (self.weekdays is None or weekday in self.weekdays)
        )


def read(expression: str, now: float) -> Timetable:
    """Raises TemplateError."""
    if found := re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression):
        return Rate(now, int(found[1]) * _UNITS[found[2]])
    if found := re.fullmatch(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)", expression):
        return _cron(expression, *found.groups())
    raise TemplateError(f"{expression} is no schedule that the local stack knows")


def _cron(expression: str, minutes: str, hours: str, days: str, months: str, weekdays: str, years: str) -> Cron:
    if (days == "?") == (weekdays == "?"):
        raise TemplateError(f"{expression} must have a ? either as its day or as its weekday")
    return Cron(
        _numbers(expression, minutes, range(60)),
        _numbers(expression, hours, range(24)),
        None if days == "?" else _numbers(expression, days, range(1, 32)),
        _numbers(expression, months, range(1, 13), _MONTHS),
        None if weekdays == "?" else _numbers(expression, weekdays, range(1, 8), _DAYS),
        _numbers(expression, years, range(1970, _LAST_YEAR + 1)),
    )


def _numbers(expression: str, field: str, allowed: range, names: dict[str, int] | None = None) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        said = _PART.fullmatch(part)
        if not said:
            raise TemplateError(f"{expression} has {part}, which the local stack does not know")
        first, last, step = said.groups()
        start = _number(first, names) if first else allowed.start
        end = _number(last, names) if last else start if first and not step else allowed.stop - 1
        found.update(range(start, end + 1, int(step or 1)))
    if not found or not found <= set(allowed):
        raise TemplateError(f"{expression} has {field}, which no clock shows")
    return frozenset(found)


def _number(word: str, names: dict[str, int] | None) -> int:
    if names and word in names:
        return names[word]
    if not word.isdecimal():
        raise TemplateError(f"{word} in a schedule is not known")
    return int(word)
