"""How dates are written. 3/4/2024 is in April or in March: other dates of the file tell which, or a person."""

import re
from collections import Counter
from collections.abc import Iterable

from shopkeeper.customer.importing.sniffing.guess import Guess

ISO = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?", re.ASCII)
_WRITTEN = re.compile(
    r"(?P<a>\d{1,4})(?P<mark>[./-])(?P<b>\d{1,2}|[A-Za-z]{3})(?P=mark)(?P<c>\d{4}|\d\d)"
    r"(?:(?P<gap>T| +|, *)(?P<hour>\d{1,2}):\d\d(?P<seconds>:\d\d)?(?P<half> ?[AaPp][Mm])?)?",
    re.ASCII,
)
_LAST_MONTH = 12


def is_date(cell: str) -> bool:
    return bool(ISO.fullmatch(cell) or _WRITTEN.fullmatch(cell))


def form(cells: Iterable[str]) -> Guess:
    """Of all cells that are to be read as dates."""
    found = [match for cell in cells if not ISO.fullmatch(cell) and (match := _WRITTEN.fullmatch(cell))]
    if not found:
        return Guess("date_format", "", "no column that is read as dates has any other than YYYY-MM-DD")
    time = _time(found)
    orders, why = _orders(found)
    forms = [f"{order}{time}" for order in orders]
    return Guess("date_format", forms[0], why, tuple(forms) if len(forms) > 1 else ())


def _orders(found: list[re.Match[str]]) -> tuple[list[str], str]:
    """The orders of day, month and year that may be meant."""
    mark = Counter(match["mark"] for match in found).most_common(1)[0][0]
    example = found[0]
    if any(len(match["a"]) == len("2024") for match in found):
        return [f"YYYY{mark}MM{mark}DD"], f"{example[0]!r} begins with the year"
    year = "YYYY" if any(len(match["c"]) == len("2024") for match in found) else "YY"
    if any(match["b"].isalpha() for match in found):
        return [f"DD{mark}MON{mark}{year}"], f"{example[0]!r} names the month"
    day_first, month_first = f"DD{mark}MM{mark}{year}", f"MM{mark}DD{mark}{year}"
    return _day_or_month_first(found, mark, day_first, month_first)


def _day_or_month_first(found: list[re.Match[str]], mark: str, day: str, month: str) -> tuple[list[str], str]:
    day_only = [match[0] for match in found if int(match["a"]) > _LAST_MONTH]
    month_only = [match[0] for match in found if int(match["b"]) > _LAST_MONTH]
    if day_only and month_only:
        return [day, month], f"{day_only[0]!r} begins with the day and {month_only[0]!r} with the month"
    if month_only:
        return [month], f"{month_only[0]!r} has no month but the first number"
    if day_only:
        return [day], f"{day_only[0]!r} has no month but the second number"
    if mark == ".":
        return [day], "nobody who writes dates with dots begins with the month"
    return [day, month], f"{found[0][0]!r} and all other dates that were looked at can be read in both ways"


def _time(found: list[re.Match[str]]) -> str:
    """The longest form of it there is: a cell may leave out what stands last."""
    timed = [match for match in found if match["hour"]]
    if not timed:
        return ""
    gap = timed[0]["gap"]
    halved = any(match["half"] for match in timed)
    seconds = ":ss" if any(match["seconds"] for match in timed) else ""
    half = next((re.sub("[AaPp][Mm]", "AM", match["half"]) for match in timed if match["half"]), "")
    return f"{gap}{'hh' if halved else 'HH'}:mm{seconds}{half}"
