"""A line of NDJSON as cells of a row: what a JSON object says under each of the columns that are asked for."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MAX_PARTS = 4


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
    found = ((name, _cell(under(said, name), "")) for name in columns(said))
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


def _cell(value: Any, decimal: str) -> str:
    if isinstance(value, _Number):
        return value.replace(".", decimal or ".")
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)
