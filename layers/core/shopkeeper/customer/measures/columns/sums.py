"""What measures came to by currency, what their columns of days are, and what the newest said: all that stands behind
the tails of their pieces.

This takes bytes laid out as `piece` writes them. Who has more than fifteen currencies, or one that has not three
letters, is unusual.
"""

from dataclasses import dataclass
from typing import NamedTuple

import msgspec
import numpy as np

from shopkeeper.customer.measures.columns.messages import ARRAYS, NEVER, NIL, TEXT, Messages
from shopkeeper.customer.measures.columns.tails import FURTHEST, beyond
from shopkeeper.customer.measures.columns.words import Bools, Ints, Pieces
from shopkeeper.customer.measures.measure import Newest

FURTHEST_OF_DAYS = 2**40
_LETTERS = 3
_PARTS, _WITH_SAID = ARRAYS + 5, ARRAYS + 6
_read_said = msgspec.msgpack.Decoder(Newest | None).decode


class Amounts(NamedTuple):
    """In one currency. `owners` are places among those who have sums; `days` the columns of theirs."""

    owners: Ints
    priced: Ints
    total: Ints
    days: Pieces


@dataclass(frozen=True, slots=True)
class Sums:
    """Of the `customers` who have any. Columns of days are those of the distances; then how often it was on each."""

    customers: Ints
    amounts: dict[str, Amounts]
    has_days: Bools
    newest_day: Ints
    days: Pieces
    counts: Pieces
    said: Pieces


class _Rows(NamedTuple):
    """Amounts of whatever currency; that is its letters as a number."""

    owners: Ints
    currency: Ints
    priced: Ints
    total: Ints
    starts: Ints
    ends: Ints

    def only(self, chosen: Bools) -> "_Rows":
        return self if chosen.all() else _Rows(*(each[chosen] for each in self))


def read(pieces: Pieces, unusual: Bools) -> Sums:
    """Who is unusual by his sums is marked so there, and has none."""
    customers = np.flatnonzero(pieces.starts < pieces.ends)
    begin, end, messages = pieces.starts[customers], pieces.ends[customers], Messages(pieces.buffer)
    _, at = messages.number(begin + 1)
    rows, at = _rows(messages, at)
    is_nil, (newest, after) = messages.byte(at) == NIL, messages.number(at)
    days = messages.binary(np.where(is_nil, at + 1, after))
    counts = messages.binary(days[1])
    head, at = messages.byte(begin), counts[1]
    is_fine = np.where(head == _WITH_SAID, at < end, (head == _PARTS) & (at == end))
    is_fine &= is_nil | ~beyond(newest, FURTHEST_OF_DAYS)
    unusual[customers[~is_fine]] = True

    def those(starts: Ints, ends: Ints) -> Pieces:
        return Pieces(pieces.buffer, np.where(is_fine, starts, 0), np.where(is_fine, ends, 0))

    amounts = _by_currency(rows.only(is_fine[rows.owners]), pieces.buffer)
    return Sums(customers, amounts, is_fine & ~is_nil, newest, those(*days), those(*counts), those(at, end))


def _rows(messages: Messages, at: Ints) -> tuple[_Rows, Ints]:
    """And where they end."""
    many = messages.byte(at).astype(np.int64) - ARRAYS
    at = np.where((many >= 0) & (many < 16), at + 1, NEVER)
    many[at == NEVER] = 0
    found = [_Rows(*[np.zeros(0, np.int64)] * len(_Rows._fields))]
    for n in range(many.max(initial=0)):
        owners = np.flatnonzero(many > n)
        row, is_plain = _row(messages, owners, at[owners])
        at[owners] = np.where(is_plain, row.ends, NEVER)
        found.append(row)
    return (found[-1] if len(found) < 3 else _Rows(*map(np.concatenate, zip(*found, strict=True)))), at


def _row(messages: Messages, owners: Ints, at: Ints) -> tuple[_Rows, Bools]:
    is_plain: Bools = (messages.byte(at) == ARRAYS + 4) & (messages.byte(at + 1) == TEXT + _LETTERS)
    currency = (messages.word(at + 2) & 0xFFFFFF).astype(np.int64)
    priced, at = messages.number(at + 2 + _LETTERS)
    total, at = messages.number(at)
    is_plain &= (currency & 0x808080 == 0) & ~beyond(priced, FURTHEST) & ~beyond(total, FURTHEST)
    return _Rows(owners, currency, priced, total, *messages.binary(at)), is_plain


def _by_currency(rows: _Rows, buffer: bytes) -> dict[str, Amounts]:
    found = {}
    for currency in np.unique(rows.currency).tolist():
        its = rows.only(rows.currency == currency)
        days = Pieces(buffer, its.starts, its.ends)
        found[currency.to_bytes(_LETTERS, "little").decode()] = Amounts(its.owners, its.priced, its.total, days)
    return found


def newest(sums: Sums, unusual: Bools) -> list[Newest | None]:
    """By customer."""
    found: list[Newest | None] = [None] * len(unusual)
    buffer, starts, ends = sums.said
    for owner in np.flatnonzero(starts < ends).tolist():
        customer = int(sums.customers[owner])
        try:
            found[customer] = _read_said(buffer[starts[owner] : ends[owner]])
        except ValueError:
            unusual[customer] = True
    return found
