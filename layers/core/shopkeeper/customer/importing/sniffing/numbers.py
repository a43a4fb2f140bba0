"""Which mark stands before decimals. 1.234 is one and a bit or a thousand and more: other numbers tell, or a person."""

import re
from collections.abc import Iterable

from shopkeeper.customer.importing.sniffing.guess import Guess

_SIGN = "[+-]?"
_SPACES = " '\u2019\u00a0\u202f"
NUMBER = re.compile(rf"{_SIGN}\d[\d.,{_SPACES}]*", re.ASCII)
_EITHER = re.compile(rf"{_SIGN}[1-9]\d{{0,2}}[.,]\d{{3}}", re.ASCII)


def _shapes(decimal: str, other: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Numbers that cannot be read otherwise than with `decimal`: without and with thousands marked."""
    d, o = re.escape(decimal), re.escape(other)
    plain = rf"{_SIGN}\d+{d}(\d{{1,2}}|\d{{4,}})|{_SIGN}(0|\d{{4,}}){d}\d{{3}}"
    grouped = rf"{_SIGN}\d{{1,3}}([{o}{_SPACES}]\d{{3}})+{d}\d+|{_SIGN}\d{{1,3}}({o}\d{{3}}){{2,}}"
    return re.compile(plain, re.ASCII), re.compile(grouped, re.ASCII)


_POINT, _POINT_GROUPED = _shapes(".", ",")
_COMMA, _COMMA_GROUPED = _shapes(",", ".")
_SPACED = re.compile(rf"{_SIGN}\d{{1,3}}([{_SPACES}]\d{{3}})+", re.ASCII)


def is_number(cell: str) -> bool:
    return bool(NUMBER.fullmatch(cell))


def decimal(cells: Iterable[str]) -> Guess:
    """Of all cells that are to be read as numbers."""
    marked = [cell for cell in cells if NUMBER.fullmatch(cell) and not cell.lstrip("+-").isdigit()]
    points = [cell for cell in marked if _POINT.fullmatch(cell) or _POINT_GROUPED.fullmatch(cell)]
    commas = [cell for cell in marked if _COMMA.fullmatch(cell) or _COMMA_GROUPED.fullmatch(cell)]
    if points and commas:
        why = f"{points[0]!r} has decimals after a point and {commas[0]!r} after a comma"
        return Guess("decimal", ".", why, (".", ","))
    if commas:
        return Guess("decimal", ",", f"{commas[0]!r} has decimals after a comma")
    doubtful = [cell for cell in marked if _EITHER.fullmatch(cell)]
    if points:
        return _point(points[0], marked, doubtful)
    if doubtful:
        why = f"{doubtful[0]!r} can be more than a thousand or a number with decimals"
        return Guess("decimal", "." if "." in doubtful[0] else ",", why, (".", ","))
    if spaced := [cell for cell in marked if _SPACED.fullmatch(cell)]:
        return Guess("decimal", ".", f"{spaced[0]!r} has its thousands marked")
    return Guess("decimal", "", "no column that is read as numbers has decimals or marked thousands")


def _point(example: str, marked: list[str], doubtful: list[str]) -> Guess:
    """A point alone needs no saying; thousands that are marked do."""
    grouped = any(_POINT_GROUPED.fullmatch(cell) or _SPACED.fullmatch(cell) for cell in marked)
    if grouped or any("," in cell for cell in doubtful):
        return Guess("decimal", ".", f"{example!r} has decimals after a point")
    return Guess("decimal", "", f"{example!r} has decimals after a point, and no thousands are marked")
