"""The packed measures of many customers decoded at once, column by column, for passes over all of them.

They say what `packing` says of one customer after the other, or that a customer is unusual, whom it takes `packing` to
tell of: whose bytes are of another format or damaged, or hold numbers further out than those of any shop.

pieces  where the measures that are asked for lie among the bytes
column  one measure of all customers of a page
tails   how often, when first, and the newest instants
sums    what it came to by currency, and what the newest said
days    how often and how much by day
messages  MessagePack of many at once; words, numbers of one width
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from shopkeeper.customer.measures.columns import pieces, tails
from shopkeeper.customer.measures.columns.column import Column
from shopkeeper.customer.measures.columns.days import DayColumns
from shopkeeper.customer.measures.columns.tails import NONE
from shopkeeper.customer.measures.columns.words import Bools, Pieces

__all__ = ["NONE", "Column", "Columns", "DayColumns", "read"]


class Columns(NamedTuple):
    """By event name, and the registered ones by their ids.

    `unusual` is by customer, and is whole when all has been asked: what has sums is decoded when it is first asked for.
    Of who is unusual, anything or nothing may be told.
    """

    events: dict[str, Column]
    registered: dict[str, Column]
    unusual: Bools


def read(packed: Sequence[bytes], events: Sequence[str], registered: Sequence[str]) -> Columns:
    """Of each customer the bytes as `pack` makes them, or none at all. Never raises for what they hold."""
    found, unusual = pieces.find(packed, pieces.asked(events, registered))
    columns = _columns(found, len(events) + len(registered), unusual)
    return Columns(
        dict(zip(events, columns, strict=False)),
        dict(zip(registered, columns[len(events) :], strict=True)),
        unusual,
    )


def _columns(pieces: Pieces, count: int, unusual: Bools) -> list[Column]:
    """So many: the pieces are those of the first measure of all customers, then those of the next."""
    customers = len(unusual)
    heads, is_unusual = tails.heads(pieces)
    unusual |= is_unusual.reshape(count, customers).any(axis=0)
    if unusual.any():
        silent = np.tile(unusual, count)
        heads.length[silent] = 0
        heads.sums[silent] = pieces.ends[silent] = pieces.starts[silent]
    told = tails.read(pieces, heads)
    bounds = [slice(customers * at, customers * (at + 1)) for at in range(count)]
    return [Column(pieces, heads.sums, told, its, unusual) for its in bounds]
