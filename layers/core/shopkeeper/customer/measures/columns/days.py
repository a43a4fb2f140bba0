"""The days of one measure of many customers at once, out of columns of bytes."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from shopkeeper.customer.measures.columns.sums import FURTHEST_OF_DAYS, Amounts, Sums
from shopkeeper.customer.measures.columns.tails import beyond
from shopkeeper.customer.measures.columns.words import Bools, Ints, Pieces, begins, runs, words

# By the letter of a column: how many bytes a number has, how many bits of eight bytes are none of it, which are its own
# where it has no sign.
_BYTES, _BITS_TOO_MANY, _MASK = np.zeros(256, np.int64), np.zeros(256, np.int64), np.full(256, -1)
for _letter, _width in {"B": 1, "H": 2, "I": 4, "i": 4, "q": 8}.items():
    _BYTES[ord(_letter)] = _width
    _BITS_TOO_MANY[ord(_letter)] = 64 - 8 * _width
    if _letter in "BHI":
        _MASK[ord(_letter)] = 2 ** (8 * _width) - 1


class DayColumns(NamedTuple):
    """By customer where the days lie; then by day, of each customer the newest first."""

    day_starts: Ints
    day_length: Ints
    day: Ints
    counts: Ints
    by_currency: Mapping[str, Ints]

    def units(self, currency: str) -> Ints:
        found = self.by_currency.get(currency)
        return np.zeros(len(self.day), np.int64) if found is None else found


class _Numbers(NamedTuple):
    """Of columns of bytes, one behind the other; a damaged one has none."""

    values: Ints
    starts: Ints
    length: Ints
    damaged: Bools


def read(sums: Sums, unusual: Bools) -> DayColumns:
    """Who is unusual by his days is marked so there."""
    customers, amounts, count = sums.customers, sums.amounts, len(sums.customers)
    numbers = _numbers(_together([sums.days, sums.counts, *(its.days for its in amounts.values())]))
    owners = np.concatenate([np.arange(count), np.arange(count), *(its.owners for its in amounts.values())])
    is_good = sums.has_days & ~_damaged(numbers, owners, count)
    unusual[customers[sums.has_days & ~is_good]] = True
    length = np.where(is_good, 1 + numbers.length[:count], 0)
    day_length = np.zeros(len(unusual), np.int64)
    day_length[customers] = length
    day_starts = begins(day_length)
    days = _Days(numbers, day_starts[customers], length)
    return DayColumns(day_starts, day_length, days.day(sums.newest_day), days.counts(), days.units(amounts))


def _together(columns: Sequence[Pieces]) -> Pieces:
    """They are of the same bytes."""
    starts, ends = (np.concatenate([each[bound] for each in columns]) for bound in (1, 2))
    return Pieces(columns[0].buffer, starts, ends)


def _damaged(numbers: _Numbers, owners: Ints, count: int) -> Bools:
    """Of each of so many: a column is, or lacks something, or a number of it is out of bounds."""
    length = 1 + numbers.length[:count]
    is_wrong = numbers.damaged | (numbers.length != length[owners])
    is_wrong[:count] = numbers.damaged[:count]
    is_wrong[count : 2 * count] &= numbers.damaged[count : 2 * count] | (numbers.length[count : 2 * count] > 0)
    out = beyond(numbers.values, FURTHEST_OF_DAYS)
    out[: numbers.length[:count].sum()] |= numbers.values[: numbers.length[:count].sum()] <= 0
    if out.any():
        is_wrong[np.repeat(np.arange(len(owners)), numbers.length)[out]] = True
    found = np.zeros(count, np.bool_)
    found[owners[is_wrong]] = True
    return found


class _Days(NamedTuple):
    """Of each that has sums: its columns (distances of all, counts of all, then by currency), where its days lie."""

    numbers: _Numbers
    starts: Ints
    length: Ints

    def day(self, newest: Ints) -> Ints:
        steps = np.maximum(self.length - 1, 0)
        behind = self._spread(np.arange(len(steps)), self.starts + 1, steps, 0)
        np.cumsum(behind, out=behind)
        told = np.flatnonzero(self.length)
        days: Ints = np.repeat(newest[told] + behind[self.starts[told]], self.length[told]) - behind
        return days

    def counts(self) -> Ints:
        """Where it was once on each day, there are none."""
        columns = np.arange(len(self.length), 2 * len(self.length))
        return self._spread(columns, self.starts, np.minimum(self.numbers.length[columns], self.length), 1)

    def units(self, amounts: Mapping[str, Amounts]) -> dict[str, Ints]:
        found, at = dict[str, Ints](), 2 * len(self.length)
        for currency, its in amounts.items():
            columns = np.arange(at, at + len(its.owners))
            found[currency] = self._spread(columns, self.starts[its.owners], self.length[its.owners], 0)
            at += len(its.owners)
        return found

    def _spread(self, columns: Ints, starts: Ints, length: Ints, otherwise: int) -> Ints:
        found = np.full(self.length.sum(), otherwise)
        found[runs(starts, length)] = self.numbers.values[runs(self.numbers.starts[columns], length)]
        return found


def _numbers(columns: Pieces) -> _Numbers:
    buffer, at, ends = columns
    letters = np.where(at < ends, np.frombuffer(buffer, np.uint8)[at], 0)
    width = _BYTES.take(letters)
    length, rest = np.divmod(ends - at - 1, np.maximum(width, 1))
    damaged = (at < ends) & ((width == 0) | (rest > 0))
    length[damaged | (at == ends)] = 0
    values = words(buffer, "<i8")[runs(at + 1, length, width)]
    of = np.repeat(letters, length)
    too_many = _BITS_TOO_MANY.take(of)
    values <<= too_many
    values >>= too_many
    values &= _MASK.take(of)
    return _Numbers(values, begins(length), length, damaged)
