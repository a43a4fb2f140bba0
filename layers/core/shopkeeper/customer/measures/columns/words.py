"""Numbers out of bytes, many at once, wherever among the bytes they begin."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]


class Pieces(NamedTuple):
    """Pieces of bytes, one behind the other; where there is none, it begins where it ends."""

    buffer: bytes
    starts: Ints
    ends: Ints


def words(buffer: bytes, width: str) -> npt.NDArray[Any]:
    """What would be read as a number of this width from each byte on."""
    dtype = np.dtype(width)
    return np.ndarray((len(buffer) - dtype.itemsize + 1,), dtype, buffer, strides=(1,))


def begins(lengths: Ints) -> Ints:
    """Where each of them begins if they stand one behind the other."""
    ends: Ints = np.cumsum(lengths)
    ends -= lengths
    return ends


def runs(starts: Ints, lengths: Ints, steps: Ints | int = 1) -> Ints:
    """From each start on so many places, each a step behind the one before; one run behind the other."""
    some = np.flatnonzero(lengths > 0)
    if len(some) < len(lengths):
        starts, lengths = starts[some], lengths[some]
        steps = steps if isinstance(steps, int) else steps[some]
    places = np.full(lengths.sum(), steps) if isinstance(steps, int) else np.repeat(steps, lengths)
    # Where a run begins, it is as far from the last place of the run before.
    jumps = starts.copy()
    jumps[1:] -= (starts + steps * (lengths - 1))[:-1]
    places[begins(lengths)] = jumps
    np.cumsum(places, out=places)
    return places
