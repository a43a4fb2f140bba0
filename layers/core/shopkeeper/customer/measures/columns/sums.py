"""What measures came to by currency, and what the newest said, out of what stands behind the tails of their pieces."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, NamedTuple

import msgspec
import numpy as np

from shopkeeper.customer.measures.columns.tails import FURTHEST
from shopkeeper.customer.measures.columns.words import Bools, Ints, Pieces
from shopkeeper.customer.measures.measure import Newest

FURTHEST_OF_DAYS = 2**40
_Units = Annotated[int, msgspec.Meta(ge=-FURTHEST, le=FURTHEST)]
_Day = Annotated[int, msgspec.Meta(ge=-FURTHEST_OF_DAYS, le=FURTHEST_OF_DAYS)]


class Sums(msgspec.Struct, array_like=True, forbid_unknown_fields=True, gc=False):
    """As `piece` has them, with numbers within bounds."""

    unpriced: int
    currencies: list[tuple[str, _Units, _Units, bytes]]
    newest: _Day | None
    days: bytes
    counts: bytes
    said: Newest | None = None


_read = msgspec.msgpack.Decoder(Sums).decode


class Amounts(NamedTuple):
    """In one currency. `owners` are places among the sums that were read."""

    owners: Ints
    priced: Ints
    total: Ints
    days: Sequence[bytes]


class Summed:
    """What of the customers of a page has sums; `places` are theirs on the page."""

    def __init__(self, pieces: Pieces, unusual: Bools) -> None:
        """Who is unusual by his sums is marked so there."""
        at = np.flatnonzero(pieces.starts < pieces.ends)
        self.places, self.sums = list[int](), list[Sums]()
        bounds = at.tolist(), pieces.starts[at].tolist(), pieces.ends[at].tolist()
        for place, start, end in zip(*bounds, strict=True):
            try:
                self.sums.append(_read(pieces.buffer[start:end]))
                self.places.append(place)
            except ValueError:
                unusual[place] = True

    @cached_property
    def amounts(self) -> dict[str, Amounts]:
        rows = defaultdict[str, list[tuple[int, int, int, bytes]]](list)
        for owner, each in enumerate(self.sums):
            for currency, priced, total, days in each.currencies:
                rows[currency].append((owner, priced, total, days))
        return {currency: _amounts(of_it) for currency, of_it in rows.items()}


def _amounts(rows: Sequence[tuple[int, int, int, bytes]]) -> Amounts:
    owners, priced, total, days = zip(*rows, strict=True)
    return Amounts(np.array(owners), np.array(priced), np.array(total), days)
