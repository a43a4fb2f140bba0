"""Read one cell of a file: an amount, an instant, an id, an address. An empty cell never gets here: it says nothing.

Nothing is guessed. A mark between thousands counts only in a file that says which mark its decimals have.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from shopkeeper import clock
from shopkeeper.customer import emails, lists, subjects

Reader = Callable[[str], object]

MAX_CELL = 8_000
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_PLAIN = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?", re.ASCII)
_GROUPED = {
    ".": re.compile(r"[+-]?(\d{1,20}|\d{1,3}([, '\u2019\u00a0\u202f]\d{3})+)(\.\d{1,20})?", re.ASCII),
    ",": re.compile(r"[+-]?(\d{1,20}|\d{1,3}([. '\u2019\u00a0\u202f]\d{3})+)(,\d{1,20})?", re.ASCII),
}
_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?", re.ASCII)
_DATE_PART = re.compile(r"[A-Za-z]+")
_DIRECTIVES = {
    "YYYY": "%Y",
    "YY": "%y",
    "MM": "%m",
    "MON": "%b",
    "DD": "%d",
    "HH": "%H",
    "hh": "%I",
    "mm": "%M",
    "ss": "%S",
    "AM": "%p",
}
_TRUE, _FALSE = {"true", "yes", "y", "1", "ja"}, {"false", "no", "n", "0", "nein"}


class BadCell(ValueError):
    """The message is what the marketer reads, e.g. "'31.2.' is no date of the form DD.MM.YYYY"."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a file writes its cells. `dates` is a form such as DD.MM.YYYY, "" for ISO 8601; none lies after `latest`.

    A date in ISO 8601 is read in every file: it can be taken for nothing else.
    """

    latest: datetime
    dates: str = ""
    decimal: str = ""
    zone: tzinfo = UTC

    def instant(self, cell: str) -> str:
        """An instant as text. A local time that occurs twice is the first; one that is left out moves forward."""
        return clock.to_text(self._moment(cell)[0])

    def date(self, cell: str) -> str:
        """A day as it is written, for it is the same day in every zone; with a time of day an instant."""
        moment, day = self._moment(cell)
        return day or clock.to_text(moment)

    def _moment(self, cell: str) -> tuple[datetime, str]:
        """With the day, where there is no time of day."""
        try:
            read, has_time = _date(cell, self.dates)
            moment = (read if read.tzinfo else read.replace(tzinfo=self.zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise BadCell(f"{cell!r} is no date of the form {self.dates or 'YYYY-MM-DD'}") from None
        if moment < _EARLIEST:
            raise BadCell(f"{cell!r} lies before 1900")
        if moment > self.latest:
            raise BadCell(f"{cell!r} lies in the future")
        return moment, "" if has_time else read.date().isoformat()

    def number(self, cell: str) -> int | float:
        if not (_GROUPED[self.decimal] if self.decimal else _PLAIN).fullmatch(cell):
            raise BadCell(f"{cell!r} is no number")
        group = {",": ".", ".": ","}.get(self.decimal, "")
        plain = re.sub(r"[ '\u2019\u00a0\u202f]", "", cell).replace(group, "") if group else cell
        exact = Decimal(plain.replace(",", "."))
        return _shortest(exact, cell)

    def amount(self, cell: str) -> int | float:
        number = self.number(cell)
        if number < 0:
            raise BadCell(f"{cell!r} is negative; what is given back is a refund, not an order")
        return number

    def units(self, cell: str) -> int:
        number = self.number(cell)
        if not isinstance(number, int) or number < 0:
            raise BadCell(f"{cell!r} is no number of units")
        return number


def _shortest(exact: Decimal, cell: str) -> int | float:
    """As JSON writes numbers, and only if nothing is lost."""
    if exact == exact.to_integral_value() and abs(exact) < 10**15:
        return int(exact)
    if Decimal(repr(float(exact))) != exact:
        raise BadCell(f"{cell!r} has more digits than can be kept")
    return float(exact)


def _date(cell: str, form: str) -> tuple[datetime, bool]:
    """And whether it says a time. A cell may leave out what stands last in the form: seconds, or the time of day."""
    if not form or (_ISO.fullmatch(cell) and not form.startswith("YYYY")):
        return datetime.fromisoformat(re.sub(r" ?(UTC|GMT)$", "Z", cell)), not _is_day(cell)
    for pattern in _patterns(form):
        try:
            read = datetime.strptime(cell, pattern)  # noqa: DTZ007 - the zone comes next.
            return read, "%H" in pattern or "%I" in pattern
        except ValueError:
            continue
    raise ValueError(cell)


def _is_day(cell: str) -> bool:
    try:
        date.fromisoformat(cell)
    except ValueError:
        return False
    return True


@cache
def _patterns(form: str) -> tuple[str, ...]:
    pattern = strptime_pattern(form)
    shorter = (re.sub(":%S", "", pattern), re.sub("[ T,]*%[HI].*$", "", pattern))
    return tuple(dict.fromkeys((pattern, *shorter)))


@cache
def strptime_pattern(form: str) -> str:
    """`DD.MM.YYYY HH:mm` becomes `%d.%m.%Y %H:%M`. Raises ValueError naming what it does not know."""

    def directive(match: re.Match[str]) -> str:
        try:
            return _DIRECTIVES[match[0]]
        except KeyError:
            raise ValueError(f"{match[0]!r} is none of {', '.join(_DIRECTIVES)}") from None

    pattern = re.sub("T(?=HH)", "\x00", form.replace("%", "%%"))
    pattern = _DATE_PART.sub(directive, pattern).replace("\x00", "T")
    said = set(re.findall("%.", pattern))
    if "%d" not in said or not said & {"%m", "%b"} or not said & {"%Y", "%y"}:
        raise ValueError("a date needs a day, a month and a year")
    return pattern


def zone(name: str) -> tzinfo:
    """Raises ValueError for a name that IANA does not list."""
    if name not in available_timezones():
        raise ValueError(f"{name!r} is no IANA time zone such as Europe/Berlin")
    return ZoneInfo(name)


def text(cell: str) -> str:
    if "\x00" in cell:
        raise BadCell("holds a NUL character")
    if len(cell) > MAX_CELL:
        raise BadCell(f"is longer than {MAX_CELL:,} characters")
    return cell


def boolean(cell: str) -> bool:
    if cell.lower() in _TRUE:
        return True
    if cell.lower() in _FALSE:
        return False
    raise BadCell(f"{cell!r} is neither true nor false")


def currency(cell: str) -> str:
    code = cell.upper()
    if not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise BadCell(f"{cell!r} is no currency such as EUR")
    return code


def user_id(cell: str) -> str:
    """As the shop writes it, e.g. with its leading zeros."""
    return _id(cell, "user")


def order_id(cell: str) -> str:
    return _id(cell, "order")


def list_id(cell: str) -> str:
    if not 0 < len(cell) <= lists.MOST_ID_LETTERS:
        raise BadCell(f"is no id of 1 to {lists.MOST_ID_LETTERS} characters")
    return text(cell)


def email(cell: str) -> str:
    """Written one way, so that one address is one identity."""
    try:
        address = emails.normal_email(cell)
    except ValueError:
        raise BadCell(f"{cell[:80]!r} is no e-mail address") from None
    return _id(address, "email")


def _id(cell: str, kind: str) -> str:
    """Fit to be a subject."""
    if not cell.isprintable():
        raise BadCell("holds a control character")
    try:
        subjects.subject(kind, subjects.id_text(cell))
    except subjects.NotAnId as error:
        reason = "is too long for an id" if error.code == "too_long" else "is what programs write when they know no id"
        raise BadCell(f"{cell[:80]!r} {reason}") from None
    return cell
