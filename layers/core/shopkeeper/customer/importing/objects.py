"""A line of NDJSON as cells of a row: what a JSON object says under each of the columns that are asked for.

A cell is text like that of any file. What it stands for can be had as well, with the type that it has in JSON.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from shopkeeper.customer.collect import strict_json
from shopkeeper.customer.collect.strict_json import Flaw

MAX_PARTS = 4
_DEPTH = 3  # at which a property stands, as the door counts
_LONGEST_PLAIN = 50  # digits of a number that is written with an exponent


class NoObject(ValueError):
    """The message says what is wrong with the line."""


class _Number(str):
    """As it was written: no digit is lost."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NoObject("says one thing twice: a key is repeated")
    return found


def _constant(name: str) -> Any:
    raise NoObject(f"holds {name}, which is no number")


_decoder = json.JSONDecoder(object_pairs_hook=_pairs, parse_int=_Number, parse_float=_Number, parse_constant=_constant)


def read(text: str) -> dict[str, Any]:
    """Raises NoObject."""
    try:
        said = _decoder.decode(text)
    except NoObject:
        raise
    except ValueError:
        raise NoObject("is no JSON") from None
    except RecursionError:
        raise NoObject("is nested too deeply") from None
    if not isinstance(said, dict):
        raise NoObject("is no JSON object")
    return said


def cells(said: Mapping[str, Any], columns: Sequence[str], decimal: str) -> tuple[str, ...]:
    """Numbers are written with `decimal`, as the text of the file is. Raises NoObject."""
    found = tuple(_cell(under(said, column), decimal) for column in columns)
    try:
        "".join(found).encode()
    except UnicodeEncodeError:
        raise NoObject("holds half a character (a lone surrogate)") from None
    return found


def told(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    """All it says, as a name and a cell each. Half a character, which no column may hold, is a question mark."""
    found = ((name, _raw(under(said, name))) for name in columns(said))
    return [(_whole(name), _whole(cell)) for name, cell in found]


def _whole(text: str) -> str:
    return text.encode(errors="replace").decode()


def columns(said: Mapping[str, Any], parts: int = 1) -> Iterator[str]:
    """The names of all it says; `address.city` for what is said inside `address`."""
    for name, value in said.items():
        if isinstance(value, dict) and value and parts < MAX_PARTS:
            yield from (f"{name}.{inner}" for inner in columns(value, parts + 1))
        else:
            yield name


def under(said: Mapping[str, Any], column: str) -> Any:
    if column in said:
        return said[column]
    name, dot, rest = column.partition(".")
    inner = said.get(name) if dot else None
    return under(inner, rest) if isinstance(inner, dict) else None


def is_text(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, _Number)


def kept(value: Any) -> Any:
    """With its type, under the rules of the door. Raises strict_json.Flaw."""
    made = _kept(value, _DEPTH)
    strict_json.check(made, _DEPTH)
    return made


def _kept(value: Any, depth: int) -> Any:
    if isinstance(value, _Number):
        return strict_json.number(str(value))
    if isinstance(value, dict | list) and depth > strict_json.MAX_DEPTH:
        raise Flaw("too_deep")
    if isinstance(value, dict):
        return {name: _kept(each, depth + 1) for name, each in value.items() if name not in strict_json.HARMFUL_KEYS}
    return [_kept(each, depth + 1) for each in value] if isinstance(value, list) else value


def _cell(value: Any, decimal: str) -> str:
    return _plain(value).replace(".", decimal or ".") if isinstance(value, _Number) else _raw(value)


def _plain(number: _Number) -> str:
    """1e3 is 1000: a cell that is read as a number has no exponent."""
    if "e" not in number.lower():
        return number
    exact = Decimal(number)
    is_short = abs(exact.adjusted()) < _LONGEST_PLAIN and len(exact.as_tuple().digits) < _LONGEST_PLAIN
    return f"{exact:f}" if is_short else number


def _raw(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)
