"""The field dictionary: of how many customers each trait is known, and which values are common.

Counted on a walk over all customers. A value is common if several customers share it; what only one customer says may
be about nobody else, so it is never shown as an example.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from shopkeeper.customer import document
from shopkeeper.customer.document import Stored
from shopkeeper.customer.walks import Gathered

KIND = "fields"

MOST_FIELDS = 200
MOST_VALUES = 6  # candidates for examples that are counted of each field
MOST_EXAMPLES = 3
COMMON = 5  # customers
_LONGEST_VALUE = 40  # bytes of JSON text

_json = msgspec.json.Encoder(order="deterministic")

Values = dict[str, int]
"""How many customers share a value, by its JSON text: too few rather than too many."""


@dataclass(frozen=True, slots=True)
class Field:
    """`examples` are values that at least COMMON customers share, the most frequent first."""

    count: int
    examples: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Dictionary:
    """`counted_on` is a day in UTC, empty before the first count."""

    customers: int = 0
    counted_on: str = ""
    fields: Mapping[str, Field] = field(default_factory=dict)


class Dictionaries(Protocol):
    def keep(self, dictionary: Dictionary) -> None: ...


class Counting:
    """The work of a walk, whose name is the day."""

    limit = 500

    def __init__(self, dictionaries: Dictionaries) -> None:
        self._dictionaries = dictionaries

    def see(self, _: str, page: Sequence[Stored], gathered: Gathered) -> Gathered:
        customers = [each.document.traits for each in document.living(page)]
        counts: Counter[str] = Counter(gathered.get("counts", {}))
        values = {field_name: dict(held) for field_name, held in gathered.get("values", {}).items()}
        for traits in customers:
            for field_name, value in traits.items():
                if field_name in counts or len(counts) < MOST_FIELDS:
                    counts[field_name] += 1
                    _vote(values.setdefault(field_name, {}), value)
        return {"customers": gathered.get("customers", 0) + len(customers), "counts": dict(counts), "values": values}

    def finish(self, name: str, gathered: Sequence[Gathered]) -> bool:
        self._dictionaries.keep(dictionary(name, gathered))
        return True


def dictionary(day: str, gathered: Iterable[Gathered]) -> Dictionary:
    """What all slices have found together."""
    parts = [part for part in gathered if part]
    counts: Counter[str] = Counter()
    values: dict[str, Counter[str]] = {}
    for part in parts:
        counts.update(part["counts"])
        for name, held in part["values"].items():
            values.setdefault(name, Counter()).update(held)
    fields = {name: Field(count, _examples(values[name])) for name, count in sorted(counts.items())}
    return Dictionary(sum(part["customers"] for part in parts), day, fields)


def _vote(held: Values, value: Any) -> None:
    """Misra and Gries (1982), "Finding repeated elements": any value that is frequent enough keeps a seat."""
    text = _json.encode(value).decode()
    if len(text) > _LONGEST_VALUE:
        return
    if text in held or len(held) < MOST_VALUES:
        held[text] = held.get(text, 0) + 1
        return
    for seated in list(held):
        held[seated] -= 1
        if not held[seated]:
            del held[seated]


def _examples(values: Counter[str]) -> tuple[Any, ...]:
    common = sorted((-count, text) for text, count in values.items() if count >= COMMON)
    return tuple(msgspec.json.decode(text) for _, text in common[:MOST_EXAMPLES])
