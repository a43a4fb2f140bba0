"""Days, instants, times and lists of things, as people say them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo

from shopkeeper import clock, money
from shopkeeper.segment import calendar

_MONTHS = (
    "January February March April May June July August September October November December".split()  # Of no locale.
)
_START = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_LONGEST = 80


def local(ms: int, zone: tzinfo) -> datetime | None:
    """None for what no calendar reaches."""
    try:
        return (_START + timedelta(milliseconds=ms)).astimezone(zone)
    except OverflowError:
        return None


def text(ms: int) -> str:
    """In UTC, as `clock.to_text` writes it; empty for what no calendar reaches."""
    at = local(ms, UTC)
    return clock.to_text(at) if at else ""


def zone_name(zone: tzinfo) -> str:
    return getattr(zone, "key", "UTC")


def day(day_: int) -> str:
    """3 November 2026."""
    return _day(calendar.to_date(day_))


def iso_day(text_: str) -> str:
    return _day(date.fromisoformat(text_))


def month(day_: int) -> str:
    """November 2026."""
    return _day(calendar.to_date(day_)).partition(" ")[2]


def _day(at: date) -> str:
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def day_of(ms: int, zone: tzinfo) -> str:
    at = local(ms, zone)
    return _day(at) if at else "a day out of reach"


def moment(ms: int, zone: tzinfo) -> str:
    """3 November 2026, 14:05; with seconds where there are any."""
    at = local(ms, zone)
    if at is None:
        return "an instant out of reach"
    seconds = f":{at.second:02}" if at.second or at.microsecond else ""
    return f"{_day(at)}, {at:%H:%M}{seconds}"


def lasting(seconds: int) -> str:
    """In the largest unit that tells it exactly: 90 days, 36 hours, 30 minutes."""
    name, size = next(each for each in _UNITS if seconds % each[1] == 0 and (each[1] < 86_400 or seconds != 86_400))
    return several(seconds // size, name)


def passed(seconds: int) -> str:
    """30 minutes have passed, 1 hour has passed."""
    return f"{lasting(seconds)} {are(lasting(seconds), 'has', 'have')} passed"


def are(said: str, one: str = "is", more: str = "are") -> str:
    return one if said.startswith("1 ") else more


def roughly(ms: int) -> str:
    """In its two largest units."""
    rest, parts = max(0, ms) // 1000, list[str]()
    for name, size in _UNITS:
        if count := rest // size:
            parts.append(several(count, name))
        rest %= size
    return " ".join(parts[:2]) or "less than a second"


def several(count: int, thing: str) -> str:
    return f"{count} {thing}" + "s" * (count != 1)


def times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def amount(units: int, currency: str) -> str:
    """Decimal text; what has no currency goes without one."""
    text_ = f"{money.major_units(units, currency):f}"
    return text_ if currency in ("", "XXX") else f"{text_} {currency}"


def value(said: object) -> str:
    if isinstance(said, bool):
        return "true" if said else "false"
    if isinstance(said, str):
        return f'"{said}"' if len(said) <= _LONGEST else f'"{said[:_LONGEST]}…"'
    return str(said)


def listed(things: Iterable[str], word: str = "and", most: int = 5) -> str:
    """a, b and c; what is more than `most` is counted."""
    named = list(things)
    if len(named) > most:
        named[most - 1 :] = [f"{len(named) - most + 1} more"]
    return joined(named, word)


def joined(named: Sequence[str], word: str = "and") -> str:
    return f"{', '.join(named[:-1])} {word} {named[-1]}" if len(named) > 1 else "".join(named)


def capital(said: str) -> str:
    return said[:1].upper() + said[1:]


def a(thing: str) -> str:
    """With its article."""
    return f"{'an' if thing[0] in 'aeiou' else 'a'} {thing}"
