"""What somebody asks /_local for, checked field by field."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from shopkeeper import clock

_TIME = re.compile(r"\d\d:\d\d")


class WishError(Exception):
    """`field` cannot be what was sent; the text says why."""

    def __init__(self, field: str, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.field = field
        self.status = status


class Wishes:
    """Fields are taken one by one; `close` refuses those that nobody took."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._left = dict(fields)

    def has(self, field: str) -> bool:
        return field in self._left

    def text(self, field: str) -> str:
        value = self._take(field)
        if not isinstance(value, str) or not value:
            raise WishError(field, "must be text")
        return value

    def one_of(self, field: str, known: list[str]) -> str:
        value = self.text(field)
        if value not in known:
            raise WishError(field, f"{value!r} is not known; there is {', '.join(known)}")
        return value

    def count(self, field: str) -> int:
        value = self._take(field)
        if type(value) is not int or value < 1:
            raise WishError(field, "must be a whole number from 1")
        return value

    def number(self, field: str) -> int:
        """From a query, where numbers are text."""
        value = self._take(field)
        if not isinstance(value, str) or not value.isascii() or not value.isdecimal():
            raise WishError(field, "must be a whole number")
        return int(value)

    def flag(self, field: str) -> bool:
        value = self._take(field)
        if not isinstance(value, bool):
            raise WishError(field, "must be true or false")
        return value

    def texts(self, field: str) -> list[str]:
        value = self._take(field)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise WishError(field, "must be a list of texts")
        return value

    def statuses(self, field: str) -> list[int]:
        value = self._take(field)
        if (
            not isinstance(value, list)
            or not value
            or not all(type(each) is int and 200 <= each < 600 for each in value)
        ):
            raise WishError(field, "must be a list of HTTP statuses from 200 to 599")
        return value

    def objects(self, field: str) -> list[dict[str, Any]]:
        value = self._take(field)
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise WishError(field, "must be a list of objects")
        return value

    def words(self, field: str) -> str:
        """May be empty."""
        return str(self._take(field))

    def asks_for_next(self, field: str) -> bool:
        """Takes the field only if it is the word `next`."""
        return self._left.get(field) == "next" and bool(self._left.pop(field))

    def duration(self, field: str) -> timedelta:
        value = self._take(field)
        if type(value) not in (int, float):
            raise WishError(field, 'must be a number of seconds, or "next"')
        try:
            return timedelta(seconds=value)
        except (OverflowError, ValueError) as error:
            raise WishError(field, "is too far away") from error

    def instant(self, field: str, now: datetime) -> datetime:
        """Of a time of day, such as 09:00, the next one in UTC."""
        text = self.text(field)
        try:
            return _next(text, now) if _TIME.fullmatch(text) else clock.from_text(text)
        except ValueError as error:
            why = "must be an instant such as 2026-11-21T09:30:00Z, with its zone, or a time of day such as 09:30"
            raise WishError(field, why) from error

    def close(self) -> None:
        for field in self._left:
            raise WishError(field, "is not known here")

    def _take(self, field: str) -> Any:
        if field not in self._left:
            raise WishError(field, "is missing")
        return self._left.pop(field)


def _next(time_of_day: str, now: datetime) -> datetime:
    at = datetime.combine(now.date(), time.fromisoformat(time_of_day), UTC)
    return at if at > now else at + timedelta(days=1)


def as_text(instant: datetime) -> str:
    return clock.to_text(instant)


def from_seconds(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
