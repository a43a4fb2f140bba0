"""Where a customer stands: in which segments, by which edition of them, and what of that a write has changed.

Which segments hold is none of this area's business: whoever writes a customer is given a `Stand`, and asks it last.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec
from msgspec.structs import replace

from shopkeeper.customer.lists import Stay, list_group

if TYPE_CHECKING:
    from shopkeeper.customer.document import Customer

Cause = Literal["interaction", "clock", "scores", "measure", "merge", "rebuild", "recompute"]
"""Why a customer is written. `clock` and `recompute` found that time had passed, or that something had gone wrong."""


class Standing(msgspec.Struct, frozen=True, array_like=True):
    """The slots, by their numbers, in ascending order; and the number of the edition that they were told by."""

    edition: int
    slots: tuple[int, ...] = ()


def slots_of(standing: Standing | None) -> tuple[int, ...]:
    """By their numbers, in ascending order; empty where nobody has looked yet."""
    return standing.slots if standing else ()


def news_id(segment: str, version: int, *, is_in: bool) -> str:
    """The message id of what is told of a segment that was entered or left by the write of this version."""
    return f"segment/{segment}/{'entered' if is_in else 'left'}/{version}"


class Stand(Protocol):
    def __call__(self, before: "Customer", after: "Customer", now_ms: int, cause: Cause) -> "Customer":
        """`after` as it is to be stored: standing where it stands now, due when that may change by itself, and with
        the news of it in `pending`. `before` is as it was read."""


def unstood(before: "Customer", after: "Customer", now_ms: int) -> "Customer":
    """`after` where there is no room for news of segments: it stands where it stood, and the clock comes by at once,
    which has room."""
    moved = dict(list_moves(before.document.lists, after.document.lists))
    return replace(after, document=replace(after.document, moved=moved), due_at=-(-now_ms // 1_000) * 1_000)


def list_moves(before: Mapping[str, Stay], after: Mapping[str, Stay]) -> Iterator[tuple[str, bool]]:
    """Who came onto a list or left it, by the list's part of the Members table."""
    for list_id in sorted(before.keys() | after.keys()):
        was, is_on = (list_id in stays and stays[list_id].is_on for stays in (before, after))
        if was != is_on:
            yield list_group(list_id), is_on


def changes_anything(before: "Customer", after: "Customer") -> bool:
    """Whether looking again, with nothing new, found something to write. Another edition that finds the customer where
    it was before changes nothing."""
    stood, stands = slots_of(before.document.standing), slots_of(after.document.standing)
    return stood != stands or before.due_at != after.due_at or bool(after.document.moved)
