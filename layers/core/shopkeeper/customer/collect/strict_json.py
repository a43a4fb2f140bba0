"""JSON read strictly, one item at a time, so that a flaw in one costs none of its neighbours.

Python's own scanner does the reading. Its hooks leave a mark where they meet a number or an object that breaks a rule,
and one walk over what was read finds the marks, measures the rest, and knows the path to each.
"""

import json
import re
from typing import Any

MAX_DEPTH = 10
MAX_KEYS = 300
MAX_KEY_BYTES = 128
MAX_TEXT_BYTES = 8 * 1024
MAX_DIGITS = 38
HARMFUL_KEYS = frozenset({"__proto__", "constructor", "prototype"})


class Flaw(ValueError):
    """One rule an item breaks: a `code` for programs and the path of the field, e.g. `properties.products[2].price`."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(f"{field or 'item'}: {code}")
        self.code = code
        self.field = field

    def within(self, step: str) -> "Flaw":
        joint = "." if self.field and not self.field.startswith("[") else ""
        return Flaw(self.code, f"{step}{joint}{self.field}")


class _Mark:
    """Stands in the tree where a hook met something it may not let through."""

    __slots__ = ("flaw",)

    def __init__(self, code: str, field: str = "") -> None:
        self.flaw = Flaw(code, field)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Mark:
    members = dict(pairs)
    if len(members) != len(pairs):
        return _Mark("duplicate_key", _first_repeated([key for key, _ in pairs]))
    for key in HARMFUL_KEYS.intersection(members):
        del members[key]
    return members


def _first_repeated(keys: list[str]) -> str:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            return shown(key)
        seen.add(key)
    raise AssertionError("no key is repeated")


def _integer(text: str) -> int | str | _Mark:
    """An integer beyond 64 bits stays exact as text: read as a float, two long order numbers would become one."""
    if len(text.lstrip("-")) > MAX_DIGITS:
        return _Mark("number_too_long")
    value = int(text)
    return value if -(2**63) <= value < 2**64 else text


def _decimal(text: str) -> float | _Mark:
    digits = re.split("[eE]", text)[0].lstrip("-0.").replace(".", "")
    if len(digits) > MAX_DIGITS:
        return _Mark("number_too_long")
    value = float(text)
    return _Mark("number_too_large") if value in (float("inf"), float("-inf")) else value


def number(text: str) -> Any:
    """What a number of JSON is kept as. Like what `scan` returns, it is not fit for use before `check` has seen it."""
    return _decimal(text) if re.search("[.eE]", text) else _integer(text)


def _constant(_: str) -> _Mark:
    return _Mark("not_a_number")


_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_decimal, parse_constant=_constant
)


def scan(text: str, start: int) -> tuple[Any, int]:
    """The value that starts there and where it ends. Raises ValueError for what is no JSON, RecursionError for an
    abyss. The value is not yet fit for use: `check` must see it first."""
    return _decoder.raw_decode(text, start)


def check(value: Any, depth: int = 1) -> None:
    """Raises Flaw for the first rule that `value`, as `scan` returned it, breaks."""
    kind = type(value)
    if kind is str:
        _check_text(value, MAX_TEXT_BYTES, "text_too_long")
    elif kind is dict:
        _check_object(value, depth)
    elif kind is list:
        _check_list(value, depth)
    elif kind is _Mark:
        raise value.flaw


def _check_object(members: dict[str, Any], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Flaw("too_deep")
    if len(members) > MAX_KEYS:
        raise Flaw("too_many_keys")
    if "" in members:
        raise Flaw("empty_key")  # Nothing can be kept under it.
    for key, value in members.items():
        try:
            _check_text(key, MAX_KEY_BYTES, "key_too_long")
            check(value, depth + 1)
        except Flaw as flaw:
            raise flaw.within(shown(key)) from None


def _check_list(values: list[Any], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Flaw("too_deep")
    for index, value in enumerate(values):
        try:
            check(value, depth + 1)
        except Flaw as flaw:
            raise flaw.within(f"[{index}]") from None


def _check_text(text: str, limit: int, too_long: str) -> None:
    if "\0" in text:
        raise Flaw("nul")
    size = len(text) if text.isascii() else _size_of_unicode(text)
    if size > limit:
        raise Flaw(too_long)


def _size_of_unicode(text: str) -> int:
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        raise Flaw("not_unicode") from None


def shown(key: str) -> str:
    """A key as an answer may repeat it: short, and of characters that can be encoded."""
    return key[:MAX_KEY_BYTES].encode("ascii", "backslashreplace").decode()
