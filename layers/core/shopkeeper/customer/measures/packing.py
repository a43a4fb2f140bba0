"""The measures of a customer as bytes.

Format 3 begins with the format; then there are, in MessagePack, the measures by event name and the registered ones by
their ids of eight bytes. A name that most shops use stands as its place in a list. Each measure is a piece of bytes of
its own: what a write does not touch is neither read nor written anew.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import Any, NamedTuple, TypeVar, overload

import msgspec

from shopkeeper.customer.measures import format_1, format_2, piece
from shopkeeper.customer.measures.measure import Measure
from shopkeeper.customer.measures.usual import PLACES, USUAL
from shopkeeper.customer.measures.varints import UnknownFormat

FORMAT = 3

# What reads the bytes of a version before this one: all of it at once.
_BEFORE: Mapping[int, Callable[[bytes], tuple[dict[str, Measure], dict[str, Measure]]]] = {
    1: format_1.read,
    2: format_2.read,
}
_Other = TypeVar("_Other")
Read = dict[str, Measure]


class Measures(Mapping[str, Measure]):
    """Each is read when it is first asked for, which raises UnknownFormat where its bytes are damaged."""

    def __init__(self, packed: Mapping[str, bytes], read: Mapping[str, Measure] | None = None) -> None:
        self._packed, self._read = packed, dict(read or {})

    def __getitem__(self, name: str) -> Measure:
        found = self._read.get(name)
        if found is None:
            found = self._read[name] = piece.read(self._packed[name])
        return found

    @overload
    def get(self, name: str, /) -> Measure | None: ...

    @overload
    def get(self, name: str, /, default: Measure | _Other) -> Measure | _Other: ...

    def get(self, name: str, /, default: Any = None) -> Any:
        """As of any mapping, and fast where there is none: rules ask everybody for everything."""
        found = self._read.get(name)
        if found is not None:
            return found
        packed = self._packed.get(name)
        if packed is None:
            return default
        found = self._read[name] = piece.read(packed)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter({**self._packed, **self._read})

    def __len__(self) -> int:
        return len({**self._packed, **self._read})

    def __contains__(self, name: object) -> bool:
        return name in self._packed or name in self._read

    def __repr__(self) -> str:
        return f"Measures({dict(self)})"

    def changed(self, changes: Mapping[str, Measure]) -> "Measures":
        """With these in the place of those of their names; this one stays as it is."""
        untouched = {name: packed for name, packed in self._packed.items() if name not in changes}
        return Measures(untouched, {**self._read, **changes})

    def only(self, names: Set[str]) -> "Measures":
        packed = {name: packed for name, packed in self._packed.items() if name in names}
        return Measures(packed, {name: measure for name, measure in self._read.items() if name in names})

    def without_empty(self) -> "Measures":
        """What has been taken back to the last, which leaves a measure that was read, is no longer there."""
        empty = {name for name, measure in self._read.items() if not measure.count}
        return self.only(self.keys() - empty) if empty else self

    def packed(self) -> dict[str, bytes]:
        """The bytes of each; of those that came as bytes the same ones."""
        changed = {name: piece.written(measure) for name, measure in self._read.items() if name not in self._packed}
        return {**self._packed, **changed}


class Unpacked(NamedTuple):
    """`registered` is by the id of the measure, 16 hex digits."""

    events: Measures
    registered: Measures


class _Whole(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    events: dict[int | str, bytes]
    registered: dict[bytes, bytes]


class _Names(dict[int | str, str]):
    """What stands for a name, a place or the name itself. Raises UnknownFormat of a place where none stands."""

    def __missing__(self, name: int | str) -> str:
        if isinstance(name, str):
            return name
        raise UnknownFormat(f"no name at place {name}")


_NAMES = _Names(enumerate(USUAL))
_encode = msgspec.msgpack.Encoder().encode
_read_whole = msgspec.msgpack.Decoder(_Whole).decode


def measures(read: Mapping[str, Measure]) -> Measures:
    return read if isinstance(read, Measures) else Measures({}, read)


def pack(events: Mapping[str, Measure], registered: Mapping[str, Measure]) -> bytes:
    whole = _Whole(
        {PLACES.get(name, name): packed for name, packed in sorted(measures(events).packed().items())},
        {bytes.fromhex(id_): packed for id_, packed in sorted(measures(registered).packed().items())},
    )
    return bytes([FORMAT]) + _encode(whole)


def some(events: Set[str], registered: Set[str]) -> Callable[[bytes], tuple[Read, Read]]:
    """What reads these alone out of the bytes of anybody, and at once. Raises UnknownFormat."""
    its_events = [(PLACES.get(name, name), name) for name in sorted(events)]
    its_registered = [(bytes.fromhex(id_), id_) for id_ in sorted(registered)]

    def look(packed: bytes) -> tuple[Read, Read]:
        if not packed or packed[0] != FORMAT:
            whole = unpack(packed)
            return dict(whole.events.only(events)), dict(whole.registered.only(registered))
        found = _whole(packed)
        return _read_some(found.events, its_events), _read_some(found.registered, its_registered)

    return look


def _read_some(packed: Mapping[Any, bytes], asked: Iterable[tuple[Any, str]]) -> Read:
    return {name: piece.read(packed[key]) for key, name in asked if key in packed}


def unpack(packed: bytes) -> Unpacked:
    """Raises UnknownFormat."""
    before = _BEFORE.get(packed[0] if packed else 1)
    if before:
        events, registered = before(packed) if packed else ({}, {})
        return Unpacked(Measures({}, events), Measures({}, registered))
    if packed[0] != FORMAT:
        raise UnknownFormat(f"measures of format {packed[0]}")
    whole = _whole(packed)
    named = dict(zip(map(_NAMES.__getitem__, whole.events), whole.events.values(), strict=True))
    return Unpacked(Measures(named), Measures({id_.hex(): each for id_, each in whole.registered.items()}))


def _whole(packed: bytes) -> _Whole:
    """Raises UnknownFormat."""
    try:
        return _read_whole(memoryview(packed)[1:])
    except ValueError as error:  # of msgspec's, or of a name that is no UTF-8
        raise UnknownFormat(f"measures: {error}") from None
