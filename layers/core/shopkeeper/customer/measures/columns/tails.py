"""How often, when first, and the newest instants of many measures at once, out of their pieces of bytes."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from shopkeeper.customer.measures import piece
from shopkeeper.customer.measures.columns.words import Bools, Ints, Pieces, begins, runs, words

NONE = -(2**62)
"""Stands for an instant that there is not."""
FURTHEST = 2**53
_FURTHEST_NEWEST = 2**52  # From there, no tail of 31 reaches beyond the other.
_WHOLE = 12  # bytes: how often it was, and the first instant


def _fixed(head: int) -> int:
    """How many bytes a piece that begins with this one has before its sums."""
    steps = max(0, (head & piece.LENGTH) - 1)
    if not head & piece.LENGTH:
        return 1
    if head & piece.LONG:
        return 2**40  # more than there are: nothing is told here of such distances
    return 9 + steps * (5 if head & piece.SHORT else 4) + (_WHOLE if head & piece.MORE else 0)


_FIXED = np.array([_fixed(head) for head in range(256)])


class Heads(NamedTuple):
    """By piece: what is told before its distances."""

    kind: Ints
    length: Ints
    newest: Ints
    sums: Ints  # where they begin


@dataclass(frozen=True, slots=True)
class Tails:
    """By piece. `instants` has NONE behind the last, so that there is always one to point at."""

    count: Ints
    first: Ints
    starts: Ints
    length: Ints
    instants: Ints


def heads(pieces: Pieces) -> tuple[Heads, Bools]:
    """And the pieces of which nothing is told."""
    buffer, starts, ends = pieces
    kind = np.frombuffer(buffer, np.uint8)[starts].astype(np.int64)
    kind[starts == ends] = 0
    length = kind & piece.LENGTH
    sums = np.where(starts == ends, ends, starts + _FIXED[kind])
    unusual = (sums > ends) | ((length == 0) & (sums < ends))
    newest = words(buffer, "<i8")[starts + 1]
    unusual |= (length > 0) & beyond(newest, _FURTHEST_NEWEST)
    more = np.flatnonzero((kind & piece.MORE > 0) & ~unusual & (length > 0))
    unusual[more] = beyond(words(buffer, "<i8")[sums[more] - 8], FURTHEST)
    return Heads(kind, length, newest, sums), unusual


def beyond(numbers: Ints, furthest: int) -> Bools:
    found: Bools = (numbers > furthest) | (numbers < -furthest)
    return found


def read(pieces: Pieces, heads: Heads) -> Tails:
    """Of a piece whose length was set to nothing, nothing is told."""
    starts, length = begins(heads.length), heads.length
    told = np.flatnonzero(length)
    instants = _steps(pieces, heads, starts, told)
    oldest = _from_steps(instants[:-1], starts[told], heads.newest[told])
    count, first = length.copy(), np.zeros(len(length), np.int64)
    first[told] = oldest
    more = np.flatnonzero((heads.kind & piece.MORE > 0) & (length > 0))
    behind = heads.sums[more]
    count[more] = words(pieces.buffer, "<u4")[behind - _WHOLE]
    first[more] = words(pieces.buffer, "<i8")[behind - 8]
    return Tails(count, first, starts, length, instants)


def _steps(pieces: Pieces, heads: Heads, starts: Ints, told: Ints) -> Ints:
    """From the instant before to each, whatever stands where a tail starts; and NONE."""
    low = words(pieces.buffer, "<u4")[runs(pieces.starts[told] + 5, heads.length[told], 4)]
    steps = np.empty(len(low) + 1, np.int64)
    np.negative(low, out=steps[:-1], dtype=np.int64)
    steps[-1] = NONE
    _add_high(steps, pieces, heads, starts)
    return steps


def _add_high(steps: Ints, pieces: Pieces, heads: Heads, starts: Ints) -> None:
    """Where one of a tail takes more than four bytes, a fifth of each stands behind them all. Most are 0."""
    short = np.flatnonzero((heads.kind & piece.SHORT > 0) & (heads.length > 1))
    length = heads.length[short] - 1
    high = np.frombuffer(pieces.buffer, np.uint8)[runs(pieces.starts[short] + 9 + 4 * length, length)]
    some = np.flatnonzero(high > 0)
    behind = np.repeat(starts[short] + 1 - begins(length), length)[some]
    steps[behind + some] -= high[some].astype(np.int64) << 32


def _from_steps(steps: Ints, begun: Ints, newest: Ints) -> Ints:
    """Makes instants of them, and gives the oldest of each tail. Sums that do not fit cancel each other out."""
    if not len(begun):
        return newest
    steps[begun] = 0
    oldest: Ints = newest + np.add.reduceat(steps, begun)
    steps[begun] = newest
    steps[begun[1:]] -= oldest[:-1]
    np.cumsum(steps, out=steps)
    return oldest
