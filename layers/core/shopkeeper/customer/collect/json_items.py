"""Tell the items of a JSON body apart, whatever is wrong inside one of them.

Each item is read strictly. Where one cannot be read, its strings and brackets still say where it ends, and the next one
is read as if nothing had happened.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shopkeeper.customer.collect import strict_json
from shopkeeper.customer.collect.refusals import Unreadable
from shopkeeper.customer.collect.strict_json import Flaw

MAX_ITEMS = 500
MAX_MEMBERS = 100

_SPACE = re.compile(r"[ \t\n\r]*")
# Possessive, so that a string without an end is given up once and not tried again from each quote inside it.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+("?)|[\[\]{},]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Item:
    """What was sent, and the flaw that spoils it. `size` is in bytes as sent.

    A spoiled value may be looked at (for its message id, say) and must not be kept.
    """

    value: Any
    size: int
    flaw: Flaw | None = None


def read_one(text: str) -> Item:
    """The whole text as one item. Raises Unreadable for what is no JSON object."""
    reader = _Reader(text)
    item = reader.item()
    reader.end()
    if item.flaw and item.flaw.code == "not_json":
        raise Unreadable("not_json", "The body is not JSON.")
    if not (item.flaw or isinstance(item.value, dict)):
        raise Unreadable("not_an_object", "The body must be one JSON object.")
    return item


def read_members(text: str, items_in: str) -> tuple[list[Item], dict[str, Item]]:
    """The list under `items_in`, item by item, and the other members. Raises Unreadable.

    Beyond 500 items one last item with a flaw stands for all the rest.
    """
    reader = _Reader(text)
    items: list[Item] | None = None
    members: dict[str, Item] = {}
    for key in reader.names():
        if key in members or (key == items_in and items is not None):
            raise Unreadable("duplicate_key", "A name stands twice in the body.", strict_json.shown(key))
        if len(members) == MAX_MEMBERS:
            raise Unreadable("too_many_keys", "The body has too many members.")
        if key == items_in and reader.take("["):
            items = reader.items()
        else:
            members[key] = reader.item()
    reader.end()
    if items is None:
        raise Unreadable("no_batch", f"The body needs a list of calls named {items_in}.", items_in)
    return items, members


class _Reader:
    """Walks the outermost level of the body; `_at` is where it stands, always on something to read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._bytes_per_character_vary = not text.isascii()
        self._stand_at(0)

    def _stand_at(self, position: int) -> None:
        space = _SPACE.match(self._text, position)
        self._at = space.end() if space else position

    def take(self, sign: str) -> bool:
        if not self._text.startswith(sign, self._at):
            return False
        self._stand_at(self._at + 1)
        return True

    def _expect(self, sign: str, message: str) -> None:
        if not self.take(sign):
            raise Unreadable("not_json", message)

    def end(self) -> None:
        if self._at != len(self._text):
            raise Unreadable("not_json", "Something follows the end of the JSON body.")

    def names(self) -> Iterator[str]:
        """Stops behind each colon; whoever asks for the next key has read the value."""
        self._expect("{", "The body must be one JSON object.")
        more = not self.take("}")
        while more:
            yield self._key()
            more = not self.take("}")
            if more:
                self._expect(",", "Members of the body are separated by commas.")

    def _key(self) -> str:
        try:
            key, end = strict_json.scan(self._text, self._at)
        except (ValueError, RecursionError):
            key, end = None, self._at
        if not isinstance(key, str):
            raise Unreadable("not_json", "Each member of the body needs a name.")
        self._stand_at(end)
        self._expect(":", "Each name in the body needs a value.")
        return key

    def items(self) -> list[Item]:
        """The rest of a list whose opening bracket was taken."""
        items: list[Item] = []
        more = not self.take("]")
        while more:
            if len(items) == MAX_ITEMS:
                items.append(self._all_the_rest())
            else:
                items.append(self.item())
            more = not self.take("]")
            if more:
                self._expect(",", "Items of a list are separated by commas.")
        return items

    def _all_the_rest(self) -> Item:
        self._stand_at(self._end_of_item(self._at, stop_at="]}"))
        return Item(None, 0, Flaw("too_many_items"))

    def item(self) -> Item:
        start = self._at
        value, flaw = self._scan()
        size = self._size(start, self._at)
        self._stand_at(self._at)
        return Item(value, size, flaw or _flaw_of(value))

    def _scan(self) -> tuple[Any, Flaw | None]:
        start = self._at
        try:
            value, self._at = strict_json.scan(self._text, start)
        except RecursionError:
            value, flaw = None, Flaw("too_deep")
        except ValueError:
            value, flaw = None, Flaw("not_json")
        else:
            behind = _SPACE.match(self._text, self._at)
            if behind is None or self._text[behind.end() : behind.end() + 1] in {",", "]", "}", ""}:
                return value, None
            flaw = Flaw("not_json")
        self._at = self._end_of_item(start)
        return value, flaw

    def _end_of_item(self, start: int, stop_at: str = ",]}") -> int:
        depth = 0
        for token in _TOKEN.finditer(self._text, start):
            sign = token[0][0]
            if sign == '"':
                _require_an_end(token)
            elif depth == 0 and sign in stop_at:
                return token.start()
            else:
                depth += {"[": 1, "{": 1, ",": 0}.get(sign, -1)
        if depth:
            raise Unreadable("not_json", "The body ends in the middle.")
        return len(self._text)

    def _size(self, start: int, end: int) -> int:
        if self._bytes_per_character_vary:
            return len(self._text[start:end].encode("utf-8", "surrogateescape"))
        return end - start


def _require_an_end(string: re.Match[str]) -> None:
    if not string[1]:
        raise Unreadable("not_json", "A string in the body has no end.")


def _flaw_of(value: Any) -> Flaw | None:
    try:
        strict_json.check(value)
    except Flaw as flaw:
        return flaw
    return None
