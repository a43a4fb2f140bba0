"""Where the measures that are asked for lie among the bytes of many customers: found for all of them step by step.

This takes bytes laid out as `packing` writes them. Those of a customer with a name beyond ASCII or with measures by the
dozen are read by msgspec, and so is whatever else is not plain; pieces found there are laid behind the bytes of all.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, NamedTuple

import msgspec
import numpy as np

from shopkeeper.customer.measures.columns.messages import BYTES, LONGER_MAP, LONGER_TEXT, MAPS, NEVER, TEXT, Messages
from shopkeeper.customer.measures.columns.words import Bools, Ints, Pieces, runs
from shopkeeper.customer.measures.packing import FORMAT
from shopkeeper.customer.measures.usual import PLACES

_MARGIN = bytes(32)
_MOST = 40  # entries of one customer
_ID_BYTES = 8

_KEYS, _ENTRIES = np.full(256, NEVER), np.full(256, _MOST + 1)
_KEYS[:0x80] = 1
_KEYS[TEXT : TEXT + 32] = np.arange(1, 33)
_KEYS[LONGER_TEXT] = 2
_ENTRIES[MAPS : MAPS + 16] = np.arange(16)


class Asked(NamedTuple):
    """What stands for each that is asked for: a place or a name, the bytes of an id."""

    events: Sequence[int | str]
    registered: Sequence[bytes]


def asked(events: Sequence[str], registered: Sequence[str]) -> Asked:
    return Asked([PLACES.get(name, name) for name in events], [bytes.fromhex(id_) for id_ in registered])


_Piece = Annotated[bytes, msgspec.Meta(min_length=1)]


class _Whole(msgspec.Struct, array_like=True, forbid_unknown_fields=True, gc=False):
    """That of `packing`, without empty pieces: here they stand for what is not kept."""

    events: dict[int | str, _Piece]
    registered: dict[bytes, _Piece]


_read_whole = msgspec.msgpack.Decoder(_Whole).decode


def find(packed: Sequence[bytes], asked: Asked) -> tuple[Pieces, Bools]:
    """The pieces of the first measure of all customers, then those of the next; and who is unusual."""
    customers, measures = len(packed), len(asked.events) + len(asked.registered)
    buffer, unusual = b"".join((*packed, _MARGIN)), np.zeros(customers, np.bool_)
    ends = np.cumsum(np.fromiter(map(len, packed), np.int64, customers))
    walk = _Walk(Messages(buffer), asked, customers)
    is_plain = walk.all(np.append(0, ends[:-1])[:customers], ends)
    starts, ends = walk.starts[:measures], walk.ends[:measures]
    extra, at = list[bytes](), len(buffer)
    for customer in np.flatnonzero(~is_plain).tolist():
        starts[:, customer] = ends[:, customer] = 0
        for measure, piece in enumerate(_pieces(packed[customer], asked, customer, unusual)):
            starts[measure, customer], ends[measure, customer] = at, at + len(piece)
            extra.append(piece)
            at += len(piece)
    whole = b"".join((buffer, *extra, _MARGIN)) if extra else buffer
    return Pieces(whole, starts.ravel(), ends.ravel()), unusual


def _pieces(packed: bytes, asked: Asked, customer: int, unusual: Bools) -> Iterator[bytes]:
    if not packed:
        return
    try:
        if packed[0] != FORMAT:
            raise ValueError
        whole = _read_whole(packed[1:])
    except ValueError:
        unusual[customer] = True
        return
    yield from (whole.events.get(key, b"") for key in asked.events)
    yield from (whole.registered.get(key, b"") for key in asked.registered)


class _Walk:
    """`starts` and `ends` are by measure, with one more for all that is not asked for, and by customer."""

    def __init__(self, messages: Messages, asked: Asked, customers: int) -> None:
        self._messages, self._byte = messages, messages.byte
        self._other = len(asked.events) + len(asked.registered)
        self.starts = np.zeros((self._other + 1, customers), np.int64)
        self.ends = np.zeros((self._other + 1, customers), np.int64)
        self._by_place, self._by_name = np.full(256, self._other), dict[bytes, int]()
        for measure, key in enumerate(asked.events):
            if isinstance(key, int):
                self._by_place[key] = measure
            else:
                self._by_name[key.encode()] = measure
        self._by_id = {int.from_bytes(id_, "little"): len(asked.events) + at for at, id_ in enumerate(asked.registered)}

    def all(self, starts: Ints, ends: Ints) -> Bools:
        """Of whose bytes it is all as it should be."""
        is_plain: Bools = (self._byte(starts) == FORMAT) & (self._byte(starts + 1) == 0x92)
        at = starts + 2
        for keys in (self._event_keys, self._registered_keys):
            entries, at = self._entries(at)
            is_plain &= entries <= _MOST
            at = self._through(at, np.where(is_plain, entries, 0), keys)
        is_plain &= at == ends
        is_plain &= ((self.starts < self.ends) | (self.starts == 0))[:-1].all(axis=0)
        return is_plain

    def _entries(self, at: Ints) -> tuple[Ints, Ints]:
        """How many there are, and where they begin."""
        head = self._byte(at)
        is_longer = (head == LONGER_MAP) & (self._byte(at + 1) == 0)
        return np.where(is_longer, self._byte(at + 2), _ENTRIES[head]), at + np.where(is_longer, 3, 1)

    def _through(self, at: Ints, entries: Ints, keys: Callable[[Ints], tuple[Ints, Ints]]) -> Ints:
        """Where the entries end. Who has the most goes first, so that whoever still has some is among the first."""
        order = np.argsort(-entries, kind="stable")
        places, starts, ends = at[order], self.starts.reshape(-1), self.ends.reshape(-1)
        having = len(order) - np.cumsum(np.bincount(entries, minlength=1))
        for many in having[:-1].tolist():
            length, measure = keys(places[:many])
            begin, end = self._messages.binary(places[:many] + length)
            places[:many] = end
            measure *= len(order)
            measure += order[:many]
            starts[measure], ends[measure] = begin, end
        ended = np.empty_like(places)
        ended[order] = places
        return ended

    def _event_keys(self, at: Ints) -> tuple[Ints, Ints]:
        """How long they are, and what measures they stand for."""
        head = self._byte(at)
        length, measure = _KEYS.take(head), self._by_place.take(head)
        if head.max() > 0x7F:
            length += np.where(head == LONGER_TEXT, self._byte(at + 1), 0)
            texts = np.flatnonzero((length > 1) & (length < NEVER) | (head == TEXT))
            before = np.where(head[texts] == LONGER_TEXT, 2, 1)
            self._named(at[texts] + before, length[texts] - before, texts, length, measure)
        return length, measure

    def _named(self, begin: Ints, size: Ints, texts: Ints, length: Ints, measure: Ints) -> None:
        is_beyond = self._byte(runs(begin, size)) > 0x7F
        if is_beyond.any():
            length[np.repeat(texts, size)[is_beyond]] = NEVER
        for name, its in self._by_name.items():
            same = np.flatnonzero(size == len(name))
            letters = self._byte(begin[same][:, None] + np.arange(len(name)))
            measure[texts[same[(letters == np.frombuffer(name, np.uint8)).all(axis=1)]]] = its

    def _registered_keys(self, at: Ints) -> tuple[Ints, Ints]:
        is_id = (self._byte(at) == BYTES) & (self._byte(at + 1) == _ID_BYTES)
        word = self._messages.word(at + 2)
        measure = np.full(len(at), self._other)
        for id_, its in self._by_id.items():
            measure[word == id_] = its
        return np.where(is_id, 2 + _ID_BYTES, NEVER), measure
