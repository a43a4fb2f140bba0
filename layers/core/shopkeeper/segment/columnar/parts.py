"""Parts of a document in which customers have values under names: of each, only what is asked for is read."""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import msgspec


class Part:
    """`names` are those that are asked for, any text; of `all_of_them`, each is read that there is."""

    def __init__(self, names: Iterable[str], kind: Any, *, all_of_them: bool = False) -> None:
        self._fields = {name: f"x{place}" for place, name in enumerate(sorted(names))}
        self.type: Any
        self.default: Any
        self.type, self.default = (dict[str, kind], {}) if all_of_them else self._struct(kind)

    def _struct(self, kind: Any) -> tuple[Any, Any]:
        fields = [(field, kind, None) for field in self._fields.values()]
        try:
            names = {field: name for name, field in self._fields.items()}
            struct = msgspec.defstruct("Part", fields, rename=names, frozen=True, gc=False)
        except ValueError:  # A name that stands otherwise in JSON, such as one with quotes, is found among all.
            return dict[str, kind], {}
        return struct, struct()

    def columns(self, read: Sequence[Any]) -> Mapping[str, Sequence[Any]]:
        """By name, what stands under it, None for nothing. All at once, while what is read of a customer is at hand."""
        if self.default == {}:
            return {name: [each.get(name) for each in read] for name in self._fields}
        rows = map(attrgetter(*self._fields.values()), read)
        columns = [list(rows)] if len(self._fields) == 1 else zip(*rows, strict=True)
        return dict(zip(self._fields, columns, strict=True))
