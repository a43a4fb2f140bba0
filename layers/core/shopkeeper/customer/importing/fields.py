"""The fields a column may go to, by kind of file, and how each of their cells is read."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from shopkeeper.customer.importing import cells
from shopkeeper.customer.importing.cells import Reader, Style

Kind = Literal["customers", "orders"]

# How a free trait or property is read, where the marketer says: `traits.age:number`.
TYPES: dict[str, Callable[[Style], Reader]] = {
    "text": lambda _: cells.text,
    "number": lambda style: style.number,
    "date": lambda style: style.date,
    "boolean": lambda _: cells.boolean,
}
_IDS: dict[str, Callable[[Style], Reader]] = {
    "user_id": lambda _: cells.user_id,
    "email": lambda _: cells.email,
}
KNOWN: dict[Kind, dict[str, Callable[[Style], Reader]]] = {
    "customers": _IDS
    | {"phone": lambda _: cells.text, "at": lambda style: style.instant, "list": lambda _: cells.list_id},
    "orders": _IDS
    | {
        "order_id": lambda _: cells.order_id,
        "at": lambda style: style.instant,
        "total": lambda style: style.amount,
        "currency": lambda _: cells.currency,
        "units": lambda style: style.units,
    },
}
FREE: dict[Kind, str] = {"customers": "traits", "orders": "properties"}
_NAME = re.compile(r"(?!\$|sys_|__)[^\x00-\x1f.:]{1,128}")


@dataclass(frozen=True, slots=True)
class Field:
    """`name` is a known field or, where there is a `room`, the name of a trait or property in it.

    `keeps_type`: nobody has said how it is read, so what has a type in the file has it for good.
    """

    name: str
    reader: Callable[[Style], Reader]
    room: str = ""
    keeps_type: bool = False

    @property
    def key(self) -> str:
        """Two columns with the same key would speak of the same thing."""
        return f"{self.room}.{self.name}" if self.room else self.name


def field(kind: Kind, target: str) -> Field:
    """Raises ValueError, listing the fields there are, for a target that is none of them."""
    if known := KNOWN[kind].get(target):
        return Field(target, known)
    room, _, rest = target.partition(".")
    name, _, form = rest.partition(":")
    if room == FREE[kind] and _NAME.fullmatch(name) and (form or "text") in TYPES and name not in KNOWN[kind]:
        return Field(name, TYPES[form or "text"], room, keeps_type=not form)
    raise ValueError(f"{target!r} is none of the fields of {kind}: {listing(kind)}")


def is_field(kind: Kind, target: str) -> bool:
    try:
        field(kind, target)
    except ValueError:
        return False
    return True


def listing(kind: Kind) -> str:
    free = f"{FREE[kind]}.<name>, or {FREE[kind]}.<name>:<{'|'.join(TYPES)}>"
    return ", ".join([*KNOWN[kind], free])
