"""Durations as ISO 8601 writes them: `P3D`, `PT4H`, `P1M`. Nothing is rounded, and nothing is cut to what fits."""

import re
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from shopkeeper.journey.untils import Span

MOST_DAYS = 3_660
_FORM = re.compile(
    r"P(?:(?P<weeks>[0-9]{1,4})W"
    r"|(?=[0-9]|T)(?:(?P<years>[0-9]{1,4})Y)?(?:(?P<months>[0-9]{1,4})M)?(?:(?P<days>[0-9]{1,5})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,6})H)?(?:(?P<minutes>[0-9]{1,7})M)?(?:(?P<seconds>[0-9]{1,9})S)?)?)"
)
_DAY = 86_400


def read(text: str) -> Span:
    """Raises ValueError."""
    found = _FORM.fullmatch(text)
    if not found:
        raise ValueError("is a duration such as P3D, PT4H, PT90M or P1M, in whole numbers")
    said = {name: int(number or 0) for name, number in found.groupdict().items()}
    span = Span(
        months=12 * said["years"] + said["months"],
        days=7 * said["weeks"] + said["days"],
        seconds=3600 * said["hours"] + 60 * said["minutes"] + said["seconds"],
    )
    if span == Span():
        raise ValueError("is no time at all")
    if 31 * span.months + span.days + span.seconds / _DAY > MOST_DAYS:
        raise ValueError("is longer than ten years")
    return span


def seconds(text: str) -> int:
    """Of what is counted by the clock: a day has 24 hours. Raises ValueError."""
    span = read(text)
    if span.months:
        raise ValueError("cannot be in months or years, as these are of different lengths")
    return _DAY * span.days + span.seconds


def _checked(text: str) -> str:
    read(text)
    return text


def _checked_seconds(text: str) -> str:
    seconds(text)
    return text


_FORM_OF_IT = WithJsonSchema({"type": "string", "format": "duration", "examples": ["P3D", "PT4H"]})
Duration = Annotated[str, AfterValidator(_checked), _FORM_OF_IT]
"""Days and months go by the calendar of the customer, hours by the clock."""
Timed = Annotated[str, AfterValidator(_checked_seconds), _FORM_OF_IT]
"""By the clock alone: a day has 24 hours, and months are refused."""
