"""The packed measures of many customers decoded at once, column by column, for passes over all of them.

They say what `packing` says of one customer after the other, or that a customer is unusual, whom it takes `packing` to
tell of: whose bytes are of another format or damaged, or hold numbers further out than those of any shop.

column  one measure of all customers of a page
tails   how often, when first, and the newest instants
sums    what it came to by currency, and what the newest said
days    how often and how much by day
words   numbers out of bytes, many at once
"""

from collections.abc import Callable, Sequence
from typing import Annotated, NamedTuple

import msgspec
import numpy as np

from shopkeeper.customer.measures.columns import tails
from shopkeeper.customer.measures.columns.column import Column
from shopkeeper.customer.measures.columns.days import DayColumns
from shopkeeper.customer.measures.columns.tails import NONE
from shopkeeper.customer.measures.columns.words import Bools, laid_out
from shopkeeper.customer.measures.packing import FORMAT
from shopkeeper.customer.measures.usual import PLACES

__all__ = ["NONE", "Column", "Columns", "DayColumns", "read"]


class Columns(NamedTuple):
    """By event name, and the registered ones by their ids.

    `unusual` is by customer, and is whole when all has been asked: what has sums is decoded when it is first asked for.
    Of who is unusual, anything or nothing may be told.
    """

    events: dict[str, Column]
    registered: dict[str, Column]
    unusual: Bools


_Pieces = Annotated[bytes, msgspec.Meta(min_length=1)]


class _Whole(msgspec.Struct, array_like=True, forbid_unknown_fields=True, gc=False):
    """That of `packing`, without empty pieces: here they stand for what is not kept."""

    events: dict[int | str, _Pieces]
    registered: dict[bytes, _Pieces]


_NOTHING = _Whole({}, {})
_read_whole: Callable[[bytes], _Whole] = msgspec.msgpack.Decoder(_Whole).decode


def read(packed: Sequence[bytes], events: Sequence[str], registered: Sequence[str]) -> Columns:
    """Of each customer the bytes as `pack` makes them, or none at all. Never raises for what they hold."""
    unusual = np.zeros(len(packed), np.bool_)
    wholes = [_whole(each, place, unusual) for place, each in enumerate(packed)]
    its_events, its_registered = [each.events for each in wholes], [each.registered for each in wholes]
    places, ids = [PLACES.get(name, name) for name in events], [bytes.fromhex(id_) for id_ in registered]
    pieces = [each.get(place, b"") for place in places for each in its_events]
    pieces += [each.get(id_, b"") for id_ in ids for each in its_registered]
    columns = _columns(pieces, len(places) + len(ids), unusual)
    return Columns(
        dict(zip(events, columns, strict=False)),
        dict(zip(registered, columns[len(events) :], strict=True)),
        unusual,
    )


def _whole(packed: bytes, place: int, unusual: Bools) -> _Whole:
    if not packed:
        return _NOTHING
    try:
        if packed[0] == FORMAT:
            return _read_whole(packed[1:])
    except ValueError:
        pass
    unusual[place] = True
    return _NOTHING


def _columns(packed: Sequence[bytes], count: int, unusual: Bools) -> list[Column]:
    """So many columns: the pieces are those of the first measure of all customers, then those of the next."""
    customers, pieces = len(unusual), laid_out(packed)
    heads, is_unusual = tails.heads(pieces)
    unusual |= is_unusual.reshape(count, customers).any(axis=0)
    if unusual.any():
        silent = np.tile(unusual, count)
        heads.length[silent] = 0
        heads.sums[silent] = pieces.ends[silent] = pieces.starts[silent]
    told = tails.read(pieces, heads)
    bounds = [slice(customers * at, customers * (at + 1)) for at in range(count)]
    return [Column(pieces, heads.sums, told, its, unusual) for its in bounds]
